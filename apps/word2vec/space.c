/** \file
 * Word vectors on a sphere, see space.h.
 */
#include "space.h"

#include "memory.h"
#include "simd.h"

#include <math.h>
#include <stdlib.h>

void w2v_space_init(w2v_space_t *space, const w2v_vectors_t *vectors)
{
    size_t dim = vectors->dim;

    *space = (w2v_space_t){vectors->num, dim, vectors->names,
                           APP_NEW(float, vectors->num *dim)};
    for (size_t i = 0; i < vectors->num; i++) {
        const float *from   = vectors->values + i * dim;
        double       square = 0;

        for (size_t j = 0; j < dim; j++)
            square += (double)from[j] * (double)from[j];
        for (size_t j = 0; j < dim && square > 0; j++)
            space->values[i * dim + j] = (float)((double)from[j] / sqrt(square));
    }
}

void w2v_space_fini(w2v_space_t *space)
{
    free(space->values);
    space->values = NULL;
}

static const float *values_of(const w2v_space_t *space, uint32_t word)
{
    return space->values + word * space->dim;
}

APP_CLONES
static float dot(size_t dim, const float *a, const float *b)
{
    return app_dot(dim, a, b);
}

double w2v_space_cosine(const w2v_space_t *space, uint32_t a, uint32_t b)
{
    return (double)dot(space->dim, values_of(space, a), values_of(space, b));
}

APP_CLONES
static size_t count_above(size_t dim, const float *point, size_t num_rows,
                          const float *rows, float limit)
{
    size_t num = 0;

    for (size_t i = 0; i < num_rows; i++)
        num += app_dot(dim, point, rows + i * dim) > limit;
    return num;
}

size_t w2v_space_num_nearer(const w2v_space_t *space, const float point[], uint32_t word,
                            size_t num_candidates, size_t num_except,
                            const uint32_t except[])
{
    size_t dim   = space->dim;
    float  limit = dot(dim, point, values_of(space, word));
    size_t num   = count_above(dim, point, num_candidates, space->values, limit);

    for (size_t i = 0; i < num_except; i++)
        num -= except[i] < num_candidates &&
               dot(dim, point, values_of(space, except[i])) > limit;
    return num;
}

/* Keep `neighbours` sorted while one comes in, and the farthest falls out if there is no room. */
static size_t insert(w2v_neighbour_t neighbours[], size_t num, size_t room,
                     w2v_neighbour_t one)
{
    size_t at = num;

    while (at > 0 && neighbours[at - 1].cosine < one.cosine)
        at--;
    if (at == room)
        return num;
    num += num < room;
    for (size_t i = num - 1; i > at; i--)
        neighbours[i] = neighbours[i - 1];
    neighbours[at] = one;
    return num;
}

size_t w2v_space_nearest(const w2v_space_t *space, uint32_t word, size_t num,
                         w2v_neighbour_t neighbours[])
{
    size_t num_found = 0;

    for (uint32_t other = 0; other < space->num; other++)
        if (other != word)
            num_found = insert(
                neighbours, num_found, num,
                (w2v_neighbour_t){other, (float)w2v_space_cosine(space, word, other)});
    return num_found;
}
