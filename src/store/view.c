/** \file
 * What the fast path needs to know beforehand. Reading is in read.c, changing in write.c, lending in
 * borrow.c; each performs its action on the rows of a batch through the pipeline of pipeline.h.
 */
#include "store/view.h"

#include <assert.h>

#include "base/alloc.h"
#include "store/pipeline.h"

/* Lines to have in flight: about what one core's miss buffers hold; more gains nothing. */
enum { LINES_AHEAD = 160, MIN_DISTANCE = 4 };

static tern_finder_t choose_finder(const tern_view_t *view)
{
    bool is_single = view->num_segments == 1;

    if (view->hashes != NULL)
        return is_single && view->homes.num_servers == 1 ? TERN_FIND_HASH_SINGLE
                                                         : TERN_FIND_HASH;
    if (view->index != NULL)
        return is_single ? TERN_FIND_PAGED_SINGLE : TERN_FIND_PAGED;
    return is_single ? TERN_FIND_SINGLE : TERN_FIND_SEGMENTS;
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
                      view->layout.clock_offset != 0 ||
                      view->layout.significance_offset != 0;
}

tern_status_t tern_view_init(tern_view_t *view)
{
    const tern_row_layout_t *layout = &view->layout;

    assert(view->slot_shift <= TERN_INDEX_STATE_SHIFT);

    if (view->push_bytes == 0)
        view->push_bytes = layout->value_bytes;
    view->finder   = choose_finder(view);
    view->distance = choose_distance(layout->stride);
    view->words =
        view->index == NULL ? (tern_index_view_t){0} : tern_row_index_view(view->index);
    tern_latch_user_init(&view->latch, view->holders, view->counters);
    tern_view_set_hook(view, view->change_hook);
    view->staged_row = NULL;
#ifdef __SANITIZE_THREAD__
    view->adds_float32 = false; /* rules run on a private copy there */
#endif
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

uint32_t tern_view_home(const tern_view_t *view, tern_key_t key)
{
    return tern_home_of(view, key, tern_hash_key(key));
}

bool tern_view_has(const tern_view_t *view, tern_key_t key)
{
    uint32_t     segment = 0;
    tern_range_t keys;

    if (view->hashes != NULL) {
        segment = tern_view_home(view, key);
        return segment != TERN_SEGMENT_ELSEWHERE &&
               tern_segment_is_usable(&view->segments[segment], view->epoch);
    }
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
