/** \file
 * Phase clock: where the time of a rank goes. A rank is always in exactly one phase; changing it
 * costs one reading of the tick counter.
 */
#ifndef TERN_BASE_PHASE_H
#define TERN_BASE_PHASE_H

#include <stdbool.h>

#include "base/timer.h"

typedef enum tern_phase {
    TERN_PHASE_COMPUTE, /* outside the library: the program's own work */
    TERN_PHASE_PULL,    /* reading rows, here and elsewhere */
    TERN_PHASE_PUSH,    /* changing rows, here and elsewhere */
    TERN_PHASE_WAIT,    /* at a clock or a barrier, for other workers */
    TERN_PHASE_APPLY,   /* as a server, working for others */
    TERN_PHASE_IDLE,    /* as a server, with nothing to do */
    TERN_NUM_PHASES
} tern_phase_t;

typedef struct tern_phases {
    uint64_t     ticks[TERN_NUM_PHASES]; /* of the spans that have ended */
    uint64_t     since;                  /* when `now` was entered */
    tern_phase_t now;
    uint32_t     num_short; /* short calls so far */
} tern_phases_t;

/* Of so many short calls one is timed and stands for all. */
#define TERN_PHASE_SAMPLING 64u

static inline void tern_phases_init(tern_phases_t *phases, tern_phase_t phase)
{
    *phases = (tern_phases_t){.since = tern_timer_ticks(), .now = phase};
}

/* Leave the present phase for `phase`. Returns the one that was left, to go back to:
 * `before = tern_phase_enter(phases, TERN_PHASE_PULL); ... tern_phase_enter(phases, before);` */
static inline tern_phase_t tern_phase_enter(tern_phases_t *phases, tern_phase_t phase)
{
    uint64_t     ticks = tern_timer_ticks();
    tern_phase_t left  = phases->now;

    phases->ticks[left] += ticks - phases->since;
    phases->since = ticks;
    phases->now   = phase;
    return left;
}

/* A call that takes less time than reading the tick counter twice, which also keeps calls from overlapping
 * in the processor, is timed only now and then: begin, and if that says so, end. */
static inline bool tern_phase_begin_short(tern_phases_t *phases, uint64_t *begin_p)
{
    if (__builtin_expect(++phases->num_short % TERN_PHASE_SAMPLING != 0, 1))
        return false;
    *begin_p = tern_timer_ticks();
    return true;
}

/* The call's time, times the sampling, moves to `phase` from the one that the rank is in. The latter's
 * sum may be below zero until its span ends; the arithmetic of unsigned numbers makes that good. */
static inline void tern_phase_end_short(tern_phases_t *phases, tern_phase_t phase,
                                        uint64_t begin)
{
    uint64_t ticks = (tern_timer_ticks() - begin) * TERN_PHASE_SAMPLING;

    phases->ticks[phase] += ticks;
    phases->ticks[phases->now] -= ticks;
}

#endif
