/** \file
 * What a pull over a link takes: the median over several pulls of one key, and of a mebibyte in one call. One
 * server, one worker on another node. Prints "key 10123 us, mebibyte 18790 us, received 8400000 bytes".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tern/tern.h"

enum { NUM_KEYS = 256, WIDTH = 1024, NUM_PULLS = 7 };

static double microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median over NUM_PULLS pulls of keys [0, num_keys), after one that opens the connection. */
static tern_status_t time_pulls(tern_table_t *table, tern_key_t num_keys,
                                double *median_p)
{
    static float  rows[NUM_KEYS * WIDTH];
    double        times[NUM_PULLS];
    tern_range_t  range = {0, num_keys};
    tern_status_t status;

    status = tern_pull_range(table, range, rows, NULL);
    for (int i = 0; i < NUM_PULLS && status == TERN_OK; i++) {
        times[i] = -microseconds();
        status   = tern_pull_range(table, range, rows, NULL);
        times[i] += microseconds();
    }
    qsort(times, NUM_PULLS, sizeof *times, compare);
    *median_p = times[NUM_PULLS / 2];
    return status;
}

static tern_status_t run(tern_runtime_t *runtime)
{
    tern_table_desc_t desc = {
        .name = "t", .keys = {0, NUM_KEYS}, .width = WIDTH, .sync = TERN_SYNC_ASYNC};
    tern_table_t   *table    = NULL;
    double          key      = 0;
    double          mebibyte = 0;
    tern_counters_t counters;
    tern_status_t   status = tern_table_create(runtime, &desc, &table);

    if (status != TERN_OK || !tern_is_worker(runtime))
        return status;
    status = time_pulls(table, 1, &key);
    if (status == TERN_OK)
        status = time_pulls(table, NUM_KEYS, &mebibyte);
    tern_get_counters(runtime, &counters);
    printf("key %.0f us, mebibyte %.0f us, received %llu bytes\n", key, mebibyte,
           (unsigned long long)counters.bytes_received);
    fflush(stdout);
    return status;
}

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_runtime_t *runtime = NULL;
    tern_status_t   status =
        tern_options_create("pull_times", "what a pull over a link takes", &options);

    if (status == TERN_OK)
        status = tern_options_set(options, "roles", "scheduler+server,worker");
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &runtime);
    if (status == TERN_OK)
        status = run(runtime);
    tern_finalize(&runtime);
    tern_options_destroy(&options);
    return tern_status_exit_code(status);
}
