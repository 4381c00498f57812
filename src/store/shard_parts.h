/** \file
 * What the files of the shard share.
 */
#ifndef TERN_STORE_SHARD_PARTS_H
#define TERN_STORE_SHARD_PARTS_H

#include <assert.h>

#include "store/limbo.h"
#include "store/order.h"
#include "store/shard.h"

struct tern_shard {
    tern_view_t   *view;
    uint32_t       segment; /* number in the view */
    tern_ledger_t *ledger;
    uint64_t       num_used;  /* slots that ever held a row: [0, num_used) */
    uint32_t      *free_list; /* [num_listed], room for all; NULL: rows do not leave */
    size_t         num_listed;
    tern_hash_view_t *hash;  /* where rows come with their first change; else NULL */
    tern_order_t      order; /* with `hash` */
    tern_limbo_t      limbo; /* with `hash`: slots of evicted rows */
    char *initial; /* with `hash`: values of a row, before they are put into it */
};

static inline tern_segment_t *tern_shard_segment_of(const tern_shard_t *shard)
{
    return &shard->view->segments[shard->segment];
}

static inline char *tern_shard_row(const tern_shard_t *shard, uint64_t slot)
{
    return tern_shard_segment_of(shard)->rows + slot * shard->view->layout.stride;
}

/* Slots numbered over the node. */
static inline uint32_t tern_shard_owned_word(const tern_shard_t *shard, uint64_t slot)
{
    return tern_index_word(TERN_ROW_OWNED,
                           shard->segment << shard->view->slot_shift | (uint32_t)slot);
}

/* A slot that was promised, and is committed therefore. */
static inline uint64_t tern_shard_take_slot(tern_shard_t *shard)
{
    assert(shard->num_listed > 0 ||
           shard->num_used < tern_shard_segment_of(shard)->header->committed_slots);

    return shard->num_listed > 0 ? shard->free_list[--shard->num_listed]
                                 : shard->num_used++;
}

static inline void tern_shard_give_slots(tern_shard_t *shard, size_t num_slots,
                                         const uint64_t slots[])
{
    for (size_t i = 0; i < num_slots; i++)
        shard->free_list[shard->num_listed++] = (uint32_t)slots[i];
    tern_segment_withdraw(tern_shard_segment_of(shard), num_slots);
}

static inline bool tern_shard_is_own(const tern_shard_t *shard, uint32_t word)
{
    return tern_index_state(word) == TERN_ROW_OWNED &&
           (word & TERN_INDEX_SLOT_MASK) >> shard->view->slot_shift == shard->segment;
}

/* The slot of an own row; false if the key has none here. */
static inline bool tern_shard_find(const tern_shard_t *shard, tern_key_t key,
                                   uint64_t *slot_p)
{
    uint32_t word;

    if (shard->hash != NULL) {
        *slot_p = tern_hash_find(shard->hash, key, tern_hash_key(key));
        return *slot_p != TERN_HASH_NONE;
    }
    word    = tern_row_index_get(shard->view->index, key);
    *slot_p = word & ((1u << shard->view->slot_shift) - 1);
    return tern_shard_is_own(shard, word);
}

/** Slots of evicted rows are free again, if nobody has them borrowed. */
void tern_shard_leave_limbo(tern_shard_t *shard);

/** Position i of the ordered keys is about to be looked up: begin to fetch what those after it need. */
void tern_shard_prefetch(const tern_shard_t *shard, const tern_order_t *order, size_t i);

/** From here on nobody finds the row: late visitors miss its key, new ones its index word. Its bytes stay under the
 * latch until tern_shard_end_leaving(). Returns the latch's word. */
uint64_t tern_shard_begin_leaving(tern_shard_t *shard, uint64_t slot, tern_key_t key);
void     tern_shard_end_leaving(tern_shard_t *shard, uint64_t slot, tern_key_t key,
                                uint64_t before);

#endif
