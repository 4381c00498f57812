/** \file
 * Slots of sparse tables are found by an ordered list of their keys (order.h). Those of dense tables are found key by key: by arithmetic, or by the index, in whose pages there may be no row
 * for many keys.
 */
#include "store/visit.h"

#include "store/books.h"
#include "store/copy.h"
#include "store/shard_parts.h"

/* Some ten microseconds of work. */
#define BYTES_BETWEEN_PAUSES ((size_t)64 << 10)

#ifdef __SANITIZE_THREAD__

/* Visitors read and write as they like; here they do so on a private copy that atomic accesses bring here and back. */
static tern_verdict_t run(const tern_view_t *view, const tern_visit_t *visit, char *row,
                          tern_key_t key)
{
    uint32_t        first    = view->layout.value_offset;
    uint32_t        bytes    = view->layout.value_bytes + view->layout.state_bytes;
    char           *value    = view->staged_row;
    tern_row_view_t row_view = tern_row_view_of(view, row, key);
    tern_verdict_t  verdict;

    tern_copy_from_row(value, row + first, bytes);
    row_view.value = value;
    if (row_view.state != NULL)
        row_view.state = value + view->layout.value_bytes;
    verdict = visit->visit(&row_view, visit->context);
    if (verdict == TERN_ROW_CHANGED)
        tern_copy_to_row(row + first, value, bytes);
    return verdict;
}

#else

static tern_verdict_t run(const tern_view_t *view, const tern_visit_t *visit, char *row,
                          tern_key_t key)
{
    tern_row_view_t row_view = tern_row_view_of(view, row, key);

    return visit->visit(&row_view, visit->context);
}

#endif

/* What a visitor has done to a row counts as set. */
static void enter_change(const tern_shard_t *shard, uint64_t slot, tern_key_t key)
{
    const tern_view_t *view = shard->view;
    char              *row  = tern_shard_row(shard, slot);

    tern_segment_mark(tern_shard_segment_of(shard), slot);
    if (view->has_books)
        tern_books_enter(view, row,
                         (tern_change_t){.kind   = TERN_CHANGE_SET,
                                         .source = view->source,
                                         .key    = key,
                                         .delta  = row + view->layout.value_offset});
}

static void visit_row(const tern_shard_t *shard, const tern_visit_t *visit, uint64_t slot,
                      tern_key_t key)
{
    uint64_t *word   = tern_row_word(tern_shard_row(shard, slot));
    uint64_t  before = tern_latch_acquire(word, &shard->view->latch);

    if (run(shard->view, visit, tern_shard_row(shard, slot), key) == TERN_ROW_CHANGED) {
        enter_change(shard, slot, key);
        tern_latch_release(word, before);
    } else {
        tern_latch_release_unchanged(word, before);
    }
}

/* The slot of a key's row; false if this shard has none. Only its server, which asks, adds or removes rows. */
static bool find(const tern_shard_t *shard, tern_range_t own, tern_key_t key,
                 uint64_t *slot_p)
{
    if (shard->view->index != NULL)
        return tern_shard_find(shard, key, slot_p);
    *slot_p = key - own.first;
    return true;
}

/* After a row: let others go on when some work has been done. */
static void pause_after(const tern_shard_t *shard, const tern_visit_t *visit,
                        size_t *bytes)
{
    *bytes += shard->view->layout.stride;
    if (*bytes < BYTES_BETWEEN_PAUSES || visit->pause == NULL)
        return;
    visit->pause(visit->pause_context);
    *bytes = 0;
}

/* Where rows come with their first change, an ordered list says which have come. */
static uint64_t visit_in_order(tern_shard_t *shard, tern_range_t range,
                               const tern_visit_t *visit)
{
    const tern_order_t *order;
    uint64_t            num = 0, slot;
    size_t              bytes = 0, i;

    if (tern_shard_order(shard, &order) != TERN_OK)
        return 0;
    for (i = tern_order_find(order, range.first);
         i < order->num_sorted && order->keys[i] < range.end; i++) {
        tern_shard_prefetch(shard, order, i);
        if (!tern_shard_find(shard, order->keys[i], &slot))
            continue;
        visit_row(shard, visit, slot, order->keys[i]);
        num++;
        pause_after(shard, visit, &bytes);
    }
    return num;
}

uint64_t tern_shard_visit(tern_shard_t *shard, tern_range_t range,
                          const tern_visit_t *visit)
{
    const tern_view_t *view  = shard->view;
    tern_range_t       own   = view->segment_keys[shard->segment];
    uint64_t           num   = 0, slot;
    size_t             bytes = 0;

    if (shard->hash != NULL)
        return visit_in_order(shard, range, visit);
    if (view->index != NULL)
        own = view->keys;
    if (range.first < own.first)
        range.first = own.first;
    if (range.end > own.end)
        range.end = own.end;
    for (tern_key_t key = range.first; key < range.end; key++) {
        if (!find(shard, own, key, &slot))
            continue;
        visit_row(shard, visit, slot, key);
        num++;
        pause_after(shard, visit, &bytes);
    }
    return num;
}
