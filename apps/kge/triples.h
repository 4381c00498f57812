/** \file
 * Triples (head, relation, tail) of numbers, and a growing list of them.
 */
#ifndef KGE_TRIPLES_H
#define KGE_TRIPLES_H

#include <stddef.h>
#include <stdint.h>

typedef struct kge_triple {
    uint32_t head, relation, tail;
} kge_triple_t;

/* Zero-initialise it; free with kge_triples_fini(). */
typedef struct kge_triples {
    kge_triple_t *items; /* [num] */
    size_t        num, capacity;
} kge_triples_t;

void kge_triples_append(kge_triples_t *triples, kge_triple_t triple);
void kge_triples_fini(kge_triples_t *triples);

/* Order by head, relation, tail and drop repetitions. */
void kge_triples_sort_unique(kge_triples_t *triples);

#endif
