/** \file
 * Rows of an array in this process, which threads change in place as they like (Hogwild: Niu et al., NIPS 2011): what
 * the parameter server is measured against.
 */
#include "memory.h"
#include "rows.h"
#include "tern/random.h"

#include <stdlib.h>
#include <string.h>

typedef struct plain_rows {
    w2v_rows_t rows;
    size_t     stride; /* floats; whole cache lines */
    float     *memory; /* [num_rows][stride] */
} plain_rows_t;

enum { LINE_FLOATS = APP_ALIGNMENT / sizeof(float) };

static tern_status_t do_nothing(w2v_rows_t *rows, w2v_lease_t *lease)
{
    (void)rows;
    (void)lease;
    return TERN_OK;
}

static void give_nothing_back(w2v_rows_t *rows, w2v_lease_t *lease)
{
    (void)rows;
    (void)lease;
}

/* The rows are prefetched, as the parameter server's borrowing does it. */
static tern_status_t lend(w2v_rows_t *rows, w2v_lease_t *lease)
{
    const plain_rows_t *plain = (plain_rows_t *)rows;

    for (size_t i = 0; i < lease->num_keys; i++) {
        float *row = plain->memory + lease->keys[i] * plain->stride;

        lease->values[i] = row;
        for (size_t j = 0; j < plain->stride; j += LINE_FLOATS)
            __builtin_prefetch(row + j, 1);
    }
    return TERN_OK;
}

static tern_status_t announce(w2v_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                              uint64_t first_clock, uint64_t end_clock,
                              tern_request_t **request_p)
{
    (void)rows;
    (void)num_keys;
    (void)keys;
    (void)first_clock;
    (void)end_clock;
    (void)request_p;
    return TERN_OK;
}

static tern_status_t read_range(w2v_rows_t *rows, tern_range_t range, float values[])
{
    const plain_rows_t *plain = (plain_rows_t *)rows;

    for (tern_key_t key = range.first; key < range.end; key++)
        memcpy(values + (key - range.first) * rows->width,
               plain->memory + key * plain->stride, rows->width * sizeof(float));
    return TERN_OK;
}

static void destroy(w2v_rows_t *rows)
{
    free(((plain_rows_t *)rows)->memory);
    free(rows);
}

static const w2v_rows_ops_t plain_ops = {
    .fetch         = do_nothing,
    .settle        = do_nothing,
    .await_own     = do_nothing,
    .lend          = lend,
    .give_back     = give_nothing_back,
    .fetch_missing = do_nothing,
    .push          = do_nothing,
    .announce      = announce,
    .read_range    = read_range,
    .destroy       = destroy,
};

w2v_rows_t *w2v_rows_in_process(size_t num_rows, size_t width, double init_bound,
                                uint64_t seed)
{
    plain_rows_t *plain = APP_NEW(plain_rows_t, 1);

    plain->rows   = (w2v_rows_t){&plain_ops, width, num_rows};
    plain->stride = (width + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    plain->memory = APP_NEW(float, num_rows * plain->stride);
    for (size_t key = 0; key < num_rows && init_bound > 0; key++)
        for (size_t j = 0; j < width; j++)
            plain->memory[key * plain->stride + j] =
                (float)(init_bound * (2 * tern_random_unit(seed, key, j) - 1));
    return &plain->rows;
}

void w2v_rows_destroy(w2v_rows_t **rows_p)
{
    if (*rows_p != NULL)
        (*rows_p)->ops->destroy(*rows_p);
    *rows_p = NULL;
}
