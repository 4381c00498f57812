/** \file
 * Vectors in an array of this process: what a program without a parameter server has.
 */
#include "memory.h"
#include "side.h"
#include "tern/random.h"

#include <stdlib.h>
#include <string.h>

typedef struct array_side {
    mf_side_t side;
    size_t    stride;
    float    *memory;
} array_side_t;

enum { LINE_FLOATS = APP_ALIGNMENT / sizeof(float) };

size_t mf_array_stride(size_t width)
{
    return (width + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

float *mf_array_create(size_t num, size_t width, double bound, uint64_t seed)
{
    size_t stride = mf_array_stride(width);
    float *memory = APP_NEW(float, num *stride);

    for (size_t id = 0; id < num; id++)
        for (size_t j = 0; j < width; j++)
            memory[id * stride + j] =
                (float)(bound * (2 * tern_random_unit(seed, id, j) - 1));
    return memory;
}

static tern_status_t open_ids(mf_side_t *side, size_t num, const uint32_t ids[],
                              float *vectors[])
{
    array_side_t *array = (array_side_t *)side;

    for (size_t i = 0; i < num; i++)
        vectors[i] = array->memory + ids[i] * array->stride;
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
    array_side_t *array = (array_side_t *)side;

    for (size_t i = 0; i < num; i++)
        memcpy(values + i * side->width, array->memory + ids[i] * array->stride,
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

mf_side_t *mf_side_on_array(float *memory, size_t num, size_t width)
{
    array_side_t *array = APP_NEW(array_side_t, 1);

    array->side   = (mf_side_t){&array_ops, width, num};
    array->stride = mf_array_stride(width);
    array->memory = memory;
    return &array->side;
}

void mf_side_destroy(mf_side_t **side_p)
{
    if (*side_p != NULL)
        (*side_p)->ops->destroy(*side_p);
    *side_p = NULL;
}
