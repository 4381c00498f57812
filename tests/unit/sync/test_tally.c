#include "sync/tally.h"

#include "facts.h"

static void staleness_is_what_was_ended_less_what_was_applied(void)
{
    tern_tally_t     tally = {.num_applied = 0};
    tern_staleness_t sum   = {.largest = 0};

    for (int step = 0; step < 10; step++) {
        tern_tally_begin_step(&tally);
        CU_ASSERT_EQUAL(tern_tally_num_begun(&tally), tern_tally_num_applied(&tally) + 1);
        tern_tally_end_step(&tally);
    }
    CU_ASSERT_EQUAL(tern_tally_num_begun(&tally), 10);
    tern_tally_count(&tally, 12);
    tern_tally_count(&tally, 10);
    tern_tally_count(&tally, 7); /* the server is ahead of the worker: not stale */
    tern_tally_add(&tally, &sum);
    CU_ASSERT_EQUAL(sum.num_pulls[0], 2);
    CU_ASSERT_EQUAL(sum.num_pulls[2], 1);
    CU_ASSERT_EQUAL(sum.largest, 2);
}

static void what_is_staler_than_the_last_bin_is_in_it(void)
{
    tern_tally_t     tally = {.num_applied = 0};
    tern_staleness_t sum   = {.largest = 3};

    tern_tally_count(&tally, 1000);
    tern_tally_add(&tally, &sum);
    tern_tally_add(&tally, &sum);
    CU_ASSERT_EQUAL(sum.num_pulls[TERN_STALENESS_BINS - 1], 2);
    CU_ASSERT_EQUAL(sum.largest, 1000);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(staleness_is_what_was_ended_less_what_was_applied),
        FACT(what_is_staler_than_the_last_bin_is_in_it),
    };

    return facts_run("sync/tally", facts, sizeof facts / sizeof *facts);
}
