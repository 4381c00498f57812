/** \file
 * One step of training, see step.h.
 *
 * Each distinct row of the batch is read once, its gradient is summed in private memory that fits into the
 * cache, and it is updated once.
 */
#include "step.h"

#include "ballast.h"
#include "chunk.h"
#include "memory.h"
#include "updates.h"

#include <stdlib.h>

/* One table's part of a step. */
typedef struct table_step {
    const float  **values;    /* [max_keys], by slot */
    float         *gradients; /* [max_keys][width]: lent by `updates` */
    kge_updates_t *updates;
} table_step_t;

struct kge_step {
    kge_recipe_t recipe;
    double       pad_us;
    kge_chunk_t *chunk;
    table_step_t entities, relations;
    app_meter_t  meter;
};

static void table_step_init(table_step_t *table, size_t max_pushes, size_t max_keys,
                            size_t width)
{
    table->values  = APP_NEW(const float *, max_keys);
    table->updates = kge_updates_create(max_pushes, max_keys, width);
}

static void table_step_fini(table_step_t *table)
{
    free(table->values);
    kge_updates_destroy(&table->updates);
}

kge_step_t *kge_step_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                            size_t num_relations)
{
    kge_step_t *step = APP_NEW(kge_step_t, 1);

    step->recipe = *recipe;
    step->pad_us = plan->pad_us;
    step->chunk  = kge_chunk_create(recipe);
    table_step_init(&step->entities, plan->max_pushes, kge_batch_max_entities(recipe),
                    kge_recipe_entity_width(recipe));
    table_step_init(&step->relations, plan->max_pushes,
                    kge_batch_max_relations(recipe, num_relations),
                    kge_recipe_relation_width(recipe));
    return step;
}

void kge_step_destroy(kge_step_t **step_p)
{
    kge_step_t *step = *step_p;

    if (step == NULL)
        return;
    kge_chunk_destroy(&step->chunk);
    table_step_fini(&step->entities);
    table_step_fini(&step->relations);
    free(step);
    *step_p = NULL;
}

/* Get room for the gradients, and say what is to be read. */
static tern_status_t begin_table(table_step_t *table, kge_batch_rows_t *batch,
                                 kge_rows_t *rows, kge_reading_t *reading)
{
    size_t num_keys = kge_keyset_count(batch->keys);

    *reading = (kge_reading_t){
        .rows     = rows,
        .num_keys = num_keys,
        .keys     = kge_keyset_keys(batch->keys),
        .coming   = &batch->coming,
        .values   = table->values,
    };
    return kge_updates_begin(table->updates, num_keys, &table->gradients);
}

static tern_status_t send_update(table_step_t *table, const kge_batch_rows_t *batch,
                                 kge_rows_t *rows)
{
    return kge_updates_send(table->updates, rows, kge_keyset_count(batch->keys),
                            kge_keyset_keys(batch->keys));
}

static double run_chunks(kge_step_t *step, const kge_batch_t *batch)
{
    const kge_slots_t entities  = {step->entities.values, step->entities.gradients};
    const kge_slots_t relations = {step->relations.values, step->relations.gradients};
    const uint32_t   *negatives = batch->negatives;
    double            loss      = 0;

    for (size_t first = 0; first < batch->num_triples;
         first += step->recipe.chunk_triples) {
        size_t rest = batch->num_triples - first;
        size_t num =
            rest < step->recipe.chunk_triples ? rest : step->recipe.chunk_triples;

        loss += kge_chunk_run(step->chunk, num, batch->triples + first, negatives,
                              &entities, &relations);
        negatives += step->recipe.num_negatives;
    }
    return loss;
}

/* In slices, so that others are served meanwhile as they would be by a cluster's idle processors. */
static tern_status_t carry_ballast(const kge_step_t *step, kge_rows_t *rows,
                                   size_t num_triples)
{
    const double  slice_us = 50;
    tern_status_t status   = TERN_OK;

    for (double left = step->pad_us * (double)num_triples; left > 0 && status == TERN_OK;
         left -= slice_us) {
        app_ballast_work(left < slice_us ? left : slice_us);
        status = rows->ops->attend(rows);
    }
    return status;
}

/* From values to gradients. */
static tern_status_t compute(kge_step_t *step, const kge_parameters_t *parameters,
                             kge_batch_t *batch, double *loss_p)
{
    kge_reading_t readings[2];
    tern_status_t status = begin_table(&step->entities, &batch->entities,
                                       parameters->entities, &readings[0]);

    if (status == TERN_OK)
        status = begin_table(&step->relations, &batch->relations, parameters->relations,
                             &readings[1]);
    if (status == TERN_OK)
        status = kge_read(2, readings);
    if (status != TERN_OK)
        return status;
    app_meter_start(&step->meter);
    *loss_p += run_chunks(step, batch);
    app_meter_stop(&step->meter, batch->num_triples);
    kge_release(2, readings);
    return TERN_OK;
}

tern_status_t kge_step_run(kge_step_t *step, const kge_parameters_t *parameters,
                           kge_batch_t *batch, double *loss_p)
{
    tern_status_t status = compute(step, parameters, batch, loss_p);

    if (status == TERN_OK && step->pad_us > 0)
        status = carry_ballast(step, parameters->entities, batch->num_triples);
    if (status == TERN_OK)
        status = send_update(&step->entities, &batch->entities, parameters->entities);
    return status == TERN_OK
               ? send_update(&step->relations, &batch->relations, parameters->relations)
               : status;
}

tern_status_t kge_step_settle(kge_step_t *step)
{
    tern_status_t entities  = kge_updates_settle(step->entities.updates);
    tern_status_t relations = kge_updates_settle(step->relations.updates);

    return entities != TERN_OK ? entities : relations;
}

const app_meter_t *kge_step_meter(const kge_step_t *step)
{
    return &step->meter;
}
