#include "store/lending.h"

#include <assert.h>

/* A round that is over. */
#define PASSED UINT64_MAX

size_t tern_lending_bytes(uint32_t num_borrowers)
{
    return sizeof(tern_lending_t) + num_borrowers * sizeof(tern_borrower_t);
}

void tern_lending_init(tern_lending_t *lending, uint32_t num_borrowers)
{
    assert((uintptr_t)lending % 64 == 0);

    lending->num_borrowers = num_borrowers;
}

/* Sequentially consistent, against the look in tern_lending_note(): either the borrower finds the row gone, or
 * the server finds the borrow. */
void tern_lending_begin(tern_lending_t *lending, uint32_t borrower)
{
    __atomic_fetch_add(&lending->borrowers[borrower].open, 1, __ATOMIC_SEQ_CST);
}

bool tern_lending_end(tern_lending_t *lending, uint32_t borrower)
{
    tern_borrower_t *self = &lending->borrowers[borrower];
    uint64_t         open = __atomic_load_n(&self->open, __ATOMIC_RELAXED);

    assert(open > 0);
    if (open == 1)
        __atomic_fetch_add(&self->round, 1, __ATOMIC_RELEASE);
    __atomic_store_n(&self->open, open - 1, __ATOMIC_SEQ_CST);
    return open == 1 && __atomic_load_n(&lending->num_waiting, __ATOMIC_SEQ_CST) > 0;
}

static bool is_over(const tern_borrower_t *borrower, uint64_t round)
{
    return round == PASSED ||
           __atomic_load_n(&borrower->round, __ATOMIC_ACQUIRE) != round ||
           __atomic_load_n(&borrower->open, __ATOMIC_SEQ_CST) == 0;
}

bool tern_lending_note(tern_lending_t *lending, uint64_t rounds[])
{
    bool has_passed = true;

    __atomic_fetch_add(&lending->num_waiting, 1, __ATOMIC_SEQ_CST);
    for (uint32_t b = 0; b < lending->num_borrowers; b++) {
        const tern_borrower_t *borrower = &lending->borrowers[b];

        rounds[b] = __atomic_load_n(&borrower->round, __ATOMIC_ACQUIRE);
        if (__atomic_load_n(&borrower->open, __ATOMIC_SEQ_CST) == 0)
            rounds[b] = PASSED;
        else
            has_passed = false;
    }
    if (has_passed)
        __atomic_fetch_sub(&lending->num_waiting, 1, __ATOMIC_RELAXED);
    return has_passed;
}

bool tern_lending_has_passed(tern_lending_t *lending, const uint64_t rounds[])
{
    for (uint32_t b = 0; b < lending->num_borrowers; b++)
        if (!is_over(&lending->borrowers[b], rounds[b]))
            return false;
    __atomic_fetch_sub(&lending->num_waiting, 1, __ATOMIC_RELAXED);
    return true;
}
