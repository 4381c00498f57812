/** \file
 * Matrix products, see matrix.h: a tile of the result stays in registers while the inner index runs.
 *
 * The tile's shape is what the registers of the instruction set hold: 8 x 48 with 32 registers of 16
 * values, 6 x 16 with 16 registers of 8, 2 x 16 with 16 registers of 4.
 */
#include "matrix.h"

#include "simd.h"

#include <string.h>

typedef float lanes_t __attribute__((vector_size(KGE_LANES * sizeof(float))));

enum { MAX_TILE_ROWS = 8, MAX_TILE_VECTORS = 3 };

/* One tile of `rows` x `vectors` * KGE_LANES; both are constants where it is inlined. */
APP_INLINE void multiply_tile(const kge_product_t *p, size_t row, size_t column,
                              const size_t rows, const size_t vectors)
{
    lanes_t      sums[MAX_TILE_ROWS][MAX_TILE_VECTORS] = {{{0}}};
    const float *a                                     = p->a + row * p->a_row;
    const float *b                                     = p->b + column;

    for (size_t k = 0; k < p->depth; k++) {
        lanes_t b_k[MAX_TILE_VECTORS];

        for (size_t v = 0; v < vectors; v++)
            memcpy(&b_k[v], b + k * p->b_stride + v * KGE_LANES, sizeof(lanes_t));
        for (size_t i = 0; i < rows; i++) {
            float a_ik = a[i * p->a_row + k * p->a_column];

            for (size_t v = 0; v < vectors; v++)
                sums[i][v] += a_ik * b_k[v];
        }
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++)
            memcpy(p->c + (row + i) * p->c_stride + column + v * KGE_LANES, &sums[i][v],
                   sizeof(lanes_t));
}

/* All rows of one strip of columns. */
APP_INLINE void multiply_strip(const kge_product_t *p, size_t column,
                               const size_t tile_rows, const size_t vectors)
{
    size_t row = 0;

    for (; row + tile_rows <= p->num_rows; row += tile_rows)
        multiply_tile(p, row, column, tile_rows, vectors);
    for (; row < p->num_rows; row++)
        multiply_tile(p, row, column, 1, vectors);
}

APP_INLINE void multiply(const kge_product_t *p, const size_t tile_rows,
                         const size_t vectors)
{
    size_t column = 0;

    for (; column + vectors * KGE_LANES <= p->num_columns; column += vectors * KGE_LANES)
        multiply_strip(p, column, tile_rows, vectors);
    for (; column < p->num_columns; column += KGE_LANES)
        multiply_strip(p, column, tile_rows, 1);
}

#ifdef TERN_HAVE_TARGET_CLONES
__attribute__((target("arch=x86-64-v4"))) static void multiply_v4(const kge_product_t *p)
{
    multiply(p, 8, 3);
}

__attribute__((target("arch=x86-64-v3"))) static void multiply_v3(const kge_product_t *p)
{
    multiply(p, 6, 1);
}
#endif

static void multiply_baseline(const kge_product_t *p)
{
    multiply(p, 2, 1);
}

void kge_multiply(const kge_product_t *product)
{
#ifdef TERN_HAVE_TARGET_CLONES
    if (__builtin_cpu_supports("x86-64-v4"))
        multiply_v4(product);
    else if (__builtin_cpu_supports("x86-64-v3"))
        multiply_v3(product);
    else
#endif
        multiply_baseline(product);
}

APP_CLONES
void kge_transpose(size_t num_rows, size_t width, const float *from, size_t from_stride,
                   float *to, size_t to_stride)
{
    size_t row = 0;

    for (; row + KGE_LANES <= num_rows; row += KGE_LANES)
        for (size_t j = 0; j < width; j++)
            for (size_t i = 0; i < KGE_LANES; i++)
                to[j * to_stride + row + i] = from[(row + i) * from_stride + j];
    for (; row < num_rows; row++)
        for (size_t j = 0; j < width; j++)
            to[j * to_stride + row] = from[row * from_stride + j];
}
