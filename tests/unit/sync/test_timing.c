#include "sync/timing.h"

#include "facts.h"

static uint64_t horizon_at(double rate)
{
    tern_timing_t timing = {.rate = rate};

    return tern_timing_horizon(&timing);
}

/* Quantiles of the Poisson distribution, from its tables. */
static void the_horizon_is_the_quantile_of_two_rounds(void)
{
    CU_ASSERT_EQUAL(horizon_at(0), 0);
    CU_ASSERT_EQUAL(horizon_at(0.5), 6);
    CU_ASSERT_EQUAL(horizon_at(1), 9);
    CU_ASSERT_EQUAL(horizon_at(10), 39);
}

static void many_clocks_a_round_join_the_normal_distribution(void)
{
    uint64_t below = horizon_at(249.999), above = horizon_at(250);

    CU_ASSERT(above >= below && above <= below + 3);
    CU_ASSERT(horizon_at(1e6) > 2000000 && horizon_at(1e6) < 2010000);
}

static void the_rate_never_falls_below_the_last_round(void)
{
    tern_timing_t timing;

    tern_timing_init(&timing);
    CU_ASSERT_EQUAL(timing.rate, 10);
    tern_timing_note(&timing, 100);
    CU_ASSERT_EQUAL(timing.rate, 100);
    tern_timing_note(&timing, 0);
    CU_ASSERT_DOUBLE_EQUAL(timing.rate, 90, 1e-9);
    for (int i = 0; i < 200; i++)
        tern_timing_note(&timing, 1);
    CU_ASSERT(timing.rate >= 1 && timing.rate < 1.001);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(the_horizon_is_the_quantile_of_two_rounds),
        FACT(many_clocks_a_round_join_the_normal_distribution),
        FACT(the_rate_never_falls_below_the_last_round),
    };

    return facts_run("sync/timing", facts, sizeof facts / sizeof *facts);
}
