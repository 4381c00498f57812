/** \file
 * An epoch of training, see trainer.h.
 */
#include "trainer.h"

#include "ballast.h"
#include "kernel.h"
#include "memory.h"
#include "negatives.h"
#include "queue.h"

#include <stdlib.h>
#include <string.h>

/* The learning rate does not fall below this part of the first one. */
static const double min_rate_factor = 1e-4;

struct w2v_trainer {
    const w2v_recipe_t *recipe;
    app_team_t          team;
    const w2v_corpus_t *corpus;
    const w2v_tables_t *tables;
    const w2v_model_t  *model;
    double              num_own; /* words that this worker reads in an epoch */
    w2v_batcher_t      *batcher;
    w2v_kernel_t       *kernel;
    w2v_queue_t        *queue;
    w2v_sentences_t     sentences;
    w2v_negatives_t    *negatives;
    w2v_random_t        random;

    const w2v_sentence_t *sentence; /* that batches are being made of; NULL: none left */
    size_t                position; /* of its next centre */
    size_t                next_negative; /* of those that it brings along */

    /* Batches that are being fetched, [first, first + num) of a ring, and their pushes. */
    w2v_batch_t *ring; /* [ring_size] */
    size_t       ring_size, first, num;

    uint64_t num_clocks; /* ticked in this epoch */
};

w2v_tables_t w2v_tables_create(const w2v_recipe_t     *recipe,
                               const w2v_vocabulary_t *vocabulary)
{
    size_t       num     = w2v_vocabulary_size(vocabulary);
    double      *weights = w2v_noise_weights(num, w2v_vocabulary_counts(vocabulary));
    w2v_tables_t tables  = {
         .keep  = w2v_sentences_chances(vocabulary, recipe->subsample),
         .noise = w2v_noise_create(num, weights),
    };

    free(weights);
    return tables;
}

void w2v_tables_fini(w2v_tables_t *tables)
{
    free(tables->keep);
    w2v_noise_destroy(&tables->noise);
    tables->keep = NULL;
}

tern_status_t w2v_trainer_create(const w2v_recipe_t *recipe, app_team_t team,
                                 const w2v_corpus_t *corpus, const w2v_tables_t *tables,
                                 const w2v_model_t *model, w2v_trainer_t **trainer_p)
{
    w2v_trainer_t *trainer = APP_NEW(w2v_trainer_t, 1);

    trainer->recipe  = recipe;
    trainer->team    = team;
    trainer->corpus  = corpus;
    trainer->tables  = tables;
    trainer->model   = model;
    trainer->num_own = (double)w2v_sentences_count(corpus, recipe, team.worker);
    trainer->batcher = w2v_batcher_create(recipe, w2v_vocabulary_size(model->vocabulary));
    trainer->kernel  = w2v_kernel_create(recipe->dim);
    trainer->queue   = w2v_queue_create(recipe, model, tables->noise, team);
    trainer->ring_size = recipe->num_prefetched + 2;
    trainer->ring      = APP_NEW(w2v_batch_t, trainer->ring_size);
    *trainer_p         = trainer;
    return w2v_negatives_create(recipe, model, tables->noise, &trainer->negatives);
}

/* Complete what is on its way to and from a batch. */
static tern_status_t settle(w2v_trainer_t *trainer, w2v_batch_t *batch)
{
    const w2v_model_t *model = trainer->model;
    tern_status_t      input = model->inputs->ops->settle(model->inputs, &batch->inputs);
    tern_status_t output = model->outputs->ops->settle(model->outputs, &batch->outputs);

    return input != TERN_OK ? input : output;
}

static tern_status_t settle_all(w2v_trainer_t *trainer)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < trainer->ring_size; i++) {
        tern_status_t settled = settle(trainer, &trainer->ring[i]);

        if (status == TERN_OK)
            status = settled;
    }
    return status;
}

void w2v_trainer_destroy(w2v_trainer_t **trainer_p)
{
    w2v_trainer_t *trainer = *trainer_p;

    if (trainer == NULL)
        return;
    for (size_t i = 0; i < trainer->ring_size; i++)
        w2v_batch_fini(&trainer->ring[i]);
    free(trainer->ring);
    w2v_queue_destroy(&trainer->queue);
    w2v_kernel_destroy(&trainer->kernel);
    w2v_batcher_destroy(&trainer->batcher);
    w2v_negatives_destroy(&trainer->negatives);
    free(trainer);
    *trainer_p = NULL;
}

uint64_t w2v_trainer_num_words(const w2v_trainer_t *trainer)
{
    return (uint64_t)trainer->num_own;
}

uint64_t w2v_trainer_num_clocks(const w2v_trainer_t *trainer)
{
    uint64_t clock_words = trainer->recipe->clock_words;

    return 1 + (clock_words == 0 ? 0 : (uint64_t)trainer->num_own / clock_words);
}

/* --- making batches --- */

static tern_status_t draw_negatives(size_t num, tern_key_t words[], void *context)
{
    w2v_trainer_t *trainer = context;

    const w2v_sentence_t *sentence = trainer->sentence;

    if (trainer->recipe->negatives_from != W2V_NEGATIVES_LOCALIZED)
        return w2v_negatives_draw(trainer->negatives, &trainer->random, num, words);
    memcpy(words, sentence->negatives + trainer->next_negative, num * sizeof(words[0]));
    trainer->next_negative += num;
    return TERN_OK;
}

/* The sentence is done; what is read with it counts for `batch`. */
static tern_status_t next_sentence(w2v_trainer_t *trainer, w2v_batch_t *batch)
{
    if (trainer->sentence != NULL)
        batch->num_read += trainer->sentence->num_read;
    trainer->position      = 0;
    trainer->next_negative = 0;
    return w2v_queue_next(trainer->queue, &trainer->sentence);
}

static tern_status_t add_centre(w2v_trainer_t *trainer, w2v_batch_t *batch)
{
    const w2v_sentence_t *sentence = trainer->sentence;
    size_t                position = trainer->position++;

    return w2v_batcher_add(trainer->batcher, batch, sentence->num_words, sentence->words,
                           position, sentence->reach[position], draw_negatives, trainer);
}

/* Up to batch_words centres, from as many sentences as that takes. */
static tern_status_t fill_batch(w2v_trainer_t *trainer, w2v_batch_t *batch)
{
    tern_status_t status = TERN_OK;

    w2v_batcher_begin(trainer->batcher, batch);
    while (trainer->sentence != NULL &&
           batch->num_centres < trainer->recipe->batch_words && status == TERN_OK) {
        const w2v_sentence_t *sentence = trainer->sentence;

        if (trainer->position < sentence->num_words)
            status = add_centre(trainer, batch);
        if (status == TERN_OK && trainer->position >= sentence->num_words)
            status = next_sentence(trainer, batch);
    }
    return status;
}

/* Another batch into the ring. The place that it takes is that of a batch whose pushes may still be on their way. */
static tern_status_t prepare(w2v_trainer_t *trainer)
{
    const w2v_model_t *model = trainer->model;
    w2v_batch_t       *batch =
        &trainer->ring[(trainer->first + trainer->num) % trainer->ring_size];
    tern_status_t status = settle(trainer, batch);

    if (status == TERN_OK)
        status = fill_batch(trainer, batch);
    if (status != TERN_OK)
        return status;
    trainer->num++;
    status = model->inputs->ops->fetch(model->inputs, &batch->inputs);
    if (status == TERN_OK)
        status = model->outputs->ops->fetch(model->outputs, &batch->outputs);
    return status;
}

/* --- training on them --- */

/* Falls linearly over all epochs. */
static double rate_now(const w2v_trainer_t *trainer, int epoch, double num_read)
{
    const w2v_recipe_t *recipe = trainer->recipe;
    double              done   = (epoch - 1 + num_read / (trainer->num_own + 1)) /
                  (recipe->num_epochs > 0 ? recipe->num_epochs : 1);

    return recipe->rate * (1 - done > min_rate_factor ? 1 - done : min_rate_factor);
}

static void give_back(const w2v_model_t *model, w2v_batch_t *batch)
{
    model->outputs->ops->give_back(model->outputs, &batch->outputs);
    model->inputs->ops->give_back(model->inputs, &batch->inputs);
}

/* Rows of both kinds, or TERN_IN_PROGRESS. Lending the first kind may wait, as nothing is lent yet; lending the second
 * must not, so what it would wait for is awaited before. */
static tern_status_t lend(const w2v_model_t *model, w2v_batch_t *batch)
{
    tern_status_t awaited =
        model->outputs->ops->await_own(model->outputs, &batch->outputs);
    tern_status_t input  = model->inputs->ops->lend(model->inputs, &batch->inputs);
    tern_status_t output = model->outputs->ops->lend(model->outputs, &batch->outputs);

    if (awaited != TERN_OK)
        return awaited;
    if (input < 0 || output == TERN_OK)
        return input;
    return output;
}

static tern_status_t fetch_missing(const w2v_model_t *model, w2v_batch_t *batch)
{
    tern_status_t status =
        model->inputs->ops->fetch_missing(model->inputs, &batch->inputs);

    return status == TERN_OK
               ? model->outputs->ops->fetch_missing(model->outputs, &batch->outputs)
               : status;
}

/* Each round turns some rows into copies, which nobody takes away, so that there is a last one. */
static tern_status_t open_batch(w2v_trainer_t *trainer, w2v_batch_t *batch)
{
    tern_status_t status = settle(trainer, batch);

    while (status == TERN_OK) {
        status = lend(trainer->model, batch);
        if (status == TERN_OK)
            return TERN_OK;
        give_back(trainer->model, batch);
        if (status == TERN_IN_PROGRESS)
            status = fetch_missing(trainer->model, batch);
        if (status == TERN_OK)
            status = settle(trainer, batch);
    }
    return status;
}

static tern_status_t push(const w2v_model_t *model, w2v_batch_t *batch)
{
    tern_status_t status = model->outputs->ops->push(model->outputs, &batch->outputs);

    return status == TERN_OK ? model->inputs->ops->push(model->inputs, &batch->inputs)
                             : status;
}

static tern_status_t train_on(w2v_trainer_t *trainer, w2v_batch_t *batch, double rate,
                              double *loss_p)
{
    tern_status_t status = open_batch(trainer, batch);

    if (status != TERN_OK)
        return status;
    *loss_p += w2v_kernel_run(trainer->kernel, batch, (float)rate);
    if (trainer->recipe->pad_us > 0)
        app_ballast_work(trainer->recipe->pad_us * (double)batch->num_centres);
    give_back(trainer->model, batch);
    return push(trainer->model, batch);
}

/* The oldest batch of the ring. */
static tern_status_t train_next(w2v_trainer_t *trainer, int epoch, w2v_sums_t *sums)
{
    w2v_batch_t  *batch  = &trainer->ring[trainer->first];
    double        rate   = rate_now(trainer, epoch, sums->num_read);
    tern_status_t status = train_on(trainer, batch, rate, &sums->loss);

    trainer->first = (trainer->first + 1) % trainer->ring_size;
    trainer->num--;
    sums->num_read += (double)batch->num_read;
    sums->num_centres += (double)batch->num_centres;
    sums->num_steps += (double)batch->num_steps;
    sums->num_targets += (double)batch->num_targets;
    sums->num_rows += (double)(batch->inputs.num_keys + batch->outputs.num_keys);
    return status;
}

/* Tick until the clock shows `num_clocks` of this epoch. */
static tern_status_t tick(w2v_trainer_t *trainer, uint64_t num_clocks)
{
    tern_status_t status = TERN_OK;

    while (trainer->num_clocks < num_clocks && status == TERN_OK) {
        status = app_team_clock(&trainer->team);
        trainer->num_clocks++;
    }
    return status;
}

/* --- an epoch --- */

static tern_status_t start_epoch(w2v_trainer_t *trainer, int epoch)
{
    const w2v_recipe_t *recipe = trainer->recipe;

    trainer->random =
        w2v_random_start(recipe->seed, trainer->team.worker, (uint64_t)epoch);
    trainer->first = trainer->num = 0;
    trainer->num_clocks           = 0;
    trainer->position             = 0;
    trainer->next_negative        = 0;
    w2v_sentences_start(&trainer->sentences, trainer->corpus, trainer->tables->keep,
                        recipe, trainer->team.worker, epoch);
    w2v_queue_start(trainer->queue, &trainer->sentences, &trainer->random);
    return w2v_queue_next(trainer->queue, &trainer->sentence);
}

static tern_status_t run_batches(w2v_trainer_t *trainer, int epoch, w2v_attend_fn *attend,
                                 void *context, w2v_sums_t *sums)
{
    uint64_t      clock_words = trainer->recipe->clock_words;
    tern_status_t status      = TERN_OK;

    while (status == TERN_OK && (trainer->sentence != NULL || trainer->num > 0)) {
        if (trainer->sentence != NULL)
            status = prepare(trainer);
        if (status == TERN_OK &&
            (trainer->sentence == NULL || trainer->num > trainer->recipe->num_prefetched))
            status = train_next(trainer, epoch, sums);
        if (status == TERN_OK && clock_words > 0)
            status = tick(trainer, (uint64_t)sums->num_read / clock_words);
        if (status == TERN_OK)
            status = attend(sums, context);
    }
    return status;
}

tern_status_t w2v_trainer_run_epoch(w2v_trainer_t *trainer, int epoch,
                                    uint64_t num_clocks, w2v_attend_fn *attend,
                                    void *context, w2v_sums_t *sums)
{
    tern_status_t status  = start_epoch(trainer, epoch);
    tern_status_t settled = TERN_OK;

    *sums = (w2v_sums_t){0};
    if (status == TERN_OK)
        status = run_batches(trainer, epoch, attend, context, sums);
    settled = settle_all(trainer);
    if (status == TERN_OK)
        status = settled;
    return status == TERN_OK ? tick(trainer, num_clocks) : status;
}
