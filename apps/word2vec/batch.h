/** \file
 * A batch: some centre words with their contexts and negatives, as steps of training over two sets of distinct rows.
 *
 * Skip-gram with negative sampling (Mikolov et al., NIPS 2013) trains pairs (context word, centre word): the input row
 * of the context word against the output row of the centre word, which is to score high, and against the output
 * rows of negative words, which are to score low; context and centre in the roles of word2vec.c.
 */
#ifndef W2V_BATCH_H
#define W2V_BATCH_H

#include "lease.h"
#include "noise.h"
#include "recipe.h"

/* One step: an input row against targets, the first of which is the positive. */
typedef struct w2v_step {
    uint32_t input;        /* place in the lease of inputs */
    uint32_t first_target; /* in `targets` */
    uint32_t num_targets;
} w2v_step_t;

typedef struct w2v_batch {
    w2v_lease_t inputs;
    w2v_lease_t outputs;
    w2v_step_t *steps; /* [num_steps] */
    size_t      num_steps, steps_capacity;
    uint32_t   *targets; /* [num_targets]: places in the lease of outputs */
    size_t      num_targets, targets_capacity;
    size_t      num_centres;
    uint64_t    num_read; /* words of the corpus that it stands for */
} w2v_batch_t;

void w2v_batch_fini(w2v_batch_t *batch);

/* Makes batches. */
typedef struct w2v_batcher w2v_batcher_t;

w2v_batcher_t *w2v_batcher_create(const w2v_recipe_t *recipe, size_t num_words);
void           w2v_batcher_destroy(w2v_batcher_t **batcher_p);

/* Start a batch: it is empty. */
void w2v_batcher_begin(w2v_batcher_t *batcher, w2v_batch_t *batch);

/* Draws `num` negative words. */
typedef tern_status_t w2v_draw_fn(size_t num, tern_key_t words[], void *context);

/* How many words of context the centre at `position` of `num_words` has, so many to each side. */
size_t w2v_batch_num_steps(size_t num_words, size_t position, size_t reach);

/* Add the steps of the centre at `position` of a sentence, whose context reaches `reach` words to each side. Returns the
 * error of `draw`. */
tern_status_t w2v_batcher_add(w2v_batcher_t *batcher, w2v_batch_t *batch,
                              size_t num_words, const uint32_t words[], size_t position,
                              size_t reach, w2v_draw_fn *draw, void *context);

#endif
