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
    {.sweep     = "width",
     .cases     = {"sparse-pull", "sparse-push"},
     .num_cases = 2,
     .widths    = {4, {1, 8, 16, 64}},
     .batches   = {1, {4096}},
     .workers   = {1, {0}},
     .skews     = {-1},
     .num_skews = 1},
    {.sweep     = "batch",
     .cases     = {"localize-local", "localize"},
     .num_cases = 2,
     .widths    = {2, {16, 100}},
     .batches   = {4, {1, 100, 1000, 10000}},
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
    const settings_t *settings;
    tern_options_t   *options;
    bench_t   jobs[2]; /* by their rung; the first one measures what has no rung, too */
    bool      writes;  /* worker 0 alone has files */
    results_t results; /* worker 0 */
} suite_t;

static tern_status_t keep(const record_t *record, void *context)
{
    return results_add(context, record);
}

/* As many workers can measure as the case lets. */
static tern_status_t run_scaling(suite_t *suite, bench_t *job, const section_t *section)
{
    tern_status_t status = TERN_OK;

    for (size_t c = 0; c < section->num_cases && status == TERN_OK; c++) {
        section_t one = *section;

        one.cases[0]  = section->cases[c];
        one.num_cases = 1;
        one.workers =
            workers_up_to(job_num_able(job, bench_case(section->cases[c])->place));
        status = section_run(job, &one, keep, &suite->results);
    }
    return status;
}

static void keep_rungs(section_t *section)
{
    size_t num = 0;

    for (size_t c = 0; c < section->num_cases; c++)
        if (bench_case(section->cases[c])->has_rungs)
            section->cases[num++] = section->cases[c];
    section->num_cases = num;
}

static tern_status_t run_grid(suite_t *suite, bench_t *job)
{
    tern_status_t status = TERN_OK;

    for (int s = 0; s < NUM_SECTIONS && status == TERN_OK; s++) {
        section_t section = full_grid[s];

        if (suite->settings->is_quick)
            shorten(&section);
        if (job != &suite->jobs[0])
            keep_rungs(&section);
        if (section.num_cases == 0)
            continue;
        status = section.workers.num == 0
                     ? run_scaling(suite, job, &section)
                     : section_run(job, &section, keep, &suite->results);
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

static tern_status_t run_first(suite_t *suite, bench_t *job, const char *rung)
{
    tern_status_t status = job_open(job, suite->settings, suite->options, rung);

    if (status != TERN_OK)
        return status;
    suite->writes = tern_worker(job->runtime) == 0;
    if (suite->writes)
        status = create_folder(suite->settings->out);
    status = tern_agree(job->runtime, status);
    return status == TERN_OK ? run_grid(suite, job) : status;
}

/* Where windows do not work they are left out. The first job stays, as its end would end MPI. */
static tern_status_t run_second(suite_t *suite, bench_t *job)
{
    tern_status_t status = job_open(job, suite->settings, suite->options, "window");

    if (status == TERN_OK)
        return run_grid(suite, job);
    if (status != TERN_ERR_UNSUPPORTED)
        return status;
    if (suite->writes)
        fprintf(stderr, "tern-bench: pulls by window are left out\n");
    return TERN_OK;
}

static tern_status_t run_jobs(suite_t *suite)
{
    bool is_chosen =
        suite->settings->rung != NULL || tern_option_is_set(suite->options, "pull");
    const char   *rung   = is_chosen ? suite->settings->rung : "message";
    tern_status_t status = run_first(suite, &suite->jobs[0], rung);

    if (status == TERN_OK && !is_chosen && tern_num_nodes(suite->jobs[0].runtime) > 1) {
        status = run_second(suite, &suite->jobs[1]);
        status = job_close(&suite->jobs[1], status);
    }
    if (status == TERN_OK && suite->writes)
        status = write_files(suite);
    return job_close(&suite->jobs[0], status);
}

tern_status_t suite_run(const settings_t *settings, tern_options_t *options)
{
    suite_t       suite  = {.settings = settings, .options = options};
    tern_status_t status = run_jobs(&suite);

    if (status == TERN_OK && suite.writes) /* MPI is over: a child cannot disturb it */
        status = pictures_draw(&suite.results, settings->out);
    if (status == TERN_OK && suite.writes)
        printf("# Results are in %s\n", settings->out);
    results_fini(&suite.results);
    return status;
}
