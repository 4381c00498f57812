/** \file
 * The grid, and the order of things: measure, write, end the job, draw.
 */
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "job.h"
#include "pictures.h"
#include "section.h"

/* Two widths by which stores are judged; batches from a key to where throughput no longer grows. */
static const section_t full_grid[] = {
    {.sweep     = "batch",
     .cases     = {"local-pull", "local-push", "remote-pull", "remote-push", "push-pull"},
     .num_cases = 5,
     .widths    = {2, {16, 100}},
     .batches   = {6, {1, 8, 64, 256, 1024, 4096}},
     .workers   = {1, {0}},
     .skews     = {-1},
     .num_skews = 1},
    {.sweep     = "width",
     .cases     = {"raw-gather", "raw-scatter", "local-pull1", "pull-latency"},
     .num_cases = 4,
     .widths    = {4, {1, 16, 100, 256}},
     .batches   = {1, {4096}},
     .workers   = {1, {0}},
     .skews     = {-1},
     .num_skews = 1},
    {.sweep     = "workers",
     .cases     = {"local-pull", "remote-pull", "remote-push"},
     .num_cases = 3,
     .widths    = {1, {16}},
     .batches   = {1, {256}},
     .workers   = {0}, /* what the job has, see workers_up_to() */
     .skews     = {-1},
     .num_skews = 1},
    {.sweep     = "skew",
     .cases     = {"local-pull", "local-push", "remote-pull", "remote-push"},
     .num_cases = 4,
     .widths    = {1, {16}},
     .batches   = {1, {4096}},
     .workers   = {1, {0}},
     .skews     = {-1, 0.6, 0.8, 0.99, 1.2},
     .num_skews = 5},
    {.sweep     = "none",
     .cases     = {"clock", "barrier"},
     .num_cases = 2,
     .widths    = {1, {16}},
     .batches   = {1, {1}},
     .workers   = {1, {0}},
     .skews     = {-1},
     .num_skews = 1},
};

enum { NUM_SECTIONS = sizeof(full_grid) / sizeof(full_grid[0]) };

/* --- the grid of this run --- */

enum { NUM_QUICK = 3 };

/* Where value `i` of a quick grid's list stands in the full one: spread over it, with both ends. */
static size_t place_of(size_t i, size_t num)
{
    return i * (num - 1) / (NUM_QUICK - 1);
}

static void shorten_sizes(sizes_t *sizes)
{
    if (sizes->num <= NUM_QUICK)
        return;
    for (size_t i = 0; i < NUM_QUICK; i++)
        sizes->list[i] = sizes->list[place_of(i, sizes->num)];
    sizes->num = NUM_QUICK;
}

static void shorten(section_t *section)
{
    shorten_sizes(&section->widths);
    shorten_sizes(&section->batches);
    if (section->num_skews <= NUM_QUICK)
        return;
    for (size_t i = 0; i < NUM_QUICK; i++)
        section->skews[i] = section->skews[place_of(i, section->num_skews)];
    section->num_skews = NUM_QUICK;
}

/* 1, 2, 4, ... and `num`. */
static sizes_t workers_up_to(size_t num)
{
    sizes_t workers = {.num = 0};

    for (size_t n = 1; n < num && workers.num < SIZES_MAX - 1; n *= 2)
        workers.list[workers.num++] = n;
    if (num > 0)
        workers.list[workers.num++] = num;
    return workers;
}

/* --- measuring --- */

typedef struct suite {
    const settings_t     *settings;
    const tern_options_t *options;
    bench_t               bench;
    results_t             results; /* worker 0 */
} suite_t;

static tern_status_t keep(const record_t *record, void *context)
{
    return results_add(context, record);
}

/* As many workers can measure as the case lets. */
static tern_status_t run_scaling(suite_t *suite, const section_t *section)
{
    tern_status_t status = TERN_OK;

    for (size_t c = 0; c < section->num_cases && status == TERN_OK; c++) {
        section_t one = *section;
        size_t    num_able =
            job_num_able(&suite->bench, bench_case(section->cases[c])->place);

        one.cases[0]  = section->cases[c];
        one.num_cases = 1;
        one.workers   = workers_up_to(num_able);
        status        = section_run(&suite->bench, &one, keep, &suite->results);
    }
    return status;
}

static tern_status_t run_grid(suite_t *suite)
{
    tern_status_t status = TERN_OK;

    for (int s = 0; s < NUM_SECTIONS && status == TERN_OK; s++) {
        section_t section = full_grid[s];

        if (suite->settings->is_quick)
            shorten(&section);
        if (section.workers.num == 0)
            status = run_scaling(suite, &section);
        else
            status = section_run(&suite->bench, &section, keep, &suite->results);
    }
    return status;
}

/* --- files --- */

static tern_status_t create_folder(const char *folder)
{
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return TERN_OK;
    fprintf(stderr, "tern-bench: --out %s: %s\n", folder, strerror(errno));
    return TERN_ERR_IO;
}

static tern_status_t write_files(const suite_t *suite)
{
    const char   *folder = suite->settings->out;
    tern_status_t status = results_write_csv(&suite->results, folder);

    if (status == TERN_OK)
        status = results_write_hdf5(&suite->results, folder, suite->options);
    return status == TERN_OK ? pictures_write(&suite->results, folder) : status;
}

/* --- all of it --- */

/* Worker 0 alone has files; `writes` says so. */
static tern_status_t measure_and_write(suite_t *suite, bool writes)
{
    tern_runtime_t *runtime = suite->bench.runtime;
    tern_status_t   status  = writes ? create_folder(suite->settings->out) : TERN_OK;

    status = tern_agree(runtime, status);
    if (status == TERN_OK)
        status = run_grid(suite);
    if (status == TERN_OK && writes)
        status = write_files(suite);
    return status;
}

tern_status_t suite_run(const settings_t *settings, tern_options_t *options)
{
    suite_t       suite  = {.settings = settings, .options = options};
    tern_status_t status = job_open(&suite.bench, settings, options);
    bool          writes = false;

    if (status == TERN_OK) {
        writes = tern_worker(suite.bench.runtime) == 0;
        status = measure_and_write(&suite, writes);
    }
    status = job_close(&suite.bench, status);
    if (status == TERN_OK && writes) /* MPI is over: a child process cannot disturb it */
        status = pictures_draw(&suite.results, settings->out);
    if (status == TERN_OK && writes)
        printf("# Results are in %s\n", settings->out);
    results_fini(&suite.results);
    return status;
}
