/** \file
 * The parameters of a model: rows of entities and of relations.
 */
#ifndef KGE_PARAMETERS_H
#define KGE_PARAMETERS_H

#include "recipe.h"
#include "rows.h"

typedef struct kge_parameters {
    kge_rows_t *entities;
    kge_rows_t *relations;
} kge_parameters_t;

/* How tables of the parameter server are to be kept. */
typedef struct kge_placement {
    const char *prefix; /* of the tables' names */
    tern_sync_t sync;
    uint32_t    staleness;
} kge_placement_t;

/* Tables "<prefix>entity" and "<prefix>relation". Blocking, collective over the ranks of the runtime, as
 * tern_table_create(). */
tern_status_t kge_parameters_on_server(tern_runtime_t        *runtime,
                                       const kge_recipe_t    *recipe,
                                       const kge_placement_t *placement,
                                       size_t num_entities, size_t num_relations,
                                       kge_parameters_t *parameters);

/* Arrays of this process. */
kge_parameters_t kge_parameters_in_process(const kge_recipe_t *recipe,
                                           size_t num_entities, size_t num_relations);

/* Start the arrays `to` where `from` is now, without optimiser state. */
tern_status_t kge_parameters_copy(kge_parameters_t *to, const kge_parameters_t *from);

void kge_parameters_fini(kge_parameters_t *parameters);

#endif
