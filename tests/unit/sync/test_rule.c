/** \file
 * The three bounds.
 */
#include "support/facts.h"
#include "sync/rule.h"

static void bulk_synchronous_waits_for_everybody(void)
{
    CU_ASSERT_EQUAL(tern_sync_bsp.required_min(0, 0), 0);
    CU_ASSERT_EQUAL(tern_sync_bsp.required_min(7, 0), 7);
    CU_ASSERT_EQUAL(tern_sync_bsp.required_min(7, 3), 7);
}

static void bounded_delay_allows_staleness_clocks(void)
{
    CU_ASSERT_EQUAL(tern_sync_ssp.required_min(0, 3), 0);
    CU_ASSERT_EQUAL(tern_sync_ssp.required_min(3, 3), 0);
    CU_ASSERT_EQUAL(tern_sync_ssp.required_min(4, 3), 1);
    CU_ASSERT_EQUAL(tern_sync_ssp.required_min(UINT64_MAX - 1, 1), UINT64_MAX - 2);
}

static void bounded_delay_of_zero_is_bulk_synchronous(void)
{
    for (uint64_t clock = 0; clock < 10; clock++)
        CU_ASSERT_EQUAL(tern_sync_ssp.required_min(clock, 0),
                        tern_sync_bsp.required_min(clock, 0));
}

static void asynchronous_waits_for_nobody(void)
{
    CU_ASSERT_EQUAL(tern_sync_async.required_min(1000, 0), 0);
    CU_ASSERT_EQUAL(tern_sync_async.required_min(UINT64_MAX, 5), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(bulk_synchronous_waits_for_everybody),
        FACT(bounded_delay_allows_staleness_clocks),
        FACT(bounded_delay_of_zero_is_bulk_synchronous),
        FACT(asynchronous_waits_for_nobody),
    };

    return facts_run("sync/rule", facts, sizeof(facts) / sizeof(facts[0]));
}
