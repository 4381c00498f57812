/** \file
 * Time: a cheap tick counter for phases and a monotonic clock for everything else.
 */
#ifndef TERN_BASE_TIMER_H
#define TERN_BASE_TIMER_H

#include <stdint.h>
#include <time.h>

/* Monotonic nanoseconds; the same clock in all processes of a host. */
static inline uint64_t tern_timer_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Ticks of the cheapest steady counter (the TSC where there is one: about 8 ns a read against 20). */
static inline uint64_t tern_timer_ticks(void)
{
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return tern_timer_ns();
#endif
}

/* Seconds per tick, measured over the life of the process against the monotonic clock. */
double tern_timer_seconds_per_tick(void);

#endif
