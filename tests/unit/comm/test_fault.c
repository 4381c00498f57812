#include "comm/fault.h"

#include <math.h>

#include "facts.h"

static void parts_are_read(void)
{
    tern_fault_t fault;

    CU_ASSERT_EQUAL(
        tern_fault_parse(&fault, "drop:0.25,duplicate:0.5,delay:0.125,seed:9", 3),
        TERN_OK);
    CU_ASSERT_EQUAL(fault.drop, 0.25);
    CU_ASSERT_EQUAL(fault.duplicate, 0.5);
    CU_ASSERT_EQUAL(fault.delay, 0.125);
    CU_ASSERT_EQUAL(fault.seed, 9);
    CU_ASSERT_EQUAL(tern_fault_parse(&fault, NULL, 0), TERN_OK);
    CU_ASSERT(!tern_fault_is_active(&fault));
}

static void nonsense_is_refused(void)
{
    static const char *const bad[] = {"drop",      "drop:",    "drop:2",
                                      "drop:-1",   "lose:0.1", "drop:0.1;delay:0.1",
                                      "drop:0.1,,"};
    tern_fault_t             fault;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_EQUAL(tern_fault_parse(&fault, bad[i], 0), TERN_ERR_USAGE);
}

static void draws_follow_the_probabilities_and_the_seed(void)
{
    tern_fault_t fault, same;
    int          count[4] = {0};

    CU_ASSERT_EQUAL(
        tern_fault_parse(&fault, "drop:0.1,duplicate:0.2,delay:0.3,seed:5", 2), TERN_OK);
    same = fault;
    for (int i = 0; i < 100000; i++) {
        tern_fault_kind_t kind = tern_fault_draw(&fault, TERN_MESSAGE_PUSH);

        count[kind]++;
        CU_ASSERT_EQUAL(kind, tern_fault_draw(&same, TERN_MESSAGE_PUSH));
    }
    CU_ASSERT(fabs(count[TERN_FAULT_DROP] - 10000.0) < 500);
    CU_ASSERT(fabs(count[TERN_FAULT_DUPLICATE] - 20000.0) < 700);
    CU_ASSERT(fabs(count[TERN_FAULT_DELAY] - 30000.0) < 800);
}

static void clocks_and_stops_never_suffer(void)
{
    tern_fault_t fault;

    CU_ASSERT_EQUAL(tern_fault_parse(&fault, "drop:1", 0), TERN_OK);
    CU_ASSERT_EQUAL(tern_fault_draw(&fault, TERN_MESSAGE_CLOCK), TERN_FAULT_NONE);
    CU_ASSERT_EQUAL(tern_fault_draw(&fault, TERN_MESSAGE_MINIMUM), TERN_FAULT_NONE);
    CU_ASSERT_EQUAL(tern_fault_draw(&fault, TERN_MESSAGE_STOP), TERN_FAULT_NONE);
    CU_ASSERT_EQUAL(tern_fault_draw(&fault, TERN_MESSAGE_REPLY), TERN_FAULT_DROP);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(parts_are_read),
        FACT(nonsense_is_refused),
        FACT(draws_follow_the_probabilities_and_the_seed),
        FACT(clocks_and_stops_never_suffer),
    };

    return facts_run("comm/fault", facts, sizeof facts / sizeof *facts);
}
