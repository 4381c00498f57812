/** \file
 * Measuring: both sides of a case take turns, each for a slice of the time between barriers, so that
 * whatever else the machine does meets both. Of the rounds' ratios the median counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench.h"

enum { NUM_ROUNDS = 9, SINGLE_CALLS = 4096 };

/* --- steps --- */

static const uint64_t *next_keys(bench_t *bench, size_t num)
{
    const uint64_t *keys;

    if (bench->next_key + num > bench->num_keys)
        bench->next_key = 0;
    keys = bench->keys + bench->next_key;
    bench->next_key += num;
    return keys;
}

static size_t step_raw_gather(bench_t *bench, tern_status_t *status_p)
{
    (void)status_p;
    raw_gather(&bench->rows, bench->width, bench->batch, next_keys(bench, bench->batch),
               bench->values);
    return bench->batch;
}

static size_t step_raw_scatter(bench_t *bench, tern_status_t *status_p)
{
    (void)status_p;
    raw_scatter_add(&bench->rows, bench->width, bench->batch,
                    next_keys(bench, bench->batch), bench->values);
    return bench->batch;
}

static size_t step_pull(bench_t *bench, tern_status_t *status_p)
{
    *status_p = tern_pull(bench->table, bench->batch, next_keys(bench, bench->batch),
                          bench->values, NULL);
    return bench->batch;
}

static size_t step_push(bench_t *bench, tern_status_t *status_p)
{
    *status_p = tern_push(bench->table, bench->batch, next_keys(bench, bench->batch),
                          bench->values, NULL);
    return bench->batch;
}

static size_t step_raw_gather_single(bench_t *bench, tern_status_t *status_p)
{
    (void)status_p;
    for (int i = 0; i < SINGLE_CALLS; i++)
        raw_gather(&bench->rows, bench->width, 1, next_keys(bench, 1), bench->values);
    return SINGLE_CALLS;
}

static size_t step_pull_single(bench_t *bench, tern_status_t *status_p)
{
    for (int i = 0; i < SINGLE_CALLS && *status_p == TERN_OK; i++)
        *status_p = tern_pull(bench->table, 1, next_keys(bench, 1), bench->values, NULL);
    return SINGLE_CALLS;
}

const bench_case_t bench_cases[] = {
    {"raw-gather", step_raw_gather, NULL, false},
    {"raw-scatter", step_raw_scatter, NULL, false},
    {"local-pull", step_pull, step_raw_gather, false},
    {"local-push", step_push, step_raw_scatter, false},
    {"local-pull1", step_pull_single, step_raw_gather_single, true},
};
const size_t bench_num_cases = sizeof(bench_cases) / sizeof(bench_cases[0]);

/* --- measuring --- */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Keys per second of all workers together, each running for `seconds` at the same time. */
static tern_status_t measure(bench_t *bench, bench_step_fn *step, double seconds,
                             double *rate_p)
{
    tern_status_t status   = tern_barrier(bench->runtime);
    double        start    = now(), elapsed;
    double        num_keys = 0.0;

    do {
        if (status != TERN_OK)
            return status;
        num_keys += (double)step(bench, &status);
        elapsed = now() - start;
    } while (elapsed < seconds);
    if (status != TERN_OK)
        return status;
    *rate_p = num_keys / elapsed;
    return tern_sum(bench->runtime, 1, rate_p);
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double numbers[NUM_ROUNDS])
{
    qsort(numbers, NUM_ROUNDS, sizeof(numbers[0]), compare_numbers);
    return numbers[NUM_ROUNDS / 2];
}

/* --- printing --- */

void bench_print_heading(const bench_t *bench)
{
    if (!bench->as_json && tern_worker(bench->runtime) == 0)
        printf("%-12s %6s %9s %6s %-8s %5s %14s %10s %10s %6s\n", "case", "width", "rows",
               "batch", "dist", "ranks", "keys/s", "ns/key", "GB/s", "ratio");
}

static void print_line(const bench_t *bench, const bench_case_t *chosen, double rate,
                       double ratio)
{
    size_t batch = chosen->is_single ? 1 : bench->batch;
    int    ranks = tern_size(bench->runtime);
    double ns    = 1e9 * tern_num_workers(bench->runtime) / rate;
    double bytes = rate * bench->width * sizeof(float);

    if (bench->as_json) {
        printf("{\"case\": \"%s\", \"width\": %u, \"rows\": %llu, \"batch\": %zu, "
               "\"dist\": \"%s\", \"ranks\": %d, \"workers\": %d, \"keys_per_s\": %.6g, "
               "\"ns_per_key\": %.4g, \"bytes_per_s\": %.6g",
               chosen->name, bench->width, (unsigned long long)bench->num_rows, batch,
               bench->dist, ranks, tern_num_workers(bench->runtime), rate, ns, bytes);
        if (chosen->raw != NULL)
            printf(", \"ratio_to_raw\": %.4f", ratio);
        printf("}\n");
    } else {
        printf("%-12s %6u %9llu %6zu %-8s %5d %14.0f %10.1f %10.2f", chosen->name,
               bench->width, (unsigned long long)bench->num_rows, batch, bench->dist,
               ranks, rate, ns, 1e-9 * bytes);
        if (chosen->raw != NULL)
            printf(" %6.2f", ratio);
        printf("\n");
    }
    fflush(stdout);
}

tern_status_t bench_run(bench_t *bench, const bench_case_t *chosen)
{
    double rates[NUM_ROUNDS], ratios[NUM_ROUNDS];
    double slice = bench->seconds / NUM_ROUNDS / (chosen->raw == NULL ? 1 : 2);

    for (int round = -1; round < NUM_ROUNDS; round++) { /* the first warms up */
        double        rate, raw_rate = 1.0;
        tern_status_t status = TERN_OK;

        if (chosen->raw != NULL)
            status = measure(bench, chosen->raw, slice, &raw_rate);
        if (status == TERN_OK)
            status = measure(bench, chosen->step, slice, &rate);
        if (status != TERN_OK)
            return status;
        if (round >= 0) {
            rates[round]  = rate;
            ratios[round] = rate / raw_rate;
        }
    }
    if (tern_worker(bench->runtime) == 0)
        print_line(bench, chosen, median(rates), median(ratios));
    return TERN_OK;
}
