/** \file
 * Formatting, committing and marking the rows of one segment.
 *
 * Rows follow each other without gaps; a slab is only the unit of committing, about 2 MiB. Header and
 * dirty bitmap are entered in the ledger with the first slab.
 */
#include "store/segment.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "store/pages.h"

#define MAGIC UINT64_C(0x746e656d6765736e) /* "nsegment" */

static const uint64_t slab_bytes = 2u << 20;

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static size_t dirty_bytes(uint64_t num_slots)
{
    return (size_t)((num_slots + 63) / 64 * sizeof(uint64_t));
}

static size_t rows_offset(uint64_t num_slots)
{
    return tern_pages_round(sizeof(tern_segment_header_t) + dirty_bytes(num_slots));
}

size_t tern_segment_bytes(const tern_row_layout_t *layout, uint64_t num_slots)
{
    return rows_offset(num_slots) + tern_pages_round(num_slots * layout->stride);
}

void tern_segment_format(void *memory, const tern_row_layout_t *layout,
                         uint64_t num_slots, uint64_t epoch)
{
    tern_segment_header_t *header = memory;

    assert((uintptr_t)memory % tern_pages_bytes() == 0);

    header->epoch             = epoch;
    header->lease_deadline_ns = TERN_LEASE_NONE;
    header->state             = TERN_SEGMENT_NEW;
    header->slab_slots =
        layout->stride < slab_bytes ? (uint32_t)(slab_bytes / layout->stride) : 1;
    header->num_slots       = num_slots;
    header->committed_slots = 0;
    header->promised_slots  = 0;
    header->dirty_offset    = sizeof(*header);
    header->rows_offset     = rows_offset(num_slots);
    __atomic_store_n(&header->magic, MAGIC, __ATOMIC_RELEASE);
}

void tern_segment_attach(tern_segment_t *segment, void *memory,
                         const tern_row_layout_t *layout)
{
    tern_segment_header_t *header = memory;

    assert(__atomic_load_n(&header->magic, __ATOMIC_ACQUIRE) == MAGIC);

    segment->header = header;
    segment->dirty  = (uint64_t *)((char *)memory + header->dirty_offset);
    segment->rows   = (char *)memory + header->rows_offset;
    segment->stride = layout->stride;
}

/* Bytes from the header to the end of the page in which slot `num_slots` would begin. */
static size_t bytes_up_to(const tern_segment_t *segment, uint64_t num_slots)
{
    if (num_slots == 0)
        return 0;
    return segment->header->rows_offset + tern_pages_round(num_slots * segment->stride);
}

static void log_refusal(const tern_ledger_t *ledger, size_t bytes, int error)
{
    uint64_t limit     = __atomic_load_n(&ledger->limit_bytes, __ATOMIC_RELAXED);
    uint64_t committed = __atomic_load_n(&ledger->committed_bytes, __ATOMIC_RELAXED);

    tern_log(
        TERN_LOG_STORE, TERN_LOG_ERROR,
        "cannot commit %zu bytes of shared memory for rows: %s; this node may use %llu "
        "bytes and %llu are taken; enlarge /dev/shm (mount -o remount,size=... /dev/shm; "
        "containers: --shm-size) or use more nodes",
        bytes, error == 0 ? "beyond the limit" : strerror(error),
        (unsigned long long)limit, (unsigned long long)committed);
}

/* Slots [committed, target); false, logged, if there is no memory for them. */
static bool commit_slots(tern_segment_t *segment, uint64_t committed, uint64_t target,
                         tern_ledger_t *ledger, size_t *bytes_p)
{
    char  *memory = (char *)segment->header;
    size_t begin = bytes_up_to(segment, committed), end = bytes_up_to(segment, target);
    int    error;

    *bytes_p = end - begin;
    if (!tern_ledger_commit(ledger, end - begin)) {
        log_refusal(ledger, end - begin, 0);
        return false;
    }
    error = tern_pages_extend(memory, begin, end);
    if (error == 0)
        return true;
    tern_ledger_uncommit(ledger, end - begin);
    log_refusal(ledger, end - begin, error);
    return false;
}

/* Who loses a race takes its bytes back out of the ledger and looks again. */
tern_status_t tern_segment_commit(tern_segment_t *segment, uint64_t num_slots,
                                  tern_ledger_t *ledger)
{
    tern_segment_header_t *header = segment->header;
    uint64_t               slab   = header->slab_slots;
    uint64_t target    = min_u64((num_slots + slab - 1) / slab * slab, header->num_slots);
    uint64_t committed = __atomic_load_n(&header->committed_slots, __ATOMIC_ACQUIRE);
    size_t   bytes;

    assert(num_slots <= header->num_slots);

    while (committed < target) {
        if (!commit_slots(segment, committed, target, ledger, &bytes))
            return TERN_ERR_NO_MEMORY;
        if (__atomic_compare_exchange_n(&header->committed_slots, &committed, target,
                                        false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            break;
        tern_ledger_uncommit(ledger, bytes);
    }
    return TERN_OK;
}

uint64_t tern_segment_promise(tern_segment_t *segment, uint64_t num_slots,
                              tern_ledger_t *ledger)
{
    tern_segment_header_t *header = segment->header;
    uint64_t promised = __atomic_load_n(&header->promised_slots, __ATOMIC_RELAXED);
    uint64_t granted;

    do {
        granted = min_u64(num_slots, header->num_slots - promised);
    } while (!__atomic_compare_exchange_n(&header->promised_slots, &promised,
                                          promised + granted, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    if (granted == 0 ||
        tern_segment_commit(segment, promised + granted, ledger) == TERN_OK)
        return granted;
    tern_segment_withdraw(segment, granted);
    return 0;
}

void tern_segment_withdraw(tern_segment_t *segment, uint64_t num_slots)
{
    __atomic_fetch_sub(&segment->header->promised_slots, num_slots, __ATOMIC_ACQ_REL);
}

void tern_segment_open(tern_segment_t *segment, uint64_t epoch,
                       uint64_t lease_deadline_ns)
{
    tern_segment_header_t *header = segment->header;

    __atomic_store_n(&header->lease_deadline_ns, lease_deadline_ns, __ATOMIC_RELAXED);
    __atomic_store_n(&header->epoch, epoch, __ATOMIC_RELAXED);
    __atomic_store_n(&header->state, TERN_SEGMENT_OPEN, __ATOMIC_RELEASE);
}

/* Sequentially consistent: whoever takes a latch after the seal sees it. */
void tern_segment_seal(tern_segment_t *segment)
{
    __atomic_store_n(&segment->header->state, TERN_SEGMENT_SEALED, __ATOMIC_SEQ_CST);
}

size_t tern_segment_take_dirty(tern_segment_t *segment, tern_segment_visit_fn *visit,
                               void *context)
{
    uint64_t num_words =
        (__atomic_load_n(&segment->header->committed_slots, __ATOMIC_ACQUIRE) + 63) / 64;
    size_t num_taken = 0;

    for (uint64_t i = 0; i < num_words; i++) {
        uint64_t marks;

        if (__atomic_load_n(&segment->dirty[i], __ATOMIC_RELAXED) == 0)
            continue;
        marks = __atomic_exchange_n(&segment->dirty[i], 0, __ATOMIC_SEQ_CST);
        for (; marks != 0; marks &= marks - 1, num_taken++)
            visit(i * 64 + (uint64_t)__builtin_ctzll(marks), context);
    }
    return num_taken;
}
