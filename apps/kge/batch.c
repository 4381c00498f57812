/** \file
 * A batch, see batch.h.
 */
#include "batch.h"

#include "memory.h"

#include <stdlib.h>

size_t kge_batch_num_negatives(const kge_recipe_t *recipe, size_t num_triples)
{
    size_t num_chunks = (num_triples + recipe->chunk_triples - 1) / recipe->chunk_triples;

    return num_chunks * recipe->num_negatives;
}

size_t kge_batch_max_entities(const kge_recipe_t *recipe)
{
    return 2 * recipe->batch_triples +
           kge_batch_num_negatives(recipe, recipe->batch_triples);
}

size_t kge_batch_max_relations(const kge_recipe_t *recipe, size_t num_relations)
{
    return num_relations < recipe->batch_triples ? num_relations : recipe->batch_triples;
}

void kge_batch_init(kge_batch_t *batch, const kge_recipe_t *recipe, size_t num_relations)
{
    size_t max_negatives = kge_batch_num_negatives(recipe, recipe->batch_triples);
    size_t max_relations = kge_batch_max_relations(recipe, num_relations);

    *batch = (kge_batch_t){
        .triples   = APP_NEW(kge_triple_t, recipe->batch_triples),
        .negatives = APP_NEW(uint32_t, max_negatives),
        .entities  = {.keys = kge_keyset_create(kge_batch_max_entities(recipe))},
        .relations = {.keys = kge_keyset_create(max_relations)},
    };
}

void kge_batch_fini(kge_batch_t *batch)
{
    kge_coming_fini(&batch->entities.coming);
    kge_coming_fini(&batch->relations.coming);
    kge_keyset_destroy(&batch->entities.keys);
    kge_keyset_destroy(&batch->relations.keys);
    free(batch->triples);
    free(batch->negatives);
}

void kge_batch_set_triples(kge_batch_t *batch, size_t num_triples,
                           const kge_triple_t triples[])
{
    kge_keyset_clear(batch->entities.keys);
    kge_keyset_clear(batch->relations.keys);
    batch->num_triples   = num_triples;
    batch->num_negatives = 0;
    for (size_t i = 0; i < num_triples; i++)
        batch->triples[i] = (kge_triple_t){
            .head     = kge_keyset_add(batch->entities.keys, triples[i].head),
            .relation = kge_keyset_add(batch->relations.keys, triples[i].relation),
            .tail     = kge_keyset_add(batch->entities.keys, triples[i].tail),
        };
}

void kge_batch_add_negatives(kge_batch_t *batch, size_t num, const tern_key_t entities[])
{
    for (size_t i = 0; i < num; i++)
        batch->negatives[batch->num_negatives++] =
            kge_keyset_add(batch->entities.keys, (uint32_t)entities[i]);
}

size_t kge_batch_num_rows(const kge_batch_t *batch)
{
    return kge_keyset_count(batch->entities.keys) +
           kge_keyset_count(batch->relations.keys);
}
