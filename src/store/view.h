/** \file
 * A node's view of a table: all segments of the node and how to find a key in them.
 *
 * This is the fast path: any rank of the node reads and updates rows here by loads and stores, in
 * batches that look up, prefetch and access in a software pipeline.
 *
 * Read: seqlock (word; key; copy; fence; word again). A mismatch of the key restarts at the index.
 * Write: compare-and-swap takes the latch in the word, the key is compared after that, the rule
 * changes the row in place, release bumps the counter.
 *
 * Authority: a segment that is sealed, of another epoch or past its lease turns its keys into misses. A
 * change is checked under the row's latch, so it is either applied while the segment was open or
 * reported missing, never both; a batch of reads is checked before and after and read again if a
 * segment changed meanwhile.
 */
#ifndef TERN_STORE_VIEW_H
#define TERN_STORE_VIEW_H

#include "base/arcs.h"
#include "store/change.h"
#include "store/hash_index.h"
#include "store/holder.h"
#include "store/index.h"
#include "store/latch.h"
#include "store/layout.h"
#include "store/segment.h"
#include "tern/access.h"
#include "tern/counters.h"
#include "tern/update.h"

/* How a key finds its slot; chosen once. */
typedef enum tern_finder {
    TERN_FIND_SINGLE,   /* arithmetic, one segment */
    TERN_FIND_SEGMENTS, /* arithmetic */
    TERN_FIND_PAGED_SINGLE,
    TERN_FIND_PAGED,
    TERN_FIND_HASH_SINGLE, /* the segment has all keys of the table */
    TERN_FIND_HASH,
} tern_finder_t;

/* The number of a segment that is on another node. */
#define TERN_SEGMENT_ELSEWHERE UINT32_MAX

/* Initial values of a row. */
typedef void tern_row_fill_fn(tern_key_t key, uint32_t width, tern_type_t type,
                              void *value, void *context);

/* Which segment a key belongs to where rows come with their first change; borrowed. */
typedef struct tern_homes {
    const tern_arcs_t *ring;        /* over the keys' hashes; NULL: by segment_keys */
    const uint32_t    *segments;    /* [servers]: numbers of their segments, or elsewhere */
    uint32_t           num_servers; /* of the table */
} tern_homes_t;

typedef struct tern_view {
    tern_row_layout_t layout;
    tern_range_t      keys; /* of the table */
    uint32_t          num_segments;
    tern_segment_t   *segments;     /* [num_segments], this node's servers in order */
    tern_range_t     *segment_keys; /* [num_segments]; arithmetic: slot = key - first */
    tern_row_index_t *index;        /* NULL: arithmetic */
    uint32_t          slot_shift;   /* paged: node slot >> slot_shift = segment */
    tern_hash_view_t *hashes;       /* [num_segments]; NULL: rows are there from the start */
    tern_homes_t      homes;        /* with `hashes` */
    tern_row_fill_fn *fill;         /* with `hashes`: what a key without a row reads as */
    void             *fill_context;
    const tern_holders_t *holders;
    uint64_t              epoch; /* the segments must carry it */
    tern_update_fn       *apply;
    const void           *apply_context;
    uint32_t              push_bytes;   /* of a pushed row; 0: those of its values */
    bool                  adds_float32; /* `apply` adds, and may be done in line */
    tern_change_hook_t    change_hook;  /* applied == NULL: none */
    uint32_t              source;       /* this rank, for changes in node memory */
    uint64_t              clock; /* of whose change is applied next, for the column */
    tern_counters_t      *counters;     /* read_retries, latch_waits, latches_broken */

    /* Derived by tern_view_init(). */
    tern_latch_user_t latch;
    tern_finder_t     finder;
    tern_index_view_t words; /* paged */
    char   **usable_rows;    /* [num_segments], as of the last batch; NULL: not usable */
    uint32_t distance;       /* rows to prefetch ahead */
    bool     has_books;      /* a column or a hook wants to know of changes */
    void    *staged_row;     /* thread sanitizer only: where rules run */
} tern_view_t;

/* Derive the rest, after the fields above are set, the segments attached and the index formatted. Epoch and
 * rule may change later; call tern_view_set_hook() to change the hook. TERN_ERR_NO_MEMORY. */
tern_status_t tern_view_init(tern_view_t *view);
void          tern_view_fini(tern_view_t *view);
void          tern_view_set_hook(tern_view_t *view, tern_change_hook_t hook);

/* With `hashes`: the segment of this node that has `key`, whether or not there is a row; TERN_SEGMENT_ELSEWHERE. */
uint32_t tern_view_home(const tern_view_t *view, tern_key_t key);

/* True if the row of `key` is on this node and its segment is open; with `hashes`, if it would be. */
bool tern_view_has(const tern_view_t *view, tern_key_t key);

/* Views with a paged index. The state of `key` on this node, and the segment of its row, or that its row is on
 * its way to. */
static inline tern_row_state_t tern_view_state(const tern_view_t *view, tern_key_t key,
                                               uint32_t *segment_p)
{
    uint32_t word = tern_index_view_get(&view->words, key);

    *segment_p = (word & TERN_INDEX_SLOT_MASK) >> view->slot_shift;
    return tern_index_state(word);
}

/* The index word of a row that is on its way to a segment of this node. */
static inline uint32_t tern_view_arriving_word(const tern_view_t *view, uint32_t segment)
{
    return tern_index_word(TERN_ROW_ARRIVING, segment << view->slot_shift);
}

/* Copy the rows that are here: values[i] for keys[i]. `missing` [num_keys] receives the positions of
 * the others in rising order; returns how many. Keys must lie in the table. With `hashes`, keys that are at home here
 * and have no row read as `fill` says. */
size_t tern_view_read(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                      void *values, uint32_t missing[]);

/* Apply the update rule to the rows that are here, in order; missing as above, keys without a row among them. `source`
 * and `sequence` go to the change hook. */
size_t tern_view_update(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                        const void *deltas, uint32_t missing[], uint32_t source,
                        uint64_t sequence);

/* Overwrite values, zero state. Significance becomes infinite: how much changed is unknown. */
size_t tern_view_set(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                     const void *values, uint32_t missing[], uint32_t source,
                     uint64_t sequence);

/* The same for the contiguous keys of `range`; row i of `values` belongs to range.first + i. */
size_t tern_view_read_range(tern_view_t *view, tern_range_t range, void *values,
                            uint32_t missing[]);
size_t tern_view_update_range(tern_view_t *view, tern_range_t range, const void *deltas,
                              uint32_t missing[], uint32_t source, uint64_t sequence);

/* tern_borrow() and tern_return() for the rows that are here; returns how many are not. */
size_t tern_view_borrow(tern_view_t *view, size_t num_keys, const tern_key_t keys[],
                        tern_borrow_mode_t mode, tern_borrowed_t rows[]);
/* Returns how many rows others changed meanwhile (SHARED only, else 0). Latched and exclusive rows count
 * as changed: dirty, version, and the hook sees a SET. Exclusive borrows leave the sequence word alone, so
 * SHARED borrowers do not notice what they changed. */
size_t tern_view_return(tern_view_t *view, size_t num_keys, tern_borrow_mode_t mode,
                        tern_borrowed_t rows[]);

#endif
