/** \file
 * The rate of learning, see rate.h.
 */
#include "rate.h"

#include <math.h>

#define LEAST_RATE 0.01

/* Blocks under way that slow a block down as much as it does itself: steps of blocks before it are late, not missing. */
#define DELAY_LIKE_A_BLOCK 16

lr_rate_t lr_rate_begin(double fixed, double in_block, double delay)
{
    lr_rate_t rate  = {.is_fixed = fixed > 0, .now = fixed, .most = 1};
    double    share = in_block * (1 + delay / DELAY_LIKE_A_BLOCK);

    if (!rate.is_fixed)
        rate.now = share > 1 ? 1 / share : 1;
    return rate;
}

void lr_rate_follow(lr_rate_t *rate, double before, double objective)
{
    if (rate->is_fixed)
        return;
    rate->num_bad = objective > before ? rate->num_bad + 1 : 0;
    if (rate->num_bad > rate->is_patient) {
        rate->most = 0.8 * rate->now;
        rate->now  = fmax(LEAST_RATE, 0.5 * rate->now);
    } else if (rate->num_bad == 0) {
        rate->most = fmin(1, 1.02 * rate->most);
        rate->now  = fmin(fmax(LEAST_RATE, rate->most), 1.1 * rate->now);
    }
}
