/** \file
 * Paged index of a dense key range: one 32-bit word (state and slot) per key, in pages that exist
 * only for ranges the node has touched. One per (node, table), in memory that the node shares.
 *
 * Slots are numbered over the node: slot >> slot_shift is the segment, the rest the slot in it. Words
 * are atomic; only servers change them, readers take a word as a hint that the row's own key confirms.
 */
#ifndef TERN_STORE_INDEX_H
#define TERN_STORE_INDEX_H

#include "store/ledger.h"

typedef enum tern_row_state {
    TERN_ROW_ABSENT = 0,
    TERN_ROW_OWNED,
    TERN_ROW_REPLICA,
    TERN_ROW_ARRIVING,
    TERN_ROW_LEAVING,
} tern_row_state_t;

#define TERN_INDEX_STATE_SHIFT 29
#define TERN_INDEX_SLOT_MASK   ((1u << TERN_INDEX_STATE_SHIFT) - 1)
#define TERN_INDEX_PAGE_KEYS   1024u

typedef struct tern_row_index
    tern_row_index_t; /* lives in the shared memory; position-independent */

size_t tern_row_index_bytes(tern_range_t keys);
/* Once per node, on zeroed page-aligned memory. */
void tern_row_index_format(void *memory, tern_range_t keys);

static inline uint32_t tern_index_word(tern_row_state_t state, uint32_t slot)
{
    return ((uint32_t)state << TERN_INDEX_STATE_SHIFT) | slot;
}

/* The word of a key: 0 (absent) where no page exists. Lock-free. */
uint32_t tern_row_index_get(const tern_row_index_t *index, tern_key_t key);

/* By servers: store a word, creating and committing its page. TERN_ERR_NO_MEMORY as tern_segment_commit(). */
tern_status_t tern_row_index_put(tern_row_index_t *index, tern_key_t key, uint32_t word,
                                 tern_ledger_t *ledger);

/* Atomically replace `expected` by `word`; false if it was something else. The page must exist. */
bool tern_row_index_swap(tern_row_index_t *index, tern_key_t key, uint32_t expected,
                         uint32_t word);

uint64_t tern_row_index_num_pages(const tern_row_index_t *index);

#endif
