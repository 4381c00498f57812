/** \file
 * Vectors in an array of this process: what a program without a parameter server has.
 */
#include "memory.h"
#include "side.h"
#include "tern/random.h"

#include <stdlib.h>
#include <string.h>

typedef struct array_side {
    mf_side_t         side;
    const mf_array_t *array;
} array_side_t;

mf_array_t mf_array_create(uint32_t first, size_t num, size_t width, size_t unit,
                           double bound, uint64_t seed)
{
    mf_array_t array = {.first  = first,
                        .num    = num,
                        .width  = width,
                        .stride = (width + unit - 1) / unit * unit};

    array.memory = APP_NEW(float, num *array.stride);
    for (size_t id = first; id < first + num; id++)
        for (size_t j = 0; j < width; j++)
            mf_array_at(&array, id)[j] =
                (float)(bound * (2 * tern_random_unit(seed, id, j) - 1));
    return array;
}

static tern_status_t open_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float *vectors[])
{
    const mf_array_t *array = ((array_side_t *)side)->array;

    for (size_t i = 0; i < num; i++)
        vectors[i] = mf_array_at(array, ids[i]);
    return TERN_OK;
}

static tern_status_t do_nothing(mf_side_t *side)
{
    (void)side;
    return TERN_OK;
}

static tern_status_t expect_nothing(mf_side_t *side, size_t num, const uint32_t ids[])
{
    (void)side;
    (void)num;
    (void)ids;
    return TERN_OK;
}

static bool has_ids(const mf_side_t *side, size_t num, const uint32_t ids[])
{
    (void)side;
    (void)num;
    (void)ids;
    return true;
}

static tern_status_t read_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float values[])
{
    const mf_array_t *array = ((array_side_t *)side)->array;

    for (size_t i = 0; i < num; i++)
        memcpy(values + i * side->width, mf_array_at(array, ids[i]),
               side->width * sizeof(float));
    return TERN_OK;
}

static void destroy(mf_side_t *side)
{
    free(side);
}

static const mf_side_ops_t array_ops = {
    .open    = open_ids,
    .copy    = open_ids,
    .has     = has_ids,
    .close   = do_nothing,
    .expect  = expect_nothing,
    .settle  = do_nothing,
    .read    = read_ids,
    .destroy = destroy,
};

mf_side_t *mf_side_on_array(const mf_array_t *array)
{
    array_side_t *on_array = APP_NEW(array_side_t, 1);

    on_array->side  = (mf_side_t){&array_ops, array->width, array->num};
    on_array->array = array;
    return &on_array->side;
}

void mf_side_destroy(mf_side_t **side_p)
{
    if (*side_p != NULL)
        (*side_p)->ops->destroy(*side_p);
    *side_p = NULL;
}
