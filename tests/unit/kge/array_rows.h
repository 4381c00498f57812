/** \file
 * Rows for tests: an array that the test fills, and a log of the keys that were brought and updated.
 */
#ifndef TESTS_KGE_ARRAY_ROWS_H
#define TESTS_KGE_ARRAY_ROWS_H

#include "common/memory.h"
#include "kge/rows.h"

#include <stdlib.h>
#include <string.h>

typedef struct array_rows {
    kge_rows_t rows;
    float     *values;         /* [num_rows][width] */
    uint32_t  *num_updates;    /* [num_rows] */
    uint32_t  *num_brought;    /* [num_rows]: announced before they were read */
    uint32_t  *num_prefetched; /* [num_rows] */
} array_rows_t;

static tern_status_t array_bring(kge_rows_t *rows, size_t num_keys,
                                 const tern_key_t keys[], kge_clocks_t clocks,
                                 kge_coming_t *coming)
{
    (void)clocks, (void)coming;
    for (size_t i = 0; i < num_keys; i++)
        ((array_rows_t *)rows)->num_brought[keys[i]]++;
    return TERN_OK;
}

static tern_status_t array_depart(kge_rows_t *rows, kge_coming_t *coming)
{
    (void)rows, (void)coming;
    return TERN_OK;
}

static tern_status_t array_prefetch(kge_rows_t *rows, size_t num_keys,
                                    const tern_key_t keys[], kge_coming_t *coming)
{
    (void)coming;
    for (size_t i = 0; i < num_keys; i++)
        ((array_rows_t *)rows)->num_prefetched[keys[i]]++;
    return TERN_OK;
}

static size_t array_borrow(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                           kge_coming_t *coming, const float *values[])
{
    (void)coming;
    for (size_t i = 0; i < num_keys; i++)
        values[i] = ((array_rows_t *)rows)->values + keys[i] * rows->width;
    return 0;
}

static tern_status_t array_fetch(kge_rows_t *rows, kge_coming_t *coming)
{
    (void)rows, (void)coming;
    return TERN_OK;
}

static void array_release(kge_rows_t *rows)
{
    (void)rows;
}

static tern_status_t array_update(kge_rows_t *rows, size_t num_keys,
                                  const tern_key_t keys[], const float gradients[],
                                  tern_request_t **request_p)
{
    (void)gradients, (void)request_p;
    for (size_t i = 0; i < num_keys; i++)
        ((array_rows_t *)rows)->num_updates[keys[i]]++;
    return TERN_OK;
}

static tern_status_t array_read_range(kge_rows_t *rows, tern_range_t range,
                                      float values[])
{
    memcpy(values, ((array_rows_t *)rows)->values + range.first * rows->width,
           (range.end - range.first) * rows->width * sizeof(float));
    return TERN_OK;
}

static tern_status_t array_attend(kge_rows_t *rows)
{
    (void)rows;
    return TERN_OK;
}

static const kge_rows_ops_t array_ops = {
    .bring      = array_bring,
    .depart     = array_depart,
    .prefetch   = array_prefetch,
    .borrow     = array_borrow,
    .release    = array_release,
    .fetch      = array_fetch,
    .update     = array_update,
    .read_range = array_read_range,
    .attend     = array_attend,
};

static inline void array_rows_init(array_rows_t *array, size_t num_rows, size_t width)
{
    array->rows           = (kge_rows_t){&array_ops, width, num_rows};
    array->values         = APP_NEW(float, num_rows *width);
    array->num_updates    = APP_NEW(uint32_t, num_rows);
    array->num_brought    = APP_NEW(uint32_t, num_rows);
    array->num_prefetched = APP_NEW(uint32_t, num_rows);
}

static inline void array_rows_fini(array_rows_t *array)
{
    free(array->values);
    free(array->num_updates);
    free(array->num_brought);
    free(array->num_prefetched);
}

#endif
