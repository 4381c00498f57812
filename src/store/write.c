/** \file
 * Changing rows: the latch, the key compared under it, the rule in place.
 *
 * As with reading, the fast form assumes that the look-up was right; the slow one starts again at the
 * index.
 */
#include <assert.h>

#include "store/books.h"
#include "store/pipeline.h"

/* How a row changes. */
typedef enum way { BY_ADDING, BY_RULE, BY_SETTING } way_t;

#ifdef __SANITIZE_THREAD__

/* Rules write as they like; here they do so on a private copy that atomic stores bring back. */
static void apply_rule(const tern_hot_t *hot, char *row, tern_key_t key,
                       const void *delta)
{
    tern_view_t    *view     = hot->view;
    uint32_t        first    = view->layout.value_offset;
    uint32_t        bytes    = view->layout.value_bytes + view->layout.state_bytes;
    char           *value    = view->staged_row;
    tern_row_view_t row_view = tern_row_view_of(view, row, key);

    tern_copy_from_row(value, row + first, bytes);
    row_view.value = value;
    if (row_view.state != NULL)
        row_view.state = value + view->layout.value_bytes;
    view->apply(&row_view, delta, view->apply_context);
    tern_copy_to_row(row + first, value, bytes);
}

#else

TERN_ALWAYS_INLINE void apply_rule(const tern_hot_t *hot, char *row, tern_key_t key,
                                   const void *delta)
{
    tern_row_view_t row_view = {
        .key   = key,
        .width = hot->width,
        .type  = hot->type,
        .value = row + hot->value_offset,
        .state = hot->state_offset == 0 ? NULL : row + hot->state_offset,
    };

    hot->apply(&row_view, delta, hot->apply_context);
}

#endif

/* The rule "add" in line: for narrow rows a call costs as much as the sum. */
TERN_ALWAYS_INLINE void add_in_place(const tern_hot_t *hot, char *row, const void *delta)
{
    float       *value  = (float *)(row + hot->value_offset);
    const float *amount = delta;

    for (uint32_t j = 0; j < hot->width; j++)
        value[j] += amount[j];
}

/* Under the latch: `input` is pushed to, or put in place of, the row. */
TERN_ALWAYS_INLINE void change_row(const tern_hot_t *hot, tern_finder_t finder, way_t way,
                                   tern_key_t key, tern_place_t place, const void *input)
{
    const tern_view_t *view = hot->view;

    tern_segment_mark(tern_place_segment(hot, finder, place), place.slot);
    if (way == BY_ADDING) {
        add_in_place(hot, place.row, input);
    } else if (way == BY_RULE) {
        apply_rule(hot, place.row, key, input);
    } else {
        tern_copy_to_row(place.row + hot->value_offset, input, hot->value_bytes);
        tern_zero_row(place.row + view->layout.state_offset, view->layout.state_bytes);
    }
    if (__builtin_expect(view->has_books, 0))
        tern_books_enter(view, place.row,
                         (tern_change_t){.kind     = way == BY_SETTING ? TERN_CHANGE_SET
                                                                       : TERN_CHANGE_UPDATE,
                                         .source   = hot->batch->source,
                                         .sequence = hot->batch->sequence,
                                         .key      = key,
                                         .delta    = input});
}

static __attribute__((noinline)) bool change_slowly(tern_batch_t *batch, way_t way,
                                                    tern_key_t key, const void *input)
{
    const tern_hot_t hot    = tern_batch_hot(batch);
    tern_finder_t    finder = hot.view->finder;

    for (;;) {
        tern_place_t place = tern_place_find(&hot, finder, key);
        uint64_t     before;

        if (place.row == NULL)
            return false;
        before = tern_latch_acquire(tern_row_word(place.row), &hot.view->latch);
        if (tern_place_is_of(&hot, finder, place, key)) {
            change_row(&hot, finder, way, key, place, input);
            tern_latch_release(tern_row_word(place.row), before);
            return true;
        }
        tern_latch_release_unchanged(tern_row_word(place.row), before);
        if (!tern_segment_is_usable(tern_place_segment(&hot, finder, place), hot.epoch) ||
            (!tern_finder_is_hash(finder) &&
             tern_place_find(&hot, finder, key).row == place.row))
            return false;
    }
}

TERN_ALWAYS_INLINE bool latch_and_change(const tern_hot_t *hot, tern_finder_t finder,
                                         way_t way, size_t i, tern_key_t key,
                                         tern_place_t place)
{
    uint32_t    bytes = way == BY_SETTING ? hot->value_bytes : hot->push_bytes;
    const void *input = hot->input + i * bytes;
    uint64_t    before;

    if (__builtin_expect(place.row == NULL, 0))
        return tern_place_may_be_here(finder, place) &&
               change_slowly(hot->batch, way, key, input);
    before = tern_latch_acquire(tern_row_word(place.row), &hot->view->latch);
    if (__builtin_expect(!tern_place_is_of(hot, finder, place, key), 0)) {
        tern_latch_release_unchanged(tern_row_word(place.row), before);
        return change_slowly(hot->batch, way, key, input);
    }
    change_row(hot, finder, way, key, place, input);
    tern_latch_release(tern_row_word(place.row), before);
    return true;
}

TERN_ALWAYS_INLINE bool add_row(const tern_hot_t *hot, tern_finder_t finder, size_t i,
                                tern_key_t key, tern_place_t place)
{
    return latch_and_change(hot, finder, BY_ADDING, i, key, place);
}

TERN_ALWAYS_INLINE bool update_row(const tern_hot_t *hot, tern_finder_t finder, size_t i,
                                   tern_key_t key, tern_place_t place)
{
    return latch_and_change(hot, finder, BY_RULE, i, key, place);
}

TERN_ALWAYS_INLINE bool set_row(const tern_hot_t *hot, tern_finder_t finder, size_t i,
                                tern_key_t key, tern_place_t place)
{
    return latch_and_change(hot, finder, BY_SETTING, i, key, place);
}

static void run_add(tern_batch_t *batch)
{
    tern_batch_run(batch, batch->view->layout.stride, true, add_row);
}

static void run_update(tern_batch_t *batch)
{
    tern_batch_run(batch, batch->view->layout.stride, true, update_row);
}

static void run_set(tern_batch_t *batch)
{
    tern_batch_run(batch, batch->view->layout.stride, true, set_row);
}

static void change_batch(tern_batch_t *batch, way_t way)
{
    tern_view_refresh(batch->view);
    if (batch->num_keys == 1) { /* nothing to overlap */
        if (!change_slowly(batch, way, batch->keys[0], batch->input))
            tern_batch_miss(batch, 0);
    } else if (way == BY_ADDING) {
        run_add(batch);
    } else if (way == BY_RULE) {
        run_update(batch);
    } else {
        run_set(batch);
    }
}

static way_t way_of_update(const tern_view_t *view)
{
    return view->adds_float32 ? BY_ADDING : BY_RULE;
}

static size_t change_keys(tern_view_t *view, way_t way, size_t num_keys,
                          const tern_key_t keys[], const void *input, uint32_t missing[],
                          uint32_t source, uint64_t sequence)
{
    tern_batch_t batch = {.view     = view,
                          .num_keys = num_keys,
                          .keys     = keys,
                          .input    = input,
                          .missing  = missing,
                          .source   = source,
                          .sequence = sequence};

    assert(num_keys <= UINT32_MAX);

    if (num_keys > 0)
        change_batch(&batch, way);
    return batch.num_missing;
}

size_t tern_view_update(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                        const void *deltas, uint32_t missing[], uint32_t source,
                        uint64_t sequence)
{
    return change_keys(view, way_of_update(view), num_keys, keys, deltas, missing, source,
                       sequence);
}

size_t tern_view_set(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                     const void *values, uint32_t missing[], uint32_t source,
                     uint64_t sequence)
{
    return change_keys(view, BY_SETTING, num_keys, keys, values, missing, source,
                       sequence);
}

size_t tern_view_update_range(tern_view_t *view, tern_range_t range, const void *deltas,
                              uint32_t missing[], uint32_t source, uint64_t sequence)
{
    tern_key_t   keys[TERN_RANGE_KEYS];
    tern_batch_t batch = {.view     = view,
                          .keys     = keys,
                          .input    = deltas,
                          .missing  = missing,
                          .source   = source,
                          .sequence = sequence};

    assert(range.end - range.first <= UINT32_MAX);

    while (tern_batch_next(&batch, range, keys)) {
        change_batch(&batch, way_of_update(view));
        batch.input += batch.num_keys * view->push_bytes;
    }
    return batch.num_missing;
}
