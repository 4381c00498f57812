#include "server/applied.h"

#include <stdlib.h>

#include "facts.h"
#include "tern/random.h"

static void each_number_is_new_once(void)
{
    tern_applied_t applied;

    tern_applied_init(&applied);
    for (uint64_t s = 1; s <= 5000; s++) {
        CU_ASSERT_EQUAL(tern_applied_mark(&applied, s), TERN_APPLIED_NEW);
        CU_ASSERT_EQUAL(tern_applied_mark(&applied, s), TERN_APPLIED_BEFORE);
    }
}

/* Numbers come in any order within the span, each several times, as resends bring them. */
static void any_order_within_the_span_is_applied_once(void)
{
    enum { COUNT = 20000 };
    tern_applied_t applied;
    unsigned char *num_new = calloc(COUNT + 1, 1);
    uint64_t       oldest  = 1; /* the smallest that has not come */

    tern_applied_init(&applied);
    for (uint64_t draw = 0; oldest <= COUNT; draw++) {
        uint64_t s = oldest + tern_random_below(11, 0, draw, TERN_APPLIED_SPAN);

        if (draw % 7 == 0)
            s = oldest; /* make progress */
        if (s > COUNT)
            continue;
        num_new[s] += tern_applied_mark(&applied, s) == TERN_APPLIED_NEW;
        while (oldest <= COUNT && num_new[oldest] > 0)
            oldest++;
    }
    for (uint64_t s = 1; s <= COUNT; s++)
        CU_ASSERT_EQUAL(num_new[s], 1);
    free(num_new);
}

static void a_number_beyond_the_span_is_refused_and_not_marked(void)
{
    tern_applied_t applied;

    tern_applied_init(&applied);
    CU_ASSERT_EQUAL(tern_applied_mark(&applied, 1 + TERN_APPLIED_SPAN),
                    TERN_APPLIED_REFUSED);
    CU_ASSERT_EQUAL(tern_applied_mark(&applied, 1), TERN_APPLIED_NEW);
    CU_ASSERT_EQUAL(tern_applied_mark(&applied, 1 + TERN_APPLIED_SPAN), TERN_APPLIED_NEW);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(each_number_is_new_once),
        FACT(any_order_within_the_span_is_applied_once),
        FACT(a_number_beyond_the_span_is_refused_and_not_marked),
    };

    return facts_run("server/applied", facts, sizeof facts / sizeof *facts);
}
