/** \file
 * Online learning, see online.h.
 */
#include "online.h"

#include "auc.h"
#include "keymap.h"
#include "memory.h"
#include "padding.h"
#include "server.h"
#include "team.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A minibatch and what it needs. */
typedef struct online {
    tern_runtime_t      *runtime;
    const lr_settings_t *settings;
    tern_table_t        *weights;
    lr_outcome_t        *outcome;
    lr_keymap_t          map;     /* distinct keys of the minibatch */
    uint32_t            *numbers; /* of its entries in the map */
    double              *values, *gradients;
    size_t               entry_capacity;
    double               loss; /* of examples before they were learnt, of this pass */
} online_t;

tern_status_t lr_online_create_table(tern_runtime_t      *runtime,
                                     const lr_settings_t *settings, tern_range_t keys,
                                     tern_table_t **weights_p)
{
    const tern_table_desc_t desc = {
        .name           = "weights",
        .keys           = keys,
        .width          = 1,
        .type           = TERN_FLOAT64,
        .update         = settings->algorithm_name,
        .update_options = {.rate  = settings->rate,
                           .alpha = settings->alpha,
                           .beta  = settings->beta,
                           .l1    = settings->l1,
                           .l2    = settings->l2},
        .sync           = TERN_SYNC_ASYNC,
        .index          = settings->is_dense ? TERN_INDEX_AUTO : TERN_INDEX_HASH,
        .push_filters   = settings->push_filters,
        .pull_filters   = settings->pull_filters,
    };

    return tern_table_create(runtime, &desc, weights_p);
}

/* Number the keys of the examples first <= i < end. */
static void gather(online_t *online, const lr_examples_t *examples, size_t first,
                   size_t end)
{
    size_t base = lr_examples_first(examples, first);
    size_t num  = examples->ends[end - 1] - base;

    if (num > online->entry_capacity) {
        online->numbers        = app_resize(online->numbers, num, sizeof(uint32_t));
        online->values         = app_resize(online->values, num, sizeof(double));
        online->gradients      = app_resize(online->gradients, num, sizeof(double));
        online->entry_capacity = num;
    }
    lr_keymap_fini(&online->map);
    for (size_t i = 0; i < num; i++)
        online->numbers[i] = lr_keymap_add(&online->map, examples->keys[base + i]);
}

static void compute(online_t *online, const lr_examples_t *examples, size_t first,
                    size_t end)
{
    size_t base = lr_examples_first(examples, first);

    for (size_t i = 0; i < online->map.num; i++)
        online->gradients[i] = 0;
    for (size_t row = first; row < end; row++) {
        size_t from = lr_examples_first(examples, row), to = examples->ends[row];
        double label = (double)examples->labels[row], margin = 0, slope = 0;

        for (size_t entry = from; entry < to; entry++)
            margin += online->values[online->numbers[entry - base]] *
                      (double)examples->values[entry];
        slope = -label / (1 + exp(label * margin));
        online->loss += lr_logistic_loss(label * margin);
        for (size_t entry = from; entry < to; entry++)
            online->gradients[online->numbers[entry - base]] +=
                slope * (double)examples->values[entry];
    }
}

/* Learn the examples first <= i < end. */
static tern_status_t learn(online_t *online, const lr_examples_t *examples, size_t first,
                           size_t end)
{
    lr_outcome_t *outcome = online->outcome;
    double        began   = tern_seconds(online->runtime), asked, answered, done;
    tern_status_t status;

    gather(online, examples, first, end);
    asked  = tern_seconds(online->runtime);
    status = tern_pull(online->weights, online->map.num, online->map.keys, online->values,
                       NULL);
    answered = tern_seconds(online->runtime);
    if (status != TERN_OK)
        return status;
    compute(online, examples, first, end);
    lr_padding_sleep(online->settings, online->runtime, outcome->num_iterations++,
                     answered);
    done = tern_seconds(online->runtime);
    if (!isfinite(online->loss)) {
        fprintf(stderr, "tern-lr: the loss is not finite: lower --rate or --alpha, or "
                        "scale the values\n");
        return TERN_ERR_FORMAT;
    }
    status = tern_push(online->weights, online->map.num, online->map.keys,
                       online->gradients, NULL);
    outcome->compute_seconds += asked - began + done - answered;
    outcome->wait_seconds += tern_seconds(online->runtime) - done + answered - asked;
    return status;
}

static tern_status_t run_pass(online_t *online, const lr_dataset_t *dataset)
{
    size_t minibatch = online->settings->minibatch;

    for (size_t s = 0; s < dataset->num_own; s++) {
        const lr_examples_t *examples = &dataset->shards[s];

        for (size_t first = 0; first < examples->num; first += minibatch) {
            size_t end =
                first + minibatch < examples->num ? first + minibatch : examples->num;
            tern_status_t status = learn(online, examples, first, end);

            if (status != TERN_OK)
                return status;
            if (tern_should_stop(online->runtime))
                return TERN_ERR_STOPPED;
        }
    }
    return TERN_OK;
}

/* Progressive loss: of each example before it was learnt, with no penalty. A worker whose pass failed, or that is to stop,
 * comes here, too, so that all end together. */
static tern_status_t end_pass(online_t *online, size_t pass, double start_seconds,
                              tern_report_t *report, tern_status_t status)
{
    app_team_t  team    = app_team_of(online->runtime);
    double      sums[3] = {online->loss, online->outcome->compute_seconds,
                           online->outcome->wait_seconds};
    lr_record_t record  = {.pass = pass};

    status = app_team_agree(&team, status);
    if (status == TERN_OK)
        status = tern_sum(online->runtime, 3, sums);
    if (status != TERN_OK)
        return status;
    record.objective                   = sums[0];
    record.iterations                  = (double)online->outcome->num_iterations;
    record.columns[LR_LOSS]            = sums[0];
    record.columns[LR_COMPUTE_SECONDS] = sums[1];
    record.columns[LR_WAIT_SECONDS]    = sums[2];
    record.columns[LR_SECONDS]         = tern_seconds(online->runtime) - start_seconds;
    lr_records_add(&online->outcome->records, &record);
    if (report != NULL)
        tern_report_epoch(report, (int)pass, record.columns[LR_SECONDS], sums[0],
                          (double)(pass + 1) / fmax(1e-9, record.columns[LR_SECONDS]), 0,
                          NULL);
    online->loss = 0;
    return TERN_OK;
}

tern_status_t lr_online_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                              tern_table_t *weights, const lr_dataset_t *dataset,
                              tern_report_t *report, lr_outcome_t *outcome)
{
    online_t online = {
        .runtime = runtime, .settings = settings, .weights = weights, .outcome = outcome};
    tern_status_t status = TERN_OK;
    double        start  = tern_seconds(runtime);

    for (size_t pass = 0; pass < settings->num_passes && status == TERN_OK; pass++) {
        status = run_pass(&online, dataset);
        status = end_pass(&online, pass, start, report, status);
    }
    if (status == TERN_OK && settings->push_filters != NULL)
        status = tern_push_held(weights, NULL);
    lr_keymap_fini(&online.map);
    free(online.numbers);
    free(online.values);
    free(online.gradients);
    return status;
}
