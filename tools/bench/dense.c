/** \file
 * Both sides take turns, some steps each, so that whatever else the machine does meets both; the median of the rounds'
 * ratios counts. A step of Tern is tern_push_range() of the whole table, tern_clock() and tern_pull_range(); as
 * MPI_Allreduce() does, it has the pushed array until it has ended.
 */
#include "dense.h"

#include <stdio.h>
#include <stdlib.h>

#include "bare.h"
#include "tern/tern.h"

enum { NUM_ROUNDS = 15, SMALLEST = 64 << 10, LARGEST = 64 << 20 };

typedef struct dense {
    tern_runtime_t *runtime;
    bare_t         *bare;
    tern_table_t   *table;
    float          *pushed, *pulled; /* [bytes / 4] */
    size_t          bytes;
} dense_t;

/* What a size brought. */
typedef struct outcome {
    double tern_us, bare_us, ratio;
    double
        bytes_share; /* sent by all ranks, of what an Allreduce between the nodes needs */
    bool is_whole;   /* every step exchanged the whole table */
} outcome_t;

static tern_status_t step_tern(const dense_t *dense)
{
    tern_range_t    keys    = tern_table_keys(dense->table);
    tern_request_t *request = NULL;
    tern_status_t   status = tern_push_range(dense->table, keys, dense->pushed, &request);

    if (status == TERN_OK)
        status = tern_clock(dense->runtime);
    if (status == TERN_OK)
        status = tern_wait(&request);
    return status == TERN_OK ? tern_pull_range(dense->table, keys, dense->pulled, NULL)
                             : status;
}

/* Seconds of `num` steps of one side. */
static tern_status_t time_side(const dense_t *dense, bool is_tern, size_t num,
                               double *seconds_p)
{
    tern_status_t status = TERN_OK;
    double        start;

    bare_barrier(dense->bare);
    start = tern_seconds(dense->runtime);
    for (size_t i = 0; i < num && status == TERN_OK; i++) {
        if (is_tern)
            status = step_tern(dense);
        else
            bare_sum(dense->bare, dense->pushed, dense->pulled,
                     dense->bytes / sizeof(float));
    }
    *seconds_p = tern_seconds(dense->runtime) - start;
    return status;
}

/* Steps that take a round's time; the same on every rank. It also warms up. */
static tern_status_t calibrate(const dense_t *dense, double seconds, size_t *num_p)
{
    double        took, wanted;
    tern_status_t status = time_side(dense, true, 2, &took);

    if (status == TERN_OK)
        status = time_side(dense, false, 2, &took);
    if (status == TERN_OK)
        status = time_side(dense, true, 2, &took);
    if (status != TERN_OK)
        return status;
    wanted = seconds / NUM_ROUNDS / 2 / (took / 2);
    status = tern_sum(dense->runtime, 1, &wanted);
    wanted /= tern_num_workers(dense->runtime);
    *num_p = wanted < 1 ? 1 : (size_t)wanted;
    return status;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double numbers[NUM_ROUNDS])
{
    qsort(numbers, NUM_ROUNDS, sizeof numbers[0], compare_numbers);
    return numbers[NUM_ROUNDS / 2];
}

/* Bytes that all ranks send in `num` steps, beside 2 (n - 1) / n of the table for each of n nodes. */
static tern_status_t count_bytes(const dense_t *dense, size_t num, outcome_t *outcome)
{
    double          nodes = tern_num_nodes(dense->runtime);
    tern_counters_t before, after;
    double          totals[2];
    tern_status_t   status = TERN_OK;

    tern_get_counters(dense->runtime, &before);
    for (size_t i = 0; i < num && status == TERN_OK; i++)
        status = step_tern(dense);
    tern_get_counters(dense->runtime, &after);
    totals[0] = (double)(after.bytes_sent - before.bytes_sent);
    totals[1] = (double)(after.dense_part_steps - before.dense_part_steps);
    if (status == TERN_OK)
        status = tern_sum(dense->runtime, 2, totals);
    outcome->bytes_share =
        nodes > 1 ? totals[0] / (2 * (nodes - 1) * (double)dense->bytes * (double)num)
                  : 0;
    outcome->is_whole = totals[1] == 0;
    return status;
}

static tern_status_t measure(const dense_t *dense, double seconds, outcome_t *outcome)
{
    double        tern[NUM_ROUNDS], bare[NUM_ROUNDS], ratios[NUM_ROUNDS];
    size_t        num;
    tern_status_t status = calibrate(dense, seconds, &num);

    for (int r = 0; r < NUM_ROUNDS && status == TERN_OK; r++) {
        status = time_side(dense, false, num, &bare[r]);
        if (status == TERN_OK)
            status = time_side(dense, true, num, &tern[r]);
        ratios[r] = tern[r] / bare[r];
    }
    if (status == TERN_OK)
        status = count_bytes(dense, 4, outcome);
    if (status != TERN_OK)
        return status;
    outcome->tern_us = 1e6 * median(tern) / (double)num;
    outcome->bare_us = 1e6 * median(bare) / (double)num;
    outcome->ratio   = median(ratios);
    return TERN_OK;
}

static void print(const dense_t *dense, const outcome_t *outcome, bool as_json)
{
    if (tern_worker(dense->runtime) != 0)
        return;
    if (as_json)
        printf("{\"dense\": {\"bytes\": %zu, \"tern_us\": %.6g, \"allreduce_us\": %.6g, "
               "\"ratio\": %.4g, \"bytes_share\": %.5g, \"whole\": %s}}\n",
               dense->bytes, outcome->tern_us, outcome->bare_us, outcome->ratio,
               outcome->bytes_share, outcome->is_whole ? "true" : "false");
    else
        printf("%8zu %12.1f %12.1f %8.3f %10.4f  %s\n", dense->bytes >> 10,
               outcome->tern_us, outcome->bare_us, outcome->ratio, outcome->bytes_share,
               outcome->is_whole ? "whole" : "parts");
    fflush(stdout);
}

/* --- one size --- */

static tern_status_t create_table(dense_t *dense, uint32_t width, size_t bytes)
{
    char              name[32];
    uint64_t          num_keys = bytes / (width * sizeof(float));
    tern_table_desc_t desc     = {
            .name = name, .keys = {0, num_keys}, .width = width, .policy = "dense"};

    snprintf(name, sizeof name, "dense-%zu", bytes);
    dense->bytes  = num_keys * width * sizeof(float);
    dense->pushed = calloc(1, dense->bytes);
    dense->pulled = calloc(1, dense->bytes);
    for (size_t i = 0; dense->pushed != NULL && i < dense->bytes / sizeof(float); i++)
        dense->pushed[i] = 1e-3f; /* zeros would be one page for all, in cache */
    return tern_table_create(dense->runtime, &desc, &dense->table);
}

static tern_status_t measure_size(dense_t *dense, const settings_t *settings,
                                  size_t bytes)
{
    tern_status_t status = create_table(dense, (uint32_t)settings->widths.list[0], bytes);
    outcome_t     outcome = {0};

    if (status == TERN_OK && (dense->pushed == NULL || dense->pulled == NULL))
        status = TERN_ERR_NO_MEMORY;
    status = tern_agree(dense->runtime, status);
    if (status == TERN_OK)
        status = measure(dense, settings->seconds, &outcome);
    if (status == TERN_OK)
        print(dense, &outcome, settings->as_json);
    free(dense->pushed);
    free(dense->pulled);
    return status;
}

/* In a runtime of its own: a dense table of another size would take each step, too. */
static tern_status_t run_size(dense_t *dense, const settings_t *settings,
                              tern_options_t *options, size_t bytes)
{
    tern_status_t status = tern_init(MPI_COMM_WORLD, options, &dense->runtime), ended;

    if (status != TERN_OK)
        return status;
    status = measure_size(dense, settings, bytes);
    ended  = tern_finalize(&dense->runtime);
    return status == TERN_OK ? ended : status;
}

/* --- all --- */

static tern_status_t check_roles(tern_runtime_t *runtime)
{
    bool          is_both = tern_is_server(runtime) && tern_is_worker(runtime);
    tern_status_t status  = tern_agree(runtime, is_both ? TERN_OK : TERN_ERR_USAGE);

    if (status == TERN_OK)
        return TERN_OK;
    if (tern_rank(runtime) == 0)
        fprintf(stderr, "tern-bench: dense: every rank must be a server and a worker: "
                        "--roles scheduler+server+worker,server+worker,...\n");
    return TERN_ERR_USAGE;
}

static tern_status_t run_sizes(bool is_speaker, const settings_t *settings,
                               tern_options_t *options)
{
    bare_member_t self   = {.is_worker = 1};
    dense_t       dense  = {.bare = bare_create(MPI_COMM_WORLD, &self, 0)};
    tern_status_t status = tern_options_set(options, "stats", "none");

    if (is_speaker && !settings->as_json)
        printf("%8s %12s %12s %8s %10s  %s\n", "KiB", "step us", "allreduce us", "ratio",
               "bytes", "exchanged");
    for (size_t bytes = SMALLEST; bytes <= LARGEST && status == TERN_OK; bytes *= 4)
        status = run_size(&dense, settings, options, bytes);
    bare_destroy(&dense.bare);
    return status;
}

/* The first runtime stays, as its end would end MPI. */
tern_status_t dense_run(const settings_t *settings, tern_options_t *options)
{
    tern_runtime_t *runtime = NULL;
    tern_status_t   status  = tern_init(MPI_COMM_WORLD, options, &runtime), ended;

    if (status != TERN_OK)
        return status;
    status = check_roles(runtime);
    if (status == TERN_OK)
        status = run_sizes(tern_worker(runtime) == 0, settings, options);
    ended = tern_finalize(&runtime);
    return status == TERN_OK ? ended : status;
}
