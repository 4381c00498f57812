/** \file
 * tern-bench: how fast rows of the caller's node are read and updated, and how that compares with
 * the best raw loop over the same memory.
 *
 *     $ tern-bench --width 16
 *     $ mpirun -n 2 tern-bench --roles scheduler+server+worker,worker --case local-pull --json
 *
 * Every worker runs the case at the same time; rates are sums over the workers.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"

static const tern_option_t bench_options[] = {
    {"case", TERN_OPTION_CHOICE, "all", NULL, "what to measure", 0, 0,
     "all|raw-gather|raw-scatter|local-pull|local-push|local-pull1"},
    {"width", TERN_OPTION_INT, "100", "floats", "values per row", 1, 65536, NULL},
    {"rows", TERN_OPTION_INT, "1M", NULL, "rows of the table", 1, 1e9, NULL},
    {"batch", TERN_OPTION_INT, "4096", "keys", "keys per call", 1, 1048576, NULL},
    {"dist", TERN_OPTION_CHOICE, "uniform", NULL, "how keys are drawn", 0, 0,
     "uniform|zipf"},
    {"skew", TERN_OPTION_REAL, "0.99", NULL, "exponent of --dist zipf", 0, 10, NULL},
    {"seconds", TERN_OPTION_REAL, "2", "seconds", "time per case", 0.001, 3600, NULL},
    {"index", TERN_OPTION_CHOICE, "paged", NULL, "how the node finds a row", 0, 0,
     "arithmetic|paged"},
};

static tern_status_t run_cases(bench_t *bench, const char *name)
{
    tern_status_t status = TERN_OK;

    bench_print_heading(bench);
    for (size_t c = 0; c < bench_num_cases && status == TERN_OK; c++)
        if (strcmp(name, "all") == 0 || strcmp(name, bench_cases[c].name) == 0)
            status = bench_run(bench, &bench_cases[c]);
    return status;
}

static tern_status_t run(tern_options_t *options)
{
    bench_t       bench  = {.runtime = NULL};
    tern_status_t status = tern_init(MPI_COMM_WORLD, options, &bench.runtime), ended;

    if (status != TERN_OK)
        return status;
    status = tern_agree(bench.runtime, bench_prepare(&bench, options));
    if (status == TERN_OK && tern_is_worker(bench.runtime))
        status = run_cases(&bench, tern_option_string(options, "case"));
    bench_release(&bench);
    ended = tern_finalize(&bench.runtime);
    return status == TERN_OK ? ended : status;
}

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_status_t   status;

    status =
        tern_options_create("tern-bench", "measure local reads and updates", &options);
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
