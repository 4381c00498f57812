/** \file
 * Making batches, see batch.h.
 *
 * Distinct keys are found by a table over the whole vocabulary, in which a stamp says of which batch an entry is: one
 * look-up a key, and nothing to clear between batches.
 */
#include "batch.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Where a key is in the lease of the batch `stamp`. */
typedef struct entry {
    uint32_t stamp;
    uint32_t place;
} entry_t;

struct w2v_batcher {
    size_t      window, num_negatives;
    uint32_t    stamp;
    size_t      num_words;
    entry_t    *inputs;    /* [num_words] */
    entry_t    *outputs;   /* [num_words] */
    tern_key_t *negatives; /* [2 * window * num_negatives] of a centre */
};

w2v_batcher_t *w2v_batcher_create(const w2v_recipe_t *recipe, size_t num_words)
{
    w2v_batcher_t *batcher = APP_NEW(w2v_batcher_t, 1);

    batcher->window        = recipe->window;
    batcher->num_negatives = recipe->num_negatives;
    batcher->num_words     = num_words;
    batcher->inputs        = APP_NEW(entry_t, num_words);
    batcher->outputs       = APP_NEW(entry_t, num_words);
    batcher->negatives = APP_NEW(tern_key_t, 2 * recipe->window * recipe->num_negatives);
    return batcher;
}

void w2v_batcher_destroy(w2v_batcher_t **batcher_p)
{
    if (*batcher_p == NULL)
        return;
    free((*batcher_p)->inputs);
    free((*batcher_p)->outputs);
    free((*batcher_p)->negatives);
    free(*batcher_p);
    *batcher_p = NULL;
}

void w2v_batch_fini(w2v_batch_t *batch)
{
    w2v_lease_fini(&batch->inputs);
    w2v_lease_fini(&batch->outputs);
    free(batch->steps);
    free(batch->targets);
    *batch = (w2v_batch_t){.num_steps = 0};
}

void w2v_batcher_begin(w2v_batcher_t *batcher, w2v_batch_t *batch)
{
    if (++batcher->stamp == 0) { /* it went round */
        memset(batcher->inputs, 0, batcher->num_words * sizeof(entry_t));
        memset(batcher->outputs, 0, batcher->num_words * sizeof(entry_t));
        batcher->stamp = 1;
    }
    batch->inputs.num_keys  = 0;
    batch->outputs.num_keys = 0;
    batch->num_steps        = 0;
    batch->num_targets      = 0;
    batch->num_centres      = 0;
    batch->num_read         = 0;
}

static uint32_t place_of(entry_t entries[], uint32_t stamp, w2v_lease_t *lease,
                         uint32_t word)
{
    entry_t *entry = &entries[word];

    if (entry->stamp != stamp) {
        *entry = (entry_t){stamp, (uint32_t)lease->num_keys};
        w2v_lease_add(lease, word);
    }
    return entry->place;
}

static void reserve(w2v_batch_t *batch, size_t num_steps, size_t num_targets)
{
    if (batch->num_steps + num_steps > batch->steps_capacity) {
        batch->steps_capacity = 2 * batch->steps_capacity + num_steps;
        batch->steps =
            app_resize(batch->steps, batch->steps_capacity, sizeof(w2v_step_t));
    }
    if (batch->num_targets + num_targets > batch->targets_capacity) {
        batch->targets_capacity = 2 * batch->targets_capacity + num_targets;
        batch->targets =
            app_resize(batch->targets, batch->targets_capacity, sizeof(uint32_t));
    }
}

/* A negative that is the positive itself is left out, as in word2vec.c. */
static void add_step(w2v_batcher_t *batcher, w2v_batch_t *batch, uint32_t input,
                     uint32_t positive_word, uint32_t positive,
                     const tern_key_t negatives[])
{
    w2v_step_t *step = &batch->steps[batch->num_steps++];
    uint32_t   *next = batch->targets + batch->num_targets;

    *step   = (w2v_step_t){input, (uint32_t)batch->num_targets, 0};
    *next++ = positive;
    for (size_t n = 0; n < batcher->num_negatives; n++)
        if (negatives[n] != positive_word)
            *next++ = place_of(batcher->outputs, batcher->stamp, &batch->outputs,
                               (uint32_t)negatives[n]);
    step->num_targets  = (uint32_t)(next - batch->targets) - step->first_target;
    batch->num_targets = (size_t)(next - batch->targets);
}

static size_t first_of(size_t position, size_t reach)
{
    return position > reach ? position - reach : 0;
}

static size_t end_of(size_t num_words, size_t position, size_t reach)
{
    return position + reach + 1 < num_words ? position + reach + 1 : num_words;
}

size_t w2v_batch_num_steps(size_t num_words, size_t position, size_t reach)
{
    return end_of(num_words, position, reach) - first_of(position, reach) - 1;
}

tern_status_t w2v_batcher_add(w2v_batcher_t *batcher, w2v_batch_t *batch,
                              size_t num_words, const uint32_t words[], size_t position,
                              size_t reach, w2v_draw_fn *draw, void *context)
{
    size_t        first     = first_of(position, reach);
    size_t        end       = end_of(num_words, position, reach);
    size_t        num_steps = end - first - 1;
    uint32_t      centre    = words[position];
    tern_status_t status =
        draw(num_steps * batcher->num_negatives, batcher->negatives, context);

    if (status != TERN_OK)
        return status;
    batch->num_centres++;
    if (num_steps == 0)
        return TERN_OK;
    reserve(batch, num_steps, num_steps * (1 + batcher->num_negatives));

    const tern_key_t *negatives = batcher->negatives;
    uint32_t          positive =
        place_of(batcher->outputs, batcher->stamp, &batch->outputs, centre);

    for (size_t i = first; i < end; i++) {
        if (i == position)
            continue;
        add_step(batcher, batch,
                 place_of(batcher->inputs, batcher->stamp, &batch->inputs, words[i]),
                 centre, positive, negatives);
        negatives += batcher->num_negatives;
    }
    return TERN_OK;
}
