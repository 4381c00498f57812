/** \file
 * Placing and removing rows.
 *
 * Free slots are those above a high-water mark and, below it, a stack of removed ones in the server's
 * private memory: it alone hands out slots, so nobody else needs to see the list. A removed slot is
 * reused first, which keeps the committed slabs few.
 */
#include "store/shard_parts.h"

#include <string.h>

#include "base/alloc.h"
#include "store/books.h"
#include "store/copy.h"
#include "store/seal.h"

tern_status_t tern_shard_create(tern_view_t *view, uint32_t segment,
                                tern_ledger_t *ledger, tern_shard_t **shard_p)
{
    tern_shard_t *shard = tern_alloc_zeroed(TERN_LOG_STORE, sizeof(*shard));

    assert(segment < view->num_segments);

    if (shard == NULL)
        return TERN_ERR_NO_MEMORY;
    shard->view    = view;
    shard->segment = segment;
    shard->ledger  = ledger;
    if (view->hashes != NULL) {
        shard->hash    = &view->hashes[segment];
        shard->initial = tern_alloc(TERN_LOG_STORE, view->layout.value_bytes);
        if (shard->initial == NULL) {
            tern_shard_destroy(&shard);
            return TERN_ERR_NO_MEMORY;
        }
    }
    if (view->index != NULL || view->hashes != NULL) { /* pages of it that no slot returns to are never touched */
        uint64_t num_slots = view->segments[segment].header->num_slots;

        shard->free_list =
            tern_alloc(TERN_LOG_STORE, num_slots * sizeof *shard->free_list);
        if (shard->free_list == NULL) {
            tern_shard_destroy(&shard);
            return TERN_ERR_NO_MEMORY;
        }
    }
    *shard_p = shard;
    return TERN_OK;
}

void tern_shard_destroy(tern_shard_t **shard_p)
{
    if (*shard_p == NULL)
        return;
    tern_order_fini(&(*shard_p)->order);
    tern_limbo_fini(&(*shard_p)->limbo);
    tern_free(TERN_LOG_STORE, (*shard_p)->initial);
    tern_free(TERN_LOG_STORE, (*shard_p)->free_list);
    tern_free(TERN_LOG_STORE, *shard_p);
    *shard_p = NULL;
}

uint32_t tern_shard_segment(const tern_shard_t *shard)
{
    return shard->segment;
}

uint64_t tern_shard_num_rows(const tern_shard_t *shard)
{
    if (shard->hash != NULL)
        return shard->hash->index->num_keys;
    return shard->num_used - shard->num_listed;
}

uint64_t tern_shard_num_free(const tern_shard_t *shard)
{
    return tern_shard_segment_of(shard)->header->num_slots - tern_shard_num_rows(shard);
}

/* --- filling --- */

/* Nobody finds the rows yet, so no latch is needed. Marks stay clear: what is filled in is a function of key
 * and seed, not a change. */
tern_status_t tern_shard_fill(tern_shard_t *shard, tern_range_t keys,
                              tern_row_fill_fn *fill, void *context)
{
    const tern_view_t       *view     = shard->view;
    const tern_row_layout_t *layout   = &view->layout;
    uint64_t                 num_rows = keys.end - keys.first;
    tern_status_t            status;

    assert(shard->num_used == 0 &&
           num_rows <= tern_shard_segment_of(shard)->header->num_slots);

    if (tern_segment_promise(tern_shard_segment_of(shard), num_rows, shard->ledger) <
        num_rows)
        return TERN_ERR_NO_MEMORY;
    for (uint64_t slot = 0; slot < num_rows; slot++) {
        char *row = tern_shard_row(shard, slot);

        memset(row + layout->value_offset, 0, layout->stride - layout->value_offset);
        fill(keys.first + slot, layout->width, layout->type, row + layout->value_offset,
             context);
        tern_row_set_key(row, keys.first + slot);
    }
    if (view->index != NULL) {
        status = tern_row_index_fill(view->index, keys, tern_shard_owned_word(shard, 0),
                                     shard->ledger);
        if (status != TERN_OK)
            return status;
    }
    shard->num_used = num_rows;
    return TERN_OK;
}

/* --- inserting --- */

static void copy_or_zero(char *row, const void *from, uint32_t bytes)
{
    if (bytes == 0)
        return;
    if (from == NULL)
        tern_zero_row(row, bytes);
    else
        tern_copy_to_row(row, from, bytes);
}

/* Late visitors of the slot's last row may still come, so even an unused slot is written under its latch. */
static void write_row(tern_shard_t *shard, uint64_t slot, tern_key_t key,
                      const void *value, const void *state)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    char                    *row    = tern_shard_row(shard, slot);
    uint64_t before = tern_latch_acquire(tern_row_word(row), &shard->view->latch);

    tern_segment_mark(tern_shard_segment_of(shard), slot);
    copy_or_zero(row + 16, NULL, layout->value_offset - 16); /* the columns */
    copy_or_zero(row + layout->value_offset, value, layout->value_bytes);
    copy_or_zero(row + layout->state_offset, state, layout->state_bytes);
    tern_row_set_key(row, key);
    tern_latch_release(tern_row_word(row), before);
}

static void clear_key(tern_shard_t *shard, uint64_t slot)
{
    char    *row    = tern_shard_row(shard, slot);
    uint64_t before = tern_latch_acquire(tern_row_word(row), &shard->view->latch);

    tern_row_set_key(row, TERN_KEY_NONE);
    tern_seal_clear(&shard->view->layout, row);
    tern_latch_release(tern_row_word(row), before);
}

static bool promise_slot(tern_shard_t *shard)
{
    tern_segment_t *segment = tern_shard_segment_of(shard);

    if (tern_segment_promise(segment, 1, shard->ledger) == 1)
        return true;
    tern_shard_leave_limbo(shard);
    return shard->num_listed > 0 && tern_segment_promise(segment, 1, shard->ledger) == 1;
}

static tern_status_t refuse_full(const tern_shard_t *shard)
{
    tern_log(TERN_LOG_STORE, TERN_LOG_ERROR, "all %llu slots of a segment are taken",
             (unsigned long long)tern_shard_segment_of(shard)->header->num_slots);
    return TERN_ERR_NO_MEMORY;
}

static tern_status_t refuse_second_row(tern_key_t key)
{
    tern_log(TERN_LOG_STORE, TERN_LOG_ERROR, "key %llu already has a row on this node",
             (unsigned long long)key);
    return TERN_ERR_ARG;
}

/* The key has no row yet, and its index word a page. */
static tern_status_t prepare_index(const tern_shard_t *shard, tern_key_t key)
{
    tern_row_index_t *index = shard->view->index;
    uint64_t          slot;

    if (shard->hash != NULL)
        return tern_shard_find(shard, key, &slot) ? refuse_second_row(key) : TERN_OK;
    if (tern_row_index_get(index, key) != 0)
        return refuse_second_row(key);
    return tern_row_index_commit(index, (tern_range_t){key, key + 1}, shard->ledger);
}

static tern_status_t enter_into_index(tern_shard_t *shard, tern_key_t key, uint64_t slot)
{
    if (shard->hash != NULL)
        return tern_hash_index_insert(shard->hash, key, (uint32_t)slot, shard->ledger);
    return tern_row_index_swap(shard->view->index, key, 0,
                               tern_shard_owned_word(shard, slot))
               ? TERN_OK
               : refuse_second_row(key); /* another server of the node was faster */
}

tern_status_t tern_shard_insert(tern_shard_t *shard, tern_key_t key, const void *value,
                                const void *state)
{
    uint64_t      slot;
    tern_status_t status;

    assert(shard->view->index != NULL || shard->hash != NULL);

    status = prepare_index(shard, key);
    if (status != TERN_OK)
        return status;
    if (!promise_slot(shard))
        return refuse_full(shard);
    slot = tern_shard_take_slot(shard);
    write_row(shard, slot, key, value, state);
    status = enter_into_index(shard, key, slot);
    if (status == TERN_OK) {
        tern_order_add(&shard->order, key);
        return TERN_OK;
    }
    clear_key(shard, slot);
    tern_shard_give_slots(shard, 1, &slot);
    return status;
}

tern_status_t tern_shard_insert_filled(tern_shard_t *shard, tern_key_t key)
{
    const tern_view_t *view = shard->view;

    view->fill(key, view->layout.width, view->layout.type, shard->initial,
               view->fill_context);
    return tern_shard_insert(shard, key, shard->initial, NULL);
}

void tern_shard_prefetch_key(const tern_shard_t *shard, tern_key_t key)
{
    __builtin_prefetch(tern_hash_bucket(shard->hash, tern_hash_key(key)));
}

/* --- removing --- */

uint64_t tern_shard_begin_leaving(tern_shard_t *shard, uint64_t slot, tern_key_t key)
{
    const tern_view_t *view   = shard->view;
    char              *row    = tern_shard_row(shard, slot);
    uint64_t           before = tern_latch_acquire(tern_row_word(row), &view->latch);

    tern_row_set_key(row, TERN_KEY_NONE);
    tern_seal_clear(&view->layout, row);
    if (shard->hash != NULL)
        tern_hash_index_remove(shard->hash, key, (uint32_t)slot);
    else if (!tern_row_index_swap(view->index, key, tern_shard_owned_word(shard, slot),
                                  0))
        assert(!"only this server changes the word");
    return before;
}

void tern_shard_end_leaving(tern_shard_t *shard, uint64_t slot, tern_key_t key,
                            uint64_t before)
{
    const tern_view_t *view = shard->view;
    char              *row  = tern_shard_row(shard, slot);

    tern_segment_mark(tern_shard_segment_of(shard), slot);
    if (view->has_books)
        tern_books_enter(view, row,
                         (tern_change_t){.kind   = TERN_CHANGE_REMOVE,
                                         .source = view->source,
                                         .key    = key});
    tern_latch_release(tern_row_word(row), before);
}

tern_status_t tern_shard_remove(tern_shard_t *shard, tern_key_t key, void *value,
                                void *state)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    uint64_t                 slot, before;
    const char              *row;

    if (!tern_shard_find(shard, key, &slot)) {
        tern_log(TERN_LOG_STORE, TERN_LOG_ERROR, "this server has no row of key %llu",
                 (unsigned long long)key);
        return TERN_ERR_ARG;
    }
    row    = tern_shard_row(shard, slot);
    before = tern_shard_begin_leaving(shard, slot, key);
    if (value != NULL)
        tern_copy_from_row(value, row + layout->value_offset, layout->value_bytes);
    if (state != NULL && layout->state_bytes > 0)
        tern_copy_from_row(state, row + layout->state_offset, layout->state_bytes);
    tern_shard_end_leaving(shard, slot, key, before);
    tern_shard_give_slots(shard, 1, &slot);
    return TERN_OK;
}
