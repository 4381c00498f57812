/** \file
 * The proximal step of one weight under an l1 penalty, with a trust region and the KKT filter.
 *
 * Source: Li et al., OSDI 2014, section 5.1, in the form of their code (DARLIN); the sign of the printed proximal
 * operator is corrected. Plain arithmetic, shared by the rule on the servers and the serial solver of the tests.
 */
#ifndef LR_PROXIMAL_H
#define LR_PROXIMAL_H

#include <stdbool.h>

#define LR_FIRST_TRUST 1.0

typedef struct lr_proximal {
    double l1;  /* weight of the penalty */
    double eta; /* rate of learning */
    double
        threshold; /* theta: of violations, below which a weight of 0 is filtered; HUGE_VAL: none is */
} lr_proximal_t;

/* What a weight has beside its value. */
typedef struct lr_weight {
    double value;
    double trust; /* delta: the most that it may change next time */
} lr_weight_t;

/* Change a weight by the gradient and curvature of the loss along it; a violation of the optimality conditions at 0 larger
 * than *violation_p replaces it. Returns false, changing nothing, if the weight is to be filtered. */
bool lr_proximal_step(const lr_proximal_t *proximal, double gradient, double curvature,
                      lr_weight_t *weight, double *violation_p);

/* Delta after a change. */
double lr_proximal_trust(double change);

#endif
