/** \file
 * When a batch solver has converged, see stopper.h.
 */
#include "stopper.h"

#include <math.h>

lr_judgement_t lr_stopper_judge(lr_stopper_t *stopper, double objective)
{
    double gain = fabs(stopper->before - objective); /* a loss is no sign of the end */
    bool   is_small = stopper->epsilon > 0 && isfinite(gain) &&
                    gain <= stopper->epsilon * stopper->before;
    bool was_reset = stopper->was_reset;

    stopper->before    = objective;
    stopper->was_reset = is_small;
    if (objective <= stopper->target)
        return LR_STOP;
    if (!is_small)
        return LR_GO_ON;
    return was_reset ? LR_STOP : LR_RESET;
}
