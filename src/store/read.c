/** \file
 * Reading rows: copies between two looks at the row's word (a seqlock).
 *
 * The fast form assumes that the look-up was right and nobody writes; the slow one starts again at the
 * index as often as it takes. A row is missing when the index does not say it is here, its segment may
 * not be touched, or the index, looked at again, still points at a row with another key.
 */
#include <assert.h>

#include "base/simd.h"
#include "store/pipeline.h"

/* A key without a row reads as the row that its first change would find. False: the key is at home elsewhere, or in a
 * segment that may not be used. */
static bool read_absent(const tern_hot_t *hot, tern_key_t key, tern_place_t place,
                        void *value)
{
    const tern_view_t *view = hot->view;

    if (view->hashes == NULL || place.segment == TERN_SEGMENT_ELSEWHERE ||
        view->usable_rows[place.segment] == NULL)
        return false;
    view->fill(key, hot->width, hot->type, value, view->fill_context);
    return true;
}

static __attribute__((noinline)) bool read_slowly(tern_batch_t *batch, tern_key_t key,
                                                  void *value)
{
    const tern_hot_t hot    = tern_batch_hot(batch);
    tern_finder_t    finder = hot.view->finder;

    for (;;) {
        tern_place_t place = tern_place_find(&hot, finder, key);
        uint64_t     begin;
        bool         has_key;

        if (place.row == NULL)
            return read_absent(&hot, key, place, value);
        begin   = tern_latch_read_begin(tern_row_word(place.row), &hot.view->latch);
        has_key = tern_row_key(place.row) == key;
        if (has_key)
            tern_copy_from_row(value, place.row + hot.value_offset, hot.value_bytes);
        if (!tern_latch_read_validate(tern_row_word(place.row), begin))
            hot.view->counters->read_retries++;
        else if (has_key)
            return true;
        else if (!tern_finder_is_hash(finder) &&
                 tern_place_find(&hot, finder, key).row == place.row)
            return false;
    }
}

TERN_ALWAYS_INLINE bool read_row(const tern_hot_t *hot, tern_finder_t finder, size_t i,
                                 tern_key_t key, tern_place_t place)
{
    char    *value = hot->output + i * hot->value_bytes;
    uint64_t begin;

    if (__builtin_expect(place.row == NULL, 0))
        return tern_place_may_be_here(finder, place) &&
               read_slowly(hot->batch, key, value);
    begin = __atomic_load_n(tern_row_word(place.row), __ATOMIC_ACQUIRE);
    if (__builtin_expect(!(begin & TERN_LATCH_LOCKED), 1)) {
        if (__builtin_expect(tern_row_key(place.row) != key, 0))
            return read_slowly(hot->batch, key, value);
        tern_copy_from_row(value, place.row + hot->value_offset, hot->value_bytes);
        if (__builtin_expect(tern_latch_read_validate(tern_row_word(place.row), begin),
                             1))
            return true;
    }
    hot->view->counters->read_retries++;
    return read_slowly(hot->batch, key, value);
}

TERN_CLONES
static void run_read(tern_batch_t *batch)
{
    const tern_row_layout_t *layout = &batch->view->layout;

    tern_batch_run(batch, layout->value_offset + layout->value_bytes, false, read_row);
}

static void read_once(tern_batch_t *batch)
{
    if (batch->num_keys > 1)
        run_read(batch);
    else if (!read_slowly(batch, batch->keys[0], batch->output)) /* nothing to overlap */
        tern_batch_miss(batch, 0);
}

/* A segment that was sealed or expired while its rows were read makes the batch start again. */
static void read_batch(tern_batch_t *batch)
{
    size_t num_missing = batch->num_missing;

    do {
        batch->num_missing = num_missing;
        tern_view_refresh(batch->view);
        read_once(batch);
    } while (!tern_view_is_fresh(batch->view));
}

/* One key where there is one segment, without setting up a batch: calls so short overlap in the processor, and a
 * row of memory costs less than its latency. False: not that simple, take the long way. */
static bool read_one(tern_view_t *view, tern_key_t key, void *value)
{
    const tern_segment_t *segment = &view->segments[0];
    uint64_t              slot;
    uint64_t              begin;
    char                 *row;

    if (view->finder == TERN_FIND_SINGLE) {
        slot = key - view->segment_keys[0].first;
        if (slot >= view->segment_keys[0].end - view->segment_keys[0].first)
            return false;
    } else if (view->finder == TERN_FIND_PAGED_SINGLE) {
        uint32_t word = tern_index_view_get(&view->words, key);

        if (tern_index_state(word) != TERN_ROW_OWNED)
            return false;
        slot = word & TERN_INDEX_SLOT_MASK;
    } else if (view->finder == TERN_FIND_HASH_SINGLE) {
        uint64_t hash = tern_hash_key(key);

        tern_hash_view_refresh(&view->hashes[0]);
        slot = tern_hash_guess(tern_hash_bucket(&view->hashes[0], hash), hash);
        if (slot == TERN_HASH_NONE)
            return false;
    } else {
        return false;
    }
    row   = segment->rows + slot * view->layout.stride;
    begin = __atomic_load_n(tern_row_word(row), __ATOMIC_ACQUIRE);
    if ((begin & TERN_LATCH_LOCKED) || tern_row_key(row) != key)
        return false;
    tern_copy_from_row(value, row + view->layout.value_offset, view->layout.value_bytes);
    return tern_latch_read_validate(tern_row_word(row), begin) &&
           tern_segment_is_usable(segment, view->epoch);
}

static size_t read_keys(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                        void *values, uint32_t missing[])
{
    tern_batch_t batch = {.view     = view,
                          .num_keys = num_keys,
                          .keys     = keys,
                          .output   = values,
                          .missing  = missing};

    read_batch(&batch);
    return batch.num_missing;
}

size_t tern_view_read(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                      void *values, uint32_t missing[])
{
    assert(num_keys <= UINT32_MAX);

    if (num_keys == 0 || (num_keys == 1 && read_one(view, keys[0], values)))
        return 0;
    return read_keys(view, num_keys, keys, values, missing);
}

size_t tern_view_read_range(tern_view_t *view, tern_range_t range, void *values,
                            uint32_t missing[])
{
    tern_key_t   keys[TERN_RANGE_KEYS];
    tern_batch_t batch = {
        .view = view, .keys = keys, .output = values, .missing = missing};

    assert(range.end - range.first <= UINT32_MAX);

    while (tern_batch_next(&batch, range, keys)) {
        read_batch(&batch);
        batch.output += batch.num_keys * view->layout.value_bytes;
    }
    return batch.num_missing;
}
