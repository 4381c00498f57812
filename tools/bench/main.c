/** \file
 * tern-bench: how fast rows are read and updated, on the caller's node and between hosts, and how that
 * compares with the best raw loop over the same memory and with plain MPI between the same ranks.
 *
 *     $ tern-bench --width 16
 *     $ mpirun -n 2 tern-bench --node-ranks 1 --case remote-pull --batch 1,16,256,4096 --inflight 8
 *
 * All workers that measure run a case at the same time; rates are sums over them.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"

static const tern_option_t bench_options[] = {
    {"case", TERN_OPTION_CHOICE, "all", NULL, "what to measure", 0, 0,
     "all|raw-gather|raw-scatter|local-pull|local-push|local-pull1|remote-pull|"
     "remote-push|pull-latency"},
    {"width", TERN_OPTION_STRING, "100", "N,...", "values per row", 0, 0, NULL},
    {"rows", TERN_OPTION_INT, "1M", NULL, "rows of the table", 1, 1e9, NULL},
    {"batch", TERN_OPTION_STRING, "4096", "N,...", "keys per call", 0, 0, NULL},
    {"inflight", TERN_OPTION_INT, "8", "calls", "calls of a remote case under way", 1,
     1024, NULL},
    {"servers", TERN_OPTION_INT, "1", NULL,
     "the first n servers hold the rows of the remote cases", 1, 65536, NULL},
    {"dist", TERN_OPTION_CHOICE, "uniform", NULL, "how keys are drawn", 0, 0,
     "uniform|zipf"},
    {"skew", TERN_OPTION_REAL, "0.99", NULL, "exponent of --dist zipf", 0, 10, NULL},
    {"seconds", TERN_OPTION_REAL, "2", "seconds", "time per line", 0.001, 3600, NULL},
    {"index", TERN_OPTION_CHOICE, "paged", NULL, "how the node finds a row", 0, 0,
     "arithmetic|paged"},
};

/* Every batch of a case, under one heading. */
static tern_status_t run_case(bench_t *bench, const bench_case_t *chosen)
{
    size_t        num    = chosen->is_single ? 1 : bench->batches.num;
    bool          prints = tern_worker(bench->runtime) == 0;
    tern_status_t status = TERN_OK;

    if (prints)
        bench_print_heading(bench, chosen);
    for (size_t b = 0; b < num && status == TERN_OK; b++) {
        bench_result_t result;

        bench->batch = chosen->is_single ? 1 : bench->batches.list[b];
        status       = bench_measure(bench, chosen, &result);
        if (status == TERN_OK && prints)
            bench_print_line(bench, chosen, &result);
    }
    return status;
}

/* A case that was named must be possible; of "all" those that are. */
static tern_status_t run_cases(bench_t *bench)
{
    bool          is_all = strcmp(bench->chosen, "all") == 0;
    tern_status_t status = TERN_OK;

    for (size_t c = 0; c < bench_num_cases && status == TERN_OK; c++) {
        const bench_case_t *one      = &bench_cases[c];
        const char         *obstacle = bench->obstacles[one->place];

        if (!is_all && strcmp(bench->chosen, one->name) != 0)
            continue;
        if (obstacle == NULL)
            status = run_case(bench, one);
        else if (tern_worker(bench->runtime) == 0)
            fprintf(stderr, "tern-bench: %s %s: %s\n", one->name,
                    is_all ? "is left out" : "cannot run", obstacle);
        if (obstacle != NULL && !is_all)
            status = TERN_ERR_UNSUPPORTED;
    }
    return status;
}

static tern_status_t run_widths(bench_t *bench)
{
    tern_status_t status = TERN_OK, closed;

    for (size_t w = 0; w < bench->widths.num && status == TERN_OK; w++) {
        status = bench_set_width(bench, (uint32_t)bench->widths.list[w]);
        if (status == TERN_OK && tern_is_worker(bench->runtime))
            status = run_cases(bench);
        status = tern_agree(bench->runtime, status);
    }
    closed = bench_close(bench);
    return status == TERN_OK ? closed : status;
}

static tern_status_t run(tern_options_t *options)
{
    bench_t       bench  = {.runtime = NULL};
    tern_status_t status = bench_configure(&bench, options), ended;

    if (status == TERN_OK)
        status = tern_init(MPI_COMM_WORLD, options, &bench.runtime);
    if (status != TERN_OK)
        return status;
    status = run_widths(&bench);
    ended  = tern_finalize(&bench.runtime);
    return status == TERN_OK ? ended : status;
}

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_status_t   status;

    status = tern_options_create("tern-bench", "measure access to rows", &options);
    if (status == TERN_OK)
        status = tern_options_add(
            options, sizeof(bench_options) / sizeof(bench_options[0]), bench_options);
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK)
        status = run(options);
    tern_options_destroy(&options);
    return tern_status_exit_code(status);
}
