/** \file
 * The proximal step, see proximal.h.
 */
#include "proximal.h"

#include <math.h>

#define MOST_TRUST 5.0

double lr_proximal_trust(double change)
{
    return fmin(MOST_TRUST, 2 * fabs(change) + 0.1);
}

/* The conditions at 0 are above >= 0 and below <= 0. */
static bool is_filtered(const lr_proximal_t *proximal, double above, double below,
                        double *violation_p)
{
    double violation = above < 0 ? -above : below > 0 ? below : 0;

    if (violation > *violation_p)
        *violation_p = violation;
    return violation == 0 && above > proximal->threshold && below < -proximal->threshold;
}

static double clip(double x, double bound)
{
    return x > bound ? bound : x < -bound ? -bound : x;
}

bool lr_proximal_step(const lr_proximal_t *proximal, double gradient, double curvature,
                      lr_weight_t *weight, double *violation_p)
{
    double above = gradient + proximal->l1, below = gradient - proximal->l1;
    double scale  = curvature / proximal->eta + 1e-10;
    double change = -weight->value;

    if (weight->value == 0 && is_filtered(proximal, above, below, violation_p))
        return false;
    if (above <= scale * weight->value)
        change = -above / scale;
    else if (below >= scale * weight->value)
        change = -below / scale;
    change        = clip(change, weight->trust);
    weight->trust = lr_proximal_trust(change);
    weight->value += change;
    return true;
}
