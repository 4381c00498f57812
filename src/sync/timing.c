#include "sync/timing.h"

#include <math.h>

static const double first_rate      = 10;
static const double smoothing       = 0.1;
static const double probability     = 0.9999;
static const double normal_quantile = 3.719; /* of that probability */
static const double skew            = 3.14;  /* (q * q - 1) / 6, and rounded up */
static const double large_mean =
    500; /* from here on the normal distribution is as good */

void tern_timing_init(tern_timing_t *timing)
{
    timing->rate = first_rate;
}

void tern_timing_note(tern_timing_t *timing, uint64_t num_clocks)
{
    double last = (double)num_clocks;

    timing->rate += smoothing * (last - timing->rate);
    if (timing->rate < last)
        timing->rate = last;
}

/* The least n with P(X <= n) >= probability; terms of the sum from the one before. */
static uint64_t poisson_quantile(double mean)
{
    double   term = exp(-mean), sum = term;
    uint64_t n = 0;

    while (sum < probability) {
        n++;
        term *= mean / (double)n;
        sum += term;
    }
    return n;
}

uint64_t tern_timing_horizon(const tern_timing_t *timing)
{
    double mean = 2 * timing->rate;

    return mean < large_mean ? poisson_quantile(mean)
                             : (uint64_t)(mean + normal_quantile * sqrt(mean) + skew);
}
