/** \file
 * tern-lr stats, see stats.h.
 *
 * If examples are dealt to W workers at random, a feature of n examples is missed by a worker with probability
 * (1 - 1/W)^n; the mean of 1 - (1 - 1/W)^n over the features is the share of the model that a worker touches (Li et al., OSDI
 * 2014, table 3 has measured ones).
 */
#include "stats.h"

#include <math.h>
#include <stdio.h>

enum { NUM_SCALES = 5, NUM_OCTAVES = 40 };

static const double scales[NUM_SCALES] = {1, 10, 100, 1000, 10000};

/* Of one server, or of all. Numbers only, so that they add up; but the largest. */
typedef struct note {
    double num_features, num_entries;
    double touched[NUM_SCALES];  /* features, expected, by one of so many workers */
    double octaves[NUM_OCTAVES]; /* features of 2^i to 2^(i + 1) - 1 examples */
    double most;                 /* examples of a feature */
} note_t;

/* A tern_visit_fn. */
static tern_verdict_t add_to_note(const tern_row_view_t *row, void *context)
{
    note_t *note  = context;
    double  count = *(const double *)row->value;

    if (count < 1)
        return TERN_ROW_UNCHANGED;
    note->num_features++;
    note->num_entries += count;
    for (int i = 0; i < NUM_SCALES; i++)
        note->touched[i] += -expm1(count * log1p(-1 / scales[i]));
    note->octaves[(int)fmin(NUM_OCTAVES - 1, floor(log2(count)))]++;
    note->most = fmax(note->most, count);
    return TERN_ROW_UNCHANGED;
}

static tern_status_t describe(tern_invocation_t *invocation, void *context)
{
    note_t note = {0};

    (void)context;
    tern_invocation_visit(invocation, tern_invocation_range(invocation), add_to_note,
                          &note);
    return tern_invocation_answer(invocation, &note, sizeof(note));
}

tern_status_t lr_stats_register(tern_runtime_t *runtime)
{
    return tern_function_register(
        runtime, &(tern_function_t){.name = "lr-describe", .run = describe});
}

static void merge(note_t *all, const note_t *one)
{
    all->num_features += one->num_features;
    all->num_entries += one->num_entries;
    for (int i = 0; i < NUM_SCALES; i++)
        all->touched[i] += one->touched[i];
    for (int i = 0; i < NUM_OCTAVES; i++)
        all->octaves[i] += one->octaves[i];
    all->most = fmax(all->most, one->most);
}

static tern_status_t ask(tern_table_t *counts, note_t *note)
{
    tern_reply_t *reply = NULL;
    tern_status_t status =
        tern_call(counts, tern_table_keys(counts), "lr-describe", NULL, 0, &reply, NULL);

    for (uint32_t i = 0; status == TERN_OK && i < tern_reply_num_servers(reply); i++)
        merge(note, tern_reply_bytes(reply, i, NULL));
    tern_reply_destroy(&reply);
    return status;
}

/* Fields for what there is and for each scale and octave that has something. */
static void print(tern_report_t *report, const lr_totals_t *totals, const note_t *note)
{
    char         names[NUM_SCALES + NUM_OCTAVES][40];
    tern_field_t fields[7 + NUM_SCALES + NUM_OCTAVES] = {
        {"examples", totals->num_examples, NULL},
        {"positives", totals->num_positive, NULL},
        {"entries", note->num_entries, NULL},
        {"features", note->num_features, NULL},
        {"entries_per_example", note->num_entries / fmax(1, totals->num_examples), NULL},
        {"examples_per_feature", note->num_entries / fmax(1, note->num_features), NULL},
        {"most_examples", note->most, NULL},
    };
    size_t num = 7;

    for (int i = 0; i < NUM_SCALES; i++) {
        snprintf(names[num - 7], sizeof(names[0]), "touched_by_1_of_%.0f", scales[i]);
        fields[num] = (tern_field_t){
            names[num - 7], note->touched[i] / fmax(1, note->num_features), NULL};
        num++;
    }
    for (int i = 0; i < NUM_OCTAVES; i++)
        if (note->octaves[i] > 0) {
            snprintf(names[num - 7], sizeof(names[0]), "features_of_%.0f_and_more",
                     ldexp(1, i));
            fields[num] = (tern_field_t){names[num - 7], note->octaves[i], NULL};
            num++;
        }
    tern_report_results(report, num, fields);
}

tern_status_t lr_stats_print(tern_runtime_t *runtime, const tern_options_t *options,
                             tern_table_t *counts, const lr_dataset_t *dataset)
{
    lr_totals_t    totals;
    note_t         note   = {0};
    tern_report_t *report = NULL;
    tern_status_t  status = lr_counts_add(counts, runtime, dataset);

    if (status == TERN_OK)
        status = lr_dataset_sum(dataset, runtime, &totals);
    if (status != TERN_OK || tern_worker(runtime) != 0)
        return status;
    status = ask(counts, &note);
    if (status == TERN_OK)
        status = tern_report_create(runtime, options, "examples", totals.num_examples,
                                    &report);
    if (status == TERN_OK)
        print(report, &totals, &note);
    tern_report_destroy(&report);
    return status;
}
