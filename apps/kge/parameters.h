/** \file
 * The parameters of a model: rows of entities and of relations.
 */
#ifndef KGE_PARAMETERS_H
#define KGE_PARAMETERS_H

#include "plan.h"
#include "recipe.h"
#include "rows.h"

typedef struct kge_parameters {
    kge_rows_t     *entities;
    kge_rows_t     *relations;
    tern_sampler_t *sampler; /* of entities; NULL unless the library draws negatives */
} kge_parameters_t;

/* Tables "<prefix>entity" and "<prefix>relation". Blocking, collective over the ranks of the runtime, as
 * tern_table_create(). */
tern_status_t kge_parameters_on_server(tern_runtime_t     *runtime,
                                       const kge_recipe_t *recipe, const kge_plan_t *plan,
                                       const char *prefix, size_t num_entities,
                                       size_t            num_relations,
                                       kge_parameters_t *parameters);

/* Arrays of this process. */
kge_parameters_t kge_parameters_in_process(const kge_recipe_t *recipe,
                                           size_t num_entities, size_t num_relations);

/* Start the arrays `to` where `from` is now, without optimiser state. */
tern_status_t kge_parameters_copy(kge_parameters_t *to, const kge_parameters_t *from);

void kge_parameters_fini(kge_parameters_t *parameters);

#endif
