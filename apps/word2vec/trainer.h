/** \file
 * An epoch of training, as one worker sees it: a pipeline of sentences and batches.
 *
 *     corpus -> sentences announced -> batches being fetched -> a batch trained on -> pushes on their way
 *               [num_ahead]           [num_prefetched]
 */
#ifndef W2V_TRAINER_H
#define W2V_TRAINER_H

#include "corpus.h"
#include "model.h"
#include "team.h"

typedef struct w2v_trainer w2v_trainer_t;

/* What the trainers of a team share: tables over the vocabulary, read only. */
typedef struct w2v_tables {
    uint32_t    *keep; /* see sentences.h */
    w2v_noise_t *noise;
} w2v_tables_t;

w2v_tables_t w2v_tables_create(const w2v_recipe_t     *recipe,
                               const w2v_vocabulary_t *vocabulary);
void         w2v_tables_fini(w2v_tables_t *tables);

/* What is passed is borrowed. Returns the error of w2v_negatives_create(). */
tern_status_t w2v_trainer_create(const w2v_recipe_t *recipe, app_team_t team,
                                 const w2v_corpus_t *corpus, const w2v_tables_t *tables,
                                 const w2v_model_t *model, w2v_trainer_t **trainer_p);
void          w2v_trainer_destroy(w2v_trainer_t **trainer_p);

/* Words of this worker's part of an epoch. */
uint64_t w2v_trainer_num_words(const w2v_trainer_t *trainer);

/* How often this worker's part of an epoch ticks the clock. */
uint64_t w2v_trainer_num_clocks(const w2v_trainer_t *trainer);

/* Sums over an epoch. */
typedef struct w2v_sums {
    double num_read;    /* words of the corpus */
    double num_centres; /* of them, those that were trained on */
    double num_steps;
    double num_targets;
    double num_rows; /* that batches worked on, each once a batch */
    double loss;     /* sum over targets */
} w2v_sums_t;
enum { W2V_NUM_SUMS = sizeof(w2v_sums_t) / sizeof(double) };

/* Called after each batch, to attend to others and to report. What it returns ends the epoch unless it is TERN_OK. */
typedef tern_status_t w2v_attend_fn(const w2v_sums_t *sums, void *context);

/* Run this worker's part of an epoch, counted from 1 on.
 *
 * \param [in] num_clocks  Ticks the clock at least so often: parts differ in length, and at the end nobody must wait for
 *                         the clock of who is done.
 * \param [out] sums       Of this worker.
 * \return  TERN_OK; the error of an access to rows or of a clock; what `attend` returned. */
tern_status_t w2v_trainer_run_epoch(w2v_trainer_t *trainer, int epoch,
                                    uint64_t num_clocks, w2v_attend_fn *attend,
                                    void *context, w2v_sums_t *sums);

#endif
