/** \file
 * The software pipeline of the fast path: while row i is accessed, row i + d is looked up and all its lines
 * are prefetched, and the index word of row i + 2 d is prefetched.
 *
 * A random row costs two dependent cache misses (index word, row) of about 100 ns each. With d rows in
 * flight they overlap and a row costs what the memory system needs to move its lines. Everything here is
 * inlined into its users with a constant finder and a constant action, so that the common case
 * (one segment, arithmetic) pays nothing for the others.
 */
#ifndef TERN_STORE_PIPELINE_H
#define TERN_STORE_PIPELINE_H

#include "store/copy.h"
#include "store/view.h"

enum { TERN_PIPELINE_MAX = 32 }; /* most rows ahead; a power of two */

/* Where a row is. */
typedef struct tern_place {
    char    *row; /* NULL: not here */
    uint32_t segment, slot;
} tern_place_t;

/* One call's keys and what happens to them. */
typedef struct tern_batch {
    tern_view_t      *view;
    size_t            num_keys;
    const tern_key_t *keys; /* NULL: first_key, first_key + 1, ... */
    tern_key_t        first_key;
    uint32_t         *missing; /* positions; NULL: only counted */
    size_t            num_missing;
    uint32_t          source; /* for the change hook */
    uint64_t          sequence;
    const char       *input; /* deltas or values */
    char             *output;
    tern_borrowed_t  *lent;
    bool              has_conflict; /* latched borrow: somebody else holds a latch */
} tern_batch_t;

/* What happens to row i; false if it is not here after all. */
typedef bool tern_row_action_fn(tern_batch_t *batch, size_t i, tern_key_t key,
                                tern_place_t place);

/* Look at every segment once: rows of those that may not be touched now cannot be found. */
static inline void tern_view_refresh(tern_view_t *view)
{
    for (uint32_t s = 0; s < view->num_segments; s++)
        view->usable_rows[s] = tern_segment_is_usable(&view->segments[s], view->epoch)
                                   ? view->segments[s].rows
                                   : NULL;
}

/* True if every segment that was usable still is. */
static inline bool tern_view_is_fresh(const tern_view_t *view)
{
    for (uint32_t s = 0; s < view->num_segments; s++)
        if (view->usable_rows[s] != NULL &&
            !tern_segment_is_usable(&view->segments[s], view->epoch))
            return false;
    return true;
}

TERN_ALWAYS_INLINE tern_place_t tern_place_of(const tern_view_t *view, uint32_t segment,
                                              uint64_t slot)
{
    char *rows = view->usable_rows[segment];

    return (tern_place_t){
        .row     = rows == NULL ? NULL : rows + slot * view->layout.stride,
        .segment = segment,
        .slot    = (uint32_t)slot,
    };
}

TERN_ALWAYS_INLINE tern_place_t tern_place_by_segment(const tern_view_t *view,
                                                      uint32_t           num_segments,
                                                      tern_key_t         key)
{
    for (uint32_t s = 0; s < num_segments; s++) {
        tern_range_t keys = view->segment_keys[s];

        if (key - keys.first < keys.end - keys.first)
            return tern_place_of(view, s, key - keys.first);
    }
    return (tern_place_t){.row = NULL};
}

TERN_ALWAYS_INLINE tern_place_t tern_place_by_word(const tern_view_t *view,
                                                   tern_key_t         key)
{
    uint32_t word = tern_index_view_get(&view->words, key);
    uint32_t slot = word & TERN_INDEX_SLOT_MASK;

    if (tern_index_state(word) != TERN_ROW_OWNED)
        return (tern_place_t){.row = NULL};
    return tern_place_of(view, slot >> view->slot_shift,
                         slot & ((1u << view->slot_shift) - 1));
}

TERN_ALWAYS_INLINE tern_place_t tern_place_find(const tern_view_t *view,
                                                tern_finder_t finder, tern_key_t key)
{
    switch (finder) {
    case TERN_FIND_SINGLE:
        return tern_place_by_segment(view, 1, key);
    case TERN_FIND_SEGMENTS:
        return tern_place_by_segment(view, view->num_segments, key);
    default:
        return tern_place_by_word(view, key);
    }
}

/* Every line of [row, row + bytes), wherever in a line it begins. */
TERN_ALWAYS_INLINE void tern_row_prefetch(const char *row, uint32_t bytes, bool for_write)
{
    for (uint32_t at = 0; at < bytes; at += 64) {
        if (for_write)
            __builtin_prefetch(row + at, 1);
        else
            __builtin_prefetch(row + at, 0);
    }
    if (for_write)
        __builtin_prefetch(row + bytes - 1, 1);
    else
        __builtin_prefetch(row + bytes - 1, 0);
}

TERN_ALWAYS_INLINE tern_key_t tern_batch_key(const tern_batch_t *batch, size_t i)
{
    return batch->keys == NULL ? batch->first_key + i : batch->keys[i];
}

TERN_ALWAYS_INLINE void tern_pipeline_run(tern_batch_t *batch, tern_finder_t finder,
                                          uint32_t row_bytes, bool for_write,
                                          tern_row_action_fn *act)
{
    const tern_view_t *view  = batch->view;
    const size_t       num   = batch->num_keys;
    const size_t       ahead = num < view->distance ? num : view->distance;
    tern_place_t       places[TERN_PIPELINE_MAX];

    for (size_t i = 0; i < ahead; i++) {
        places[i] = tern_place_find(view, finder, tern_batch_key(batch, i));
        tern_row_prefetch(places[i].row, row_bytes, for_write);
    }
    for (size_t i = 0; i < num; i++) {
        tern_place_t *place = &places[i % TERN_PIPELINE_MAX];
        tern_key_t    key   = tern_batch_key(batch, i);
        tern_place_t  now   = *place;

        if (i + ahead < num) {
            size_t far = i + 2 * ahead < num ? i + 2 * ahead : num - 1;

            if (finder == TERN_FIND_PAGED)
                __builtin_prefetch(
                    &view->words.words[tern_batch_key(batch, far) - view->words.first]);
            place  = &places[(i + ahead) % TERN_PIPELINE_MAX];
            *place = tern_place_find(view, finder, tern_batch_key(batch, i + ahead));
            tern_row_prefetch(place->row, row_bytes, for_write);
        }
        if (__builtin_expect(!act(batch, i, key, now), 0)) {
            if (batch->missing != NULL)
                batch->missing[batch->num_missing] = (uint32_t)i;
            batch->num_missing++;
        }
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
    case TERN_FIND_PAGED:
        tern_pipeline_run(batch, TERN_FIND_PAGED, row_bytes, for_write, act);
        break;
    }
}

#endif
