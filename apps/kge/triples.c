/** \file
 * A growing list of triples, see triples.h.
 */
#include "triples.h"

#include "memory.h"

#include <stdlib.h>

void kge_triples_append(kge_triples_t *triples, kge_triple_t triple)
{
    if (triples->num == triples->capacity) {
        triples->capacity = triples->capacity * 2 + 1024;
        triples->items =
            app_resize(triples->items, triples->capacity, sizeof(kge_triple_t));
    }
    triples->items[triples->num++] = triple;
}

void kge_triples_fini(kge_triples_t *triples)
{
    free(triples->items);
    *triples = (kge_triples_t){0};
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_triples(const void *a_p, const void *b_p)
{
    const kge_triple_t *a     = a_p;
    const kge_triple_t *b     = b_p;
    int                 order = compare_numbers(a->head, b->head);

    if (order == 0)
        order = compare_numbers(a->relation, b->relation);
    return order != 0 ? order : compare_numbers(a->tail, b->tail);
}

void kge_triples_sort_unique(kge_triples_t *triples)
{
    size_t num = 0;

    if (triples->num == 0)
        return;
    qsort(triples->items, triples->num, sizeof(kge_triple_t), compare_triples);
    for (size_t i = 1; i < triples->num; i++)
        if (compare_triples(&triples->items[num], &triples->items[i]) != 0)
            triples->items[++num] = triples->items[i];
    triples->num = num + 1;
}
