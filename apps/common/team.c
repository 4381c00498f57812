/** \file
 * The workers of a training, see team.h.
 */
#include "team.h"

#define HEARING 1.0 /* seconds */

enum { FAILED, SIGNALLED, NUM_VOTES };

app_team_t app_team_of(tern_runtime_t *runtime)
{
    return (app_team_t){runtime, (size_t)tern_worker(runtime),
                        (size_t)tern_num_workers(runtime)};
}

app_team_t app_team_alone(void)
{
    return (app_team_t){NULL, 0, 1};
}

tern_status_t app_team_clock(const app_team_t *team)
{
    return team->runtime == NULL ? TERN_OK : tern_clock(team->runtime);
}

uint64_t app_team_clock_now(const app_team_t *team)
{
    return team->runtime == NULL ? 0 : tern_clock_now(team->runtime);
}

/* Others know of a signal: it comes to this rank by another way than their votes, sooner or later. */
static void hear_signal(tern_runtime_t *runtime)
{
    double begin = tern_seconds(runtime);

    while (tern_stop_signal(runtime) == 0 && tern_seconds(runtime) - begin < HEARING)
        tern_progress(runtime);
}

tern_status_t app_team_agree(const app_team_t *team, tern_status_t status)
{
    double        votes[NUM_VOTES] = {[FAILED] = status != TERN_OK};
    tern_status_t agreed;

    if (status != TERN_OK && team->runtime != NULL)
        tern_stop(team->runtime);
    if (team->runtime != NULL)
        votes[SIGNALLED] = tern_stop_signal(team->runtime) != 0;
    agreed = app_team_sum(team, NUM_VOTES, votes);
    if (status != TERN_OK || agreed != TERN_OK)
        return status != TERN_OK ? status : agreed;
    if (votes[FAILED] == 0)
        return TERN_OK;
    if (votes[SIGNALLED] > 0 && team->runtime != NULL)
        hear_signal(team->runtime);
    return TERN_ERR_STOPPED;
}

tern_status_t app_team_sum(const app_team_t *team, size_t num_values, double values[])
{
    return team->runtime == NULL ? TERN_OK : tern_sum(team->runtime, num_values, values);
}
