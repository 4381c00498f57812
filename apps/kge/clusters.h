/** \file
 * Data clustering: triples are dealt out by relation, so that a worker mostly meets relations of its own.
 *
 * Relations go to workers by falling number of triples, each to the worker that has the fewest (Graham's LPT
 * rule, 1969). One that does not fit is split: what is left of it is dealt out evenly among the others, because a
 * worker that shares a relation is slower, and all wait for the slowest. So workers differ by a fiftieth at most, and few
 * relations are shared.
 */
#ifndef KGE_CLUSTERS_H
#define KGE_CLUSTERS_H

#include "triples.h"

typedef struct kge_clusters {
    size_t    num_workers;
    uint32_t *workers; /* [number of triples]: whose it is */
    size_t   *sizes;   /* [num_workers], triples */
    uint32_t *owners;  /* [num_relations]: the worker with the most of its triples */
} kge_clusters_t;

/* A pure function of its arguments: every worker finds the same. */
void kge_clusters_init(kge_clusters_t *clusters, size_t num_workers, size_t num_relations,
                       const kge_triples_t *triples);
void kge_clusters_fini(kge_clusters_t *clusters);

#endif
