/** \file
 * Data clustering by relation, see clusters.h.
 */
#include "clusters.h"

#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>

typedef struct relation {
    uint32_t number;
    size_t   num_left; /* triples that have no worker yet */
    size_t   best;     /* its largest piece */
} relation_t;

/* So many triples of a relation go to one worker. */
typedef struct piece {
    uint32_t worker;
    size_t   num_left;
    size_t   next; /* piece of the same relation, or NO_PIECE */
} piece_t;

#define NO_PIECE SIZE_MAX

/* A worker may have so much more than the mean before a relation is split. */
static const double slack = 1.02;

static int by_falling_count(const void *a_p, const void *b_p)
{
    const relation_t *a = a_p, *b = b_p;

    if (a->num_left != b->num_left)
        return a->num_left < b->num_left ? 1 : -1;
    return (a->number > b->number) - (a->number < b->number);
}

static relation_t *count_relations(size_t num_relations, const kge_triples_t *triples)
{
    relation_t *relations = APP_NEW(relation_t, num_relations);

    for (size_t r = 0; r < num_relations; r++)
        relations[r].number = (uint32_t)r;
    for (size_t i = 0; i < triples->num; i++)
        relations[triples->items[i].relation].num_left++;
    qsort(relations, num_relations, sizeof(relation_t), by_falling_count);
    return relations;
}

static size_t least_loaded(const kge_clusters_t *clusters)
{
    size_t best = 0;

    for (size_t w = 1; w < clusters->num_workers; w++)
        if (clusters->sizes[w] < clusters->sizes[best])
            best = w;
    return best;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Cut a relation into pieces; returns the first. There is always room: it is `slack` times the mean. */
static size_t cut(kge_clusters_t *clusters, relation_t *relation, size_t max_size,
                  piece_t pieces[], size_t *num_pieces_p)
{
    size_t first = NO_PIECE, share = relation->num_left;

    while (relation->num_left > 0) {
        size_t worker   = least_loaded(clusters);
        size_t room     = max_size - clusters->sizes[worker];
        size_t num      = smaller(smaller(relation->num_left, share), room);
        bool   is_first = first == NO_PIECE;

        if (num > relation->best) {
            relation->best                     = num;
            clusters->owners[relation->number] = (uint32_t)worker;
        }
        clusters->sizes[worker] += num;
        relation->num_left -= num;
        pieces[*num_pieces_p] = (piece_t){(uint32_t)worker, num, first};
        first                 = (*num_pieces_p)++;
        if (is_first && clusters->num_workers > 1)
            share = relation->num_left / (clusters->num_workers - 1) + 1;
    }
    return first;
}

/* The triples of a relation fill its pieces one after the other. */
static void deal(kge_clusters_t *clusters, const kge_triples_t *triples, size_t current[],
                 piece_t pieces[])
{
    for (size_t i = 0; i < triples->num; i++) {
        size_t  *piece_p = &current[triples->items[i].relation];
        piece_t *piece   = &pieces[*piece_p];

        clusters->workers[i] = piece->worker;
        piece->num_left--;
        if (piece->num_left == 0)
            *piece_p = piece->next;
    }
}

void kge_clusters_init(kge_clusters_t *clusters, size_t num_workers, size_t num_relations,
                       const kge_triples_t *triples)
{
    size_t max_size = (size_t)(slack * (double)triples->num / (double)num_workers) + 1;
    relation_t *relations = count_relations(num_relations, triples);
    piece_t *pieces = APP_NEW(piece_t, num_relations + num_workers * (num_workers + 1));
    size_t  *first  = APP_NEW(size_t, num_relations);
    size_t   num_pieces = 0; /* who splits a relation fills a worker first */

    *clusters = (kge_clusters_t){
        .num_workers = num_workers,
        .workers     = APP_NEW(uint32_t, triples->num),
        .sizes       = APP_NEW(size_t, num_workers),
        .owners      = APP_NEW(uint32_t, num_relations),
    };
    for (size_t r = 0; r < num_relations; r++)
        first[relations[r].number] =
            cut(clusters, &relations[r], max_size, pieces, &num_pieces);
    deal(clusters, triples, first, pieces);
    free(relations);
    free(pieces);
    free(first);
}

void kge_clusters_fini(kge_clusters_t *clusters)
{
    free(clusters->workers);
    free(clusters->sizes);
    free(clusters->owners);
}
