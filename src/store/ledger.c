/** \file
 * Bytes reserved and committed, each a sum that never passes the limit.
 */
#include "store/ledger.h"

#include <assert.h>

void tern_ledger_init(tern_ledger_t *ledger, uint64_t limit_bytes)
{
    __atomic_store_n(&ledger->reserved_bytes, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&ledger->committed_bytes, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&ledger->limit_bytes, limit_bytes, __ATOMIC_RELEASE);
}

/* Ranks add at the same time: the sum is compared and written in one step. */
static bool add_within(uint64_t *sum, uint64_t bytes, uint64_t limit)
{
    uint64_t now = __atomic_load_n(sum, __ATOMIC_RELAXED);

    do {
        if (now > limit || bytes > limit - now)
            return false;
    } while (!__atomic_compare_exchange_n(sum, &now, now + bytes, true, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    return true;
}

static void subtract(uint64_t *sum, uint64_t bytes)
{
    uint64_t before = __atomic_fetch_sub(sum, bytes, __ATOMIC_ACQ_REL);

    assert(before >= bytes);
    (void)before;
}

bool tern_ledger_reserve(tern_ledger_t *ledger, uint64_t bytes)
{
    return add_within(&ledger->reserved_bytes, bytes,
                      __atomic_load_n(&ledger->limit_bytes, __ATOMIC_ACQUIRE));
}

void tern_ledger_release(tern_ledger_t *ledger, uint64_t bytes)
{
    subtract(&ledger->reserved_bytes, bytes);
}

bool tern_ledger_commit(tern_ledger_t *ledger, uint64_t bytes)
{
    return add_within(&ledger->committed_bytes, bytes,
                      __atomic_load_n(&ledger->limit_bytes, __ATOMIC_ACQUIRE));
}

void tern_ledger_uncommit(tern_ledger_t *ledger, uint64_t bytes)
{
    subtract(&ledger->committed_bytes, bytes);
}
