/** \file
 * What a run tells its user, see summary.h.
 */
#include "summary.h"

#include <math.h>
#include <stdio.h>

void mf_summary_print_data(const mf_worker_t *worker, const mf_dataset_t *dataset)
{
    printf(
        "data: %zu rows, %zu columns%s; train %.0f, valid %.0f, test %.0f ratings, mean "
        "%.4g\n",
        dataset->num_rows, dataset->num_columns,
        dataset->is_transposed ? " (transposed)" : "", worker->num_ratings[MF_TRAIN],
        worker->num_ratings[MF_VALID], worker->num_ratings[MF_TEST],
        (double)worker->rule.mean);
    fflush(stdout);
}

enum { MAX_FIELDS = APP_NUM_COUNTERS + 40 };

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

static double num_updates_of(const mf_training_t *training)
{
    double num = 0;

    for (size_t i = 0; i < training->num_records; i++)
        num += training->records[i].num_updates;
    return num;
}

static double last_valid_rmse(const mf_training_t *training)
{
    for (size_t i = training->num_records; i-- > 0;)
        if (!isnan(training->records[i].valid_rmse))
            return training->records[i].valid_rmse;
    return NAN;
}

static const char *engine_name(mf_engine_t engine)
{
    static const char *const names[] = {[MF_ENGINE_SERVER]  = "server",
                                        [MF_ENGINE_THREADS] = "threads",
                                        [MF_ENGINE_HAND]    = "plain-mpi"};

    return names[engine];
}

static void add_quality(fields_t *fields, const mf_training_t *training)
{
    size_t num = training->num_records;

    add(fields, "train_rmse", num > 0 ? training->records[num - 1].train_rmse : NAN);
    add(fields, "valid_rmse", last_valid_rmse(training));
    add(fields, "test_rmse", training->test_rmse);
}

/* An epoch of which only a part was run is extrapolated, and that is said. */
static void add_speed(fields_t *fields, const mf_worker_t *worker,
                      const mf_training_t *training)
{
    double num_ratings = worker->num_ratings[MF_TRAIN];
    double num_updates = num_updates_of(training);
    double seconds     = training->num_records > 0
                             ? training->records[training->num_records - 1].seconds
                             : 0;
    bool   is_sample   = mf_training_is_sample(training, num_ratings);

    add(fields, "epochs", (double)training->num_records);
    add(fields, "train_seconds", seconds);
    add(fields, "target_seconds", training->target_seconds);
    add(fields, is_sample ? "extrapolated_epoch_seconds" : "epoch_seconds",
        mf_training_epoch_seconds(training, num_ratings));
    if (is_sample)
        add(fields, "sampled_share",
            num_updates / (num_ratings * (double)training->num_records));
    add(fields, "updates", num_updates);
    add(fields, "updates_per_second", num_updates / seconds);
    add(fields, "update_cpu_us", 1e6 * worker->update_seconds);
    add(fields, "pad_us", worker->settings->pad_us);
    add(fields, "compute_share",
        training->compute_seconds / (seconds * (double)worker->crew->num_workers));
    add(fields, "data_seconds", worker->data_seconds);
    add(fields, "plan_seconds", worker->plan_seconds);
}

static void add_usage(fields_t *fields, const mf_worker_t *worker,
                      const mf_training_t *training)
{
    const mf_factors_t *factors = worker->factors;

    if (factors->engine == MF_ENGINE_HAND) {
        add(fields, "messages_sent", training->traffic.messages);
        add(fields, "bytes_sent", training->traffic.bytes);
    }
    if (factors->engine != MF_ENGINE_SERVER)
        return;
    add(fields, "nodes", tern_num_nodes(factors->runtime));
    add_text(fields, "policy", worker->settings->policy);
    add(fields, "local_share",
        app_usage_local_share(&training->usage, app_usage_num_read(&training->usage)));
    fields->num += app_usage_fields(&training->usage, fields->items + fields->num);
}

void mf_summary_print_results(const mf_worker_t *worker, const mf_training_t *training,
                              tern_report_t *report)
{
    fields_t fields = {.num = 0};

    add_text(&fields, "engine", engine_name(worker->factors->engine));
    add(&fields, "workers", (double)worker->crew->num_workers);
    add(&fields, "rows", (double)worker->factors->num_rows);
    add(&fields, "columns", (double)worker->factors->num_columns);
    add(&fields, "train_ratings", worker->num_ratings[MF_TRAIN]);
    add_speed(&fields, worker, training);
    add_quality(&fields, training);
    add_usage(&fields, worker, training);
    add_text(&fields, "output", worker->settings->output);
    tern_report_results(report, fields.num, fields.items);
}
