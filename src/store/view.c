/** \file
 * Reading and changing rows in batches: the actions that the pipeline performs on each row.
 *
 * Each action has a fast form, which assumes that the look-up was right and nobody interferes, and a
 * slow one, which starts again at the index as often as it takes. A row counts as missing when the index does not
 * say it is here, its segment may not be touched, or the index, looked at again, still points at a row
 * with another key.
 */
#include "store/view.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/simd.h"
#include "store/books.h"
#include "store/pipeline.h"

/* Lines to have in flight: about what one core's miss buffers hold; more gains nothing. */
enum { LINES_AHEAD = 40, MIN_DISTANCE = 4 };

static tern_finder_t choose_finder(const tern_view_t *view)
{
    if (view->index != NULL)
        return TERN_FIND_PAGED;
    return view->num_segments == 1 ? TERN_FIND_SINGLE : TERN_FIND_SEGMENTS;
}

static uint32_t choose_distance(uint32_t row_bytes)
{
    uint32_t distance = LINES_AHEAD / (row_bytes / 64 + 1);

    if (distance < MIN_DISTANCE)
        return MIN_DISTANCE;
    return distance < TERN_PIPELINE_MAX ? distance : TERN_PIPELINE_MAX;
}

void tern_view_set_hook(tern_view_t *view, tern_change_hook_t hook)
{
    view->change_hook = hook;
    view->has_books   = hook.applied != NULL || view->layout.version_offset != 0 ||
                      view->layout.significance_offset != 0;
}

tern_status_t tern_view_init(tern_view_t *view)
{
    const tern_row_layout_t *layout = &view->layout;

    assert(view->slot_shift <= TERN_INDEX_STATE_SHIFT);

    view->finder   = choose_finder(view);
    view->distance = choose_distance(layout->stride);
    view->words =
        view->index == NULL ? (tern_index_view_t){0} : tern_row_index_view(view->index);
    tern_latch_user_init(&view->latch, view->holders, view->counters);
    tern_view_set_hook(view, view->change_hook);
    view->staged_row  = NULL;
    view->usable_rows = tern_alloc_zeroed(
        TERN_LOG_STORE, view->num_segments * sizeof(view->usable_rows[0]));
    if (view->usable_rows == NULL)
        return TERN_ERR_NO_MEMORY;
#ifdef __SANITIZE_THREAD__
    view->staged_row = tern_alloc(TERN_LOG_STORE, layout->stride);
    if (view->staged_row == NULL) {
        tern_view_fini(view);
        return TERN_ERR_NO_MEMORY;
    }
#endif
    return TERN_OK;
}

void tern_view_fini(tern_view_t *view)
{
    tern_free(TERN_LOG_STORE, view->staged_row);
    tern_free(TERN_LOG_STORE, view->usable_rows);
    view->staged_row  = NULL;
    view->usable_rows = NULL;
}

bool tern_view_has(const tern_view_t *view, tern_key_t key)
{
    uint32_t     segment = 0;
    tern_range_t keys;

    if (view->index != NULL) {
        uint32_t word = tern_index_view_get(&view->words, key);

        segment = (word & TERN_INDEX_SLOT_MASK) >> view->slot_shift;
        return tern_index_state(word) == TERN_ROW_OWNED &&
               tern_segment_is_usable(&view->segments[segment], view->epoch);
    }
    for (; segment < view->num_segments; segment++) {
        keys = view->segment_keys[segment];
        if (key >= keys.first && key < keys.end)
            return tern_segment_is_usable(&view->segments[segment], view->epoch);
    }
    return false;
}

/* --- reading --- */

static __attribute__((noinline)) bool read_slowly(tern_view_t *view, tern_key_t key,
                                                  void *value)
{
    for (;;) {
        tern_place_t place = tern_place_find(view, view->finder, key);
        uint64_t     begin;
        bool         has_key;

        if (place.row == NULL)
            return false;
        begin   = tern_latch_read_begin(tern_row_word(place.row), &view->latch);
        has_key = tern_row_key(place.row) == key;
        if (has_key)
            tern_copy_from_row(value, place.row + view->layout.value_offset,
                               view->layout.value_bytes);
        if (!tern_latch_read_validate(tern_row_word(place.row), begin))
            view->counters->read_retries++;
        else if (has_key)
            return true;
        else if (tern_place_find(view, view->finder, key).row == place.row)
            return false;
    }
}

TERN_ALWAYS_INLINE bool read_row(tern_batch_t *batch, size_t i, tern_key_t key,
                                 tern_place_t place)
{
    tern_view_t *view  = batch->view;
    uint32_t     bytes = view->layout.value_bytes;
    void        *value = batch->output + i * bytes;
    uint64_t     begin;

    if (__builtin_expect(place.row == NULL, 0))
        return false;
    begin = __atomic_load_n(tern_row_word(place.row), __ATOMIC_ACQUIRE);
    if (__builtin_expect(!(begin & TERN_LATCH_LOCKED), 1)) {
        if (__builtin_expect(tern_row_key(place.row) != key, 0))
            return read_slowly(view, key, value);
        tern_copy_from_row(value, place.row + view->layout.value_offset, bytes);
        if (__builtin_expect(tern_latch_read_validate(tern_row_word(place.row), begin),
                             1))
            return true;
    }
    view->counters->read_retries++;
    return read_slowly(view, key, value);
}

TERN_CLONES
static void run_read(tern_batch_t *batch)
{
    const tern_row_layout_t *layout = &batch->view->layout;

    tern_batch_run(batch, layout->value_offset + layout->value_bytes, false, read_row);
}

/* A segment that was sealed or expired while its rows were read makes the whole batch start again. */
static size_t read_batch(tern_batch_t *batch)
{
    assert(batch->num_keys <= UINT32_MAX);

    do {
        batch->num_missing = 0;
        tern_view_refresh(batch->view);
        run_read(batch);
    } while (!tern_view_is_fresh(batch->view));
    return batch->num_missing;
}

size_t tern_view_read(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                      void *values, uint32_t missing[])
{
    tern_batch_t batch = {.view     = view,
                          .num_keys = num_keys,
                          .keys     = keys,
                          .output   = values,
                          .missing  = missing};

    return num_keys == 0 ? 0 : read_batch(&batch);
}

size_t tern_view_read_range(tern_view_t *view, tern_range_t range, void *values,
                            uint32_t missing[])
{
    tern_batch_t batch = {.view      = view,
                          .num_keys  = range.end - range.first,
                          .first_key = range.first,
                          .output    = values,
                          .missing   = missing};

    return batch.num_keys == 0 ? 0 : read_batch(&batch);
}

/* --- changing --- */

#ifdef __SANITIZE_THREAD__

/* Rules write as they like; here they do so on a private copy that atomic stores bring back. */
static void apply_rule(const tern_view_t *view, char *row, tern_key_t key,
                       const void *delta)
{
    uint32_t first = view->layout.value_offset;
    uint32_t bytes = view->layout.value_bytes + view->layout.state_bytes;
    char    *value = view->staged_row;

    tern_row_view_t row_view = tern_row_view_of(view, row, key);

    tern_copy_from_row(value, row + first, bytes);
    row_view.value = value;
    if (row_view.state != NULL)
        row_view.state = value + view->layout.value_bytes;
    view->apply(&row_view, delta, view->apply_context);
    tern_copy_to_row(row + first, value, bytes);
}

#else

TERN_ALWAYS_INLINE void apply_rule(const tern_view_t *view, char *row, tern_key_t key,
                                   const void *delta)
{
    tern_row_view_t row_view = tern_row_view_of(view, row, key);

    view->apply(&row_view, delta, view->apply_context);
}

#endif

/* Under the latch: `input` is pushed to, or put in place of, the row. */
TERN_ALWAYS_INLINE void change_row(tern_batch_t *batch, tern_change_kind_t kind,
                                   tern_key_t key, tern_place_t place, const void *input)
{
    const tern_view_t *view = batch->view;

    tern_segment_mark(&view->segments[place.segment], place.slot);
    if (kind == TERN_CHANGE_UPDATE) {
        apply_rule(view, place.row, key, input);
    } else {
        tern_copy_to_row(place.row + view->layout.value_offset, input,
                         view->layout.value_bytes);
        tern_zero_row(place.row + view->layout.state_offset, view->layout.state_bytes);
    }
    if (__builtin_expect(view->has_books, 0))
        tern_books_enter(view, place.row,
                         (tern_change_t){.kind     = kind,
                                         .source   = batch->source,
                                         .sequence = batch->sequence,
                                         .key      = key,
                                         .delta    = input});
}

TERN_ALWAYS_INLINE bool is_place_of(const tern_view_t *view, tern_key_t key,
                                    tern_place_t place)
{
    return tern_row_key(place.row) == key &&
           tern_segment_is_usable(&view->segments[place.segment], view->epoch);
}

static __attribute__((noinline)) bool change_slowly(tern_batch_t      *batch,
                                                    tern_change_kind_t kind,
                                                    tern_key_t key, const void *input)
{
    tern_view_t *view = batch->view;

    for (;;) {
        tern_place_t place = tern_place_find(view, view->finder, key);
        uint64_t     before;

        if (place.row == NULL)
            return false;
        before = tern_latch_acquire(tern_row_word(place.row), &view->latch);
        if (is_place_of(view, key, place)) {
            change_row(batch, kind, key, place, input);
            tern_latch_release(tern_row_word(place.row), before);
            return true;
        }
        tern_latch_release_unchanged(tern_row_word(place.row), before);
        if (!tern_segment_is_usable(&view->segments[place.segment], view->epoch) ||
            tern_place_find(view, view->finder, key).row == place.row)
            return false;
    }
}

TERN_ALWAYS_INLINE bool latch_and_change(tern_batch_t *batch, tern_change_kind_t kind,
                                         size_t i, tern_key_t key, tern_place_t place)
{
    tern_view_t *view  = batch->view;
    const void  *input = batch->input + i * view->layout.value_bytes;
    uint64_t     before;

    if (__builtin_expect(place.row == NULL, 0))
        return false;
    before = tern_latch_acquire(tern_row_word(place.row), &view->latch);
    if (__builtin_expect(!is_place_of(view, key, place), 0)) {
        tern_latch_release_unchanged(tern_row_word(place.row), before);
        return change_slowly(batch, kind, key, input);
    }
    change_row(batch, kind, key, place, input);
    tern_latch_release(tern_row_word(place.row), before);
    return true;
}

TERN_ALWAYS_INLINE bool update_row(tern_batch_t *batch, size_t i, tern_key_t key,
                                   tern_place_t place)
{
    return latch_and_change(batch, TERN_CHANGE_UPDATE, i, key, place);
}

TERN_ALWAYS_INLINE bool set_row(tern_batch_t *batch, size_t i, tern_key_t key,
                                tern_place_t place)
{
    return latch_and_change(batch, TERN_CHANGE_SET, i, key, place);
}

TERN_CLONES
static void run_update(tern_batch_t *batch)
{
    tern_batch_run(batch, batch->view->layout.stride, true, update_row);
}

TERN_CLONES
static void run_set(tern_batch_t *batch)
{
    tern_batch_run(batch, batch->view->layout.stride, true, set_row);
}

static size_t change_batch(tern_batch_t *batch, void (*run)(tern_batch_t *))
{
    assert(batch->num_keys <= UINT32_MAX);

    if (batch->num_keys == 0)
        return 0;
    tern_view_refresh(batch->view);
    run(batch);
    return batch->num_missing;
}

size_t tern_view_update(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                        const void *deltas, uint32_t missing[], uint32_t source,
                        uint64_t sequence)
{
    tern_batch_t batch = {.view     = view,
                          .num_keys = num_keys,
                          .keys     = keys,
                          .input    = deltas,
                          .missing  = missing,
                          .source   = source,
                          .sequence = sequence};

    return change_batch(&batch, run_update);
}

size_t tern_view_set(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                     const void *values, uint32_t missing[], uint32_t source,
                     uint64_t sequence)
{
    tern_batch_t batch = {.view     = view,
                          .num_keys = num_keys,
                          .keys     = keys,
                          .input    = values,
                          .missing  = missing,
                          .source   = source,
                          .sequence = sequence};

    return change_batch(&batch, run_set);
}

size_t tern_view_update_range(tern_view_t *view, tern_range_t range, const void *deltas,
                              uint32_t missing[], uint32_t source, uint64_t sequence)
{
    tern_batch_t batch = {.view      = view,
                          .num_keys  = range.end - range.first,
                          .first_key = range.first,
                          .input     = deltas,
                          .missing   = missing,
                          .source    = source,
                          .sequence  = sequence};

    return change_batch(&batch, run_update);
}
