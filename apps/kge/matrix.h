/** \file
 * Matrix products of single precision, row-major: what scoring and its gradients are made of.
 *
 * Each element of a product is one chain of (fused) multiply-adds in the order of the inner index,
 * wherever it lies and whatever the blocking. So the same two vectors always give the same score, bit
 * by bit: ties are found exactly, and a ranking does not depend on how its queries were grouped. (A BLAS
 * promises neither.)
 */
#ifndef KGE_MATRIX_H
#define KGE_MATRIX_H

#include <stddef.h>

/* Columns are computed by so many; widths and strides of `b` and `c` are padded to it. */
enum { KGE_LANES = 16 };

static inline size_t kge_pad(size_t num)
{
    return (num + KGE_LANES - 1) / KGE_LANES * KGE_LANES;
}

/* c[i][j] = sum over k of a(i, k) * b[k][j], with a(i, k) = a[i * a_row + k * a_column].
 * `num_columns`, b_stride and c_stride are multiples of KGE_LANES. */
typedef struct kge_product {
    size_t       num_rows, num_columns, depth;
    const float *a;
    size_t       a_row, a_column;
    const float *b;
    size_t       b_stride;
    float       *c;
    size_t       c_stride;
} kge_product_t;

void kge_multiply(const kge_product_t *product);

/* to[j][i] = from[i][j] for `num_rows` rows of `width` values; to's stride is `to_stride`. */
void kge_transpose(size_t num_rows, size_t width, const float *from, size_t from_stride,
                   float *to, size_t to_stride);

#endif
