/** \file
 * Lending rows in place.
 *
 * Latched borrows hold many latches at once, so two of them could wait for each other. The first attempt
 * therefore never waits: it takes latches in the order of the keys as long as they are free. If one is
 * not, everything is given back and latches are taken again in the order of their addresses, waiting. Who
 * waits while holding latches holds lower addresses only, so nobody waits in a circle.
 */
#include <assert.h>

#include "store/books.h"
#include "store/pipeline.h"
#include "store/seal.h"

/* --- borrowing --- */

TERN_ALWAYS_INLINE void lend(const tern_row_layout_t *layout, tern_borrowed_t *lent,
                             char *row, uint64_t seen)
{
    *lent = (tern_borrowed_t){
        .value = row + layout->value_offset,
        .state = layout->state_bytes == 0 ? NULL : row + layout->state_offset,
        .word  = tern_row_word(row),
        .seen  = seen,
    };
}

TERN_ALWAYS_INLINE bool lend_nothing(tern_borrowed_t *lent)
{
    *lent = (tern_borrowed_t){.value = NULL};
    return false;
}

/* Shared and exclusive: no latch, but the row is whole when it is lent. */
TERN_ALWAYS_INLINE bool lend_free(const tern_hot_t *hot, tern_finder_t finder, size_t i,
                                  tern_key_t key, tern_place_t place)
{
    tern_borrowed_t *lent = &hot->batch->lent[i];
    uint64_t         seen;

    place = tern_place_confirm(hot, finder, key, place);
    if (__builtin_expect(place.row == NULL, 0))
        return lend_nothing(lent);
    seen = tern_latch_read_begin(tern_row_word(place.row), &hot->view->latch);
    if (__builtin_expect(tern_row_key(place.row) != key, 0))
        return lend_nothing(lent);
    lend(&hot->view->layout, lent, place.row, seen);
    return true;
}

/* Latched, not waiting: the first latch that somebody else holds ends the attempt. A latch that is the
 * caller's own, from a repeated key, has the locked bit in `before`, by which its return is known. */
TERN_ALWAYS_INLINE bool lend_latched(const tern_hot_t *hot, tern_finder_t finder,
                                     size_t i, tern_key_t key, tern_place_t place)
{
    const tern_latch_user_t *user = &hot->view->latch;
    tern_borrowed_t         *lent = &hot->batch->lent[i];
    uint64_t                 before;

    place = tern_place_confirm(hot, finder, key, place);
    if (place.row == NULL || hot->batch->has_conflict)
        return lend_nothing(lent);
    before = __atomic_load_n(tern_row_word(place.row), __ATOMIC_RELAXED);
    if (before & TERN_LATCH_LOCKED
            ? (before & (TERN_LATCH_COUNTER_ONE - 1)) != user->mark
            : !tern_latch_try(tern_row_word(place.row), before, user)) {
        hot->batch->has_conflict = true;
        return lend_nothing(lent);
    }
    if (!tern_place_is_of(hot, finder, place, key)) {
        tern_latch_release_unchanged(tern_row_word(place.row), before);
        return lend_nothing(lent);
    }
    lend(&hot->view->layout, lent, place.row, before);
    return true;
}

/* Only the place, for latching in order. */
TERN_ALWAYS_INLINE bool lend_place(const tern_hot_t *hot, tern_finder_t finder, size_t i,
                                   tern_key_t key, tern_place_t place)
{
    place = tern_place_confirm(hot, finder, key, place);
    if (place.row == NULL)
        return lend_nothing(&hot->batch->lent[i]);
    lend(&hot->view->layout, &hot->batch->lent[i], place.row, 0);
    return true;
}

static void give_back_unchanged(tern_batch_t *batch)
{
    for (size_t i = 0; i < batch->num_keys; i++)
        if (batch->lent[i].word != NULL)
            tern_latch_release_unchanged(batch->lent[i].word, batch->lent[i].seen);
}

/* While rows are sorted, `state` of entry j holds the position of the j-th row in order: no memory is
 * needed, and the real pointer is known from `value`. */
static size_t position(const tern_borrowed_t lent[], size_t j)
{
    return (size_t)(uintptr_t)lent[j].state;
}

static void set_position(tern_borrowed_t lent[], size_t j, size_t i)
{
    lent[j].state = (void *)(uintptr_t)i;
}

static bool is_below(const tern_borrowed_t lent[], size_t a, size_t b)
{
    return (uintptr_t)lent[a].word < (uintptr_t)lent[b].word;
}

/* Restore the heap below `root` of the first `num` positions (Williams 1964). */
static void sift_down(tern_borrowed_t lent[], size_t root, size_t num)
{
    size_t moved = position(lent, root);

    for (;;) {
        size_t child = 2 * root + 1;

        if (child + 1 < num &&
            is_below(lent, position(lent, child), position(lent, child + 1)))
            child++;
        if (child >= num || !is_below(lent, moved, position(lent, child)))
            break;
        set_position(lent, root, position(lent, child));
        root = child;
    }
    set_position(lent, root, moved);
}

static void sort_by_address(tern_borrowed_t lent[], size_t num)
{
    for (size_t i = 0; i < num; i++)
        set_position(lent, i, i);
    for (size_t root = num / 2; root-- > 0;)
        sift_down(lent, root, num);
    for (size_t last = num; last-- > 1;) {
        size_t largest = position(lent, 0);

        set_position(lent, 0, position(lent, last));
        set_position(lent, last, largest);
        sift_down(lent, 0, last);
    }
}

static tern_place_t place_of_word(const tern_view_t *view, const uint64_t *word)
{
    const char *row = (const char *)word;

    for (uint32_t s = 0; s < view->num_segments; s++) {
        const tern_segment_t *segment = &view->segments[s];
        uint64_t              bytes   = segment->header->num_slots * segment->stride;
        uint64_t              at      = (uint64_t)(row - segment->rows);

        if (at < bytes)
            return (tern_place_t){.row     = segment->rows + at,
                                  .segment = s,
                                  .slot    = (uint32_t)(at / segment->stride)};
    }
    assert(!"a row of this view");
    return (tern_place_t){.row = NULL};
}

/* False: the row that was found there before the latch was taken is not there any more. */
static bool latch_row(const tern_batch_t *batch, tern_borrowed_t *lent, tern_key_t key)
{
    const tern_view_t *view  = batch->view;
    tern_place_t       place = place_of_word(view, lent->word);

    lent->seen = tern_latch_acquire(lent->word, &view->latch);
    if (tern_row_key(place.row) == key &&
        tern_segment_is_usable(&view->segments[place.segment], view->epoch))
        return true;
    tern_latch_release_unchanged(lent->word, lent->seen);
    return false;
}

static void latch_in_order(tern_batch_t *batch)
{
    tern_borrowed_t *lent = batch->lent;

    sort_by_address(lent, batch->num_keys);
    for (size_t j = 0; j < batch->num_keys; j++) {
        size_t i = position(lent, j);

        if (lent[i].word != NULL && !latch_row(batch, &lent[i], batch->keys[i])) {
            lent[i].word = NULL;
            batch->num_missing++;
        }
    }
    for (size_t i = 0; i < batch->num_keys; i++) {
        if (lent[i].word != NULL)
            lend(&batch->view->layout, &lent[i], lent[i].word, lent[i].seen);
        else
            lend_nothing(&lent[i]);
    }
}

static void borrow_latched(tern_batch_t *batch)
{
    uint32_t row_bytes = batch->view->layout.stride;

    tern_batch_run(batch, row_bytes, true, lend_latched);
    if (!batch->has_conflict)
        return;
    batch->view->counters->latch_waits++;
    give_back_unchanged(batch);
    batch->num_missing = 0;
    tern_batch_run(batch, row_bytes, true, lend_place);
    latch_in_order(batch);
}

size_t tern_view_borrow(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                        tern_borrow_mode_t mode, tern_borrowed_t rows[])
{
    tern_batch_t batch = {.view = view, .num_keys = num_keys, .keys = keys, .lent = rows};

    assert(num_keys <= UINT32_MAX);

    if (num_keys == 0)
        return 0;
    tern_view_refresh(view);
    if (mode == TERN_BORROW_LATCHED)
        borrow_latched(&batch);
    else
        tern_batch_run(&batch, view->layout.stride, mode != TERN_BORROW_SHARED,
                       lend_free);
    return batch.num_missing;
}

/* --- returning --- */

static size_t count_changed(size_t num_keys, const tern_borrowed_t rows[])
{
    size_t num_changed = 0;

    for (size_t i = 0; i < num_keys; i++)
        if (rows[i].word != NULL && !tern_latch_read_validate(rows[i].word, rows[i].seen))
            num_changed++;
    return num_changed;
}

/* What was done to the row is not known; it counts as set. */
static void note_change(const tern_view_t *view, const tern_borrowed_t *row)
{
    tern_place_t place = place_of_word(view, row->word);

    tern_segment_mark(&view->segments[place.segment], place.slot);
    if (view->has_books)
        tern_books_enter(view, place.row,
                         (tern_change_t){.kind   = TERN_CHANGE_SET,
                                         .source = view->source,
                                         .key    = tern_row_key(place.row),
                                         .delta  = row->value});
}

size_t tern_view_return(tern_view_t *view, size_t num_keys, tern_borrow_mode_t mode,
                        tern_borrowed_t rows[])
{
    bool is_latched = mode == TERN_BORROW_LATCHED;

    if (mode == TERN_BORROW_SHARED)
        return count_changed(num_keys, rows);
#ifndef __SANITIZE_THREAD__ /* it does not know fences */
    if (!is_latched)
        __atomic_thread_fence(__ATOMIC_SEQ_CST); /* the changes come before their marks */
#endif
    for (size_t i = 0; i < num_keys; i++) {
        if (rows[i].word == NULL || (is_latched && (rows[i].seen & TERN_LATCH_LOCKED)))
            continue;
        note_change(view, &rows[i]);
        if (is_latched)
            tern_latch_release(rows[i].word, rows[i].seen);
        else
            tern_seal_clear(&view->layout, rows[i].word); /* its word did not move */
    }
    return 0;
}
