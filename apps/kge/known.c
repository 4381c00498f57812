/** \file
 * Known answers: for each side one array sorted by (entity, relation, answer), searched by bisection.
 */
#include "known.h"

#include "memory.h"

#include <stdlib.h>

typedef struct side_index {
    uint64_t *questions; /* [num] entity << 32 | relation, ascending */
    uint32_t *answers;   /* [num] ascending within a question */
    size_t    num;
} side_index_t;

struct kge_known {
    side_index_t sides[KGE_NUM_SIDES];
};

static uint64_t question_of(uint32_t entity, uint32_t relation)
{
    return (uint64_t)entity << 32 | relation;
}

/* All triples, with heads and tails exchanged if the head is asked for: then the known entity comes first. */
static kge_triples_t collect(size_t num_sets, const kge_triples_t *const sets[],
                             kge_side_t side)
{
    kge_triples_t all = {0};

    for (size_t s = 0; s < num_sets; s++)
        for (size_t i = 0; i < sets[s]->num; i++) {
            kge_triple_t triple = sets[s]->items[i];

            if (side == KGE_HEAD)
                triple = (kge_triple_t){triple.tail, triple.relation, triple.head};
            kge_triples_append(&all, triple);
        }
    kge_triples_sort_unique(&all);
    return all;
}

static side_index_t index_side(size_t num_sets, const kge_triples_t *const sets[],
                               kge_side_t side)
{
    kge_triples_t all   = collect(num_sets, sets, side);
    side_index_t  index = {APP_NEW(uint64_t, all.num), APP_NEW(uint32_t, all.num),
                           all.num};

    for (size_t i = 0; i < all.num; i++) {
        index.questions[i] = question_of(all.items[i].head, all.items[i].relation);
        index.answers[i]   = all.items[i].tail;
    }
    kge_triples_fini(&all);
    return index;
}

kge_known_t *kge_known_create(size_t num_sets, const kge_triples_t *const sets[])
{
    kge_known_t *known = APP_NEW(kge_known_t, 1);

    for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++)
        known->sides[side] = index_side(num_sets, sets, (kge_side_t)side);
    return known;
}

void kge_known_destroy(kge_known_t **known_p)
{
    if (*known_p == NULL)
        return;
    for (int side = KGE_TAIL; side < KGE_NUM_SIDES; side++) {
        free((*known_p)->sides[side].questions);
        free((*known_p)->sides[side].answers);
    }
    free(*known_p);
    *known_p = NULL;
}

/* The first position whose question is not below `question`. */
static size_t lower_bound(const side_index_t *index, uint64_t question)
{
    size_t first = 0, end = index->num;

    while (first < end) {
        size_t middle = first + (end - first) / 2;

        if (index->questions[middle] < question)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

const uint32_t *kge_known_answers(const kge_known_t *known, kge_side_t side,
                                  uint32_t entity, uint32_t relation, size_t *num_p)
{
    const side_index_t *index    = &known->sides[side];
    uint64_t            question = question_of(entity, relation);
    size_t              first    = lower_bound(index, question);
    size_t              end      = lower_bound(index, question + 1);

    *num_p = end - first;
    return end > first ? index->answers + first : NULL;
}
