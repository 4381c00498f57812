/** \file
 * The rate of learning: fixed, or as large as the passes allow.
 *
 * Where an example has many features in a block, none knows of the others' steps: all have to be smaller by so much. Blocks
 * under way together count less, because their steps come late but do come. A rate that is not fixed begins there and
 * follows the objective. Measured with package descriptions, 43 features an example: the largest rates that converge are about
 * 1, 0.5 and 0.25 for 34 blocks and delay 16, 18 and 8, 10 and 4; it begins with 0.4, 0.28 and 0.19.
 */
#ifndef LR_RATE_H
#define LR_RATE_H

#include <stdbool.h>

typedef struct lr_rate {
    bool   is_fixed;
    bool   is_patient; /* one bad pass is for somebody else to mend */
    double now;
    double most;    /* bound of `now` */
    int    num_bad; /* passes in a row that made the objective worse */
} lr_rate_t;

/* `fixed` if it is above 0; else begin as so many features of an example in a block, and the delay, allow. */
lr_rate_t lr_rate_begin(double fixed, double in_block, double delay);

/* After a pass that made the objective worse the rate is halved, and only slowly becomes as large again; after others it
 * grows. A patient rate is halved from the second such pass in a row on: where the delay adapts itself, less of it costs less
 * than smaller steps do. */
void lr_rate_follow(lr_rate_t *rate, double before, double objective);

#endif
