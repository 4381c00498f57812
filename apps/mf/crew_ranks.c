/** \file
 * Workers that are ranks of the runtime, see crew.h.
 */
#include "crew.h"
#include "team.h"

static tern_status_t clock_of_ranks(mf_crew_t *crew)
{
    return tern_clock(crew->runtime);
}

static tern_status_t pass(mf_crew_t *crew)
{
    (void)crew;
    return TERN_OK;
}

static tern_status_t barrier_of_ranks(mf_crew_t *crew)
{
    return tern_barrier(crew->runtime);
}

static tern_status_t sum_of_ranks(mf_crew_t *crew, size_t num, double values[])
{
    return tern_sum(crew->runtime, num, values);
}

static tern_status_t agree_of_ranks(mf_crew_t *crew, tern_status_t status)
{
    app_team_t team = app_team_of(crew->runtime);

    return app_team_agree(&team, status);
}

static tern_status_t attend_on_rank(mf_crew_t *crew)
{
    tern_progress(crew->runtime);
    return tern_should_stop(crew->runtime) ? TERN_ERR_STOPPED : TERN_OK;
}

/* Nobody may leave alone while others wait for its columns. */
static tern_status_t attend_on_passer(mf_crew_t *crew)
{
    tern_progress(crew->runtime);
    return TERN_OK;
}

static const mf_crew_ops_t rank_ops = {
    .clock   = clock_of_ranks,
    .barrier = barrier_of_ranks,
    .sum     = sum_of_ranks,
    .agree   = agree_of_ranks,
    .attend  = attend_on_rank,
};

static const mf_crew_ops_t passer_ops = {
    .clock   = pass,
    .barrier = barrier_of_ranks,
    .sum     = sum_of_ranks,
    .agree   = agree_of_ranks,
    .attend  = attend_on_passer,
};

mf_crew_t mf_crew_of_ranks(tern_runtime_t *runtime)
{
    return (mf_crew_t){&rank_ops, (size_t)tern_worker(runtime),
                       (size_t)tern_num_workers(runtime), runtime};
}

mf_crew_t mf_crew_of_passers(tern_runtime_t *runtime)
{
    mf_crew_t crew = mf_crew_of_ranks(runtime);

    crew.ops = &passer_ops;
    return crew;
}
