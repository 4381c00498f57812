/** \file
 * Waiting for a latch: spin, then give the core away, and now and then ask whether the holder lives.
 *
 * Latches are held for tens of nanoseconds, so a short spin nearly always suffices. Where ranks
 * outnumber cores the holder may have lost its core: then spinning only keeps it from running.
 */
#include "store/latch.h"

#include <assert.h>
#include <sched.h>

#include "base/log.h"
#include "base/timer.h"

enum {
    NUM_SPINS        = 128, /* about 5 us on x86 */
    YIELDS_PER_CHECK = 32,  /* a look at the pidfd costs as much as a yield */
};

#define STALL_NS UINT64_C(10000000000)

void tern_latch_user_init(tern_latch_user_t *user, const tern_holders_t *holders,
                          tern_counters_t *counters)
{
    assert(holders->self >= 1 && holders->self <= TERN_LATCH_HOLDER_MAX);

    user->mark = (uint64_t)holders->self << TERN_LATCH_HOLDER_SHIFT | TERN_LATCH_LOCKED;
    user->is_alone = holders->num_holders == 1;
    user->holders  = holders;
    user->counters = counters;
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* Free the latch of a holder that is dead; only one of those who try succeeds. */
static void break_latch(uint64_t *latch, uint64_t seen, const tern_latch_user_t *user)
{
    uint64_t counter = seen & ~(TERN_LATCH_COUNTER_ONE - 1);

    if (!__atomic_compare_exchange_n(latch, &seen, counter + TERN_LATCH_COUNTER_ONE,
                                     false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return;
    user->counters->latches_broken++;
    tern_log(TERN_LOG_STORE, TERN_LOG_WARN,
             "broke the latch of dead holder %u; its row may hold a part of one update",
             tern_latch_holder(seen));
}

/* A holder that lives but does not come back (stopped, or it lends the row for very long) is named. */
static void report_stall(uint64_t word, uint64_t *next_report_ns_p)
{
    uint64_t now_ns = tern_timer_ns();

    if (*next_report_ns_p == 0)
        *next_report_ns_p = now_ns + STALL_NS;
    if (now_ns < *next_report_ns_p)
        return;
    tern_log(TERN_LOG_STORE, TERN_LOG_WARN,
             "has waited %u s for a row's latch, which rank %u of this node holds",
             (unsigned)(STALL_NS / 1000000000u), tern_latch_holder(word) - 1);
    *next_report_ns_p = now_ns + STALL_NS;
}

uint64_t tern_latch_await(uint64_t *latch, const tern_latch_user_t *user)
{
    uint64_t next_report_ns = 0;
    uint64_t word;

    for (unsigned round = 0;; round++) {
        word = __atomic_load_n(latch, __ATOMIC_ACQUIRE);
        if (!(word & TERN_LATCH_LOCKED) ||
            (word & (TERN_LATCH_COUNTER_ONE - 1)) == user->mark)
            return word;
        if (round < NUM_SPINS) {
            relax();
            continue;
        }
        if (round % YIELDS_PER_CHECK == 0) {
            if (tern_holders_is_dead(user->holders, tern_latch_holder(word)))
                break_latch(latch, word, user);
            report_stall(word, &next_report_ns);
        }
        sched_yield();
    }
}

uint64_t tern_latch_acquire_slowly(uint64_t *latch, const tern_latch_user_t *user)
{
    uint64_t before           = __atomic_load_n(latch, __ATOMIC_RELAXED);
    bool     is_held_by_other = (before & TERN_LATCH_LOCKED) &&
                            (before & (TERN_LATCH_COUNTER_ONE - 1)) != user->mark;

    user->counters->latch_waits += is_held_by_other;
    do
        before = tern_latch_await(latch, user);
    while (!(before & TERN_LATCH_LOCKED) && !tern_latch_try(latch, before, user));
    return before;
}
