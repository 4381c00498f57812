/** \file
 * Operations on vectors, see vector.h.
 */
#include "vector.h"

#include "simd.h"

#include <math.h>

APP_CLONES
float kge_vector_dot(size_t num, const float *a, const float *b)
{
    return app_dot(num, a, b);
}

APP_CLONES
float kge_vector_squared_distance(size_t num, const float *a, const float *b)
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < num; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

APP_CLONES
void kge_vector_add_scaled(size_t num, float factor, const float *x, float *y)
{
    app_add_scaled(num, factor, x, y);
}

APP_CLONES
float kge_vector_divide(size_t num, const float divisors[], float values[])
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < num; i++) {
        values[i] /= divisors[i];
        sum += values[i];
    }
    return sum;
}

APP_CLONES
void kge_vector_products_to_distances(size_t num, float query_square,
                                      const float squares[], float margin, float scores[],
                                      float distances[])
{
#pragma omp simd
    for (size_t n = 0; n < num; n++) {
        float square = query_square + squares[n] - 2 * scores[n];

        distances[n] = sqrtf(square > 1e-12f ? square : 1e-12f);
        scores[n]    = margin - distances[n];
    }
}

APP_CLONES
void kge_vector_set_where(size_t num, const uint32_t keys[], uint32_t key, float value,
                          float values[])
{
#pragma omp simd
    for (size_t i = 0; i < num; i++)
        values[i] = keys[i] == key ? value : values[i];
}
