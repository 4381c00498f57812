/** \file
 * The software pipeline of the fast path: while row i is accessed, row i + d is looked up and all its lines
 * are prefetched, and the index word of row i + 2 d is prefetched.
 *
 * A random row costs two dependent cache misses (index word, where rows have moved, and row) of about 100 ns each. With d rows in
 * flight they overlap and a row costs what the memory system needs to move its lines. Rows that are found by hash come in
 * waves (waves.h). All is inlined into its users with a constant finder and a constant action.
 */
#ifndef TERN_STORE_PIPELINE_H
#define TERN_STORE_PIPELINE_H

#include "store/waves.h"

enum {
    TERN_NARROW_BYTES = 128, /* rows of so few lines need not be brought nearer */
    TERN_RANGE_KEYS   = 512, /* keys that a range writes out at a time */
};

/* Ranges run through the pipeline of keys, piece by piece: the next piece of `range` goes to `keys`;
 * false at its end. */
static inline bool tern_batch_next(tern_batch_t *batch, tern_range_t range,
                                   tern_key_t keys[TERN_RANGE_KEYS])
{
    uint64_t num_left;

    batch->first_position += batch->num_keys;
    num_left        = range.end - range.first - batch->first_position;
    batch->num_keys = num_left < TERN_RANGE_KEYS ? (size_t)num_left : TERN_RANGE_KEYS;
    for (size_t i = 0; i < batch->num_keys; i++)
        keys[i] = range.first + batch->first_position + i;
    return batch->num_keys > 0;
}

/* Places of the rows on their way, field by field: copies of whole structs would go through memory in
 * pieces of other sizes than they were written in, which stalls. */
typedef struct tern_places {
    char    *rows[TERN_PIPELINE_MAX];
    uint64_t slots[TERN_PIPELINE_MAX];
    uint32_t segments[TERN_PIPELINE_MAX];
} tern_places_t;

TERN_ALWAYS_INLINE void tern_places_find(tern_places_t *places, size_t i,
                                         const tern_hot_t *hot, tern_finder_t finder,
                                         tern_key_t key, uint32_t row_bytes)
{
    tern_place_t place = tern_place_find(hot, finder, key);

    tern_row_prefetch(place.row, row_bytes);
    places->rows[i % TERN_PIPELINE_MAX]  = place.row;
    places->slots[i % TERN_PIPELINE_MAX] = place.slot;
    if (!tern_finder_is_single(finder))
        places->segments[i % TERN_PIPELINE_MAX] = place.segment;
}

TERN_ALWAYS_INLINE void tern_pipeline_run(tern_batch_t *batch, tern_finder_t finder,
                                          uint32_t row_bytes, bool for_write,
                                          tern_row_action_fn *act)
{
    const tern_hot_t  hot   = tern_batch_hot(batch);
    const tern_key_t *keys  = batch->keys;
    const size_t      num   = batch->num_keys;
    const size_t      ahead = num < hot.view->distance ? num : hot.view->distance;
    const size_t      near  = ahead < TERN_PIPELINE_NEAR ? ahead : TERN_PIPELINE_NEAR;
    tern_places_t     places;

    for (size_t i = 0; i < ahead; i++)
        tern_places_find(&places, i, &hot, finder, keys[i], row_bytes);
    for (size_t i = 0; i < num; i++) {
        size_t       at    = i % TERN_PIPELINE_MAX;
        tern_place_t place = {.row = places.rows[at],
                              .segment =
                                  tern_finder_is_single(finder) ? 0 : places.segments[at],
                              .slot = places.slots[at]};

        if (__builtin_expect(i + ahead < num, 1)) {
            size_t far = i + 2 * ahead < num ? i + 2 * ahead : num - 1;

            if (tern_finder_is_paged(finder))
                tern_index_view_prefetch(&hot.words, keys[far]);
            tern_places_find(&places, i + ahead, &hot, finder, keys[i + ahead],
                             row_bytes);
        }
        if (for_write && row_bytes > TERN_NARROW_BYTES && i + near < num)
            tern_row_approach(places.rows[(i + near) % TERN_PIPELINE_MAX], row_bytes);
        if (__builtin_expect(!act(&hot, finder, i, keys[i], place), 0))
            tern_batch_miss(batch, i);
    }
}

/* The pipeline for the view's finder. */
TERN_ALWAYS_INLINE void tern_batch_run(tern_batch_t *batch, uint32_t row_bytes,
                                       bool for_write, tern_row_action_fn *act)
{
    switch (batch->view->finder) {
    case TERN_FIND_SINGLE:
        tern_pipeline_run(batch, TERN_FIND_SINGLE, row_bytes, for_write, act);
        break;
    case TERN_FIND_SEGMENTS:
        tern_pipeline_run(batch, TERN_FIND_SEGMENTS, row_bytes, for_write, act);
        break;
    case TERN_FIND_PAGED_SINGLE:
        tern_pipeline_run(batch, TERN_FIND_PAGED_SINGLE, row_bytes, for_write, act);
        break;
    case TERN_FIND_PAGED:
        tern_pipeline_run(batch, TERN_FIND_PAGED, row_bytes, for_write, act);
        break;
    case TERN_FIND_HASH_SINGLE:
        tern_waves_run(batch, TERN_FIND_HASH_SINGLE, row_bytes, for_write, act);
        break;
    case TERN_FIND_HASH:
        tern_waves_run(batch, TERN_FIND_HASH, row_bytes, for_write, act);
        break;
    }
}

#endif
