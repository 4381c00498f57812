/** \file
 * A growing list of ratings: known entries of a sparse matrix.
 */
#ifndef MF_RATINGS_H
#define MF_RATINGS_H

#include <stddef.h>
#include <stdint.h>

typedef struct mf_rating {
    uint32_t row, column;
    float    value;
} mf_rating_t;

/* Zero-initialise it. */
typedef struct mf_ratings {
    mf_rating_t *items; /* [num] */
    size_t       num, capacity;
} mf_ratings_t;

void mf_ratings_append(mf_ratings_t *ratings, mf_rating_t rating);
void mf_ratings_fini(mf_ratings_t *ratings);

#endif
