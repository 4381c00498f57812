/** \file
 * Operations on vectors of single precision, compiled for several instruction sets.
 */
#ifndef KGE_VECTOR_H
#define KGE_VECTOR_H

#include <stddef.h>
#include <stdint.h>

float kge_vector_dot(size_t num, const float *a, const float *b);

/* |a - b|^2 */
float kge_vector_squared_distance(size_t num, const float *a, const float *b);

/* y += factor * x; x and y do not overlap. */
void kge_vector_add_scaled(size_t num, float factor, const float *x, float *y);

/* values[i] /= divisors[i]; returns the sum of the quotients. */
float kge_vector_divide(size_t num, const float divisors[], float values[]);

/* From products q . e[n] to distances d[n] = |q - e[n]|, by |q|^2 + |e|^2 - 2 q . e, kept off zero, where
 * a distance has no derivative; `scores` [num] are the products, then margin - d[n]. */
void kge_vector_products_to_distances(size_t num, float query_square,
                                      const float squares[], float margin, float scores[],
                                      float distances[]);

/* values[i] = value where keys[i] == key */
void kge_vector_set_where(size_t num, const uint32_t keys[], uint32_t key, float value,
                          float values[]);

#endif
