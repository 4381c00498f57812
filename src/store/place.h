/** \file
 * One call's keys: where their rows are, and bringing these near.
 *
 * Everything here is inlined into its users with a constant finder, so that the common case (one segment) pays nothing
 * for the others.
 */
#ifndef TERN_STORE_PLACE_H
#define TERN_STORE_PLACE_H

#include "store/copy.h"
#include "store/view.h"

enum {
    TERN_PIPELINE_MAX  = 64, /* most rows ahead; a power of two */
    TERN_PIPELINE_NEAR = 6,  /* rows ahead, where they are brought nearer to be written */
};

/* Where a row is. */
typedef struct tern_place {
    char    *row; /* NULL: not here */
    uint32_t segment;
    uint64_t slot;
} tern_place_t;

/* One call's keys and what happens to them. */
typedef struct tern_batch {
    tern_view_t      *view;
    size_t            num_keys;
    const tern_key_t *keys;
    size_t            first_position; /* of keys[0], for `missing` */
    uint32_t         *missing;        /* positions; NULL: only counted */
    size_t            num_missing;
    uint32_t          source; /* for the change hook */
    uint64_t          sequence;
    const char       *input; /* deltas or values */
    char             *output;
    tern_borrowed_t  *lent;
    bool              has_conflict; /* latched borrow: somebody else holds a latch */
} tern_batch_t;

/* What the loop needs, in a variable of its own: the compiler must assume that a store to a row changes
 * view and batch, but not this, which so stays in registers. */
typedef struct tern_hot {
    tern_batch_t         *batch;
    tern_view_t          *view;
    const tern_segment_t *segments;
    char *const          *usable_rows;
    tern_index_view_t     words;
    tern_hash_view_t      hash; /* of the first segment */
    tern_latch_user_t     latch;
    tern_segment_t        single; /* the first segment */
    char                 *single_rows;
    tern_range_t          single_keys;
    uint64_t              epoch;
    uint64_t              stride;
    uint32_t              slot_shift;
    uint32_t              value_offset, value_bytes;
    uint32_t              push_bytes;
    uint32_t              state_offset; /* 0: no state */
    uint32_t              width;
    tern_type_t           type;
    tern_update_fn       *apply;
    const void           *apply_context;
    const char           *input;
    char                 *output;
} tern_hot_t;

/* What happens to row i; false if it is not here after all. */
typedef bool tern_row_action_fn(const tern_hot_t *hot, tern_finder_t finder, size_t i,
                                tern_key_t key, tern_place_t place);

static inline void tern_batch_miss(tern_batch_t *batch, size_t i)
{
    if (batch->missing != NULL)
        batch->missing[batch->num_missing] = (uint32_t)(batch->first_position + i);
    batch->num_missing++;
}

/* Look at every segment once: rows of those that may not be touched now cannot be found. */
static inline void tern_view_refresh(tern_view_t *view)
{
    for (uint32_t s = 0; s < view->num_segments; s++) {
        view->usable_rows[s] = tern_segment_is_usable(&view->segments[s], view->epoch)
                                   ? view->segments[s].rows
                                   : NULL;
        if (view->hashes != NULL)
            tern_hash_view_refresh(&view->hashes[s]);
    }
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

TERN_ALWAYS_INLINE tern_hot_t tern_batch_hot(tern_batch_t *batch)
{
    tern_view_t *view = batch->view;
    tern_hot_t   hot  = {
           .batch         = batch,
           .view          = view,
           .segments      = view->segments,
           .usable_rows   = view->usable_rows,
           .words         = view->words,
           .latch         = view->latch,
           .epoch         = view->epoch,
           .stride        = view->layout.stride,
           .slot_shift    = view->slot_shift,
           .value_offset  = view->layout.value_offset,
           .value_bytes   = view->layout.value_bytes,
           .push_bytes    = view->push_bytes,
           .state_offset  = view->layout.state_bytes == 0 ? 0 : view->layout.state_offset,
           .width         = view->layout.width,
           .type          = view->layout.type,
           .apply         = view->apply,
           .apply_context = view->apply_context,
           .input         = batch->input,
           .output        = batch->output,
    };

    if (view->num_segments > 0) {
        hot.single      = view->segments[0];
        hot.single_rows = view->usable_rows[0];
        hot.single_keys = view->segment_keys[0];
        if (view->hashes != NULL)
            hot.hash = view->hashes[0];
    }
    return hot;
}

static inline bool tern_finder_is_single(tern_finder_t finder)
{
    return finder == TERN_FIND_SINGLE || finder == TERN_FIND_PAGED_SINGLE ||
           finder == TERN_FIND_HASH_SINGLE;
}

static inline bool tern_finder_is_hash(tern_finder_t finder)
{
    return finder == TERN_FIND_HASH_SINGLE || finder == TERN_FIND_HASH;
}

static inline bool tern_finder_is_paged(tern_finder_t finder)
{
    return finder == TERN_FIND_PAGED || finder == TERN_FIND_PAGED_SINGLE;
}

TERN_ALWAYS_INLINE const tern_segment_t *tern_place_segment(const tern_hot_t *hot,
                                                            tern_finder_t     finder,
                                                            tern_place_t      place)
{
    return tern_finder_is_single(finder) ? &hot->single : &hot->segments[place.segment];
}

/* Of a row that was not found: true if that was a guess. */
TERN_ALWAYS_INLINE bool tern_place_may_be_here(tern_finder_t finder, tern_place_t place)
{
    return tern_finder_is_hash(finder) && place.segment != TERN_SEGMENT_ELSEWHERE;
}

/* True if the row at `place`, whose latch is held, is the one of `key` and may be touched. */
TERN_ALWAYS_INLINE bool tern_place_is_of(const tern_hot_t *hot, tern_finder_t finder,
                                         tern_place_t place, tern_key_t key)
{
    return tern_row_key(place.row) == key &&
           tern_segment_is_usable(tern_place_segment(hot, finder, place), hot->epoch);
}

TERN_ALWAYS_INLINE tern_place_t tern_place_at(const tern_hot_t *hot, char *rows,
                                              uint32_t segment, uint64_t slot)
{
    return (tern_place_t){
        .row     = __builtin_expect(rows == NULL, 0) ? NULL : rows + slot * hot->stride,
        .segment = segment,
        .slot    = slot};
}

TERN_ALWAYS_INLINE tern_place_t tern_place_in_segments(const tern_hot_t *hot,
                                                       tern_key_t        key)
{
    for (uint32_t s = 0; s < hot->view->num_segments; s++) {
        tern_range_t keys = hot->view->segment_keys[s];

        if (key - keys.first < keys.end - keys.first)
            return tern_place_at(hot, hot->usable_rows[s], s, key - keys.first);
    }
    return (tern_place_t){.row = NULL};
}

/* The segment of a key that is found by its hash; UINT32_MAX: elsewhere. */
TERN_ALWAYS_INLINE uint32_t tern_home_of(const tern_view_t *view, tern_key_t key,
                                         uint64_t hash)
{
    if (view->homes.ring != NULL)
        return view->homes.segments[tern_arcs_owner(view->homes.ring, hash)];
    for (uint32_t s = 0; s < view->num_segments; s++)
        if (key - view->segment_keys[s].first <
            view->segment_keys[s].end - view->segment_keys[s].first)
            return s;
    return TERN_SEGMENT_ELSEWHERE;
}

/* A row whose own key was looked at. */
TERN_ALWAYS_INLINE tern_place_t tern_place_by_hash(const tern_hot_t *hot,
                                                   tern_finder_t finder, tern_key_t key)
{
    uint64_t                hash    = tern_hash_key(key);
    uint32_t                segment = 0;
    char                   *rows    = hot->single_rows;
    const tern_hash_view_t *index   = &hot->hash;
    uint64_t                slot;

    if (finder == TERN_FIND_HASH) {
        segment = tern_home_of(hot->view, key, hash);
        if (segment == TERN_SEGMENT_ELSEWHERE)
            return (tern_place_t){.row = NULL, .segment = segment};
        rows  = hot->usable_rows[segment];
        index = &hot->view->hashes[segment];
    }
    slot = tern_hash_find(index, key, hash);
    if (slot == TERN_HASH_NONE)
        return (tern_place_t){.row = NULL, .segment = segment};
    return tern_place_at(hot, rows, segment, slot);
}

TERN_ALWAYS_INLINE tern_place_t tern_place_find(const tern_hot_t *hot,
                                                tern_finder_t finder, tern_key_t key)
{
    uint64_t slot = key - hot->single_keys.first;
    uint32_t word;

    if (tern_finder_is_hash(finder))
        return tern_place_by_hash(hot, finder, key);
    if (finder == TERN_FIND_SEGMENTS)
        return tern_place_in_segments(hot, key);
    if (finder == TERN_FIND_SINGLE)
        return slot < hot->single_keys.end - hot->single_keys.first
                   ? tern_place_at(hot, hot->single_rows, 0, slot)
                   : (tern_place_t){.row = NULL};
    word = tern_index_view_get(&hot->words, key);
    slot = word & TERN_INDEX_SLOT_MASK;
    if (__builtin_expect(tern_index_state(word) != TERN_ROW_OWNED, 0))
        return (tern_place_t){.row = NULL};
    if (finder == TERN_FIND_PAGED_SINGLE)
        return tern_place_at(hot, hot->single_rows, 0, slot);
    word = (uint32_t)(slot >> hot->slot_shift);
    return tern_place_at(hot, hot->usable_rows[word], word,
                         slot & ((UINT64_C(1) << hot->slot_shift) - 1));
}

/* What was found for `key`, looked up again where that was a wrong guess. */
TERN_ALWAYS_INLINE tern_place_t tern_place_confirm(const tern_hot_t *hot,
                                                   tern_finder_t finder, tern_key_t key,
                                                   tern_place_t place)
{
    if (tern_finder_is_hash(finder) &&
        (place.row == NULL || tern_row_key(place.row) != key))
        return tern_place_by_hash(hot, finder, key);
    return place;
}

/* Every line of [row, row + bytes), wherever in a line it begins; rows are aligned to 16. Into the
 * second-level cache, which can wait for more lines at once than the first: 37 ns a row of width 100
 * where prefetching into the first takes 57. */
TERN_ALWAYS_INLINE void tern_row_prefetch(const char *row, uint32_t bytes)
{
    const char *last = row + bytes - 16;

    for (; row < last; row += 64)
        __builtin_prefetch(row, 0, 2);
    __builtin_prefetch(last, 0, 2);
}

/* The locked instruction of a latch lets nothing overtake it, so what it and the rule touch should be in
 * the first-level cache when it comes. */
TERN_ALWAYS_INLINE void tern_row_approach(const char *row, uint32_t bytes)
{
    const char *last = row + bytes - 16;

    for (; row < last; row += 64)
        __builtin_prefetch(row, 1);
    __builtin_prefetch(last, 1);
}

#endif
