/** \file
 * A batch: triples that make one update, their negatives, and the distinct rows that these need. Triples and
 * negatives name rows by *slot*, their number among the distinct rows.
 */
#ifndef KGE_BATCH_H
#define KGE_BATCH_H

#include "coming.h"
#include "keyset.h"
#include "recipe.h"
#include "triples.h"

/* The distinct rows of one table. */
typedef struct kge_batch_rows {
    kge_keyset_t *keys;
    kge_coming_t  coming; /* those that were known when the batch was prepared */
} kge_batch_rows_t;

typedef struct kge_batch {
    size_t           num_triples;
    kge_triple_t    *triples; /* [num_triples], of slots */
    size_t           num_negatives;
    uint32_t        *negatives; /* [num chunks][num_negatives of the recipe], slots */
    kge_batch_rows_t entities, relations;
} kge_batch_t;

void kge_batch_init(kge_batch_t *batch, const kge_recipe_t *recipe, size_t num_relations);
void kge_batch_fini(kge_batch_t *batch);

/* Start over with these triples, and without negatives. */
void kge_batch_set_triples(kge_batch_t *batch, size_t num_triples,
                           const kge_triple_t triples[]);

void kge_batch_add_negatives(kge_batch_t *batch, size_t num, const tern_key_t entities[]);

/* Distinct rows, of both tables. */
size_t kge_batch_num_rows(const kge_batch_t *batch);

/* The most distinct rows of a batch. */
size_t kge_batch_max_entities(const kge_recipe_t *recipe);
size_t kge_batch_max_relations(const kge_recipe_t *recipe, size_t num_relations);

/* Negatives of a batch of `num_triples`: each chunk needs its own. */
size_t kge_batch_num_negatives(const kge_recipe_t *recipe, size_t num_triples);

#endif
