/** \file
 * A segment: one server's rows of one table, in memory that its node shares.
 *
 * \code
 * segment = header | dirty bitmap | slabs of rows
 * \endcode
 * The header tells every rank of the node whether the rows may be touched: its epoch must be the
 * rank's, its state open, its lease not expired. A lease of TERN_LEASE_NONE never expires (runs
 * that do not survive failures) and costs no look at the clock.
 *
 * Slots are committed slab by slab before they are used. Only the segment's server allocates, removes
 * and frees slots; any rank of the node reads and updates rows.
 */
#ifndef TERN_STORE_SEGMENT_H
#define TERN_STORE_SEGMENT_H

#include "base/timer.h"
#include "store/layout.h"
#include "store/ledger.h"

#define TERN_LEASE_NONE UINT64_MAX

typedef enum tern_segment_state {
    TERN_SEGMENT_NEW = 0,
    TERN_SEGMENT_OPEN,
    TERN_SEGMENT_SEALED
} tern_segment_state_t;

typedef struct tern_segment_header {
    uint64_t magic;
    uint64_t epoch; /* atomic; the membership under which the rows are owned */
    uint64_t lease_deadline_ns; /* atomic; monotonic clock, TERN_LEASE_NONE: no lease */
    uint32_t state;             /* atomic; tern_segment_state_t */
    uint32_t slab_slots;
    uint64_t num_slots;       /* capacity */
    uint64_t committed_slots; /* atomic; slots below may be touched */
    uint64_t promised_slots;  /* atomic; that hold rows or wait for rows on their way */
    uint64_t dirty_offset, rows_offset; /* from the header */
} tern_segment_header_t;

/* A rank's handle on a segment that its node maps. */
typedef struct tern_segment {
    tern_segment_header_t *header;
    uint64_t              *dirty; /* bit per slot: changed since the last clear */
    char                  *rows;  /* slot i at rows + i * stride */
    uint32_t               stride;
} tern_segment_t;

/* Bytes to reserve for `num_slots` rows, bitmap and header included, rounded to pages. */
size_t tern_segment_bytes(const tern_row_layout_t *layout, uint64_t num_slots);

/* By the server, on zeroed page-aligned memory of tern_segment_bytes(): format the header, which touches
 * one page; tern_segment_commit() enters it in the ledger with the first slab. */
void tern_segment_format(void *memory, const tern_row_layout_t *layout,
                         uint64_t num_slots, uint64_t epoch);

/* By every rank of the node, after the server formatted it. */
void tern_segment_attach(tern_segment_t *segment, void *memory,
                         const tern_row_layout_t *layout);

/* Make slots [0, num_slots) touchable, in whole slabs, entered in the ledger. Never SIGBUS. Any rank of the node;
 * several at once commit what the largest of them asks for.
 * TERN_ERR_NO_MEMORY, logged: how much was asked, how much there is, how to raise it. */
tern_status_t tern_segment_commit(tern_segment_t *segment, uint64_t num_slots,
                                  tern_ledger_t *ledger);

/* Promise slots to rows that are to come, and commit them, so that their arrival cannot fail. Any rank of the
 * node. Returns how many of `num_slots` were promised: fewer where the segment is full or memory ends. */
uint64_t tern_segment_promise(tern_segment_t *segment, uint64_t num_slots,
                              tern_ledger_t *ledger);

/* Slots promised in vain, or left by their rows. */
void tern_segment_withdraw(tern_segment_t *segment, uint64_t num_slots);

void tern_segment_open(tern_segment_t *segment, uint64_t epoch,
                       uint64_t lease_deadline_ns);
void tern_segment_seal(tern_segment_t *segment);

/* True if the segment's rows may be touched under `epoch` now. */
static inline bool tern_segment_is_usable(const tern_segment_t *segment, uint64_t epoch)
{
    const tern_segment_header_t *header = segment->header;
    uint64_t                     deadline;

    if (__atomic_load_n(&header->state, __ATOMIC_ACQUIRE) != TERN_SEGMENT_OPEN ||
        __atomic_load_n(&header->epoch, __ATOMIC_RELAXED) != epoch)
        return false;
    deadline = __atomic_load_n(&header->lease_deadline_ns, __ATOMIC_RELAXED);
    return __builtin_expect(deadline == TERN_LEASE_NONE, 1) || tern_timer_ns() < deadline;
}

/* Mark a slot as changed, by whoever holds its latch. The test spares the bus: marks stay set between
 * checkpoints. It is safe because the latch was taken by a sequentially consistent exchange: who
 * clears the mark after this test finds the latch held, waits, and sees the change. */
static inline void tern_segment_mark(const tern_segment_t *segment, uint64_t slot)
{
    uint64_t *marks = &segment->dirty[slot / 64];
    uint64_t  mark  = UINT64_C(1) << slot % 64;

    if (__builtin_expect(!(__atomic_load_n(marks, __ATOMIC_RELAXED) & mark), 0))
        __atomic_fetch_or(marks, mark, __ATOMIC_SEQ_CST);
}

/* Of the slots changed since the last call, visit each once, in order, and clear its mark first; a reader
 * that then takes the row through its latch's word has the change. Returns their number. */
typedef void tern_segment_visit_fn(uint64_t slot, void *context);
size_t tern_segment_take_dirty(tern_segment_t *segment, tern_segment_visit_fn *visit,
                               void *context);

#endif
