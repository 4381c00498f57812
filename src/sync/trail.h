/** \file
 * Trail: the last steps in which a worker pushed to a server, by which the server tells how far that worker runs ahead of
 * what it has been given.
 *
 * The staleness of a step, taken when the worker ends it: how long ago, in steps, is the oldest of its earlier steps in which it pushed to
 * this server and whose result it has not been given since, by a pull of any rows. A step in which it pushed nothing here asks for
 * no answer: servers hold different rows, and a worker without any there need not pull from it.
 */
#ifndef TERN_SYNC_TRAIL_H
#define TERN_SYNC_TRAIL_H

#include "tern/types.h"

#define TERN_TRAIL_STEPS 128u /* older ones are forgotten */

/* Zero-initialise it. */
typedef struct tern_trail {
    uint64_t end;                          /* steps from here on are yet to come */
    bool     has_pushed[TERN_TRAIL_STEPS]; /* by step modulo TERN_TRAIL_STEPS */
} tern_trail_t;

/* The worker has pushed in `step`. May be said several times. */
void tern_trail_add(tern_trail_t *trail, uint64_t step);

/* True if it has pushed in `step`, one of the last TERN_TRAIL_STEPS. */
bool tern_trail_has(const tern_trail_t *trail, uint64_t step);

/* The staleness of `step`, when the worker was given rows in which the first `num_seen` steps are applied. Below
 * TERN_TRAIL_STEPS, which stands for more. */
uint64_t tern_trail_staleness(const tern_trail_t *trail, uint64_t num_seen,
                              uint64_t step);

#endif
