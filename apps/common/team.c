/** \file
 * The workers of a training, see team.h.
 */
#include "team.h"

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

tern_status_t app_team_agree(const app_team_t *team, tern_status_t status)
{
    double        num_failed = status != TERN_OK;
    tern_status_t agreed;

    if (status != TERN_OK && team->runtime != NULL)
        tern_stop(team->runtime);
    agreed = app_team_sum(team, 1, &num_failed);
    if (status != TERN_OK || agreed != TERN_OK)
        return status != TERN_OK ? status : agreed;
    return num_failed > 0 ? TERN_ERR_STOPPED : TERN_OK;
}

tern_status_t app_team_sum(const app_team_t *team, size_t num_values, double values[])
{
    return team->runtime == NULL ? TERN_OK : tern_sum(team->runtime, num_values, values);
}
