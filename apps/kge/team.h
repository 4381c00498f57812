/** \file
 * The workers of a training: those of the runtime, or, without a parameter server, this process alone.
 */
#ifndef KGE_TEAM_H
#define KGE_TEAM_H

#include "tern/tern.h"

typedef struct kge_team {
    tern_runtime_t *runtime; /* NULL: one worker, no parameter server */
    size_t          worker;  /* number of the calling one */
    size_t          num_workers;
} kge_team_t;

kge_team_t kge_team_of(tern_runtime_t *runtime);
kge_team_t kge_team_alone(void);

/* As tern_clock() and tern_sum(). */
tern_status_t kge_team_clock(const kge_team_t *team);
tern_status_t kge_team_sum(const kge_team_t *team, size_t num_values, double values[]);

#endif
