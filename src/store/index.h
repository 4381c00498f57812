/** \file
 * Paged index of a dense key range: one 32-bit word (state and slot) per key, in pages that exist
 * only for ranges the node has touched. One per (node, table), in memory that the node shares.
 *
 * A page whose words follow each other, as all do until rows move, is a run: its first word says it all and
 * lies with those of 15 neighbours in one cache line, so that finding a row there costs no miss. The
 * first change of a word ends its page's run.
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
} tern_row_state_t;

#define TERN_INDEX_STATE_SHIFT 29
#define TERN_INDEX_SLOT_MASK   ((1u << TERN_INDEX_STATE_SHIFT) - 1)
#define TERN_INDEX_PAGE_KEYS   1024u

/* Lives in the shared memory, position-independent: header, one byte per page that says whether it exists,
 * one first word per page that is a run, pages of words. All but the pages (5 bytes per 1024 keys) is
 * outside the ledger. */
typedef struct tern_row_index {
    tern_range_t keys;
    uint64_t     num_pages;                                /* atomic; that exist */
    uint64_t     exists_offset, runs_offset, words_offset; /* from this struct */
} tern_row_index_t;

size_t tern_row_index_bytes(tern_range_t keys);
/* Once per node, on zeroed page-aligned memory. */
void tern_row_index_format(void *memory, tern_range_t keys);

static inline uint32_t tern_index_word(tern_row_state_t state, uint32_t slot)
{
    return ((uint32_t)state << TERN_INDEX_STATE_SHIFT) | slot;
}

static inline tern_row_state_t tern_index_state(uint32_t word)
{
    return (tern_row_state_t)(word >> TERN_INDEX_STATE_SHIFT);
}

/* A rank's pointers into the index, taken once because look-ups are the fast path. */
typedef struct tern_index_view {
    tern_key_t     first;
    const uint8_t *exists; /* [pages]; atomic; once set, never cleared */
    const uint32_t
             *runs;  /* [pages]; atomic; first word of a page that is a run, else 0 */
    uint32_t *words; /* [keys]; atomic; only in pages that exist */
} tern_index_view_t;

static inline tern_index_view_t tern_row_index_view(const tern_row_index_t *index)
{
    char *memory = (char *)index;

    return (tern_index_view_t){.first  = index->keys.first,
                               .exists = (uint8_t *)memory + index->exists_offset,
                               .runs   = (uint32_t *)(memory + index->runs_offset),
                               .words  = (uint32_t *)(memory + index->words_offset)};
}

/* The word of a key: 0 (absent) where no page exists, so that looking never makes a page. Lock-free. */
static inline uint32_t tern_index_view_get(const tern_index_view_t *view, tern_key_t key)
{
    uint64_t at = key - view->first;
    uint32_t run =
        __atomic_load_n(&view->runs[at / TERN_INDEX_PAGE_KEYS], __ATOMIC_ACQUIRE);

    if (__builtin_expect(run != 0, 1))
        return run + (uint32_t)(at % TERN_INDEX_PAGE_KEYS);
    if (!__atomic_load_n(&view->exists[at / TERN_INDEX_PAGE_KEYS], __ATOMIC_ACQUIRE))
        return 0;
    return __atomic_load_n(&view->words[at], __ATOMIC_ACQUIRE);
}

/* Begin to fetch what tern_index_view_get() will look at. */
static inline void tern_index_view_prefetch(const tern_index_view_t *view, tern_key_t key)
{
    uint64_t at = key - view->first;

    if (__atomic_load_n(&view->runs[at / TERN_INDEX_PAGE_KEYS], __ATOMIC_RELAXED) == 0)
        __builtin_prefetch(&view->words[at]);
}

static inline uint32_t tern_row_index_get(const tern_row_index_t *index, tern_key_t key)
{
    tern_index_view_t view = tern_row_index_view(index);

    return tern_index_view_get(&view, key);
}

/* By servers: create and commit the pages of `keys`. TERN_ERR_NO_MEMORY, logged; pages made by then stay. */
tern_status_t tern_row_index_commit(tern_row_index_t *index, tern_range_t keys,
                                    tern_ledger_t *ledger);

/* By servers: give `keys` the words first_word, first_word + 1, ... of owned rows; their pages, as far as they
 * are whole, become runs. TERN_ERR_NO_MEMORY as tern_row_index_commit(). */
tern_status_t tern_row_index_fill(tern_row_index_t *index, tern_range_t keys,
                                  uint32_t first_word, tern_ledger_t *ledger);

/* By servers: store a word, creating and committing its page. TERN_ERR_NO_MEMORY as tern_row_index_commit(). */
tern_status_t tern_row_index_put(tern_row_index_t *index, tern_key_t key, uint32_t word,
                                 tern_ledger_t *ledger);

/* Atomically replace `expected` by `word`; false if it was something else. The page must exist. */
bool tern_row_index_swap(tern_row_index_t *index, tern_key_t key, uint32_t expected,
                         uint32_t word);

uint64_t tern_row_index_num_pages(const tern_row_index_t *index);

#endif
