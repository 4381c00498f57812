/** \file
 * A queue of prepared batches, see pipeline.h.
 */
#include "pipeline.h"

#include "memory.h"
#include "sampler.h"

#include <assert.h>
#include <stdlib.h>

struct kge_pipeline {
    kge_recipe_t            recipe;
    app_team_t              team;
    size_t                  num_entities;
    const kge_schedule_t   *schedule;
    const kge_parameters_t *parameters; /* of this epoch */
    uint64_t                epoch;
    uint64_t                first_clock; /* of the epoch */
    size_t                  clock_every;
    kge_batch_t            *ring; /* [lead + 1]: step s is in place s mod (lead + 1) */
    size_t lead;  /* so many batches are prepared before the one that is taken */
    size_t group; /* batches that are prepared, and whose rows depart, together */
    size_t
        prefetch; /* so many batches before they are taken, what is not here is copied */
    size_t        num_prepared, num_prefetched, num_taken; /* steps of this epoch */
    kge_triple_t *triples; /* [batch_triples] of the batch in preparation */
    tern_key_t   *negatives;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

kge_pipeline_t *kge_pipeline_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                                    app_team_t team, size_t num_entities,
                                    size_t num_relations, const kge_schedule_t *schedule)
{
    kge_pipeline_t *pipeline = APP_NEW(kge_pipeline_t, 1);
    size_t max_negatives     = kge_batch_num_negatives(recipe, recipe->batch_triples);
    size_t num_steps         = kge_schedule_num_steps(schedule);
    size_t ahead             = smaller(kge_plan_ahead(plan), num_steps);

    pipeline->recipe       = *recipe;
    pipeline->team         = team;
    pipeline->num_entities = num_entities;
    pipeline->schedule     = schedule;
    pipeline->clock_every  = plan->clock_every;
    pipeline->prefetch =
        smaller(kge_plan_prefetch(plan, recipe->batch_triples), num_steps);
    pipeline->lead      = ahead > pipeline->prefetch ? ahead : pipeline->prefetch;
    pipeline->group     = ahead < 2 ? 1 : ahead / 2;
    pipeline->triples   = APP_NEW(kge_triple_t, recipe->batch_triples);
    pipeline->negatives = APP_NEW(tern_key_t, max_negatives);
    pipeline->ring      = APP_NEW(kge_batch_t, pipeline->lead + 1);
    for (size_t i = 0; i <= pipeline->lead; i++)
        kge_batch_init(&pipeline->ring[i], recipe, num_relations);
    return pipeline;
}

void kge_pipeline_destroy(kge_pipeline_t **pipeline_p)
{
    kge_pipeline_t *pipeline = *pipeline_p;

    if (pipeline == NULL)
        return;
    for (size_t i = 0; i <= pipeline->lead; i++)
        kge_batch_fini(&pipeline->ring[i]);
    free(pipeline->ring);
    free(pipeline->triples);
    free(pipeline->negatives);
    free(pipeline);
    *pipeline_p = NULL;
}

void kge_pipeline_begin(kge_pipeline_t *pipeline, uint64_t epoch,
                        const kge_parameters_t *parameters)
{
    pipeline->epoch          = epoch;
    pipeline->parameters     = parameters;
    pipeline->first_clock    = app_team_clock_now(&pipeline->team);
    pipeline->num_prepared   = 0;
    pipeline->num_prefetched = 0;
    pipeline->num_taken      = 0;
}

static kge_batch_t *batch_of(const kge_pipeline_t *pipeline, size_t step)
{
    return &pipeline->ring[step % (pipeline->lead + 1)];
}

/* Negatives that depend on seed, epoch and the batch's number alone. */
static void draw_by_number(kge_pipeline_t *pipeline, size_t step, kge_batch_t *batch)
{
    const kge_recipe_t *recipe = &pipeline->recipe;
    uint64_t            number = kge_schedule_batch(pipeline->schedule, step);
    size_t              num    = kge_batch_num_negatives(recipe, batch->num_triples);

    kge_sample_entities(recipe->seed, pipeline->epoch,
                        number * kge_batch_num_negatives(recipe, recipe->batch_triples),
                        num, pipeline->num_entities, pipeline->negatives);
    kge_batch_add_negatives(batch, num, pipeline->negatives);
}

/* Negatives that the library has prepared; which they are may depend on where rows are now. */
static tern_status_t draw_by_library(kge_pipeline_t *pipeline, kge_batch_t *batch)
{
    size_t        num    = kge_batch_num_negatives(&pipeline->recipe, batch->num_triples);
    tern_status_t status = tern_pull_sample(pipeline->parameters->sampler, num,
                                            pipeline->negatives, NULL, NULL);

    if (status == TERN_OK)
        kge_batch_add_negatives(batch, num, pipeline->negatives);
    return status;
}

static tern_status_t draw(kge_pipeline_t *pipeline, size_t step, kge_batch_t *batch)
{
    size_t num = kge_schedule_take(pipeline->schedule, step, pipeline->triples);

    kge_batch_set_triples(batch, num, pipeline->triples);
    if (pipeline->parameters->sampler != NULL)
        return tern_sample_prepare(pipeline->parameters->sampler,
                                   kge_batch_num_negatives(&pipeline->recipe, num));
    draw_by_number(pipeline, step, batch);
    return TERN_OK;
}

static tern_status_t bring(kge_rows_t *rows, kge_batch_rows_t *batch, kge_clocks_t clocks)
{
    return rows->ops->bring(rows, kge_keyset_count(batch->keys),
                            kge_keyset_keys(batch->keys), clocks, &batch->coming);
}

static tern_status_t depart(kge_rows_t *rows, kge_batch_rows_t *batch)
{
    return rows->ops->depart(rows, &batch->coming);
}

static tern_status_t prepare(kge_pipeline_t *pipeline, size_t step)
{
    kge_batch_t  *batch  = batch_of(pipeline, step);
    uint64_t      clock  = pipeline->first_clock + step / pipeline->clock_every;
    kge_clocks_t  clocks = {clock, clock + 1};
    tern_status_t status = draw(pipeline, step, batch);

    if (status == TERN_OK)
        status = bring(pipeline->parameters->entities, &batch->entities, clocks);
    return status == TERN_OK
               ? bring(pipeline->parameters->relations, &batch->relations, clocks)
               : status;
}

/* The first batch of a group is the first to wait for what all of them need. */
static tern_status_t prepare_group(kge_pipeline_t *pipeline, size_t num_steps)
{
    kge_batch_t  *first  = batch_of(pipeline, pipeline->num_prepared);
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num_steps && status == TERN_OK; i++)
        status = prepare(pipeline, pipeline->num_prepared++);
    if (status == TERN_OK)
        status = depart(pipeline->parameters->entities, &first->entities);
    return status == TERN_OK ? depart(pipeline->parameters->relations, &first->relations)
                             : status;
}

/* As many as there is room for. */
static tern_status_t prepare_more(kge_pipeline_t *pipeline)
{
    size_t        num_steps = kge_schedule_num_steps(pipeline->schedule);
    tern_status_t status    = TERN_OK;

    while (status == TERN_OK && pipeline->num_prepared < num_steps) {
        size_t room = pipeline->num_taken + pipeline->lead + 1 - pipeline->num_prepared;
        size_t num  = smaller(pipeline->group, num_steps - pipeline->num_prepared);

        if (room < num)
            break;
        status = prepare_group(pipeline, num);
    }
    return status;
}

static tern_status_t prefetch(kge_rows_t *rows, kge_batch_rows_t *batch)
{
    return rows->ops->prefetch(rows, kge_keyset_count(batch->keys),
                               kge_keyset_keys(batch->keys), &batch->coming);
}

static tern_status_t prefetch_more(kge_pipeline_t *pipeline)
{
    size_t end =
        smaller(pipeline->num_prepared, pipeline->num_taken + pipeline->prefetch + 1);
    tern_status_t status = TERN_OK;

    for (; pipeline->num_prefetched < end && status == TERN_OK;
         pipeline->num_prefetched++) {
        kge_batch_t *batch = batch_of(pipeline, pipeline->num_prefetched);

        status = prefetch(pipeline->parameters->entities, &batch->entities);
        if (status == TERN_OK)
            status = prefetch(pipeline->parameters->relations, &batch->relations);
    }
    return status;
}

tern_status_t kge_pipeline_take(kge_pipeline_t *pipeline, kge_batch_t **batch_p)
{
    tern_status_t status = prepare_more(pipeline);

    assert(pipeline->num_taken < pipeline->num_prepared || status != TERN_OK);
    if (status == TERN_OK && pipeline->prefetch > 0)
        status = prefetch_more(pipeline);
    *batch_p = batch_of(pipeline, pipeline->num_taken++);
    if (status == TERN_OK && pipeline->parameters->sampler != NULL)
        status = draw_by_library(pipeline, *batch_p);
    return status;
}
