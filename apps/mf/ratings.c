/** \file
 * A growing list of ratings, see ratings.h.
 */
#include "ratings.h"

#include "memory.h"

#include <stdlib.h>

void mf_ratings_append(mf_ratings_t *ratings, mf_rating_t rating)
{
    if (ratings->num == ratings->capacity) {
        ratings->capacity = ratings->capacity * 2 + 1024;
        ratings->items =
            app_resize(ratings->items, ratings->capacity, sizeof(mf_rating_t));
    }
    ratings->items[ratings->num++] = rating;
}

void mf_ratings_fini(mf_ratings_t *ratings)
{
    free(ratings->items);
    *ratings = (mf_ratings_t){0};
}
