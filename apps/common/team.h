/** \file
 * The workers of a training: those of the runtime, or, without a parameter server, this process alone.
 */
#ifndef APP_TEAM_H
#define APP_TEAM_H

#include "tern/tern.h"

typedef struct app_team {
    tern_runtime_t *runtime; /* NULL: one worker, no parameter server */
    size_t          worker;  /* number of the calling one */
    size_t          num_workers;
} app_team_t;

app_team_t app_team_of(tern_runtime_t *runtime);
app_team_t app_team_alone(void);

/* As tern_clock(), tern_clock_now() and tern_sum(). */
tern_status_t app_team_clock(const app_team_t *team);
uint64_t      app_team_clock_now(const app_team_t *team);
tern_status_t app_team_sum(const app_team_t *team, size_t num_values, double values[]);

/* Every worker comes here, whatever happened to it before: one that failed, or was stopped by a signal, stops the others, who
 * may wait for it. Returns the own status if it is an error, TERN_ERR_STOPPED if another worker has one; the signal is known
 * then, if it was one. */
tern_status_t app_team_agree(const app_team_t *team, tern_status_t status);

#endif
