/** \file
 * Ratings of a planted low-rank matrix: value(row, column) = mean 0, variance 1 + noise.
 *
 * Nothing is stored and nothing is sent: how many ratings a row has follows from its popularity (Zipf, by
 * rank), and which columns they meet and what they say are pure functions of seed, row and number. So a
 * worker generates the rows that it has, and all together the same matrix, whatever their number.
 */
#ifndef MF_SYNTHETIC_H
#define MF_SYNTHETIC_H

#include "ratings.h"

#include <stdint.h>

typedef struct mf_synthetic_shape {
    size_t   num_rows, num_columns;
    uint64_t num_ratings; /* asked for; rows hold at most num_columns each */
    size_t   rank;        /* of the truth */
    double   skew;  /* exponent of Zipf's law for rows and columns; 0: all are alike */
    double   noise; /* its standard deviation */
    uint64_t seed;
} mf_synthetic_shape_t;

typedef struct mf_synthetic mf_synthetic_t;

mf_synthetic_t *mf_synthetic_create(const mf_synthetic_shape_t *shape);
void            mf_synthetic_destroy(mf_synthetic_t **synthetic_p);

/* Number of ratings of a row. */
uint32_t mf_synthetic_count(const mf_synthetic_t *synthetic, uint32_t row);

/* Append the ratings of a row: distinct columns. `met_by` [num_columns] is scratch of the calling thread, zeroed
 * before the first row; rows differ from call to call. */
void mf_synthetic_row(const mf_synthetic_t *synthetic, uint32_t row, uint32_t met_by[],
                      mf_ratings_t *ratings);

#endif
