/** \file
 * Rows of an array in this process, under Adagrad (Duchi, Hazan, Singer, JMLR 2011): what a program
 * without a parameter server would do. Values and state of a row are neighbours, because an update needs
 * both.
 */
#include "rows.h"

#include "memory.h"
#include "simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct plain_rows {
    kge_rows_t rows;
    float      rate;
    size_t     stride; /* floats: values, sums of squares, padding to cache lines */
    float     *memory; /* [num_rows][stride] */
} plain_rows_t;

static const float epsilon = 1e-10f;

enum { LINE_FLOATS = APP_ALIGNMENT / sizeof(float), PREFETCH_ROWS = 2 };

/* All rows are here. */
static tern_status_t claim(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[])
{
    (void)rows, (void)num_keys, (void)keys;
    return TERN_OK;
}

static tern_status_t bring(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                           kge_clocks_t clocks, kge_coming_t *coming)
{
    (void)rows, (void)num_keys, (void)keys, (void)clocks, (void)coming;
    return TERN_OK;
}

static tern_status_t depart(kge_rows_t *rows, kge_coming_t *coming)
{
    (void)rows, (void)coming;
    return TERN_OK;
}

static tern_status_t prefetch(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                              kge_coming_t *coming)
{
    (void)rows, (void)num_keys, (void)keys, (void)coming;
    return TERN_OK;
}

static size_t borrow(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                     kge_coming_t *coming, const float *values[])
{
    plain_rows_t *plain = (plain_rows_t *)rows;

    (void)coming;
    for (size_t i = 0; i < num_keys; i++)
        values[i] = plain->memory + keys[i] * plain->stride;
    return 0;
}

static void release(kge_rows_t *rows)
{
    (void)rows;
}

static tern_status_t fetch(kge_rows_t *rows, kge_coming_t *coming)
{
    (void)rows, (void)coming;
    return TERN_OK;
}

APP_CLONES
static void adagrad(size_t width, float *restrict values, float *restrict sums,
                    const float *restrict gradient, float rate)
{
    for (size_t j = 0; j < width; j++) {
        float g = gradient[j];

        sums[j] += g * g;
        values[j] -= rate * g / (sqrtf(sums[j]) + epsilon);
    }
}

static void prefetch_row(const plain_rows_t *plain, tern_key_t key)
{
    const float *row = plain->memory + key * plain->stride;

    for (size_t j = 0; j < plain->stride; j += LINE_FLOATS)
        __builtin_prefetch(row + j, 1);
}

static tern_status_t update(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                            const float gradients[], tern_request_t **request_p)
{
    plain_rows_t *plain = (plain_rows_t *)rows;

    if (request_p != NULL)
        *request_p = NULL;
    for (size_t i = 0; i < num_keys; i++) {
        float *row = plain->memory + keys[i] * plain->stride;

        if (i + PREFETCH_ROWS < num_keys)
            prefetch_row(plain, keys[i + PREFETCH_ROWS]);
        adagrad(rows->width, row, row + rows->width, gradients + i * rows->width,
                plain->rate);
    }
    return TERN_OK;
}

/* Copy `width` columns from column `first_column` on. */
static void copy_columns(const plain_rows_t *plain, tern_range_t range,
                         size_t first_column, float to[])
{
    size_t width = plain->rows.width;

    for (tern_key_t key = range.first; key < range.end; key++)
        memcpy(to + (key - range.first) * width,
               plain->memory + key * plain->stride + first_column, width * sizeof(float));
}

static tern_status_t read_range(kge_rows_t *rows, tern_range_t range, float values[])
{
    copy_columns((plain_rows_t *)rows, range, 0, values);
    return TERN_OK;
}

static tern_status_t read_state(kge_rows_t *rows, tern_range_t range, float state[])
{
    copy_columns((plain_rows_t *)rows, range, rows->width, state);
    return TERN_OK;
}

static tern_status_t attend(kge_rows_t *rows)
{
    (void)rows;
    return TERN_OK;
}

static void destroy(kge_rows_t *rows)
{
    plain_rows_t *plain = (plain_rows_t *)rows;

    free(plain->memory);
    free(plain);
}

static const kge_rows_ops_t plain_ops = {
    .claim      = claim,
    .bring      = bring,
    .depart     = depart,
    .prefetch   = prefetch,
    .borrow     = borrow,
    .release    = release,
    .fetch      = fetch,
    .update     = update,
    .read_range = read_range,
    .read_state = read_state,
    .attend     = attend,
    .destroy    = destroy,
};

kge_rows_t *kge_rows_in_process(size_t num_rows, size_t width, double rate,
                                double init_bound, uint64_t seed)
{
    plain_rows_t *plain = APP_NEW(plain_rows_t, 1);

    plain->rows   = (kge_rows_t){&plain_ops, width, num_rows};
    plain->rate   = (float)rate;
    plain->stride = (2 * width + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    plain->memory = APP_NEW(float, num_rows * plain->stride);
    for (size_t key = 0; key < num_rows; key++)
        for (size_t j = 0; j < width; j++)
            plain->memory[key * plain->stride + j] =
                (float)(init_bound * (2 * tern_random_unit(seed, key, j) - 1));
    return &plain->rows;
}

tern_status_t kge_rows_copy(kge_rows_t *in_process, kge_rows_t *from)
{
    plain_rows_t *plain  = (plain_rows_t *)in_process;
    tern_status_t status = TERN_OK;

    for (size_t key = 0; key < in_process->num_rows && status == TERN_OK; key++) {
        float *row = plain->memory + key * plain->stride;

        memset(row, 0, plain->stride * sizeof(float));
        status = from->ops->read_range(from, (tern_range_t){key, key + 1}, row);
    }
    return status;
}
