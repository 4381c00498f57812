/** \file
 * links: what the network between nodes gives, as Tern's programs meet it. Ranks wait as in a run, so the round
 * trip has the waking of both ends in it and the bandwidth what a CPU quota leaves of it.
 *
 * Twice, with worker n reading rows of the server of worker n + 1: worker 0 alone, then all workers at once. Prints
 *
 *     {"workers": 8, "round_trip_us": 131.0, "median_us": 118.2, "p99_us": 410.7, "MB_per_s": 152.3,
 *      "all_round_trip_us": 240.1, "all_MB_per_s": 61.0}
 *
 * where round_trip_us is the mean of single-row pulls, MB_per_s what pulls of 1 MiB bring, and those of
 * "all" are means over the workers. One line; with one worker there is no link, and all of it is zero.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tern/tern.h"

enum { ROWS_PER_SERVER = 256, WIDTH = 1024, MAX_TRIPS = 1 << 16 };

typedef struct links {
    tern_runtime_t *runtime;
    tern_table_t   *table;
    double          seconds;          /* for each of round trips and bandwidth */
    tern_range_t    range;            /* rows of the next worker's server */
    double          trips[MAX_TRIPS]; /* microseconds */
    float           rows[ROWS_PER_SERVER * WIDTH];
} links_t;

typedef struct link_result {
    double round_trip_us, median_us, p99_us, mb_per_s;
} link_result_t;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static tern_status_t measure_round_trip(links_t *links, link_result_t *result)
{
    double        end   = tern_seconds(links->runtime) + links->seconds;
    double        total = 0;
    size_t        n     = 0;
    tern_status_t status;

    /* The first opens the connection. */
    status = tern_pull(links->table, 1, &links->range.first, links->rows, NULL);
    while (status == TERN_OK && n < MAX_TRIPS && tern_seconds(links->runtime) < end) {
        double start = tern_seconds(links->runtime);

        status = tern_pull(links->table, 1, &links->range.first, links->rows, NULL);
        links->trips[n] = 1e6 * (tern_seconds(links->runtime) - start);
        total += links->trips[n++];
    }
    if (status != TERN_OK || n == 0)
        return status;
    qsort(links->trips, n, sizeof *links->trips, compare);
    result->round_trip_us = total / (double)n;
    result->median_us     = links->trips[n / 2];
    result->p99_us        = links->trips[n - 1 - n / 100];
    return TERN_OK;
}

static tern_status_t measure_bandwidth(links_t *links, link_result_t *result)
{
    double        start = tern_seconds(links->runtime), elapsed = 0, bytes = 0;
    tern_status_t status = TERN_OK;

    while (status == TERN_OK && elapsed < links->seconds) {
        status = tern_pull_range(links->table, links->range, links->rows, NULL);
        bytes += sizeof links->rows;
        elapsed = tern_seconds(links->runtime) - start;
    }
    result->mb_per_s = 1e-6 * bytes / elapsed;
    return status;
}

static tern_status_t measure(links_t *links, link_result_t *result)
{
    tern_status_t status = measure_round_trip(links, result);

    return status == TERN_OK ? measure_bandwidth(links, result) : status;
}

/* Worker 0 alone, then all; `all` becomes the mean. */
static tern_status_t measure_both(links_t *links, link_result_t *alone,
                                  link_result_t *all)
{
    int           num_workers = tern_num_workers(links->runtime);
    double        sums[2];
    tern_status_t status = TERN_OK;

    if (num_workers < 2)
        return TERN_OK;
    if (tern_worker(links->runtime) == 0)
        status = measure(links, alone);
    if (status == TERN_OK)
        status = tern_barrier(links->runtime);
    if (status == TERN_OK)
        status = measure(links, all);
    if (status != TERN_OK)
        return status;
    sums[0] = all->round_trip_us;
    sums[1] = all->mb_per_s;
    status  = tern_sum(links->runtime, 2, sums);

    all->round_trip_us = sums[0] / num_workers;
    all->mb_per_s      = sums[1] / num_workers;
    return status;
}

static tern_status_t run(tern_runtime_t *runtime, double seconds)
{
    uint64_t          num_servers = (uint64_t)tern_num_servers(runtime);
    tern_table_desc_t desc        = {.name  = "links",
                                     .keys  = {0, num_servers * ROWS_PER_SERVER},
                                     .width = WIDTH,
                                     .sync  = TERN_SYNC_ASYNC};
    links_t          *links       = calloc(1, sizeof *links);
    link_result_t     alone = {0}, all = {0};
    tern_status_t     status = tern_agree(runtime, links ? TERN_OK : TERN_ERR_NO_MEMORY);

    if (status == TERN_OK) {
        links->runtime = runtime;
        links->seconds = seconds;
        status         = tern_table_create(runtime, &desc, &links->table);
    }
    if (status == TERN_OK && tern_is_worker(runtime)) {
        uint64_t next = ((uint64_t)tern_worker(runtime) + 1) % num_servers;

        links->range =
            (tern_range_t){next * ROWS_PER_SERVER, (next + 1) * ROWS_PER_SERVER};
        status = measure_both(links, &alone, &all);
        if (status == TERN_OK && tern_worker(runtime) == 0)
            printf("{\"workers\": %d, \"round_trip_us\": %.1f, \"median_us\": %.1f, "
                   "\"p99_us\": %.1f, "
                   "\"MB_per_s\": %.1f, \"all_round_trip_us\": %.1f, \"all_MB_per_s\": "
                   "%.1f}\n",
                   tern_num_workers(runtime), alone.round_trip_us, alone.median_us,
                   alone.p99_us, alone.mb_per_s, all.round_trip_us, all.mb_per_s);
    }
    free(links);
    return status;
}

int main(int argc, char *argv[])
{
    static const tern_option_t list[]  = {{"seconds", TERN_OPTION_REAL, "0.5", "seconds",
                                           "time for each figure", 0.01, 60, NULL}};
    tern_options_t            *options = NULL;
    tern_runtime_t            *runtime = NULL;
    tern_status_t              status =
        tern_options_create("links", "round trip and bandwidth between nodes", &options);

    if (status == TERN_OK)
        status = tern_options_add(options, sizeof list / sizeof *list, list);
    if (status == TERN_OK)
        status = tern_options_set(options, "pull", "message");
    if (status == TERN_OK)
        status = tern_options_set(options, "stats", "none");
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &runtime);
    if (status == TERN_OK)
        status = run(runtime, tern_option_real(options, "seconds"));
    tern_finalize(&runtime);
    tern_options_destroy(&options);
    return tern_status_exit_code(status);
}
