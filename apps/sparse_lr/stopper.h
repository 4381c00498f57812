/** \file
 * When a batch solver has converged.
 *
 * A small relative gain of the objective in a pass does not stop it at once: features may have been filtered too early.
 * All of them become active again, and only if the next pass gains little, too, is it over. Source: the stop rule of
 * DARLIN, the authors' code of Li et al., OSDI 2014. Ours adds: it diverges if the objective is not finite, or ten passes after its
 * lowest value above 1.01 times that.
 */
#ifndef LR_STOPPER_H
#define LR_STOPPER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum lr_judgement {
    LR_GO_ON,
    LR_RESET, /* make all features active, and go on */
    LR_STOP,
    LR_DIVERGES,
} lr_judgement_t;

typedef struct lr_stopper {
    double epsilon; /* relative change in a pass that is small; 0: none is */
    double target;  /* stop at this objective; 0: none */
    double before;  /* objective before the pass; HUGE_VAL: there was none */
    bool   was_reset;
    double lowest; /* 0: there was none */
    size_t num_passes_since;
} lr_stopper_t;

lr_judgement_t lr_stopper_judge(lr_stopper_t *stopper, double objective);

#endif
