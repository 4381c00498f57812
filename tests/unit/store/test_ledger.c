#include "facts.h"
#include "store/ledger.h"

static void nothing_is_entered_beyond_the_limit(void)
{
    tern_ledger_t ledger;

    tern_ledger_init(&ledger, 100);
    CU_ASSERT(tern_ledger_commit(&ledger, 60));
    CU_ASSERT(!tern_ledger_commit(&ledger, 41));
    CU_ASSERT_EQUAL(ledger.committed_bytes, 60);
    CU_ASSERT(tern_ledger_commit(&ledger, 40));
    tern_ledger_uncommit(&ledger, 60);
    CU_ASSERT_EQUAL(ledger.committed_bytes, 40);
}

static void reserving_and_committing_are_separate_sums(void)
{
    tern_ledger_t ledger;

    tern_ledger_init(&ledger, 100);
    CU_ASSERT(tern_ledger_reserve(&ledger, 100));
    CU_ASSERT(!tern_ledger_reserve(&ledger, 1));
    CU_ASSERT(tern_ledger_commit(&ledger, 100));
    tern_ledger_release(&ledger, 100);
    CU_ASSERT_EQUAL(ledger.reserved_bytes, 0);
    CU_ASSERT_EQUAL(ledger.committed_bytes, 100);
}

static void huge_requests_do_not_wrap_around(void)
{
    tern_ledger_t ledger;

    tern_ledger_init(&ledger, 100);
    CU_ASSERT(tern_ledger_commit(&ledger, 50));
    CU_ASSERT(!tern_ledger_commit(&ledger, UINT64_MAX - 10));
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(nothing_is_entered_beyond_the_limit),
        FACT(reserving_and_committing_are_separate_sums),
        FACT(huge_requests_do_not_wrap_around),
    };

    return facts_run("store/ledger", facts, sizeof(facts) / sizeof(facts[0]));
}
