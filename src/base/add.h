/** \file
 * Adding values of a table's type, element by element.
 */
#ifndef TERN_BASE_ADD_H
#define TERN_BASE_ADD_H

#include "tern/types.h"

/* `sum` += `values`, [num] each. */
void tern_add(tern_type_t type, size_t num, void *sum, const void *values);

/* The same for few values, where the call would cost more than they. */
static inline void tern_add_row(tern_type_t type, size_t num, void *sum,
                                const void *values)
{
    double       *wide          = sum;
    float        *narrow        = sum;
    const double *wide_values   = values;
    const float  *narrow_values = values;

    if (num > 8)
        tern_add(type, num, sum, values);
    else if (type == TERN_FLOAT64)
        for (size_t j = 0; j < num; j++)
            wide[j] += wide_values[j];
    else
        for (size_t j = 0; j < num; j++)
            narrow[j] += narrow_values[j];
}

/* `sum` := `a` + `b`, [num] each: the sum is written once and not read. */
void tern_add_two(tern_type_t type, size_t num, void *sum, const void *a, const void *b);

#endif
