/** \file
 * The plan of a training: how it is spread over workers and nodes, which decides how long it takes (the recipe
 * decides what is learned).
 *
 * Renz-Wieland et al., PVLDB 2020, section 2: workers keep to parameters of their own (*data clustering*) and
 * hide the time that the others take to come by asking for them ahead (*latency hiding*).
 */
#ifndef KGE_PLAN_H
#define KGE_PLAN_H

#include "rows.h"

#include <stdbool.h>

/* Who trains on which triples. */
typedef enum kge_clustering {
    KGE_CLUSTER_NONE,     /* batches of a common order, in turn */
    KGE_CLUSTER_RELATION, /* those of its relations */
} kge_clustering_t;

/* What is brought to a worker before it is used, under policies that move rows. */
typedef enum kge_localize {
    KGE_LOCALIZE_NONE,      /* a classic server */
    KGE_LOCALIZE_RELATIONS, /* a worker's own relations, once */
    KGE_LOCALIZE_FULL,      /* and the entities of each batch */
} kge_localize_t;

/* Who draws negatives. */
typedef enum kge_draws {
    KGE_DRAWS_BY_NUMBER, /* the program: functions of seed, epoch and the batch's number alone */
    KGE_DRAWS_BY_LIBRARY, /* the library's sampling access: when a batch is computed, by a scheme */
} kge_draws_t;

typedef struct kge_plan {
    const char          *policy; /* of both tables, see tern/locality.h */
    tern_sync_t          sync;
    uint32_t             staleness; /* clocks */
    kge_clustering_t     clustering;
    kge_localize_t       localize;
    kge_draws_t          draws;
    tern_sample_scheme_t scheme; /* of the library's draws */
    size_t               ahead;  /* batches: so early are rows localized or announced */
    size_t prefetch_triples;     /* so early are copies pulled; 0: when they are read */
    size_t max_pushes;  /* under way after their step; 0: a step waits for its own */
    size_t clock_every; /* steps */
    double sample;      /* share of each epoch's steps that are run */
    double pad_us;      /* work without effect for each triple */
} kge_plan_t;

/* What the plan means for the rows of the two tables. */
kge_supply_t kge_plan_entity_supply(const kge_plan_t *plan);
kge_supply_t kge_plan_relation_supply(const kge_plan_t *plan);

/* Whether workers take their own relations at the start. */
bool kge_plan_claims_relations(const kge_plan_t *plan);

/* So many batches before they are computed, rows are localized or announced; and copies of what is not here then
 * are pulled. */
size_t kge_plan_ahead(const kge_plan_t *plan);
size_t kge_plan_prefetch(const kge_plan_t *plan, size_t batch_triples);

#endif
