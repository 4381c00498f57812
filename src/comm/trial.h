/** \file
 * Trial: does a window work here, and which is faster between two nodes, a one-sided get or a message?
 *
 * One worker reads rows of one server on another node both ways, alternately, for a few tens of
 * milliseconds; all other ranks wait. Both ends wait as they do in a run, so that what sleeping
 * costs is in the figures. A get that does not complete ends the trial, not the start.
 */
#ifndef TERN_COMM_TRIAL_H
#define TERN_COMM_TRIAL_H

#include "comm/wait.h"

enum { TERN_TRIAL_FEW = 1, TERN_TRIAL_MANY = 256 }; /* rows of a pull */

typedef enum tern_trial_verdict {
    TERN_TRIAL_NONE,    /* no worker has a server on another node: nothing to try */
    TERN_TRIAL_REFUSED, /* MPI made no window */
    TERN_TRIAL_STUCK,   /* a get did not complete in time */
    TERN_TRIAL_WRONG,   /* a get brought other bytes */
    TERN_TRIAL_WORKS,
} tern_trial_verdict_t;

typedef struct tern_trial_times {
    double few, many; /* seconds for a pull, median */
} tern_trial_times_t;

typedef struct tern_trial {
    tern_trial_verdict_t verdict;
    char                 why[256]; /* REFUSED: what MPI said to this rank */
    int                  reader, owner;
    tern_trial_times_t   window, message; /* WORKS only */
} tern_trial_t;

/** Collective over the ranks, which all get the same but for `why`. */
tern_status_t tern_trial_run(tern_waiter_t *waiter, tern_trial_t *trial);

#endif
