/** \file
 * What a training tells its user, see summary.h.
 */
#include "summary.h"

#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_NAMED_WORKERS = 64,
    NAME_BYTES        = 32,
    HISTOGRAM_BYTES   = 21 * TERN_STALENESS_BINS + 1,
    MAX_FIELDS        = APP_NUM_COUNTERS + 128
};

typedef struct fields {
    tern_field_t items[MAX_FIELDS];
    size_t       num;
} fields_t;

/* What is not a number has no value and is left out. */
static void add(fields_t *fields, const char *name, double number)
{
    if (!isnan(number) && fields->num < MAX_FIELDS)
        fields->items[fields->num++] = (tern_field_t){name, number, NULL};
}

static void add_text(fields_t *fields, const char *name, const char *text)
{
    if (text != NULL && fields->num < MAX_FIELDS)
        fields->items[fields->num++] = (tern_field_t){name, 0, text};
}

static void add_quality(fields_t *fields, const lr_results_t *results)
{
    add(fields, "test_examples", results->totals.num_test);
    add(fields, "auc", results->quality.auc);
    add(fields, "bayes_auc", results->bayes_auc);
    add(fields, "logloss", results->quality.logloss);
    add(fields, "accuracy", results->quality.accuracy);
    add(fields, "objective", results->objective);
    add(fields, "loss", results->loss);
    add(fields, "nonzeros", results->num_nonzeros);
    add(fields, "features", results->num_features);
    add(fields, "filtered", results->num_filtered);
    add(fields, "filtered_share", results->num_filtered / fmax(1, results->num_features));
}

static void add_speed(fields_t *fields, const lr_results_t *results)
{
    add(fields, "passes", (double)results->outcome.records.num);
    add(fields, "iterations", (double)results->outcome.num_iterations);
    if (results->outcome.num_blocks > 0) {
        add(fields, "blocks", (double)results->outcome.num_blocks);
        add(fields, "delay", (double)results->outcome.delay);
    }
    add(fields, "train_seconds", results->train_seconds);
    add(fields, "target_seconds", results->target_seconds);
    if (!results->is_salvaged)
        add(fields, "compute_seconds", results->compute_seconds);
    add(fields, "data_seconds", results->data_seconds);
}

/* Steps by their staleness, from 0 on, as servers count them; `text` [HISTOGRAM_BYTES]. */
static void add_staleness(fields_t *fields, const tern_staleness_t *staleness, char *text)
{
    size_t length = 0;

    if (staleness->num_applied == 0) /* the algorithm has no steps */
        return;
    for (uint32_t b = 0; b <= staleness->largest_of_steps && b < TERN_STALENESS_BINS; b++)
        length += (size_t)snprintf(text + length, HISTOGRAM_BYTES - length, "%s%llu",
                                   b > 0 ? " " : "",
                                   (unsigned long long)staleness->num_steps[b]);
    add(fields, "max_staleness", (double)staleness->largest_of_steps);
    add_text(fields, "staleness_histogram", text);
}

/* Of each worker, and their mean. `names` [MAX_NAMED_WORKERS][NAME_BYTES]. */
static void add_idle_shares(fields_t *fields, size_t num, const double shares[],
                            char names[][NAME_BYTES])
{
    double sum = 0;

    for (size_t i = 0; i < num; i++)
        sum += shares[i];
    add(fields, "idle_share", sum / (double)num);
    for (size_t i = 0; i < num && i < MAX_NAMED_WORKERS; i++) {
        snprintf(names[i], NAME_BYTES, "idle_share_%zu", i);
        add(fields, names[i], shares[i]);
    }
}

static void add_server_bytes(fields_t *fields, const lr_records_t *records)
{
    const double *columns =
        records->num > 0 ? records->items[records->num - 1].columns : NULL;

    if (columns == NULL)
        return;
    add(fields, "server_bytes_sent", columns[LR_SERVER_SENT]);
    add(fields, "server_bytes_received", columns[LR_SERVER_RECEIVED]);
}

void lr_summary_print_data(const lr_settings_t *settings, const lr_totals_t *totals)
{
    printf("data: %.0f examples (%.0f positive), %.0f entries; %.0f test examples; %s\n",
           totals->num_examples, totals->num_positive, totals->num_entries,
           totals->num_test, settings->algorithm_name);
    fflush(stdout);
}

void lr_summary_print_results(tern_runtime_t *runtime, const lr_settings_t *settings,
                              const lr_results_t *results, tern_report_t *report)
{
    char     names[MAX_NAMED_WORKERS][NAME_BYTES], histogram[HISTOGRAM_BYTES];
    fields_t fields = {.num = 0};

    add_text(&fields, "algorithm", settings->algorithm_name);
    add(&fields, "workers", tern_num_workers(runtime));
    add(&fields, "servers", tern_num_servers(runtime));
    add(&fields, "examples", results->totals.num_examples);
    add(&fields, "positives", results->totals.num_positive);
    add(&fields, "entries", results->totals.num_entries);
    add_quality(&fields, results);
    add_speed(&fields, results);
    add_staleness(&fields, &results->staleness, histogram);
    add_server_bytes(&fields, &results->outcome.records);
    if (results->is_salvaged) {
        add(&fields, "stopped_by_signal", tern_stop_signal(runtime));
    } else {
        add_idle_shares(&fields, (size_t)tern_num_workers(runtime), results->idle_shares,
                        names);
        fields.num += app_usage_fields(&results->usage, fields.items + fields.num);
    }
    add_text(&fields, "model", settings->model);
    add_text(&fields, "output", settings->output);
    tern_report_results(report, fields.num, fields.items);
}

typedef struct writer {
    tern_result_t *result;
    tern_status_t  status; /* of the first failure; later calls do nothing */
} writer_t;

static void put_numbers(writer_t *writer, const char *path, size_t num,
                        const double numbers[])
{
    if (writer->status == TERN_OK)
        writer->status = tern_result_put_numbers(writer->result, path, num, numbers);
}

static void put_number(writer_t *writer, const char *path, double number)
{
    if (writer->status == TERN_OK && !isnan(number))
        writer->status = tern_result_put_number(writer->result, path, number);
}

static void put_keys(writer_t *writer, const lr_entries_t *entries)
{
    char        *digits = app_alloc(entries->num, NAME_BYTES);
    const char **texts  = APP_NEW(const char *, entries->num);

    for (size_t i = 0; i < entries->num; i++) {
        snprintf(digits + NAME_BYTES * i, NAME_BYTES, "%llu",
                 (unsigned long long)entries->keys[i]);
        texts[i] = digits + NAME_BYTES * i;
    }
    if (writer->status == TERN_OK)
        writer->status =
            tern_result_put_texts(writer->result, "/model/keys", entries->num, texts);
    free(texts);
    free(digits);
}

/* Columns of the history: the objective, then those of the records that have a name here. */
static void put_history(writer_t *writer, const lr_records_t *records)
{
    static const struct {
        const char *path;
        lr_column_t column;
    } columns[] = {
        {"/history/seconds", LR_SECONDS},   {"/history/loss", LR_LOSS},
        {"/history/nonzeros", LR_NONZEROS}, {"/history/filtered", LR_FILTERED},
        {"/history/delay", LR_DELAY},
    };
    double *numbers = APP_NEW(double, records->num);

    for (size_t i = 0; i < records->num; i++)
        numbers[i] = records->items[i].objective;
    put_numbers(writer, "/history/objective", records->num, numbers);
    for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
        for (size_t i = 0; i < records->num; i++)
            numbers[i] = records->items[i].columns[columns[c].column];
        put_numbers(writer, columns[c].path, records->num, numbers);
    }
    free(numbers);
}

tern_status_t lr_output_write(const lr_settings_t *settings, const lr_results_t *results,
                              const tern_options_t *options)
{
    writer_t      writer = {NULL, TERN_OK};
    tern_status_t status = tern_result_create(settings->output, &writer.result);

    if (status != TERN_OK)
        return status;
    writer.status = tern_result_put_options(writer.result, options);
    put_keys(&writer, &results->entries);
    put_numbers(&writer, "/model/weights", results->entries.num, results->entries.values);
    put_history(&writer, &results->outcome.records);
    put_number(&writer, "/results/auc", results->quality.auc);
    put_number(&writer, "/results/logloss", results->quality.logloss);
    put_number(&writer, "/results/objective", results->objective);
    put_number(&writer, "/results/nonzeros", results->num_nonzeros);
    put_number(&writer, "/results/train_seconds", results->train_seconds);
    if (writer.status == TERN_OK)
        return tern_result_close(&writer.result);
    tern_result_abandon(&writer.result);
    return writer.status;
}
