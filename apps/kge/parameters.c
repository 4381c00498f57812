/** \file
 * The parameters of a model, see parameters.h.
 */
#include "parameters.h"

#include "batch.h"

#include <stdio.h>

static tern_status_t create_table(tern_runtime_t *runtime, const kge_recipe_t *recipe,
                                  const kge_plan_t *plan, const char *prefix,
                                  const char *name, size_t num_rows, size_t width,
                                  tern_table_t **table_p)
{
    char              full_name[64];
    tern_table_desc_t desc = {
        .name           = full_name,
        .keys           = {0, num_rows},
        .width          = (uint32_t)width,
        .type           = TERN_FLOAT32,
        .init           = {TERN_INIT_UNIFORM, -recipe->init_bound, recipe->init_bound},
        .update         = "adagrad",
        .update_options = {.rate = recipe->rate},
        .sync           = plan->sync,
        .staleness      = plan->staleness,
        .policy         = plan->policy,
    };

    snprintf(full_name, sizeof(full_name), "%s%s", prefix, name);
    return tern_table_create(runtime, &desc, table_p);
}

/* Of those ranks that will draw. */
static tern_status_t create_sampler(tern_runtime_t *runtime, tern_table_t *entities,
                                    const kge_plan_t *plan, tern_sampler_t **sampler_p)
{
    tern_sample_desc_t desc = {.scheme = plan->scheme};

    if (plan->draws != KGE_DRAWS_BY_LIBRARY || !tern_is_worker(runtime))
        return TERN_OK;
    return tern_sampler_create(entities, &desc, sampler_p);
}

tern_status_t kge_parameters_on_server(tern_runtime_t     *runtime,
                                       const kge_recipe_t *recipe, const kge_plan_t *plan,
                                       const char *prefix, size_t num_entities,
                                       size_t num_relations, kge_parameters_t *parameters)
{
    tern_table_t *entities  = NULL;
    tern_table_t *relations = NULL;
    tern_status_t status =
        create_table(runtime, recipe, plan, prefix, "entity", num_entities,
                     kge_recipe_entity_width(recipe), &entities);

    if (status == TERN_OK)
        status = create_table(runtime, recipe, plan, prefix, "relation", num_relations,
                              kge_recipe_relation_width(recipe), &relations);
    if (status == TERN_OK)
        status = create_sampler(runtime, entities, plan, &parameters->sampler);
    if (status != TERN_OK)
        return status;
    parameters->entities = kge_rows_on_server(
        runtime, entities, kge_batch_max_entities(recipe), kge_plan_entity_supply(plan));
    parameters->relations = kge_rows_on_server(runtime, relations, num_relations,
                                               kge_plan_relation_supply(plan));
    return TERN_OK;
}

kge_parameters_t kge_parameters_in_process(const kge_recipe_t *recipe,
                                           size_t num_entities, size_t num_relations)
{
    const uint64_t relation_seed = tern_random_mix(recipe->seed);

    return (kge_parameters_t){
        .entities  = kge_rows_in_process(num_entities, kge_recipe_entity_width(recipe),
                                         recipe->rate, recipe->init_bound, recipe->seed),
        .relations = kge_rows_in_process(num_relations, kge_recipe_relation_width(recipe),
                                         recipe->rate, recipe->init_bound, relation_seed),
    };
}

tern_status_t kge_parameters_copy(kge_parameters_t *to, const kge_parameters_t *from)
{
    tern_status_t status = kge_rows_copy(to->entities, from->entities);

    return status == TERN_OK ? kge_rows_copy(to->relations, from->relations) : status;
}

void kge_parameters_fini(kge_parameters_t *parameters)
{
    tern_sampler_destroy(&parameters->sampler);
    kge_rows_destroy(&parameters->entities);
    kge_rows_destroy(&parameters->relations);
}
