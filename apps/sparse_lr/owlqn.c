/** \file
 * L-BFGS in lockstep, see owlqn.h.
 */
#include "owlqn.h"

#include "auc.h"
#include "features.h"
#include "memory.h"
#include "padding.h"
#include "team.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tern_status_t lr_owlqn_create_table(tern_runtime_t *runtime, tern_table_t **weights_p)
{
    const tern_table_desc_t desc = {
        .name  = "weights",
        .keys  = {0, UINT64_MAX},
        .width = 1,
        .type  = TERN_FLOAT64,
        .index = TERN_INDEX_HASH,
    };

    return tern_table_create(runtime, &desc, weights_p);
}

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifndef TERN_HAVE_LBFGS

bool lr_owlqn_is_available(void)
{
    return false;
}

tern_status_t lr_owlqn_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                             tern_table_t *weights, const lr_dataset_t *dataset,
                             tern_report_t *report, lr_outcome_t *outcome)
{
    (void)runtime;
    (void)settings;
    (void)weights;
    (void)dataset;
    (void)report;
    (void)outcome;
    return TERN_ERR_UNSUPPORTED;
}

#else

#include <lbfgs.h>

bool lr_owlqn_is_available(void)
{
    return true;
}

/* What is summed beside the gradient. */
enum { LOSS, COMPUTE_SECONDS, WAIT_SECONDS, SECONDS, STOPS, NUM_EXTRA };

typedef struct owlqn {
    tern_runtime_t      *runtime;
    const lr_settings_t *settings;
    const lr_dataset_t  *dataset;
    tern_report_t       *report;
    lr_outcome_t        *outcome;
    lr_features_t        features;
    size_t               num;      /* of features */
    double              *sums;     /* [num + NUM_EXTRA] */
    double              *accepted; /* [num] the weights of the last iteration */
    double               start_seconds;
    tern_status_t        status;
} owlqn_t;

/* Add the loss and gradient of a shard; `numbers` [entries] of their features. */
static void add_shard(owlqn_t *owlqn, const lr_examples_t *examples,
                      const uint32_t numbers[], const lbfgsfloatval_t *x)
{
    for (size_t row = 0; row < examples->num; row++) {
        size_t from = lr_examples_first(examples, row), to = examples->ends[row];
        double label = (double)examples->labels[row], margin = 0, slope = 0;

        for (size_t entry = from; entry < to; entry++)
            margin += x[numbers[entry]] * (double)examples->values[entry];
        slope = -label / (1 + exp(label * margin));
        owlqn->sums[owlqn->num + LOSS] += lr_logistic_loss(label * margin);
        for (size_t entry = from; entry < to; entry++)
            owlqn->sums[numbers[entry]] += slope * (double)examples->values[entry];
    }
}

/* A gradient is as much work as all blocks of a pass: for experiments it lasts as long. */
static void pad(owlqn_t *owlqn, double began)
{
    size_t num_blocks = owlqn->settings->num_blocks > 0 ? owlqn->settings->num_blocks : 1;
    size_t first      = owlqn->outcome->num_iterations * num_blocks;

    for (size_t i = 0; i < num_blocks; i++)
        lr_padding_sleep(owlqn->settings, owlqn->runtime, first + i,
                         i == 0 ? began : tern_seconds(owlqn->runtime));
}

/* A lbfgs_evaluate_t. */
static lbfgsfloatval_t evaluate(void *instance, const lbfgsfloatval_t *x,
                                lbfgsfloatval_t *gradient, const int num,
                                const lbfgsfloatval_t step)
{
    owlqn_t      *owlqn   = instance;
    lr_outcome_t *outcome = owlqn->outcome;
    double       *extra   = owlqn->sums + owlqn->num;
    double        began   = tern_seconds(owlqn->runtime), done;

    (void)num;
    (void)step;
    if (owlqn->status != TERN_OK) /* there are no sums: let the search for a step end */
        return NAN;
    memset(owlqn->sums, 0, (owlqn->num + NUM_EXTRA) * sizeof(double));
    for (size_t s = 0; s < owlqn->dataset->num_own; s++)
        add_shard(owlqn, &owlqn->dataset->shards[s], owlqn->features.numbers[s], x);
    pad(owlqn, began);
    outcome->num_iterations++;
    done = tern_seconds(owlqn->runtime);
    outcome->compute_seconds += done - began;
    extra[COMPUTE_SECONDS] = outcome->compute_seconds;
    extra[WAIT_SECONDS]    = outcome->wait_seconds;
    if (tern_worker(owlqn->runtime) == 0)
        extra[SECONDS] = done - owlqn->start_seconds;
    extra[STOPS]  = tern_should_stop(owlqn->runtime);
    owlqn->status = tern_sum(owlqn->runtime, owlqn->num + NUM_EXTRA, owlqn->sums);
    if (owlqn->status == TERN_OK && extra[STOPS] > 0) /* the same on all workers */
        owlqn->status = TERN_ERR_STOPPED;
    outcome->wait_seconds += tern_seconds(owlqn->runtime) - done;
    memcpy(gradient, owlqn->sums, owlqn->num * sizeof(double));
    return owlqn->status == TERN_OK ? extra[LOSS] : NAN;
}

static double count_nonzeros(size_t num, const lbfgsfloatval_t *x)
{
    size_t num_nonzeros = 0;

    for (size_t i = 0; i < num; i++)
        num_nonzeros += x[i] != 0;
    return (double)num_nonzeros;
}

/* A lbfgs_progress_t: `fx` has the penalty. Every worker returns the same. */
static int note_progress(void *instance, const lbfgsfloatval_t *x,
                         const lbfgsfloatval_t *g, const lbfgsfloatval_t fx,
                         const lbfgsfloatval_t xnorm, const lbfgsfloatval_t gnorm,
                         const lbfgsfloatval_t step, int n, int k, int ls)
{
    owlqn_t             *owlqn    = instance;
    const lr_settings_t *settings = owlqn->settings;
    const double        *extra    = owlqn->sums + owlqn->num;
    lr_record_t          record   = {.pass       = (size_t)k,
                                     .iterations = (double)owlqn->outcome->num_iterations,
                                     .objective  = fx};

    (void)g;
    (void)xnorm;
    (void)gnorm;
    (void)step;
    (void)n;
    (void)ls;
    if (owlqn->status != TERN_OK)
        return 1;
    memcpy(owlqn->accepted, x, owlqn->num * sizeof(*x));
    record.columns[LR_LOSS]            = extra[LOSS];
    record.columns[LR_COMPUTE_SECONDS] = extra[COMPUTE_SECONDS];
    record.columns[LR_WAIT_SECONDS]    = extra[WAIT_SECONDS];
    record.columns[LR_SECONDS]         = extra[SECONDS];
    record.columns[LR_NONZEROS]        = count_nonzeros(owlqn->num, x);
    record.columns[LR_FEATURES]        = (double)owlqn->num;
    lr_records_add(&owlqn->outcome->records, &record);
    if (owlqn->report != NULL)
        tern_report_epoch(owlqn->report, k, extra[SECONDS], fx,
                          record.iterations / fmax(1e-9, extra[SECONDS]), 0, NULL);
    return fx <= settings->target ||
           (settings->max_seconds > 0 && extra[SECONDS] > settings->max_seconds);
}

static bool is_good(int code)
{
    return code == LBFGS_SUCCESS || code == LBFGS_STOP ||
           code == LBFGS_ALREADY_MINIMIZED || code == LBFGSERR_MAXIMUMITERATION ||
           code == 1 /* from note_progress() */;
}

static void solve(owlqn_t *owlqn, lbfgsfloatval_t *x)
{
    const lr_settings_t *settings = owlqn->settings;
    lbfgs_parameter_t    parameters;
    lbfgsfloatval_t      objective = 0;
    int                  code      = 0;

    lbfgs_parameter_init(&parameters);
    parameters.m              = (int)settings->memory;
    parameters.epsilon        = 1e-12;
    parameters.past           = settings->epsilon > 0 ? 1 : 0;
    parameters.delta          = settings->epsilon;
    parameters.max_iterations = (int)settings->num_passes;
    if (settings->l1 > 0) {
        parameters.orthantwise_c = settings->l1;
        parameters.linesearch    = LBFGS_LINESEARCH_BACKTRACKING;
    }
    code = lbfgs((int)owlqn->num, x, &objective, evaluate, note_progress, owlqn,
                 &parameters);
    if (is_good(code) || owlqn->status != TERN_OK)
        return;
    if (tern_worker(owlqn->runtime) == 0)
        fprintf(stderr,
                "tern-lr: liblbfgs: no further progress (code %d); the weights so "
                "far are kept\n",
                code);
}

/* Worker 0 puts the weights that are not 0 into the table. */
static tern_status_t publish(owlqn_t *owlqn, tern_table_t *weights)
{
    const double *x      = owlqn->accepted;
    size_t        num    = 0;
    tern_key_t   *keys   = APP_NEW(tern_key_t, owlqn->num);
    double       *values = APP_NEW(double, owlqn->num);
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < owlqn->num; i++)
        if (x[i] != 0) {
            keys[num]     = owlqn->features.map.keys[i];
            values[num++] = x[i];
        }
    if (tern_worker(owlqn->runtime) == 0)
        status = tern_set(weights, num, keys, values, NULL);
    free(keys);
    free(values);
    return status;
}

/* The vector of weights, all 0. */
static tern_status_t make_vector(owlqn_t *owlqn, lbfgsfloatval_t **x_p)
{
    lbfgsfloatval_t *x = owlqn->num < INT_MAX ? lbfgs_malloc((int)owlqn->num) : NULL;

    if (x == NULL) {
        fprintf(stderr, "tern-lr: --algo owlqn: %zu weights are too many\n", owlqn->num);
        return TERN_ERR_NO_MEMORY;
    }
    memset(x, 0, owlqn->num * sizeof(*x));
    owlqn->sums     = APP_NEW(double, owlqn->num + NUM_EXTRA);
    owlqn->accepted = APP_NEW(double, owlqn->num);
    *x_p            = x;
    return TERN_OK;
}

tern_status_t lr_owlqn_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                             tern_table_t *weights, const lr_dataset_t *dataset,
                             tern_report_t *report, lr_outcome_t *outcome)
{
    owlqn_t          owlqn     = {.runtime  = runtime,
                                  .settings = settings,
                                  .dataset  = dataset,
                                  .report   = report,
                                  .outcome  = outcome};
    lbfgsfloatval_t *x         = NULL;
    app_team_t       team      = app_team_of(runtime);
    tern_status_t    published = TERN_OK;

    owlqn.status = lr_features_init(&owlqn.features, runtime, weights, dataset);
    owlqn.num    = owlqn.features.map.num;
    if (owlqn.status == TERN_OK)
        owlqn.status = make_vector(&owlqn, &x);
    owlqn.status        = app_team_agree(&team, owlqn.status);
    owlqn.start_seconds = tern_seconds(runtime);
    if (owlqn.status == TERN_OK) {
        solve(&owlqn, x);
        published = publish(&owlqn, weights); /* also if it was stopped */
    }
    if (x != NULL)
        lbfgs_free(x);
    free(owlqn.sums);
    free(owlqn.accepted);
    lr_features_fini(&owlqn.features);
    return owlqn.status != TERN_OK ? owlqn.status : published;
}

#endif
