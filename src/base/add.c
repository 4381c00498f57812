#include "base/add.h"

#include "base/simd.h"

TERN_CLONES
static void add_float32(size_t num, float *restrict sum, const float *restrict values)
{
    for (size_t j = 0; j < num; j++)
        sum[j] += values[j];
}

TERN_CLONES
static void add_float64(size_t num, double *restrict sum, const double *restrict values)
{
    for (size_t j = 0; j < num; j++)
        sum[j] += values[j];
}

TERN_CLONES
static void put_float32(size_t num, float *restrict sum, const float *restrict a,
                        const float *restrict b)
{
    for (size_t j = 0; j < num; j++)
        sum[j] = a[j] + b[j];
}

TERN_CLONES
static void put_float64(size_t num, double *restrict sum, const double *restrict a,
                        const double *restrict b)
{
    for (size_t j = 0; j < num; j++)
        sum[j] = a[j] + b[j];
}

void tern_add(tern_type_t type, size_t num, void *sum, const void *values)
{
    if (type == TERN_FLOAT32)
        add_float32(num, sum, values);
    else
        add_float64(num, sum, values);
}

void tern_add_two(tern_type_t type, size_t num, void *sum, const void *a, const void *b)
{
    if (type == TERN_FLOAT32)
        put_float32(num, sum, a, b);
    else
        put_float64(num, sum, a, b);
}
