/** \file
 * Measuring: both sides of a case take turns, slice by slice between barriers, so that whatever else the
 * machine does meets both. Of the rounds' rates and ratios the medians count.
 *
 * How many calls make a slice is found beforehand by growing slices and is the same on every rank, so
 * that a rank which answers knows how many requests will come.
 */
#include <stdlib.h>

#include "bench.h"

enum { NUM_ROUNDS = 15 };

/* What slices of one side brought this rank. */
typedef struct tally {
    double num_calls;
    double messages, gets, bytes_sent, bytes_received;
} tally_t;

/* --- statistics --- */

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The number below which `fraction` of the others lie. Sorts them. */
static double quantile(size_t num, double numbers[], double fraction)
{
    size_t at = (size_t)(fraction * (double)num);

    qsort(numbers, num, sizeof(numbers[0]), compare_numbers);
    return numbers[at < num ? at : num - 1];
}

/* --- slices --- */

static bool does_measure(const bench_t *bench, const bench_case_t *chosen)
{
    return chosen->place == BENCH_REMOTE
               ? bare_asks(bench->bare)
               : (size_t)tern_worker(bench->runtime) < bench->num_measuring;
}

/* Does its part without being measured. */
static bool does_help(const bench_t *bench, const bench_case_t *chosen,
                      bench_side_fn *side)
{
    if (side == chosen->side)
        return chosen->is_joint;
    return chosen->place == BENCH_REMOTE && bare_answers(bench->bare);
}

static void count(const bench_t *bench, const tern_counters_t *before, size_t num_calls,
                  tally_t *tally)
{
    tern_counters_t after;

    tern_get_counters(bench->runtime, &after);
    tally->num_calls += (double)num_calls;
    tally->messages += (double)(after.messages_sent - before->messages_sent);
    tally->gets += (double)(after.window_gets - before->window_gets);
    tally->bytes_sent += (double)(after.bytes_sent - before->bytes_sent);
    tally->bytes_received += (double)(after.bytes_received - before->bytes_received);
}

/* One side's slice: rates are sums, times of calls are means over the workers that measure. If one fails
 * all return. `tally` may be NULL. */
static tern_status_t run_slice(bench_t *bench, const bench_case_t *chosen,
                               bench_side_fn *side, size_t num_calls,
                               bench_speed_t *speed_p, tally_t *tally)
{
    bool            measures = does_measure(bench, chosen);
    tern_counters_t before;
    tern_status_t   status    = tern_barrier(bench->runtime), summed;
    double          start     = tern_seconds(bench->runtime), elapsed;
    double          totals[5] = {0.0};

    tern_get_counters(bench->runtime, &before);
    if (status == TERN_OK && (measures || does_help(bench, chosen, side)))
        status = side(bench, num_calls);
    elapsed = tern_seconds(bench->runtime) - start;
    if (tally != NULL && measures)
        count(bench, &before, num_calls, tally);
    totals[0] = status != TERN_OK;
    if (measures) {
        totals[1] = 1.0;
        totals[2] = (double)num_calls / elapsed;
        if (chosen->is_latency) {
            totals[3] = quantile(num_calls, bench->samples, 0.5);
            totals[4] = quantile(num_calls, bench->samples, 0.99);
        }
    }
    summed = tern_sum(bench->runtime, 5, totals);
    if (status == TERN_OK)
        status = totals[0] > 0.0 ? TERN_ERR_REMOTE : summed;
    *speed_p = (bench_speed_t){.calls_per_s = totals[2],
                               .median_us   = 1e6 * totals[3] / totals[1],
                               .p99_us      = 1e6 * totals[4] / totals[1],
                               .num_workers = (int)totals[1]};
    return status;
}

/* Seconds that a slice takes, the shorter of two, as one may meet a pause of the machine. */
static tern_status_t time_slice(bench_t *bench, const bench_case_t *chosen,
                                bench_side_fn *side, size_t num_calls, double *seconds_p)
{
    bench_speed_t first, second;
    tern_status_t status = run_slice(bench, chosen, side, num_calls, &first, NULL);
    double        rate;

    if (status == TERN_OK)
        status = run_slice(bench, chosen, side, num_calls, &second, NULL);
    if (status != TERN_OK)
        return status;
    rate =
        first.calls_per_s > second.calls_per_s ? first.calls_per_s : second.calls_per_s;
    *seconds_p = (double)num_calls * first.num_workers / rate;
    return TERN_OK;
}

/* Calls that make a slice of `seconds`, found by growing ones; it also warms up. */
static tern_status_t calibrate(bench_t *bench, const bench_case_t *chosen,
                               bench_side_fn *side, double seconds, size_t *num_calls_p)
{
    size_t max       = chosen->is_latency ? BENCH_MAX_SAMPLES : SIZE_MAX / 64;
    size_t num_calls = 1;

    for (;;) {
        double        took, wanted;
        tern_status_t status = time_slice(bench, chosen, side, num_calls, &took);

        if (status != TERN_OK)
            return status;
        wanted = (double)num_calls * seconds / took;
        if (took >= 0.125 * seconds || num_calls == max) {
            *num_calls_p = wanted < 1.0 ? 1 : wanted > (double)max ? max : (size_t)wanted;
            return TERN_OK;
        }
        num_calls *= took < 0.02 * seconds ? 16 : 2;
        if (num_calls > max)
            num_calls = max;
    }
}

/* --- rounds --- */

typedef struct rounds {
    bench_speed_t tern[NUM_ROUNDS], yardstick[NUM_ROUNDS];
} rounds_t;

static bench_speed_t median_speed(const bench_speed_t speeds[NUM_ROUNDS])
{
    double        rates[NUM_ROUNDS], medians[NUM_ROUNDS], tails[NUM_ROUNDS];
    bench_speed_t median = speeds[0];

    for (int r = 0; r < NUM_ROUNDS; r++) {
        rates[r]   = speeds[r].calls_per_s;
        medians[r] = speeds[r].median_us;
        tails[r]   = speeds[r].p99_us;
    }
    median.calls_per_s = quantile(NUM_ROUNDS, rates, 0.5);
    median.median_us   = quantile(NUM_ROUNDS, medians, 0.5);
    median.p99_us      = quantile(NUM_ROUNDS, tails, 0.5);
    return median;
}

static double median_ratio(const bench_case_t *chosen, const rounds_t *rounds)
{
    double ratios[NUM_ROUNDS];

    for (int r = 0; r < NUM_ROUNDS; r++)
        ratios[r] = chosen->is_latency
                        ? rounds->tern[r].median_us / rounds->yardstick[r].median_us
                        : rounds->tern[r].calls_per_s / rounds->yardstick[r].calls_per_s;
    return quantile(NUM_ROUNDS, ratios, 0.5);
}

static tern_status_t summarise(bench_t *bench, const bench_case_t *chosen,
                               const rounds_t *rounds, const tally_t *tally,
                               bench_result_t *result_p)
{
    double totals[] = {tally->num_calls, tally->messages, tally->gets, tally->bytes_sent,
                       tally->bytes_received};
    tern_status_t status =
        tern_sum(bench->runtime, sizeof(totals) / sizeof(totals[0]), totals);

    *result_p = (bench_result_t){.tern                    = median_speed(rounds->tern),
                                 .messages_per_call       = totals[1] / totals[0],
                                 .gets_per_call           = totals[2] / totals[0],
                                 .bytes_sent_per_call     = totals[3] / totals[0],
                                 .bytes_received_per_call = totals[4] / totals[0]};
    if (chosen->yardstick != NULL) {
        result_p->yardstick = median_speed(rounds->yardstick);
        result_p->ratio     = median_ratio(chosen, rounds);
    }
    return status;
}

tern_status_t bench_measure(bench_t *bench, const bench_case_t *chosen,
                            bench_result_t *result_p)
{
    double slice =
        bench->settings->seconds / NUM_ROUNDS / (chosen->yardstick == NULL ? 1 : 2);
    size_t        num_calls, num_yardstick = 0;
    tally_t       tally = {.num_calls = 0.0};
    rounds_t      rounds;
    tern_status_t status = calibrate(bench, chosen, chosen->side, slice, &num_calls);

    if (status == TERN_OK && chosen->yardstick != NULL)
        status = calibrate(bench, chosen, chosen->yardstick, slice, &num_yardstick);
    for (int r = 0; r < NUM_ROUNDS && status == TERN_OK; r++) {
        if (chosen->yardstick != NULL)
            status = run_slice(bench, chosen, chosen->yardstick, num_yardstick,
                               &rounds.yardstick[r], NULL);
        if (status == TERN_OK)
            status = run_slice(bench, chosen, chosen->side, num_calls, &rounds.tern[r],
                               &tally);
    }
    return status == TERN_OK ? summarise(bench, chosen, &rounds, &tally, result_p)
                             : status;
}
