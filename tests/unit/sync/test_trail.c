#include "sync/trail.h"

#include "facts.h"

static tern_trail_t trail_of(uint64_t first, uint64_t end)
{
    tern_trail_t trail = {0};

    for (uint64_t step = first; step < end; step++)
        tern_trail_add(&trail, step);
    return trail;
}

static void staleness_is_the_age_of_the_oldest_step_that_was_not_seen(void)
{
    tern_trail_t trail = trail_of(0, 10);

    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 0, 9), 9);
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 5, 9), 4);
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 9, 9), 0);
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 12, 9), 0); /* ahead of the worker */
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 5, 7),
                    2); /* it pushes for a later step */
}

static void steps_without_a_push_need_not_be_seen(void)
{
    tern_trail_t trail = {0};

    tern_trail_add(&trail, 2);
    tern_trail_add(&trail, 2);
    tern_trail_add(&trail, 7);
    CU_ASSERT(tern_trail_has(&trail, 2));
    CU_ASSERT(!tern_trail_has(&trail, 3));
    CU_ASSERT(!tern_trail_has(&trail, 8));
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 0, 2), 0);
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 0, 7), 5);
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 3, 7), 0);
}

/* A message that was lost and is sent again comes after others. */
static void a_push_may_come_late(void)
{
    tern_trail_t trail = {0};

    tern_trail_add(&trail, 5);
    tern_trail_add(&trail, 3);
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 1, 5), 2);
}

static void the_last_steps_are_remembered(void)
{
    tern_trail_t trail = trail_of(0, 1000);

    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 0, 999), TERN_TRAIL_STEPS - 1);
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 990, 999), 9);
    tern_trail_add(&trail, 0); /* too late to matter */
    CU_ASSERT(!tern_trail_has(&trail, 0));
    tern_trail_add(&trail, 100000);
    CU_ASSERT(!tern_trail_has(&trail, 999));
    CU_ASSERT_EQUAL(tern_trail_staleness(&trail, 1000, 100000), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(staleness_is_the_age_of_the_oldest_step_that_was_not_seen),
        FACT(steps_without_a_push_need_not_be_seen),
        FACT(a_push_may_come_late),
        FACT(the_last_steps_are_remembered),
    };

    return facts_run("sync/trail", facts, sizeof facts / sizeof *facts);
}
