#include "server/source.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "facts.h"
#include "tern/random.h"

static void requests_in_order_are_never_held(void)
{
    tern_source_t source;

    tern_source_init(&source);
    for (uint64_t s = 1; s <= 5000; s++) {
        CU_ASSERT_EQUAL(tern_source_turn(&source, s), TERN_TURN_NOW);
        CU_ASSERT_PTR_NULL(tern_source_advance(&source));
        CU_ASSERT_EQUAL(tern_source_turn(&source, s), TERN_TURN_PAST);
    }
    CU_ASSERT_PTR_NULL(source.held);
    tern_source_fini(&source);
}

/* As a server does it: apply what has its turn and all that it releases. */
static void arrive(tern_source_t *source, uint64_t numbers[], uint64_t sequence,
                   uint64_t *num_applied)
{
    tern_turn_t turn    = tern_source_turn(source, sequence);
    uint64_t   *request = &numbers[sequence];

    if (turn == TERN_TURN_EARLY)
        tern_source_hold(source, sequence, request);
    if (turn != TERN_TURN_NOW)
        return;
    for (; request != NULL; request = tern_source_advance(source))
        CU_ASSERT_EQUAL(*request, ++*num_applied);
}

/* Numbers come in any order within the span, many times, as resends bring them. */
static void any_arrival_is_applied_once_and_in_order(void)
{
    enum { COUNT = 20000 };
    uint64_t     *numbers     = malloc((COUNT + 1) * sizeof *numbers);
    uint64_t      num_applied = 0;
    tern_source_t source;

    tern_source_init(&source);
    for (uint64_t s = 0; s <= COUNT; s++)
        numbers[s] = s;
    for (uint64_t draw = 0; num_applied < COUNT; draw++) {
        uint64_t s = num_applied + 1 + tern_random_below(11, 0, draw, TERN_SOURCE_SPAN);

        if (draw % 7 == 0)
            s = num_applied + 1; /* make progress */
        else if (draw % 5 == 0)
            s = 1 + tern_random_below(11, 1, draw, num_applied + 1); /* an old one */
        if (s <= COUNT)
            arrive(&source, numbers, s, &num_applied);
    }
    CU_ASSERT_EQUAL(num_applied, COUNT);
    CU_ASSERT_PTR_NULL(tern_source_take_any(&source));
    tern_source_fini(&source);
    free(numbers);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_SERVER), 0);
}

static void a_number_beyond_the_span_is_refused(void)
{
    tern_source_t source;

    tern_source_init(&source);
    CU_ASSERT_EQUAL(tern_source_turn(&source, TERN_SOURCE_SPAN), TERN_TURN_EARLY);
    CU_ASSERT_EQUAL(tern_source_turn(&source, 1 + TERN_SOURCE_SPAN), TERN_TURN_NEVER);
    tern_source_fini(&source);
}

static void what_is_held_can_be_given_up(void)
{
    tern_source_t source;
    int           a, b;
    void         *first, *second;

    tern_source_init(&source);
    CU_ASSERT(tern_source_hold(&source, 5, &a));
    CU_ASSERT(!tern_source_hold(&source, 5, &b)); /* held already */
    CU_ASSERT(tern_source_hold(&source, 900, &b));
    first  = tern_source_take_any(&source);
    second = tern_source_take_any(&source);
    CU_ASSERT((first == &a && second == &b) || (first == &b && second == &a));
    CU_ASSERT_PTR_NULL(tern_source_take_any(&source));
    tern_source_fini(&source);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(requests_in_order_are_never_held),
        FACT(any_arrival_is_applied_once_and_in_order),
        FACT(a_number_beyond_the_span_is_refused),
        FACT(what_is_held_can_be_given_up),
    };

    return facts_run("server/source", facts, sizeof facts / sizeof *facts);
}
