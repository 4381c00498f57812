/** \file
 * A row's latch and sequence in one 64-bit word.
 *
 * \code
 * word = counter (48 bits) | holder (15 bits) | locked (1 bit)
 * \endcode
 * Free: holder and locked bit are zero. Taking it is one compare-and-swap that writes the holder's number
 * and the locked bit, giving it back one store that adds one to the counter. So a reader that finds
 * the same free word before and after its copy knows that nobody wrote meanwhile (a seqlock, Lameter
 * 2005; Boehm, MSPC 2012 for the fences), and 48 bits never come round while a reader copies.
 *
 * The holder's number makes the death of a holder bearable: whoever waits too long asks whether the holder's
 * process has ended and, if so, breaks the latch by compare-and-swap from the exact word it saw. No
 * other word can be hit, since every release and every break raises the counter.
 *
 * A latch that the caller itself holds (a row it has borrowed latched) does not stop it: the access
 * belongs to what it is doing under that latch.
 */
#ifndef TERN_STORE_LATCH_H
#define TERN_STORE_LATCH_H

#include "store/holder.h"
#include "tern/counters.h"

#define TERN_LATCH_LOCKED       UINT64_C(1)
#define TERN_LATCH_HOLDER_SHIFT 1
#define TERN_LATCH_HOLDER_MAX   UINT64_C(0x7fff)
#define TERN_LATCH_COUNTER_ONE  (UINT64_C(1) << 16)

/* Who takes latches: one per rank. */
typedef struct tern_latch_user {
    uint64_t mark;     /* what a latch held by this rank has in its low 16 bits */
    bool     is_alone; /* nobody else can take a latch or read a row */
    const tern_holders_t *holders;
    tern_counters_t      *counters;
} tern_latch_user_t;

static inline uint32_t tern_latch_holder(uint64_t word)
{
    return (uint32_t)(word >> TERN_LATCH_HOLDER_SHIFT & TERN_LATCH_HOLDER_MAX);
}

void tern_latch_user_init(tern_latch_user_t *user, const tern_holders_t *holders,
                          tern_counters_t *counters);

/* Wait until the latch is free or the caller's own, breaking it if its holder is dead; returns the word. */
uint64_t tern_latch_await(uint64_t *latch, const tern_latch_user_t *user);

/* Take the latch, waiting for it. Returns the word before; it has the locked bit if the caller held the
 * latch already. */
uint64_t tern_latch_acquire_slowly(uint64_t *latch, const tern_latch_user_t *user);

/* One attempt from `before`, a word seen free. Who is alone needs no locked instruction, which would wait until all
 * stores before it are done: 7 of 32 ns for a row of width 1. The fence keeps the row's stores behind the word's for
 * readers on machines that could swap them. Sequentially consistent, because the mark of a changed
 * row relies on it (segment.h). */
static inline bool tern_latch_try(uint64_t *latch, uint64_t before,
                                  const tern_latch_user_t *user)
{
    bool taken = true;

    if (user->is_alone)
        __atomic_store_n(latch, before | user->mark, __ATOMIC_RELAXED);
    else
        taken = __atomic_compare_exchange_n(latch, &before, before | user->mark, false,
                                            __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
#ifndef __SANITIZE_THREAD__ /* it does not know fences; there every store of a row is a release */
    __atomic_thread_fence(__ATOMIC_RELEASE);
#endif
    return taken;
}

static inline uint64_t tern_latch_acquire(uint64_t *latch, const tern_latch_user_t *user)
{
    uint64_t before = __atomic_load_n(latch, __ATOMIC_RELAXED);

    if (__builtin_expect(!(before & TERN_LATCH_LOCKED), 1) &&
        __builtin_expect(tern_latch_try(latch, before, user), 1))
        return before;
    return tern_latch_acquire_slowly(latch, user);
}

/* The row changed: readers that overlapped start again. */
static inline void tern_latch_release(uint64_t *latch, uint64_t before)
{
    if (__builtin_expect(!(before & TERN_LATCH_LOCKED), 1))
        __atomic_store_n(latch, before + TERN_LATCH_COUNTER_ONE, __ATOMIC_RELEASE);
}

/* The row did not change. */
static inline void tern_latch_release_unchanged(uint64_t *latch, uint64_t before)
{
    if (!(before & TERN_LATCH_LOCKED))
        __atomic_store_n(latch, before, __ATOMIC_RELEASE);
}

/* Begin a read: a word without the locked bit, or the caller's own latch. */
static inline uint64_t tern_latch_read_begin(uint64_t                *latch,
                                             const tern_latch_user_t *user)
{
    uint64_t word = __atomic_load_n(latch, __ATOMIC_ACQUIRE);

    return __builtin_expect(!(word & TERN_LATCH_LOCKED), 1)
               ? word
               : tern_latch_await(latch, user);
}

/* End a read: true if nothing was written since the word was `begin`. */
static inline bool tern_latch_read_validate(const uint64_t *latch, uint64_t begin)
{
#ifndef __SANITIZE_THREAD__ /* there every load of a row is an acquire */
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
    return __atomic_load_n(latch, __ATOMIC_RELAXED) == begin;
}

#endif
