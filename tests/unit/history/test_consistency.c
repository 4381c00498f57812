/** \file
 * The checker, on histories written by hand: each level accepts what it should, and what it must refuse it refuses. At the
 * end the levels are held against each other and against a search through all orders, on random histories.
 */
#include "history/consistency.h"

#include "facts.h"
#include "tern/random.h"

enum { X, Y };

/* Operations in the order of a worker's program. */
#define PUSH(worker, key, bit)                                                           \
    {                                                                                    \
        worker, 0, HISTORY_PUSH, false, key, 1u << (bit), 0, 0                           \
    }
#define READ(worker, key, set)                                                           \
    {                                                                                    \
        worker, 0, HISTORY_READ, false, key, set, 0, 0                                   \
    }
#define LAST(worker, key, set)                                                           \
    {                                                                                    \
        worker, 0, HISTORY_READ, true, key, set, 0, 0                                    \
    }

#define NUM(ops) (sizeof(ops) / sizeof *(ops))

static void number(history_op_t ops[], size_t num_ops)
{
    for (size_t i = 0; i < num_ops; i++)
        ops[i].sequence = (uint32_t)i;
}

/* Levels from PRAM on that hold, as a set of bits. */
static unsigned levels(history_op_t ops[], size_t num_ops, bool per_key)
{
    history_t history = {.ops = ops, .num_ops = num_ops};
    unsigned  held    = 0;

    for (int level = CONSISTENCY_PRAM; level <= CONSISTENCY_SEQUENTIAL; level++)
        if (per_key ? consistency_holds_per_key(&history, (consistency_t)level, NULL)
                    : consistency_holds(&history, (consistency_t)level, NULL))
            held |= 1u << level;
    return held;
}

enum {
    PRAM       = 1u << CONSISTENCY_PRAM,
    CAUSAL     = PRAM | 1u << CONSISTENCY_CAUSAL,
    SEQUENTIAL = CAUSAL | 1u << CONSISTENCY_SEQUENTIAL
};

#define EXPECT_LEVELS(ops, expected)                                                     \
    do {                                                                                 \
        number(ops, NUM(ops));                                                           \
        CU_ASSERT_EQUAL(levels(ops, NUM(ops), false), (unsigned)(expected));             \
    } while (0)

static void what_one_order_explains_is_sequential(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), READ(0, X, 3), PUSH(0, X, 2),
                          PUSH(1, X, 1), READ(1, X, 3), READ(1, X, 7),
                          READ(2, X, 0), READ(2, X, 2), READ(2, X, 7)};

    EXPECT_LEVELS(ops, SEQUENTIAL);
}

/* Each sees its own push and not the other's. */
static void readers_who_disagree_on_an_order_break_sequential_alone(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), READ(0, X, 1), PUSH(1, X, 1), READ(1, X, 2)};

    EXPECT_LEVELS(ops, CAUSAL);
}

static void third_parties_who_disagree_break_sequential_alone(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), PUSH(1, X, 1), READ(2, X, 1),
                          READ(2, X, 3), READ(3, X, 2), READ(3, X, 3)};

    EXPECT_LEVELS(ops, CAUSAL);
}

/* Worker 1 pushes because of what it read; worker 2 sees the second push without the first. */
static void an_effect_without_its_cause_breaks_causal(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), READ(1, X, 1), PUSH(1, X, 1), READ(2, X, 2)};

    EXPECT_LEVELS(ops, PRAM);
}

static void a_cause_on_another_key_counts(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), READ(1, X, 1), PUSH(1, Y, 0), READ(2, Y, 1),
                          READ(2, X, 0)};

    EXPECT_LEVELS(ops, PRAM);
    CU_ASSERT_EQUAL(levels(ops, NUM(ops), true), SEQUENTIAL); /* each key on its own */
}

static void a_cause_is_passed_on_by_several(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), READ(1, X, 1), PUSH(1, Y, 0), READ(2, Y, 1),
                          PUSH(2, Y, 1), READ(3, Y, 3), READ(3, X, 0)};

    EXPECT_LEVELS(ops, PRAM);
}

static void pushes_of_a_worker_seen_out_of_order_break_pram(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), PUSH(0, X, 1), READ(1, X, 2)};

    EXPECT_LEVELS(ops, 0);
}

static void pushes_to_two_keys_seen_out_of_order_break_pram(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), PUSH(0, Y, 0), READ(1, Y, 1), READ(1, X, 0)};

    EXPECT_LEVELS(ops, 0);
    CU_ASSERT_EQUAL(levels(ops, NUM(ops), true), SEQUENTIAL);
}

static void a_push_that_its_worker_does_not_see_breaks_pram(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), READ(0, X, 0)};

    EXPECT_LEVELS(ops, 0);
}

static void a_push_that_is_seen_before_it_is_called_breaks_pram(void)
{
    history_op_t ops[] = {READ(0, X, 1), PUSH(0, X, 0)};

    EXPECT_LEVELS(ops, 0);
}

/* The read had not completed when the push was called. */
static void a_read_under_way_may_see_it_by_late_pram_alone(void)
{
    history_op_t ops[]   = {READ(0, X, 1), PUSH(0, X, 0)};
    history_t    history = {.ops = ops, .num_ops = NUM(ops)};

    number(ops, NUM(ops));
    ops[0].begin_ns = 1, ops[0].end_ns = 4, ops[1].begin_ns = 2, ops[1].end_ns = 3;
    CU_ASSERT(consistency_holds(&history, CONSISTENCY_LATE_PRAM, NULL));
    CU_ASSERT_FALSE(consistency_holds(&history, CONSISTENCY_PRAM, NULL));
    ops[0].set = 0; /* nor need it */
    CU_ASSERT(consistency_holds(&history, CONSISTENCY_LATE_PRAM, NULL));
    ops[0].set    = 1;
    ops[0].end_ns = 2; /* complete: it may not */
    CU_ASSERT_FALSE(consistency_holds(&history, CONSISTENCY_LATE_PRAM, NULL));
}

static void late_pram_wants_own_pushes_called_before(void)
{
    history_op_t ops[]   = {PUSH(0, X, 0), READ(0, X, 0)};
    history_t    history = {.ops = ops, .num_ops = NUM(ops)};

    number(ops, NUM(ops));
    ops[0].begin_ns = 1, ops[0].end_ns = 4, ops[1].begin_ns = 2, ops[1].end_ns = 3;
    CU_ASSERT_FALSE(consistency_holds(&history, CONSISTENCY_LATE_PRAM, NULL));
}

static void what_was_seen_and_is_gone_breaks_pram(void)
{
    history_op_t ops[] = {PUSH(0, X, 0), READ(1, X, 1), READ(1, X, 0)};

    EXPECT_LEVELS(ops, 0);
}

static void a_read_of_what_nobody_pushed_breaks_every_level(void)
{
    history_op_t ops[]   = {PUSH(0, X, 0), READ(1, X, 4)};
    history_t    history = {.ops = ops, .num_ops = NUM(ops)};

    number(ops, NUM(ops));
    for (int level = 0; level < NUM_CONSISTENCIES; level++)
        CU_ASSERT_FALSE(consistency_holds(&history, (consistency_t)level, NULL));
}

static void eventual_wants_all_pushes_in_final_reads_alone(void)
{
    history_op_t ops[]   = {PUSH(0, X, 0), READ(1, X, 0), PUSH(1, X, 1), LAST(0, X, 3),
                            LAST(1, X, 3)};
    history_t    history = {.ops = ops, .num_ops = NUM(ops)};
    violation_t  violation;

    number(ops, NUM(ops));
    CU_ASSERT(consistency_holds(&history, CONSISTENCY_EVENTUAL, NULL));
    ops[4].set = 2; /* one is lost to worker 1 */
    CU_ASSERT_FALSE(consistency_holds(&history, CONSISTENCY_EVENTUAL, &violation));
    CU_ASSERT_EQUAL(violation.num_ops, 1);
    CU_ASSERT_EQUAL(violation.ops[0].sequence, 4);
}

/* A read that comes back from the past: one order explains it, but not one that time allows. */
static void time_counts_for_linearizable_alone(void)
{
    history_op_t ops[]   = {PUSH(0, X, 0), READ(1, X, 0)};
    history_t    history = {.ops = ops, .num_ops = NUM(ops)};

    number(ops, NUM(ops));
    ops[0].begin_ns = 1, ops[0].end_ns = 2, ops[1].begin_ns = 3, ops[1].end_ns = 4;
    CU_ASSERT(consistency_holds(&history, CONSISTENCY_SEQUENTIAL, NULL));
    CU_ASSERT_FALSE(consistency_holds(&history, CONSISTENCY_LINEARIZABLE, NULL));
    ops[1].begin_ns = 2; /* they overlap */
    CU_ASSERT(consistency_holds(&history, CONSISTENCY_LINEARIZABLE, NULL));
}

static void a_violation_is_told_as_its_shortest_cycle(void)
{
    history_op_t ops[]   = {READ(2, X, 0), PUSH(0, X, 0), READ(0, X, 1), READ(2, X, 3),
                            PUSH(1, X, 1), READ(1, X, 2), READ(2, X, 3)};
    history_t    history = {.ops = ops, .num_ops = NUM(ops)};
    violation_t  violation;

    number(ops, NUM(ops));
    CU_ASSERT_FALSE(consistency_holds(&history, CONSISTENCY_SEQUENTIAL, &violation));
    CU_ASSERT_EQUAL(violation.num_ops, 4); /* push, read, push, read */
    for (size_t i = 0; i < violation.num_ops; i++)
        CU_ASSERT(violation.ops[i].worker < 2);
}

/* Three workers, two keys; reads see any of the pushes. */
enum { NUM_RANDOM_OPS = 7, NUM_RANDOM_HISTORIES = 20000 };

static void draw_history(uint64_t seed, history_op_t ops[NUM_RANDOM_OPS])
{
    uint64_t all[2] = {0, 0};

    for (uint32_t i = 0; i < NUM_RANDOM_OPS; i++) {
        uint64_t roll = tern_random_u64(seed, 0, i);

        ops[i] = (history_op_t){.worker   = roll % 3,
                                .sequence = i,
                                .kind     = roll >> 8 & 1 ? HISTORY_PUSH : HISTORY_READ,
                                .key      = roll >> 9 & 1,
                                .set      = 1u << i};
        if (ops[i].kind == HISTORY_PUSH)
            all[ops[i].key] |= ops[i].set;
    }
    for (uint32_t i = 0; i < NUM_RANDOM_OPS; i++)
        if (ops[i].kind == HISTORY_READ)
            ops[i].set = tern_random_u64(seed, 1, i) & all[ops[i].key];
}

/* Whether some order of the operations in `left` follows the programs and gives every read of `convinced` workers what it
 * saw; `done` are the pushes so far. The definition, tried out. */
static bool has_order(const history_op_t ops[], unsigned left, unsigned convinced,
                      const uint64_t done[2])
{
    bool is_behind[3] = {false}; /* the worker's next one is an earlier one */

    for (uint32_t i = 0; i < NUM_RANDOM_OPS; i++) {
        uint64_t then[2] = {done[0], done[1]};

        if (!(left >> i & 1) || is_behind[ops[i].worker])
            continue;
        is_behind[ops[i].worker] = true;
        if (ops[i].kind == HISTORY_PUSH)
            then[ops[i].key] |= ops[i].set;
        else if ((convinced >> ops[i].worker & 1) && ops[i].set != done[ops[i].key])
            continue;
        if (has_order(ops, left & ~(1u << i), convinced, then))
            return true;
    }
    return left == 0;
}

static bool is_sequential_by_search(const history_op_t ops[NUM_RANDOM_OPS])
{
    return has_order(ops, (1u << NUM_RANDOM_OPS) - 1, 7, (const uint64_t[2]){0, 0});
}

static bool is_pram_by_search(const history_op_t ops[NUM_RANDOM_OPS])
{
    for (uint32_t viewer = 0; viewer < 3; viewer++)
        if (!has_order(ops, (1u << NUM_RANDOM_OPS) - 1, 1u << viewer,
                       (const uint64_t[2]){0, 0}))
            return false;
    return true;
}

static void the_checker_agrees_with_a_search_through_all_orders(void)
{
    int num_sequential = 0, num_pram = 0, num_causal = 0;

    for (uint64_t seed = 0; seed < NUM_RANDOM_HISTORIES; seed++) {
        history_op_t ops[NUM_RANDOM_OPS];
        unsigned     held;

        draw_history(seed, ops);
        held = levels(ops, NUM_RANDOM_OPS, false);
        CU_ASSERT_EQUAL((held & SEQUENTIAL) == SEQUENTIAL, is_sequential_by_search(ops));
        CU_ASSERT_EQUAL((held & PRAM) != 0, is_pram_by_search(ops));
        /* a stronger level implies the weaker ones */
        CU_ASSERT(held == 0 || held == PRAM || held == CAUSAL || held == SEQUENTIAL);
        num_pram += held == PRAM;
        num_causal += held == CAUSAL;
        num_sequential += held == SEQUENTIAL;
    }
    CU_ASSERT(num_sequential > 100 && num_causal > 100 && num_pram > 20);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(what_one_order_explains_is_sequential),
        FACT(readers_who_disagree_on_an_order_break_sequential_alone),
        FACT(third_parties_who_disagree_break_sequential_alone),
        FACT(an_effect_without_its_cause_breaks_causal),
        FACT(a_cause_on_another_key_counts),
        FACT(a_cause_is_passed_on_by_several),
        FACT(pushes_of_a_worker_seen_out_of_order_break_pram),
        FACT(pushes_to_two_keys_seen_out_of_order_break_pram),
        FACT(a_push_that_its_worker_does_not_see_breaks_pram),
        FACT(a_push_that_is_seen_before_it_is_called_breaks_pram),
        FACT(a_read_under_way_may_see_it_by_late_pram_alone),
        FACT(late_pram_wants_own_pushes_called_before),
        FACT(what_was_seen_and_is_gone_breaks_pram),
        FACT(a_read_of_what_nobody_pushed_breaks_every_level),
        FACT(eventual_wants_all_pushes_in_final_reads_alone),
        FACT(time_counts_for_linearizable_alone),
        FACT(a_violation_is_told_as_its_shortest_cycle),
        FACT(the_checker_agrees_with_a_search_through_all_orders),
    };

    return facts_run("history/consistency", facts, NUM(facts));
}
