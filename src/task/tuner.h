/** \file
 * Tuner: finds the largest delay with which a run makes most progress per second.
 *
 * A larger delay leaves workers less idle, so that an iteration takes fewer seconds, and makes iterations worth less. The
 * best is in between. Time is cut into *windows* of equally many iterations, each with one delay of the grid 0, 1, 2, 4, 8, ...;
 * of each the tuner is told what it took and what it brought.
 *
 * \code
 *   time to the target ~ T(d) = seconds(d) * (1 + staleness_cost * d)
 * \endcode
 * seconds(d) per iteration is measured, and made to fall with d; staleness_cost is fitted to how progress per iteration
 * changed from window to window. Progress itself fades as a run converges, so that the windows of a small delay that come
 * early cannot be compared with those of a large one that come late: the delay is taken up the grid and down again, and only
 * changes between neighbouring windows count, of which the fading is a part common to all.
 *
 * Delays with which most windows bring nothing, and all larger ones, are out of the question. So are, for a time, those before
 * and in a *stretch* of windows in which the run went backwards as a whole: a delay that sets a run swinging shows it
 * later than in its own windows.
 *
 * Then the delay with the smallest T is kept; now and then a neighbour is tried, and another one is taken if it is clearly
 * better. The same windows give the same delays on every rank.
 */
#ifndef TERN_TASK_TUNER_H
#define TERN_TASK_TUNER_H

#include "tern/types.h"

#define TERN_TUNER_MAX_GRID    24u
#define TERN_TUNER_MAX_HISTORY 64u /* windows that the fit looks at */

/** What a window was; means and sums over the workers. */
typedef struct tern_tuner_window {
    double num_iterations;
    double seconds;
    double idle_share; /* 0 to 1: time in which workers waited */
    double progress;   /* in any unit, e.g. by how much the objective fell */
    double expected;   /* of it, if nothing were late; NAN: unknown */
} tern_tuner_window_t;

typedef struct tern_tuner {
    uint32_t grid[TERN_TUNER_MAX_GRID];
    uint32_t num_grid;

    /* Windows that have a delay, [first_pending, num_planned) of which nothing is known yet. */
    uint8_t
             plan[2 *
             TERN_TUNER_MAX_HISTORY]; /* place in the grid, by number modulo the length */
    uint64_t num_planned, first_pending;

    /* What is known. */
    double seconds[TERN_TUNER_MAX_GRID],
        iterations[TERN_TUNER_MAX_GRID]; /* fading sums */
    double idle[TERN_TUNER_MAX_GRID];    /* of the last window */
    double windows[TERN_TUNER_MAX_GRID],
        lost[TERN_TUNER_MAX_GRID]; /* fading; lost: without progress */
    double history
        [TERN_TUNER_MAX_HISTORY]; /* log of progress per iteration, by number modulo the length */
    double last_progress;         /* the last that was known to be more than none */
    bool   has_progressed;
    double staleness_cost;

    /* Stretches that go backwards. */
    double progress[TERN_TUNER_MAX_HISTORY]; /* of windows, by number modulo the length */
    uint64_t judged_from; /* window; stretches are of this one and later ones */
    uint32_t ceiling;     /* place; larger ones are out of the question... */
    uint64_t lifted_at;   /* ... until so many windows are noted */

    /* What is being done. */
    enum { TERN_TUNER_UP, TERN_TUNER_DOWN, TERN_TUNER_SETTLED } stage;
    uint32_t place;       /* of the window planned last */
    uint32_t best;        /* settled: the place that is kept */
    uint32_t until_probe; /* windows */
    uint32_t probe_left;  /* windows of the probe under way */
    uint32_t probe_place;
    bool     probes_up;
} tern_tuner_t;

/** Delays up to `max_delay` are tried. */
void tern_tuner_init(tern_tuner_t *tuner, uint32_t max_delay);

/** The delay of the next window. Several windows may be planned before the first of them is noted. */
uint32_t tern_tuner_plan(tern_tuner_t *tuner);

/** How the oldest window went that was planned and not noted. */
void tern_tuner_note(tern_tuner_t *tuner, const tern_tuner_window_t *window);

#endif
