/** \file
 * Delayed block proximal gradient, see dbpg.h.
 */
#include "dbpg.h"

#include "memory.h"
#include "order.h"
#include "pipeline.h"
#include "rate.h"
#include "stopper.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_BLOCKS = 16, MOST_BLOCKS = 4096 };

typedef struct dbpg {
    tern_runtime_t         *runtime;
    const lr_settings_t    *settings;
    const lr_dbpg_tables_t *tables;
    const lr_totals_t      *totals;
    lr_outcome_t           *outcome;
    tern_report_t          *report;
    lr_pipeline_t           pipeline;
    lr_stopper_t            stopper;
    lr_proximal_t           proximal; /* what servers were told */
    lr_rate_t               rate;
    size_t first_judged; /* pass; those before it ran before the last reset */
} dbpg_t;

tern_status_t lr_dbpg_create_tables(tern_runtime_t      *runtime,
                                    const lr_settings_t *settings, tern_range_t keys,
                                    lr_dbpg_tables_t *tables)
{
    const tern_table_desc_t weights = {
        .name         = "weights",
        .keys         = keys,
        .width        = 1,
        .type         = TERN_FLOAT64,
        .update       = LR_PROXIMAL_RULE,
        .policy       = "aggregate",
        .index        = settings->is_dense ? TERN_INDEX_AUTO : TERN_INDEX_HASH,
        .push_width   = 2,
        .ordered      = settings->is_ordered,
        .push_filters = settings->push_filters,
        .pull_filters = settings->pull_filters,
    };
    tern_status_t status = tern_table_create(runtime, &weights, &tables->weights);

    if (status != TERN_OK)
        return status;
    status = lr_progress_create(runtime, settings->num_passes, settings->is_ordered,
                                &tables->progress);
    if (status != TERN_OK || !settings->has_auto_delay)
        return status;
    return tern_delay_auto_create(
        runtime, &(tern_delay_auto_options_t){.max_delay = (uint32_t)settings->delay},
        &tables->automatic);
}

void lr_dbpg_destroy_tables(lr_dbpg_tables_t *tables)
{
    tern_delay_auto_destroy(&tables->automatic);
}

/* What is found while running is about this. */
static double usual_delay(const lr_settings_t *settings)
{
    return settings->has_auto_delay ? 4 : (double)settings->delay;
}

/* So many that the features of an example are hardly ever in the same one, nor in those under way together. */
static size_t choose_num_blocks(const lr_settings_t *settings, const lr_totals_t *totals)
{
    double num =
        (2 + usual_delay(settings)) * totals->num_entries / fmax(1, totals->num_examples);
    double least = 0;

    if (settings->num_blocks > 0)
        return settings->num_blocks;
    least = fmax(LEAST_BLOCKS, 2 * ((double)settings->delay + 1));
    return (size_t)fmin(MOST_BLOCKS, fmax(least, ceil(num)));
}

/* What filters of messages about weights were given, and what they made of it. */
static void note_traffic(const tern_table_t *weights, double row[])
{
    tern_traffic_t push, pull, answer;

    tern_table_traffic(weights, TERN_FLOW_PUSH, true, &push);
    tern_table_traffic(weights, TERN_FLOW_PULL, true, &pull);
    tern_table_traffic(weights, TERN_FLOW_ANSWER, false, &answer);
    row[LR_PUSH_KEYS]   = (double)push.raw_key_bytes;
    row[LR_PUSH_ROWS]   = (double)push.raw_value_bytes;
    row[LR_PUSH_WIRE]   = (double)push.wire_bytes;
    row[LR_PULL_KEYS]   = (double)pull.raw_key_bytes;
    row[LR_PULL_WIRE]   = (double)pull.wire_bytes;
    row[LR_ANSWER_ROWS] = (double)answer.raw_value_bytes;
    row[LR_ANSWER_WIRE] = (double)answer.wire_bytes;
}

/* Push this worker's part of what the pass came to: the loss shard by shard, the rest with the first. */
static tern_status_t push_progress(dbpg_t *dbpg, size_t pass, double row[])
{
    const lr_pipeline_t *pipeline = &dbpg->pipeline;
    tern_table_t        *table    = dbpg->tables->progress;
    tern_key_t           key      = pass;
    tern_counters_t      counters;
    tern_status_t        status = TERN_OK;

    tern_get_counters(dbpg->runtime, &counters);
    row[LR_COMPUTE_SECONDS] = pipeline->compute_seconds;
    row[LR_WAIT_SECONDS] =
        tern_seconds(dbpg->runtime) - pipeline->start_seconds - pipeline->compute_seconds;
    row[LR_WORKER_SENT]     = (double)counters.bytes_sent;
    row[LR_WORKER_RECEIVED] = (double)counters.bytes_received;
    note_traffic(pipeline->weights, row);
    for (size_t s = 0; (s < pipeline->num_shards || s == 0) && status == TERN_OK; s++) {
        if (s < pipeline->num_shards)
            row[LR_LOSS] = lr_kernel_loss(&pipeline->shards[s].columns,
                                          &pipeline->shards[s].margins);
        tern_table_set_shard(table, (uint32_t)(pipeline->first_shard + s));
        status = tern_push(table, 1, &key, row, NULL);
        memset(row, 0, LR_NUM_COLUMNS * sizeof(*row));
    }
    return status;
}

/* What one worker asks the servers; it also sets the threshold of the next pass. */
static tern_status_t ask_servers(dbpg_t *dbpg, double row[])
{
    const lr_settings_t *settings = dbpg->settings;
    lr_pass_note_t       note;
    tern_status_t        status = lr_server_end_pass(dbpg->tables->weights, &note);

    row[LR_SERVER_SENT]     = note.bytes_sent;
    row[LR_SERVER_RECEIVED] = note.bytes_received;
    row[LR_SUM_ABS]         = note.sum_abs;
    row[LR_NONZEROS]        = note.num_nonzeros;
    row[LR_FILTERED]        = note.num_filtered;
    row[LR_FEATURES]        = note.num_rows;
    row[LR_VIOLATION]       = note.violation;
    row[LR_THRESHOLD] = settings->kkt_ratio * note.violation / dbpg->totals->num_examples;
    row[LR_SECONDS]   = tern_seconds(dbpg->runtime) - dbpg->pipeline.start_seconds;
    row[LR_DELAY]     = tern_delay_get(dbpg->pipeline.delay);
    if (status != TERN_OK || settings->kkt_ratio == 0)
        return status;
    dbpg->proximal.threshold = row[LR_THRESHOLD];
    return lr_server_set(dbpg->tables->weights, &dbpg->proximal);
}

/* A lr_end_pass_fn. What is asked of the servers must see the pass, and not the steps that this worker has ended since: else it
 * would wait for the others to come as far. */
static tern_status_t end_pass(void *context, size_t pass, uint64_t num_steps)
{
    dbpg_t       *dbpg                = context;
    double        row[LR_NUM_COLUMNS] = {0};
    tern_status_t status              = TERN_OK;

    tern_table_set_sync(dbpg->tables->weights, TERN_SYNC_SSP, (uint32_t)num_steps);
    if (tern_worker(dbpg->runtime) == 0)
        status = ask_servers(dbpg, row);
    tern_table_set_sync(dbpg->tables->weights, TERN_SYNC_BSP, 0);
    return status == TERN_OK ? push_progress(dbpg, pass, row) : status;
}

static tern_status_t run_pass(dbpg_t *dbpg, size_t pass)
{
    lr_pipeline_t *pipeline  = &dbpg->pipeline;
    size_t         num_prior = pass == 0 ? dbpg->settings->num_prior : 0;
    uint32_t      *order     = APP_NEW(uint32_t, pipeline->num_blocks);
    tern_status_t  status    = TERN_OK;

    lr_order_blocks(dbpg->settings->seed, pass, pipeline->num_blocks, order);
    for (size_t i = 0; i < pipeline->num_blocks && status == TERN_OK; i++) {
        if (i == 0 && num_prior > 0)
            status = tern_delay_set(pipeline->delay, 0);
        if (i == num_prior && num_prior > 0 && status == TERN_OK)
            status = tern_delay_set(pipeline->delay, (uint32_t)pipeline->max_delay);
        if (status == TERN_OK)
            status = lr_pipeline_submit(pipeline, pass, i, order[i]);
    }
    free(order);
    return status;
}

/* Finish everything and read what the last pass came to. */
static tern_status_t read_last_pass(dbpg_t *dbpg, size_t pass)
{
    tern_key_t    key    = pass;
    tern_status_t status = tern_tasks_wait_all(dbpg->pipeline.tasks);

    if (status == TERN_OK)
        status = tern_clock(dbpg->runtime);
    if (status == TERN_OK)
        status = tern_pull(dbpg->tables->progress, 1, &key, dbpg->pipeline.row, NULL);
    return status;
}

static void speak(dbpg_t *dbpg, const lr_record_t *record, const lr_record_t *before)
{
    double seconds =
        record->columns[LR_SECONDS] - (before ? before->columns[LR_SECONDS] : 0);
    tern_field_t fields[] = {
        {"nonzeros", record->columns[LR_NONZEROS], NULL},
        {"filtered_share",
         record->columns[LR_FILTERED] / fmax(1, record->columns[LR_FEATURES]), NULL},
        {"idle_share", lr_record_idle_share(record, before), NULL},
        {"delay", record->columns[LR_DELAY], NULL},
    };

    tern_report_epoch(dbpg->report, (int)record->pass, record->columns[LR_SECONDS],
                      record->objective,
                      (double)dbpg->pipeline.num_blocks / fmax(1e-9, seconds),
                      sizeof(fields) / sizeof(fields[0]), fields);
}

/* Note what `row` says about a pass. */
static const lr_record_t *record_pass(dbpg_t *dbpg, size_t pass)
{
    lr_records_t *records = &dbpg->outcome->records;
    const double *row     = dbpg->pipeline.row;
    lr_record_t   record  = {.pass = pass};

    memcpy(record.columns, row, sizeof(record.columns));
    record.iterations = (double)((pass + 1) * dbpg->pipeline.num_blocks);
    record.objective  = row[LR_LOSS] + dbpg->settings->l1 * row[LR_SUM_ABS];
    if (dbpg->report != NULL)
        speak(dbpg, &record, records->num > 0 ? &records->items[records->num - 1] : NULL);
    lr_records_add(records, &record);
    return &records->items[records->num - 1];
}

static tern_status_t reset(dbpg_t *dbpg, size_t next_pass)
{
    tern_status_t status = tern_tasks_wait_all(dbpg->pipeline.tasks);

    if (status == TERN_OK && tern_worker(dbpg->runtime) == 0)
        status = lr_server_reset(dbpg->tables->weights);
    for (size_t s = 0; s < dbpg->pipeline.num_shards; s++)
        lr_shard_reset(&dbpg->pipeline.shards[s]);
    dbpg->first_judged = next_pass;
    return status;
}

/* Features of an example in a block. */
static double num_in_block(const dbpg_t *dbpg)
{
    const lr_totals_t *totals = dbpg->totals;

    return totals->num_entries / fmax(1, totals->num_examples) /
           (double)dbpg->pipeline.num_blocks;
}

static tern_status_t adapt_rate(dbpg_t *dbpg, double before, double objective)
{
    lr_rate_follow(&dbpg->rate, before, objective);
    if (dbpg->rate.now == dbpg->proximal.eta)
        return TERN_OK;
    dbpg->proximal.eta = dbpg->rate.now;
    if (tern_worker(dbpg->runtime) != 0)
        return TERN_OK;
    return lr_server_set(dbpg->tables->weights, &dbpg->proximal);
}

static tern_status_t say_diverges(const dbpg_t *dbpg, size_t pass)
{
    if (tern_worker(dbpg->runtime) == 0)
        fprintf(
            stderr,
            "tern-lr: the objective diverges, %g after pass %zu, %g at best: lower --eta "
            "or --delay, or take filters that change less\n",
            dbpg->stopper.before, pass, dbpg->stopper.lowest);
    return TERN_ERR_FORMAT;
}

/* Judge the pass that `row` is about, before pass `next_pass`; the same on all workers. */
static tern_status_t judge(dbpg_t *dbpg, size_t pass, size_t next_pass, bool *stops)
{
    const lr_record_t *record      = record_pass(dbpg, pass);
    double             max_seconds = dbpg->settings->max_seconds;
    lr_judgement_t     judgement   = LR_GO_ON;
    tern_status_t      status = adapt_rate(dbpg, dbpg->stopper.before, record->objective);

    if (pass >= dbpg->first_judged)
        judgement = lr_stopper_judge(&dbpg->stopper, record->objective);
    dbpg->stopper.before = record->objective;
    *stops               = judgement == LR_STOP ||
             (max_seconds > 0 && record->columns[LR_SECONDS] > max_seconds);
    if (judgement == LR_DIVERGES && status == TERN_OK)
        return say_diverges(dbpg, pass);
    return judgement == LR_RESET && status == TERN_OK ? reset(dbpg, next_pass) : status;
}

/* Where there is a delay, a pass is judged after the next one, else at once. */
static tern_status_t iterate(dbpg_t *dbpg)
{
    bool          is_delayed = dbpg->pipeline.max_delay > 0, stops = false;
    size_t        pass   = 0;
    tern_status_t status = TERN_OK;

    for (; pass < dbpg->settings->num_passes && status == TERN_OK && !stops; pass++) {
        status = run_pass(dbpg, pass);
        if (status == TERN_OK)
            status = is_delayed ? lr_pipeline_read_row(&dbpg->pipeline)
                                : read_last_pass(dbpg, pass);
        if (status == TERN_OK && (!is_delayed || pass > 0))
            status = judge(dbpg, pass - is_delayed, pass + 1, &stops);
    }
    if (status != TERN_OK || !is_delayed)
        return status;
    status = read_last_pass(dbpg, pass - 1);
    if (status == TERN_OK)
        record_pass(dbpg, pass - 1);
    return status;
}

static tern_status_t init(dbpg_t *dbpg, lr_dataset_t *dataset)
{
    const lr_settings_t *settings = dbpg->settings;
    lr_pipeline_t       *pipeline = &dbpg->pipeline;
    tern_status_t        status   = TERN_OK;
    bool marks = settings->push_filters != NULL && strstr(settings->push_filters, "kkt");

    *pipeline = (lr_pipeline_t){.runtime     = dbpg->runtime,
                                .settings    = settings,
                                .weights     = dbpg->tables->weights,
                                .progress    = dbpg->tables->progress,
                                .num_shards  = dataset->num_own,
                                .first_shard = dataset->first_shard,
                                .shards      = APP_NEW(lr_shard_t, dataset->num_own),
                                .num_blocks  = choose_num_blocks(settings, dbpg->totals),
                                .max_delay   = settings->delay,
                                .automatic   = dbpg->tables->automatic,
                                .end_pass    = end_pass,
                                .context     = dbpg};
    for (size_t s = 0; s < pipeline->num_shards; s++) {
        lr_shard_init(&pipeline->shards[s], &dataset->shards[s], pipeline->num_blocks,
                      marks);
        lr_examples_fini(&dataset->shards[s]);
    }
    dbpg->stopper = (lr_stopper_t){
        .epsilon = settings->epsilon, .target = settings->target, .before = HUGE_VAL};
    dbpg->rate = lr_rate_begin(settings->eta, num_in_block(dbpg), usual_delay(settings));
    dbpg->rate.is_patient = settings->has_auto_delay;
    dbpg->proximal        = (lr_proximal_t){settings->l1, dbpg->rate.now, HUGE_VAL};
    if (tern_worker(dbpg->runtime) == 0)
        status = lr_server_set(dbpg->tables->weights, &dbpg->proximal);
    if (status == TERN_OK)
        status = tern_barrier(dbpg->runtime);
    return status == TERN_OK ? lr_pipeline_init(pipeline) : status;
}

static void fini(dbpg_t *dbpg)
{
    lr_pipeline_fini(&dbpg->pipeline);
    for (size_t s = 0; s < dbpg->pipeline.num_shards; s++)
        lr_shard_fini(&dbpg->pipeline.shards[s]);
    free(dbpg->pipeline.shards);
}

static void conclude(dbpg_t *dbpg)
{
    const lr_pipeline_t *pipeline = &dbpg->pipeline;
    lr_outcome_t        *outcome  = dbpg->outcome;

    outcome->compute_seconds = pipeline->compute_seconds;
    outcome->wait_seconds =
        tern_seconds(dbpg->runtime) - pipeline->start_seconds - pipeline->compute_seconds;
    outcome->num_iterations = pipeline->num_submitted;
    outcome->num_blocks     = pipeline->num_blocks;
    outcome->delay          = tern_delay_get(pipeline->delay);
}

/* Blocks under way together must differ, and half of a pass lies between two visits of a block. */
static tern_status_t check_blocks(const dbpg_t *dbpg)
{
    size_t num_blocks = choose_num_blocks(dbpg->settings, dbpg->totals);
    size_t least      = 2 * (dbpg->settings->delay + 1);

    if (num_blocks >= least || dbpg->settings->delay == 0)
        return TERN_OK;
    if (tern_worker(dbpg->runtime) == 0)
        fprintf(stderr, "tern-lr: --delay %zu needs --blocks %zu or more, found %zu\n",
                dbpg->settings->delay, least, num_blocks);
    return TERN_ERR_USAGE;
}

tern_status_t lr_dbpg_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                            const lr_dbpg_tables_t *tables, lr_dataset_t *dataset,
                            const lr_totals_t *totals, tern_report_t *report,
                            lr_outcome_t *outcome)
{
    dbpg_t        dbpg   = {.runtime  = runtime,
                            .settings = settings,
                            .tables   = tables,
                            .totals   = totals,
                            .outcome  = outcome,
                            .report   = report};
    tern_status_t status = check_blocks(&dbpg);

    if (status != TERN_OK)
        return status;
    status = init(&dbpg, dataset);
    if (status == TERN_OK) {
        status = iterate(&dbpg);
        conclude(&dbpg);
    }
    fini(&dbpg);
    return status;
}
