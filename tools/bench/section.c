/** \file
 * The loops over what varies.
 */
#include "section.h"

#include <stdio.h>

#include "job.h"
#include "print.h"

/* What the loops carry. */
typedef struct pass {
    bench_t         *bench;
    const section_t *section;
    section_keep_fn *keep;
    void            *context;
} pass_t;

static tern_status_t report(const pass_t *pass, const bench_case_t *chosen,
                            const bench_result_t *result)
{
    record_t record;

    if (tern_worker(pass->bench->runtime) != 0)
        return TERN_OK;
    record_fill(&record, pass->bench, chosen, result);
    if (pass->bench->settings->as_json)
        print_json(&record);
    else
        print_columns(pass->bench, chosen, result);
    return pass->keep == NULL ? TERN_OK : pass->keep(&record, pass->context);
}

/* Every batch of a case, under one heading. */
static tern_status_t run_batches(const pass_t *pass, const bench_case_t *chosen)
{
    bench_t       *bench       = pass->bench;
    const sizes_t *batches     = &pass->section->batches;
    bool           has_batches = !chosen->is_single && chosen->place != BENCH_WORKERS;
    size_t         num         = has_batches ? batches->num : 1;
    tern_status_t  status      = TERN_OK;

    if (tern_worker(bench->runtime) == 0 && !bench->settings->as_json)
        print_heading(bench, chosen);
    for (size_t b = 0; b < num && status == TERN_OK; b++) {
        bench_result_t result;

        bench->batch = has_batches ? batches->list[b] : 1;
        status       = bench_measure(bench, chosen, &result);
        if (status == TERN_OK)
            status = report(pass, chosen, &result);
    }
    return status;
}

static tern_status_t refuse_workers(const pass_t *pass, const bench_case_t *chosen,
                                    size_t num, size_t num_able)
{
    if (tern_worker(pass->bench->runtime) == 0)
        fprintf(stderr, "tern-bench: --workers %zu: %s has %s%zu here\n", num,
                chosen->name,
                chosen->place == BENCH_WORKERS ? "always all, " : "at most ", num_able);
    return TERN_ERR_USAGE;
}

static tern_status_t run_workers(const pass_t *pass, const bench_case_t *chosen)
{
    size_t        num_able = job_num_able(pass->bench, chosen->place);
    tern_status_t status   = TERN_OK;

    for (size_t w = 0; w < pass->section->workers.num && status == TERN_OK; w++) {
        size_t wanted = pass->section->workers.list[w];
        size_t num    = wanted == 0 ? num_able : wanted;

        if (num > num_able || (chosen->place == BENCH_WORKERS && num < num_able))
            return refuse_workers(pass, chosen, num, num_able);
        job_set_measuring(pass->bench, num);
        status = run_batches(pass, chosen);
    }
    return status;
}

/* A case that was named must be possible; of several those run that are. */
static tern_status_t run_case(const pass_t *pass, const bench_case_t *chosen)
{
    bench_t    *bench    = pass->bench;
    const char *obstacle = bench->obstacles[chosen->place];
    bool        is_named = pass->section->is_named;

    if (obstacle == NULL)
        return run_workers(pass, chosen);
    if (tern_worker(bench->runtime) == 0 && !bench->has_told[chosen->place])
        fprintf(stderr, "tern-bench: %s %s: %s\n", chosen->name,
                is_named ? "cannot run" : "and its like are left out", obstacle);
    bench->has_told[chosen->place] = true;
    return is_named ? TERN_ERR_UNSUPPORTED : TERN_OK;
}

static tern_status_t run_skews(const pass_t *pass)
{
    const section_t *section = pass->section;
    tern_status_t    status  = TERN_OK;

    for (size_t s = 0; s < section->num_skews && status == TERN_OK; s++) {
        job_set_measuring(pass->bench, SIZE_MAX); /* whoever may ask needs keys */
        status = job_set_skew(pass->bench, section->skews[s]);
        for (size_t c = 0; c < section->num_cases && status == TERN_OK; c++)
            status = run_case(pass, bench_case(section->cases[c]));
    }
    return status;
}

tern_status_t section_run(bench_t *bench, const section_t *section, section_keep_fn *keep,
                          void *context)
{
    pass_t        pass   = {bench, section, keep, context};
    tern_status_t status = TERN_OK;

    bench->sweep = section->sweep;
    for (size_t w = 0; w < section->widths.num && status == TERN_OK; w++) {
        status =
            job_set_width(bench, (uint32_t)section->widths.list[w], &section->batches);
        if (status == TERN_OK && tern_is_worker(bench->runtime))
            status = run_skews(&pass);
        status = tern_agree(bench->runtime, status);
    }
    return status;
}
