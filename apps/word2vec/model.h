/** \file
 * A model under training: rows of input and output vectors, and what is known of the words they belong to.
 */
#ifndef W2V_MODEL_H
#define W2V_MODEL_H

#include "noise.h"
#include "recipe.h"
#include "rows.h"
#include "vocabulary.h"

typedef struct w2v_model {
    w2v_rows_t   *inputs;       /* the word vectors (syn0 of word2vec.c) */
    w2v_rows_t   *outputs;      /* what they are trained against (syn1neg) */
    tern_table_t *output_table; /* of `outputs`; NULL without a parameter server */
    const w2v_vocabulary_t *vocabulary; /* borrowed */
} w2v_model_t;

/* Where a model's tables go. */
typedef struct w2v_placement {
    const char  *policy;
    tern_sync_t  sync;
    uint32_t     staleness;
    w2v_manner_t manner;
} w2v_placement_t;

/* Tables "input", uniform in [-1 / (2 dim), 1 / (2 dim)), and "output", zero. Blocking, collective over the ranks of the
 * runtime, as tern_table_create(). `vocabulary` may be NULL on ranks that do not work. */
tern_status_t w2v_model_on_server(tern_runtime_t *runtime, const w2v_recipe_t *recipe,
                                  const w2v_placement_t *placement, size_t num_words,
                                  const w2v_vocabulary_t *vocabulary, w2v_model_t *model);

/* Arrays of this process. */
w2v_model_t w2v_model_in_process(const w2v_recipe_t     *recipe,
                                 const w2v_vocabulary_t *vocabulary);

void w2v_model_fini(w2v_model_t *model);

#endif
