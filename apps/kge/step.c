/** \file
 * One step of training, see step.h.
 *
 * The batch's distinct entities and relations get slots; each is read once, its gradient is summed in
 * private memory that fits into the cache, and each is updated once.
 */
#include "step.h"

#include "chunk.h"
#include "keyset.h"
#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The distinct rows of one table in this batch. */
typedef struct batch_rows {
    kge_keyset_t *keys;
    const float **values;    /* [max_keys], by slot */
    float        *gradients; /* [max_keys][width] */
    size_t        width;
} batch_rows_t;

struct kge_step {
    kge_recipe_t  recipe;
    kge_chunk_t  *chunk;
    batch_rows_t  entities, relations;
    kge_triple_t *triples;   /* [batch_triples], of slots */
    uint32_t     *negatives; /* [num chunks][num_negatives], slots */
};

size_t kge_step_num_chunks(const kge_recipe_t *recipe, size_t num_triples)
{
    return (num_triples + recipe->chunk_triples - 1) / recipe->chunk_triples;
}

static size_t max_negatives(const kge_recipe_t *recipe)
{
    return kge_step_num_chunks(recipe, recipe->batch_triples) * recipe->num_negatives;
}

size_t kge_step_max_entities(const kge_recipe_t *recipe)
{
    return 2 * recipe->batch_triples + max_negatives(recipe);
}

static void batch_rows_init(batch_rows_t *rows, size_t max_keys, size_t width)
{
    rows->keys      = kge_keyset_create(max_keys);
    rows->values    = APP_NEW(const float *, max_keys);
    rows->gradients = APP_NEW(float, max_keys *width);
    rows->width     = width;
}

static void batch_rows_fini(batch_rows_t *rows)
{
    kge_keyset_destroy(&rows->keys);
    free(rows->values);
    free(rows->gradients);
}

kge_step_t *kge_step_create(const kge_recipe_t *recipe, size_t num_relations)
{
    kge_step_t *step = APP_NEW(kge_step_t, 1);
    size_t      max_relations =
        num_relations < recipe->batch_triples ? num_relations : recipe->batch_triples;

    step->recipe    = *recipe;
    step->chunk     = kge_chunk_create(recipe);
    step->triples   = APP_NEW(kge_triple_t, recipe->batch_triples);
    step->negatives = APP_NEW(uint32_t, max_negatives(recipe));
    batch_rows_init(&step->entities, kge_step_max_entities(recipe),
                    kge_recipe_entity_width(recipe));
    batch_rows_init(&step->relations, max_relations, kge_recipe_relation_width(recipe));
    return step;
}

void kge_step_destroy(kge_step_t **step_p)
{
    kge_step_t *step = *step_p;

    if (step == NULL)
        return;
    kge_chunk_destroy(&step->chunk);
    batch_rows_fini(&step->entities);
    batch_rows_fini(&step->relations);
    free(step->triples);
    free(step->negatives);
    free(step);
    *step_p = NULL;
}

/* From numbers to slots. */
static void assign_slots(kge_step_t *step, size_t num_triples,
                         const kge_triple_t triples[], const uint32_t negatives[])
{
    size_t num_negatives =
        kge_step_num_chunks(&step->recipe, num_triples) * step->recipe.num_negatives;

    kge_keyset_clear(step->entities.keys);
    kge_keyset_clear(step->relations.keys);
    for (size_t i = 0; i < num_triples; i++) {
        step->triples[i].head = kge_keyset_add(step->entities.keys, triples[i].head);
        step->triples[i].relation =
            kge_keyset_add(step->relations.keys, triples[i].relation);
        step->triples[i].tail = kge_keyset_add(step->entities.keys, triples[i].tail);
    }
    for (size_t i = 0; i < num_negatives; i++)
        step->negatives[i] = kge_keyset_add(step->entities.keys, negatives[i]);
}

static tern_status_t read_batch(batch_rows_t *batch, kge_rows_t *rows)
{
    size_t num_keys = kge_keyset_count(batch->keys);

    memset(batch->gradients, 0, num_keys * batch->width * sizeof(float));
    return rows->ops->read(rows, num_keys, kge_keyset_keys(batch->keys), batch->values);
}

static tern_status_t update_batch(batch_rows_t *batch, kge_rows_t *rows)
{
    return rows->ops->update(rows, kge_keyset_count(batch->keys),
                             kge_keyset_keys(batch->keys), batch->gradients);
}

static double run_chunks(kge_step_t *step, size_t num_triples)
{
    const kge_slots_t entities  = {step->entities.values, step->entities.gradients};
    const kge_slots_t relations = {step->relations.values, step->relations.gradients};
    const uint32_t   *negatives = step->negatives;
    double            loss      = 0;

    for (size_t first = 0; first < num_triples; first += step->recipe.chunk_triples) {
        size_t rest = num_triples - first;
        size_t num =
            rest < step->recipe.chunk_triples ? rest : step->recipe.chunk_triples;

        loss += kge_chunk_run(step->chunk, num, step->triples + first, negatives,
                              &entities, &relations);
        negatives += step->recipe.num_negatives;
    }
    return loss;
}

tern_status_t kge_step_run(kge_step_t *step, kge_rows_t *entities, kge_rows_t *relations,
                           size_t num_triples, const kge_triple_t triples[],
                           const uint32_t negatives[], double *loss_p)
{
    tern_status_t status = TERN_OK;

    assert(num_triples <= step->recipe.batch_triples);
    assign_slots(step, num_triples, triples, negatives);
    status = read_batch(&step->entities, entities);
    if (status == TERN_OK)
        status = read_batch(&step->relations, relations);
    if (status == TERN_OK)
        *loss_p += run_chunks(step, num_triples);
    relations->ops->release(relations);
    entities->ops->release(entities);
    if (status == TERN_OK)
        status = update_batch(&step->entities, entities);
    return status == TERN_OK ? update_batch(&step->relations, relations) : status;
}
