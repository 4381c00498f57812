/** \file
 * When a batch solver has converged, see stopper.h.
 */
#include "stopper.h"

#include <math.h>

#define MOST_PASSES 10
#define MOST_LOSS   1.01

static bool diverges(lr_stopper_t *stopper, double objective)
{
    stopper->num_passes_since++;
    if (stopper->lowest == 0 || objective < stopper->lowest) {
        stopper->lowest           = objective;
        stopper->num_passes_since = 0;
    }
    return !isfinite(objective) || (stopper->num_passes_since >= MOST_PASSES &&
                                    objective > MOST_LOSS * stopper->lowest);
}

lr_judgement_t lr_stopper_judge(lr_stopper_t *stopper, double objective)
{
    double gain = fabs(stopper->before - objective); /* a loss is no sign of the end */
    bool   is_small = stopper->epsilon > 0 && isfinite(gain) &&
                    gain <= stopper->epsilon * stopper->before;
    bool was_reset   = stopper->was_reset;
    bool is_hopeless = diverges(stopper, objective);

    stopper->before    = objective;
    stopper->was_reset = is_small;
    if (is_hopeless)
        return LR_DIVERGES;
    if (objective <= stopper->target)
        return LR_STOP;
    if (!is_small)
        return LR_GO_ON;
    return was_reset ? LR_STOP : LR_RESET;
}
