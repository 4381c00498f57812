/** \file
 * The loops over a column, see kernel.h.
 *
 * Gradients are taken far more often than weights change once most features are filtered, so the division is done when a
 * dual changes, and a gradient is a gather and a few products. Sums may be reassociated, but always in the same way on
 * the same machine.
 */
#include "kernel.h"

#include "memory.h"
#include "simd.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_DUAL 1e-300
#define MOST_DUAL  1e300

void lr_margins_init(lr_margins_t *margins, const lr_columns_t *columns)
{
    margins->dual  = APP_NEW(double, columns->num_rows);
    margins->slope = APP_NEW(double, columns->num_rows);
    for (size_t i = 0; i < columns->num_rows; i++) {
        margins->dual[i]  = 1;
        margins->slope[i] = 0.5 * columns->labels[i];
    }
}

void lr_margins_fini(lr_margins_t *margins)
{
    free(margins->dual);
    free(margins->slope);
    *margins = (lr_margins_t){0};
}

APP_INLINE double smaller(double a, double b)
{
    return a < b ? a : b;
}

APP_CLONES
static void binary_gradient(size_t num, const uint32_t rows[], const double slopes[],
                            double growth, double *gradient, double *curvature)
{
    double g = 0, u = 0;

#pragma omp simd reduction(+ : g, u)
    for (size_t i = 0; i < num; i++) {
        double slope = slopes[rows[i]], p = fabs(slope);

        g -= slope;
        u += smaller(p * (1 - p) * growth, 0.25);
    }
    *gradient  = g;
    *curvature = u;
}

APP_CLONES
static void real_gradient(size_t num, const uint32_t rows[], const float values[],
                          const double slopes[], double trust, double *gradient,
                          double *curvature)
{
    double g = 0, u = 0;

    for (size_t i = 0; i < num; i++) {
        double slope = slopes[rows[i]], p = fabs(slope), x = (double)values[i];

        g -= slope * x;
        u += smaller(p * (1 - p) * exp(fabs(x) * trust), 0.25) * x * x;
    }
    *gradient  = g;
    *curvature = u;
}

void lr_kernel_gradient(const lr_columns_t *columns, const lr_margins_t *margins,
                        size_t feature, double trust, double *gradient, double *curvature)
{
    size_t          first = columns->entries[feature];
    size_t          num   = columns->entries[feature + 1] - first;
    const uint32_t *rows  = columns->rows + first;

    if (columns->values == NULL)
        binary_gradient(num, rows, margins->slope, exp(trust), gradient, curvature);
    else
        real_gradient(num, rows, columns->values + first, margins->slope, trust, gradient,
                      curvature);
}

/* Odds times `factor`, or over it, as the label has it. A weight that is not finite shows in the next gradient. */
APP_INLINE void move(lr_margins_t *margins, uint32_t row, double label, double factor)
{
    double dual = label > 0 ? margins->dual[row] * factor : margins->dual[row] / factor;

    if (dual < LEAST_DUAL)
        dual = LEAST_DUAL;
    if (dual > MOST_DUAL)
        dual = MOST_DUAL;
    margins->dual[row]  = dual;
    margins->slope[row] = label / (1 + dual);
}

double lr_kernel_apply(const lr_columns_t *columns, lr_margins_t *margins, size_t feature,
                       double change)
{
    double all = exp(change), fall = 0;

    for (size_t i = columns->entries[feature]; i < columns->entries[feature + 1]; i++) {
        uint32_t row    = columns->rows[i];
        double   x      = columns->values == NULL ? 1 : (double)columns->values[i];
        double   factor = columns->values == NULL ? all : exp(x * change);
        double   before = margins->slope[row];

        move(margins, row, (double)columns->labels[row], factor);
        fall += x * (before + margins->slope[row]);
    }
    return change * fall / 2;
}

double lr_kernel_loss(const lr_columns_t *columns, const lr_margins_t *margins)
{
    double sum = 0;

    for (size_t i = 0; i < columns->num_rows; i++)
        sum += log1p(1 / margins->dual[i]);
    return sum;
}
