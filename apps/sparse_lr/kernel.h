/** \file
 * The loops over a column: gradient and curvature of the loss along a feature, and what a change of its weight does
 * to the examples that have it.
 *
 * For each example i of the shard, with x_i its values, y_i its label and w the weights so far,
 *
 *     dual_i  = exp(y_i x_i . w)             odds of its label
 *     slope_i = y_i / (1 + dual_i)           minus the derivative of log(1 + 1 / dual_i) along x_i . w
 *
 * Source: Li et al., OSDI 2014, algorithm 3, in the form of their code (DARLIN).
 */
#ifndef LR_KERNEL_H
#define LR_KERNEL_H

#include "columns.h"

typedef struct lr_margins {
    double *dual;  /* [num_rows] within 1e-300 .. 1e300 */
    double *slope; /* [num_rows] */
} lr_margins_t;

/* As the weights are 0. */
void lr_margins_init(lr_margins_t *margins, const lr_columns_t *columns);
void lr_margins_fini(lr_margins_t *margins);

/* The derivative along a feature, and a bound of the second one as long as the weight changes by at most
 * `trust`: sum of min(p (1 - p) exp(|x| trust), 1/4) x^2 with p = |slope|. */
void lr_kernel_gradient(const lr_columns_t *columns, const lr_margins_t *margins,
                        size_t feature, double trust, double *gradient,
                        double *curvature);

/* The feature's weight grows by `change`. Returns by how much the loss of the shard falls, up to third order in the
 * changes of margins (trapezoids under the derivatives before and after). */
double lr_kernel_apply(const lr_columns_t *columns, lr_margins_t *margins, size_t feature,
                       double change);

/* Sum of log(1 + 1 / dual) over the shard. */
double lr_kernel_loss(const lr_columns_t *columns, const lr_margins_t *margins);

#endif
