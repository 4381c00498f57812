/** \file
 * Length of a tick: a pair of readings taken when the library was loaded against one taken now, so
 * that the figure gets better the longer the process runs and costs nothing at start.
 */
#include "base/timer.h"

/* Shorter spans would be dominated by the time that reading the two clocks takes. */
#define MIN_SPAN_NS 1000000u

static uint64_t start_ns, start_ticks; /* written once, before main() */

__attribute__((constructor)) static void remember_start(void)
{
    start_ns    = tern_timer_ns();
    start_ticks = tern_timer_ticks();
}

double tern_timer_seconds_per_tick(void)
{
    uint64_t ns, ticks;

    do {
        ns    = tern_timer_ns() - start_ns;
        ticks = tern_timer_ticks() - start_ticks;
    } while (ns < MIN_SPAN_NS || ticks == 0);
    return 1e-9 * (double)ns / (double)ticks;
}
