#include "sync/tally.h"

#include <stdlib.h>

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

static void the_newest_rows_that_a_worker_got_count(void)
{
    tern_tally_t *tally = calloc(1, tern_tally_bytes(3));

    tern_tally_show(tally, 2, 7);
    tern_tally_show(tally, 2, 5);
    CU_ASSERT_EQUAL(tern_tally_num_seen(tally, 1), 0);
    CU_ASSERT_EQUAL(tern_tally_num_seen(tally, 2), 7);
    free(tally);
}

static void pulls_and_steps_are_counted_apart_and_added_up(void)
{
    tern_tally_t     tally = {.num_applied = 0};
    tern_staleness_t sum   = {.largest = 0};
    tern_staleness_t other = {
        .num_steps = {4, 1}, .largest_of_steps = 1, .num_applied = 9};

    tern_tally_count_step(&tally, 0);
    tern_tally_count_step(&tally, 3);
    tern_tally_add(&tally, &sum);
    CU_ASSERT_EQUAL(sum.largest, 0);
    CU_ASSERT_EQUAL(sum.largest_of_steps, 3);
    tern_staleness_add(&sum, &other);
    CU_ASSERT_EQUAL(sum.num_steps[0], 5);
    CU_ASSERT_EQUAL(sum.num_steps[1], 1);
    CU_ASSERT_EQUAL(sum.num_steps[3], 1);
    CU_ASSERT_EQUAL(sum.num_pulls[0], 0);
    CU_ASSERT_EQUAL(sum.largest_of_steps, 3);
    CU_ASSERT_EQUAL(sum.num_applied, 9);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(staleness_is_what_was_ended_less_what_was_applied),
        FACT(what_is_staler_than_the_last_bin_is_in_it),
        FACT(the_newest_rows_that_a_worker_got_count),
        FACT(pulls_and_steps_are_counted_apart_and_added_up),
    };

    return facts_run("sync/tally", facts, sizeof facts / sizeof *facts);
}
