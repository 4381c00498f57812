/** \file
 * The memory of replicas: laying it out, making rows, evicting them.
 *
 * The victim of an eviction is found by a hand that goes round (second chance): it passes rows that were used
 * since it came by, and those whose delta the owner does not have yet.
 */
#include "store/replica.h"

#include <assert.h>

#include "base/alloc.h"
#include "store/pages.h"
#include "store/replica_row.h"

enum {
    SLAB_BYTES = 2 << 20, /* rows are committed in steps of this */
    MAX_PASSED = 128,     /* rows that the hand looks at for one victim */
};

static size_t max_size(size_t a, size_t b)
{
    return a < b ? b : a;
}

/* --- layout --- */

uint32_t tern_replicas_stride(uint32_t width, tern_type_t type)
{
    uint32_t value_bytes = width * (uint32_t)tern_type_bytes(type);

    return (uint32_t)sizeof(tern_replica_row_t) + 2 * ((value_bytes + 15) / 16 * 16);
}

static size_t index_offset(const tern_replica_shape_t *shape)
{
    return tern_pages_round(sizeof(tern_replica_header_t) +
                            shape->num_servers * sizeof(uint64_t));
}

static size_t rows_offset(const tern_replica_shape_t *shape)
{
    return index_offset(shape) + tern_pages_round(tern_row_index_bytes(shape->keys));
}

size_t tern_replicas_bytes(const tern_replica_shape_t *shape)
{
    return rows_offset(shape) +
           tern_pages_round(shape->num_slots *
                            tern_replicas_stride(shape->width, shape->type));
}

void tern_replicas_format(void *memory, const tern_replica_shape_t *shape)
{
    tern_replica_header_t *header = memory;

    assert(shape->num_slots <= TERN_INDEX_SLOT_MASK);
    header->num_slots    = shape->num_slots;
    header->num_servers  = shape->num_servers;
    header->is_full      = shape->num_slots == 0;
    header->index_offset = index_offset(shape);
    header->rows_offset  = rows_offset(shape);
    tern_row_index_format((char *)memory + header->index_offset, shape->keys);
}

tern_status_t tern_replicas_init(tern_replicas_t *replicas, void *memory,
                                 const tern_replica_shape_t *shape,
                                 const tern_latch_user_t *user, tern_ledger_t *ledger)
{
    tern_replica_header_t *header = memory;

    *replicas = (tern_replicas_t){
        .header      = header,
        .index       = (tern_row_index_t *)((char *)memory + header->index_offset),
        .rows        = (char *)memory + header->rows_offset,
        .stride      = tern_replicas_stride(shape->width, shape->type),
        .width       = shape->width,
        .value_bytes = shape->width * (uint32_t)tern_type_bytes(shape->type),
        .type        = shape->type,
        .adds        = true,
        .makes       = true,
        .user        = user,
        .ledger      = ledger,
    };
    replicas->words   = tern_row_index_view(replicas->index);
    replicas->touched = tern_alloc_zeroed(TERN_LOG_STORE, (header->num_slots + 63) / 64 *
                                                              sizeof(uint64_t));
    replicas->staged  = tern_alloc(TERN_LOG_STORE, replicas->value_bytes);
    if (replicas->touched != NULL && replicas->staged != NULL)
        return TERN_OK;
    tern_replicas_fini(replicas);
    return TERN_ERR_NO_MEMORY;
}

void tern_replicas_fini(tern_replicas_t *replicas)
{
    tern_free(TERN_LOG_STORE, replicas->staged);
    tern_free(TERN_LOG_STORE, replicas->touched);
    *replicas = (tern_replicas_t){0};
}

uint64_t tern_replicas_num_used(const tern_replicas_t *replicas)
{
    return TERN_GET(replicas->header->num_used);
}

/* --- making and evicting; the caller holds the store's latch --- */

/* One more slot of those that never held a row, committed; false: capacity or memory is used up. */
static bool take_new_slot(tern_replicas_t *replicas, uint32_t *slot_p)
{
    tern_replica_header_t *header = replicas->header;
    uint64_t               slab   = max_size(SLAB_BYTES / replicas->stride, 1);
    uint64_t               target = header->num_committed + slab;
    size_t                 begin, end;

    if (TERN_GET(header->is_full))
        return false;
    if (header->num_used == header->num_committed) {
        target = target < header->num_slots ? target : header->num_slots;
        begin  = tern_pages_round(header->num_committed * replicas->stride);
        end    = tern_pages_round(target * replicas->stride);
        if (target == header->num_committed ||
            !tern_ledger_commit(replicas->ledger, end - begin)) {
            TERN_PUT(header->is_full, 1);
            return false;
        }
        if (tern_pages_populate(replicas->rows + begin, end - begin) != 0) {
            tern_ledger_uncommit(replicas->ledger, end - begin);
            TERN_PUT(header->is_full, 1);
            return false;
        }
        header->num_committed = target;
    }
    *slot_p = (uint32_t)header->num_used;
    TERN_PUT(header->num_used, header->num_used + 1);
    return true;
}

void tern_replica_remove(tern_replicas_t *replicas, tern_replica_row_t *row)
{
    tern_row_index_swap(
        replicas->index, tern_row_key((char *)row),
        tern_index_word(TERN_ROW_REPLICA, tern_replica_slot(replicas, row)), 0);
    tern_row_set_key((char *)row, TERN_KEY_NONE);
    TERN_PUT(row->has_delta, 0);
    TERN_PUT(row->is_in_flight, 0);
    TERN_PUT(row->events, row->events + 1);
    TERN_PUT(row->flush_sequence, replicas->header->free_slot);
    replicas->header->free_slot = tern_replica_slot(replicas, row) + 1;
}

/* One that was given back. */
static bool take_free_slot(tern_replicas_t *replicas, uint32_t *slot_p)
{
    tern_replica_header_t *header = replicas->header;

    if (header->free_slot == 0)
        return false;
    *slot_p           = (uint32_t)(header->free_slot - 1);
    header->free_slot = TERN_GET(tern_replica_row(replicas, *slot_p)->flush_sequence);
    return true;
}

/* Take the row out of `slot` unless somebody needs it. */
static bool evict(tern_replicas_t *replicas, uint32_t slot)
{
    tern_replica_row_t *row    = tern_replica_row(replicas, slot);
    uint64_t            before = tern_latch_acquire(&row->word, replicas->user);
    bool is_idle = !TERN_GET(row->has_delta) && !TERN_GET(row->is_in_flight);

    if (!is_idle) {
        tern_latch_release_unchanged(&row->word, before);
        return false;
    }
    tern_replica_remove(replicas, row);
    tern_latch_release(&row->word, before);
    return true;
}

static bool take_victim(tern_replicas_t *replicas, uint32_t *slot_p)
{
    tern_replica_header_t *header = replicas->header;

    for (int i = 0; i < MAX_PASSED && header->num_used > 0; i++) {
        uint32_t            slot = (uint32_t)(header->hand++ % header->num_used);
        tern_replica_row_t *row  = tern_replica_row(replicas, slot);

        if (TERN_GET(row->is_used)) {
            TERN_PUT(row->is_used, 0);
        } else if (evict(replicas, slot)) {
            return take_free_slot(replicas, slot_p);
        }
    }
    return false;
}

static void occupy(tern_replicas_t *replicas, uint32_t slot, tern_key_t key,
                   uint32_t server)
{
    tern_replica_row_t *row    = tern_replica_row(replicas, slot);
    uint64_t            before = tern_latch_acquire(&row->word, replicas->user);

    TERN_PUT(row->content, 0);
    TERN_PUT(row->flush_sequence, 0);
    TERN_PUT(row->server, server);
    TERN_PUT(row->follows, 0);
    TERN_PUT(row->is_used, 1);
    TERN_PUT(row->num_wanting, 0);
    tern_row_set_key((char *)row, key);
    tern_latch_release(&row->word, before);
}

uint32_t tern_replica_make(tern_replicas_t *replicas, tern_key_t key, uint32_t server)
{
    uint32_t slot = tern_replica_find(replicas, key);

    if (slot != TERN_REPLICA_NONE) /* somebody was faster */
        return slot;
    if (tern_row_index_commit(replicas->index, (tern_range_t){key, key + 1},
                              replicas->ledger) != TERN_OK)
        return TERN_REPLICA_NONE;
    if (!take_free_slot(replicas, &slot) && !take_new_slot(replicas, &slot) &&
        !(replicas->evicts && take_victim(replicas, &slot)))
        return TERN_REPLICA_NONE;
    occupy(replicas, slot, key, server);
    tern_row_index_swap(replicas->index, key, 0, tern_index_word(TERN_ROW_REPLICA, slot));
    return slot;
}

uint32_t tern_replica_find_or_make(tern_replicas_t *replicas, tern_key_t key,
                                   uint32_t server)
{
    uint32_t slot = tern_replica_find(replicas, key);
    uint64_t before;

    if (slot != TERN_REPLICA_NONE || !replicas->makes ||
        (TERN_GET(replicas->header->is_full) && !replicas->evicts))
        return slot;
    before = tern_latch_acquire(&replicas->header->latch, replicas->user);
    slot   = tern_replica_make(replicas, key, server);
    tern_latch_release(&replicas->header->latch, before);
    return slot;
}

/* --- checking --- */

bool tern_replicas_check(const tern_replicas_t *replicas)
{
    uint64_t num_used  = tern_replicas_num_used(replicas);
    uint64_t num_keyed = 0, num_indexed = 0;

    for (uint64_t slot = 0; slot < num_used; slot++) {
        tern_key_t key = tern_row_key((char *)tern_replica_row(replicas, (uint32_t)slot));

        num_keyed += key != TERN_KEY_NONE;
        if (key != TERN_KEY_NONE && tern_replica_find(replicas, key) != slot)
            return false;
    }
    for (tern_key_t key = replicas->index->keys.first; key < replicas->index->keys.end;
         key++)
        num_indexed += tern_replica_find(replicas, key) != TERN_REPLICA_NONE;
    return num_indexed == num_keyed;
}
