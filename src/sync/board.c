/** \file
 * Clock board: the node's minimum by a watched laggard, waits by futex.
 *
 * Minimum. To look at every clock on every publish would cost n^2 loads a step. Instead each lane
 * *watches* one worker that stands at the minimum. A worker that publishes looks at the watched one
 * only: while that one has not moved, the minimum cannot rise, and whoever moves it will look again. Only
 * when the watched worker has moved on are the clocks scanned: for another one at the old minimum, to be
 * watched from now on, or, if there is none, for the new minimum.
 *
 * Why none is missed. All accesses below are sequentially consistent. Let the lane's minimum rest
 * at m although every clock has passed m, and let worker w be the last whose store passed it. What w
 * loads after this store shows every clock beyond m, so w neither trusts the watched worker nor stops
 * its scan, and raises the minimum beyond m: a contradiction. `watched` may hold any slot at any time
 * without harm; it only saves work. Why it never goes too far: clocks only rise, so the least value that
 * a scan has seen is no more than the least clock when it ends; and the minimum is only raised.
 *
 * Waits. A waiter counts itself, reads the wake counter, then looks at the minimum, then sleeps unless
 * the counter has changed. A waker raises the minimum, bumps the counter, then looks for waiters.
 * Either the waker sees the waiter and wakes it, or the waiter sees the new minimum. A waiter that dies
 * asleep leaves its count behind, which costs others a system call and nothing else.
 */
#include "sync/board.h"

#include <assert.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CACHE_LINE 64

typedef struct lane {
    /* written when the job's minimum rises; every waiter reads it */
    alignas(CACHE_LINE) _Atomic uint64_t global_min;
    _Atomic uint32_t wake_count; /* the futex word */
    _Atomic uint32_t num_waiters;
    _Atomic int      laggard;
    /* written when the node's minimum rises or its laggard changes */
    alignas(CACHE_LINE) _Atomic uint64_t node_min;
    _Atomic uint32_t watched; /* slot; a hint */
} lane_t;

struct tern_board {
    lane_t   lanes[TERN_NUM_LANES];
    uint32_t num_workers; /* constant after init, as is holds_all */
    bool     holds_all;
    alignas(CACHE_LINE) _Atomic uint64_t clocks[]; /* [TERN_NUM_LANES][num_workers] */
};

size_t tern_board_bytes(uint32_t num_workers)
{
    size_t bytes = sizeof(tern_board_t) +
                   (size_t)TERN_NUM_LANES * num_workers * sizeof(_Atomic uint64_t);

    return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

void tern_board_init(tern_board_t *board, uint32_t num_workers, bool holds_all)
{
    assert((uintptr_t)board % CACHE_LINE == 0);
    board->num_workers = num_workers;
    board->holds_all   = holds_all;
    for (int i = 0; i < TERN_NUM_LANES; i++) {
        lane_t *lane = &board->lanes[i];

        atomic_store(&lane->laggard, -1);
        if (num_workers == 0)
            atomic_store(&lane->node_min, TERN_CLOCK_LEFT);
        if (num_workers == 0 && holds_all)
            atomic_store(&lane->global_min, TERN_CLOCK_LEFT);
    }
}

/* Where the clock of a slot is in board->clocks. */
static size_t clock_at(const tern_board_t *board, tern_lane_t lane, uint32_t slot)
{
    assert(slot < board->num_workers);
    return (size_t)lane * board->num_workers + slot;
}

/* Set *target to at least `value`; false if it was there already. */
static bool raise_to(_Atomic uint64_t *target, uint64_t value)
{
    uint64_t seen = atomic_load(target);

    while (seen < value)
        if (atomic_compare_exchange_weak(target, &seen, value))
            return true;
    return false;
}

/* The least clock and its slot. Stops at the first clock that is not beyond `floor`, since the least is
 * known to be no lower. Starts behind `start`, so that scans of a step do not all begin with those that
 * moved first. */
static uint64_t least_clock(const tern_board_t *board, tern_lane_t lane, uint64_t floor,
                            uint32_t start, uint32_t *slot_p)
{
    uint64_t least = TERN_CLOCK_LEFT;
    uint32_t slot  = start;

    *slot_p = start;
    for (uint32_t i = 0; i < board->num_workers; i++) {
        uint64_t clock;

        slot  = slot + 1 < board->num_workers ? slot + 1 : 0;
        clock = atomic_load(&board->clocks[clock_at(board, lane, slot)]);
        if (clock < least) {
            least   = clock;
            *slot_p = slot;
        }
        if (least <= floor)
            break;
    }
    return least;
}

/* Raise the node's minimum if nobody stands at it any more; true if this call raised it. */
static bool advance_node_min(tern_board_t *board, tern_lane_t number)
{
    lane_t  *lane     = &board->lanes[number];
    uint64_t node_min = atomic_load(&lane->node_min);
    uint32_t watched  = atomic_load(&lane->watched);
    uint32_t slot;
    uint64_t least;

    if (atomic_load(&board->clocks[clock_at(board, number, watched)]) <= node_min)
        return false;
    least = least_clock(board, number, node_min, watched, &slot);
    atomic_store(&lane->watched, slot);
    return raise_to(&lane->node_min, least);
}

bool tern_board_publish(tern_board_t *board, tern_lane_t lane, uint32_t slot,
                        uint64_t clock)
{
    _Atomic uint64_t *own = &board->clocks[clock_at(board, lane, slot)];
    bool              has_risen;

    assert(atomic_load(own) <= clock);
    atomic_store(own, clock);
    has_risen = advance_node_min(board, lane);

    /* Not only who raised the node's minimum passes it on: it may have died in between. */
    if (board->holds_all)
        tern_board_raise_global(board, lane, atomic_load(&board->lanes[lane].node_min),
                                -1);
    return has_risen;
}

uint64_t tern_board_worker_clock(const tern_board_t *board, tern_lane_t lane,
                                 uint32_t slot)
{
    return atomic_load(&board->clocks[clock_at(board, lane, slot)]);
}

uint64_t tern_board_node_min(const tern_board_t *board, tern_lane_t lane,
                             uint32_t *slot_p)
{
    if (slot_p)
        least_clock(board, lane, 0, 0, slot_p);
    return atomic_load(&board->lanes[lane].node_min);
}

uint64_t tern_board_global_min(const tern_board_t *board, tern_lane_t lane)
{
    return atomic_load(&board->lanes[lane].global_min);
}

int tern_board_laggard(const tern_board_t *board, tern_lane_t lane)
{
    return atomic_load(&board->lanes[lane].laggard);
}

static void wake_lane(lane_t *lane)
{
    atomic_fetch_add(&lane->wake_count, 1);
    if (atomic_load(&lane->num_waiters) > 0)
        syscall(SYS_futex, &lane->wake_count, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void tern_board_raise_global(tern_board_t *board, tern_lane_t number, uint64_t clock,
                             int laggard)
{
    lane_t *lane = &board->lanes[number];

    if (clock < atomic_load(&lane->global_min))
        return;
    if (laggard != atomic_load(&lane->laggard))
        atomic_store(&lane->laggard, laggard);
    if (raise_to(&lane->global_min, clock))
        wake_lane(lane);
}

bool tern_board_wait(tern_board_t *board, tern_lane_t number, uint64_t clock,
                     uint64_t timeout_ns)
{
    lane_t         *lane    = &board->lanes[number];
    struct timespec timeout = {.tv_sec  = (time_t)(timeout_ns / 1000000000u),
                               .tv_nsec = (long)(timeout_ns % 1000000000u)};
    uint32_t        wake_count;

    if (atomic_load(&lane->global_min) >= clock)
        return true;
    atomic_fetch_add(&lane->num_waiters, 1);
    wake_count = atomic_load(&lane->wake_count);
    if (atomic_load(&lane->global_min) < clock)
        syscall(SYS_futex, &lane->wake_count, FUTEX_WAIT, wake_count, &timeout, NULL, 0);
    atomic_fetch_sub(&lane->num_waiters, 1);
    return atomic_load(&lane->global_min) >= clock;
}

void tern_board_wake(tern_board_t *board)
{
    for (int i = 0; i < TERN_NUM_LANES; i++)
        wake_lane(&board->lanes[i]);
}
