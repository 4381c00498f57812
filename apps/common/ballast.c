/** \file
 * Calibrated work, see ballast.h: a chain of multiplications, each of which waits for the one before, so that
 * its speed depends on the processor's clock alone. Fixed work, unlike waiting until a time has passed, is slowed down by
 * quotas and neighbours as computing is.
 */
#include "ballast.h"

#include "tern/random.h"

#include <stdint.h>
#include <time.h>

static double links_per_us;

static double cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static void run_chain(uint64_t num_links)
{
    volatile uint64_t end;
    uint64_t          x = num_links;

    for (uint64_t i = 0; i < num_links; i++)
        x = tern_random_mix(x);
    end = x;
    (void)end;
}

/* The fastest of a few trials: what disturbs makes them slower only. */
static void calibrate(void)
{
    enum { NUM_TRIALS = 20, TRIAL_LINKS = 100000 };

    for (int trial = 0; trial < NUM_TRIALS; trial++) {
        double start = cpu_us();
        double rate  = 0;

        run_chain(TRIAL_LINKS);
        rate = TRIAL_LINKS / (cpu_us() - start);
        if (rate > links_per_us)
            links_per_us = rate;
    }
}

void app_ballast_work(double microseconds)
{
    if (links_per_us == 0)
        calibrate();
    run_chain((uint64_t)(microseconds * links_per_us));
}
