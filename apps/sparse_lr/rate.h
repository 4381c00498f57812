/** \file
 * The rate of learning: fixed, or as large as the passes allow.
 *
 * Where many features of an example are under way together, each knows nothing of the others' steps: all have to be
 * smaller by so much. A rate that is not fixed begins there and follows the objective.
 */
#ifndef LR_RATE_H
#define LR_RATE_H

#include <stdbool.h>

typedef struct lr_rate {
    bool   is_fixed;
    double now;
    double most; /* bound of `now` */
} lr_rate_t;

/* `fixed` if it is above 0; else begin as `together` features of an example under way allow. */
lr_rate_t lr_rate_begin(double fixed, double together);

/* After a pass that made the objective worse the rate is halved, and only slowly becomes as large again; after others it
 * grows. */
void lr_rate_follow(lr_rate_t *rate, double before, double objective);

#endif
