/** \file
 * Ratings of a planted low-rank matrix, see synthetic.h.
 *
 * Popularity is Zipf's law with a continuous rank: the share of the first x of n ranks is
 * ((1 + x)^(1-s) - 1) / ((1 + n)^(1-s) - 1), which needs no table to be inverted. Ranks are scattered over
 * the numbers of rows and columns by permutations, so that popular ones are not neighbours.
 */
#include "synthetic.h"

#include "memory.h"
#include "permutation.h"
#include "tern/random.h"

#include <math.h>
#include <stdlib.h>

/* Streams of random numbers; those of single rows follow the last. */
enum { STREAM_ROWS, STREAM_COLUMNS, STREAM_ROW_TRUTH, STREAM_COLUMN_TRUTH, NUM_STREAMS };

struct mf_synthetic {
    mf_synthetic_shape_t shape;
    uint32_t            *counts; /* [num_rows] */
    uint32_t *column_of;     /* [num_columns] number of the column of a popularity rank */
    float    *column_truths; /* [num_columns][rank] */
};

static uint64_t seed_of(const mf_synthetic_t *synthetic, uint64_t stream)
{
    return tern_random_u64(synthetic->shape.seed, stream, 0);
}

/* Share of the first `x` of `num` ranks. */
static double share_below(double x, double num, double skew)
{
    if (fabs(skew - 1) < 1e-9)
        return log1p(x) / log1p(num);
    return (pow(1 + x, 1 - skew) - 1) / (pow(1 + num, 1 - skew) - 1);
}

/* The rank below which `share` lies: the inverse. */
static double rank_at(double share, double num, double skew)
{
    if (skew == 0)
        return share * num;
    if (fabs(skew - 1) < 1e-9)
        return expm1(share * log1p(num));
    return pow(share * (pow(1 + num, 1 - skew) - 1) + 1, 1 / (1 - skew)) - 1;
}

/* Cumulated shares are rounded, so that the counts add up to what was asked for. */
static void count_rows(mf_synthetic_t *synthetic)
{
    const mf_synthetic_shape_t *shape = &synthetic->shape;
    const double                num   = (double)shape->num_rows;
    mf_permutation_t            scatter =
        mf_permutation_of(shape->num_rows, seed_of(synthetic, STREAM_ROWS));
    uint64_t before = 0;

    for (size_t rank = 0; rank < shape->num_rows; rank++) {
        double   share = share_below((double)rank + 1, num, shape->skew);
        uint64_t until = (uint64_t)(share * (double)shape->num_ratings + 0.5);
        uint64_t count = until - before;

        before = until;
        synthetic->counts[mf_permutation_at(&scatter, rank)] =
            (uint32_t)(count < shape->num_columns ? count : shape->num_columns);
    }
}

static void scatter_columns(mf_synthetic_t *synthetic)
{
    size_t           num     = synthetic->shape.num_columns;
    mf_permutation_t scatter = mf_permutation_of(num, seed_of(synthetic, STREAM_COLUMNS));

    for (size_t rank = 0; rank < num; rank++)
        synthetic->column_of[rank] = (uint32_t)mf_permutation_at(&scatter, rank);
}

/* A vector of the truth; products of two of them have variance 1. */
static void make_truth(const mf_synthetic_t *synthetic, uint64_t stream, uint64_t number,
                       float truth[])
{
    size_t   rank  = synthetic->shape.rank;
    double   scale = pow((double)rank, -0.25);
    uint64_t seed  = seed_of(synthetic, stream);

    for (size_t j = 0; j < rank; j++)
        truth[j] = (float)(scale * tern_random_normal(seed, number, j));
}

mf_synthetic_t *mf_synthetic_create(const mf_synthetic_shape_t *shape)
{
    mf_synthetic_t *synthetic = APP_NEW(mf_synthetic_t, 1);

    synthetic->shape         = *shape;
    synthetic->counts        = APP_NEW(uint32_t, shape->num_rows);
    synthetic->column_of     = APP_NEW(uint32_t, shape->num_columns);
    synthetic->column_truths = APP_NEW(float, shape->num_columns * shape->rank);
    count_rows(synthetic);
    scatter_columns(synthetic);
    for (size_t column = 0; column < shape->num_columns; column++)
        make_truth(synthetic, STREAM_COLUMN_TRUTH, column,
                   synthetic->column_truths + column * shape->rank);
    return synthetic;
}

void mf_synthetic_destroy(mf_synthetic_t **synthetic_p)
{
    mf_synthetic_t *synthetic = *synthetic_p;

    if (synthetic == NULL)
        return;
    free(synthetic->counts);
    free(synthetic->column_of);
    free(synthetic->column_truths);
    free(synthetic);
    *synthetic_p = NULL;
}

uint32_t mf_synthetic_count(const mf_synthetic_t *synthetic, uint32_t row)
{
    return synthetic->counts[row];
}

/* A column that the row has not met: drawn by popularity, and where it was met already, the next free one. */
static uint32_t draw_column(const mf_synthetic_t *synthetic, uint32_t row,
                            uint32_t number, uint32_t met_by[])
{
    const mf_synthetic_shape_t *shape = &synthetic->shape;
    double   share  = tern_random_unit(seed_of(synthetic, NUM_STREAMS), row, number);
    size_t   rank   = (size_t)rank_at(share, (double)shape->num_columns, shape->skew);
    uint32_t column = synthetic->column_of[rank < shape->num_columns ? rank : 0];

    while (met_by[column] == row + 1)
        column = (uint32_t)((column + 1) % shape->num_columns);
    met_by[column] = row + 1;
    return column;
}

void mf_synthetic_row(const mf_synthetic_t *synthetic, uint32_t row, uint32_t met_by[],
                      mf_ratings_t *ratings)
{
    const mf_synthetic_shape_t *shape      = &synthetic->shape;
    const uint64_t              noise_seed = seed_of(synthetic, NUM_STREAMS + 1);
    float                      *row_truth  = APP_NEW(float, shape->rank);

    make_truth(synthetic, STREAM_ROW_TRUTH, row, row_truth);
    for (uint32_t i = 0; i < synthetic->counts[row]; i++) {
        uint32_t     column = draw_column(synthetic, row, i, met_by);
        const float *truth  = synthetic->column_truths + column * shape->rank;
        double       value  = shape->noise * tern_random_normal(noise_seed, row, i);

        for (size_t j = 0; j < shape->rank; j++)
            value += row_truth[j] * truth[j];
        mf_ratings_append(ratings, (mf_rating_t){row, column, (float)value});
    }
    free(row_truth);
}
