/** \file
 * tern-bench: how fast rows are read and updated, on the caller's node and between hosts, and how that
 * compares with the best raw loop over the same memory and with plain MPI between the same ranks.
 *
 *     $ tern-bench --width 16
 *     $ mpirun -n 2 tern-bench --node-ranks 1 --case remote-pull --batch 1,16,256,4096 --inflight 8
 *     $ mpirun -n 2 tern-bench dense --node-ranks 1 --roles scheduler+server+worker,server+worker --width 1024
 *     $ mpirun -n 2 tern-bench --case sparse-fill --rows 100M
 *     $ mpirun -n 4 tern-bench suite --node-ranks 1 --out results
 *
 * All workers that measure run a case at the same time; rates are sums over them.
 */
#include <string.h>

#include "dense.h"
#include "fill.h"
#include "job.h"
#include "section.h"
#include "suite.h"

/* What the options ask for. */
static section_t section_of(const settings_t *settings)
{
    section_t section = {.widths    = settings->widths,
                         .batches   = settings->batches,
                         .workers   = settings->workers,
                         .skews     = {settings->skew},
                         .num_skews = 1,
                         .is_named  = strcmp(settings->chosen, "all") != 0};

    for (size_t c = 0; c < bench_num_cases; c++)
        if (!section.is_named || strcmp(settings->chosen, bench_cases[c].name) == 0)
            section.cases[section.num_cases++] = bench_cases[c].name;
    return section;
}

static tern_status_t run_section(const settings_t *settings, tern_options_t *options)
{
    section_t     section = section_of(settings);
    bench_t       bench   = {.runtime = NULL};
    tern_status_t status  = job_open(&bench, settings, options, settings->rung);

    if (status == TERN_OK)
        status = section_run(&bench, &section, NULL, NULL);
    return job_close(&bench, status);
}

static tern_status_t run(tern_options_t *options)
{
    settings_t    settings;
    tern_status_t status = settings_read(&settings, options);

    if (status != TERN_OK)
        return status;
    if (settings.is_dense)
        return dense_run(&settings, options);
    if (strcmp(settings.chosen, "sparse-fill") == 0)
        return fill_run(&settings, options);
    return settings.out != NULL ? suite_run(&settings, options)
                                : run_section(&settings, options);
}

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_status_t   status;

    status = tern_options_create("tern-bench", "measure access to rows", &options);
    if (status == TERN_OK)
        status = settings_declare(options);
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status == TERN_OK)
        status = run(options);
    tern_options_destroy(&options);
    return tern_status_exit_code(status);
}
