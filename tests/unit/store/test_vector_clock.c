#include "store/vector_clock.h"

#include <string.h>

#include "base/alloc.h"
#include "facts.h"
#include "tern/random.h"

#define NUM_KEYS  200u
#define NUM_NODES 3u
#define FIRST     1000u

static const tern_range_t all = {FIRST, FIRST + NUM_KEYS};

/* The definition: a time for each node and key. */
static uint64_t times[NUM_NODES][NUM_KEYS];

static tern_vector_clock_t begin(void)
{
    tern_vector_clock_t clock;

    memset(times, 0, sizeof times);
    CU_ASSERT_EQUAL_FATAL(tern_vector_clock_init(&clock, all, NUM_NODES), TERN_OK);
    return clock;
}

static void end(tern_vector_clock_t *clock)
{
    tern_vector_clock_fini(clock);
    CU_ASSERT_EQUAL(tern_alloc_report(), 0);
}

static tern_range_t random_range(uint64_t i, tern_range_t within)
{
    uint64_t   size = within.end - within.first;
    tern_key_t a    = within.first + tern_random_below(1, 2, 2 * i, size);
    tern_key_t b    = within.first + tern_random_below(1, 2, 2 * i + 1, size);

    return a <= b ? (tern_range_t){a, b + 1} : (tern_range_t){b, a + 1};
}

static void raise_each(uint32_t node, tern_range_t range, uint64_t time)
{
    for (tern_key_t key = range.first; key < range.end; key++)
        if (times[node][key - FIRST] < time)
            times[node][key - FIRST] = time;
}

static void raise_both(tern_vector_clock_t *clock, uint32_t node, tern_range_t range,
                       uint64_t time)
{
    CU_ASSERT_EQUAL(tern_vector_clock_raise(clock, node, range, time), TERN_OK);
    raise_each(node, range, time);
}

static bool is_as_defined(const tern_vector_clock_t *clock)
{
    for (uint32_t n = 0; n < NUM_NODES; n++)
        for (tern_key_t key = clock->keys.first; key < clock->keys.end; key++)
            if (tern_vector_clock_get(clock, n, key) != times[n][key - FIRST])
                return false;
    return true;
}

/* As few ranges as the times allow. */
static size_t fewest_ranges(void)
{
    size_t num = NUM_NODES;

    for (uint32_t n = 0; n < NUM_NODES; n++)
        for (uint32_t k = 1; k < NUM_KEYS; k++)
            num += times[n][k] != times[n][k - 1];
    return num;
}

static uint64_t smallest_of_all(tern_range_t range)
{
    uint64_t min = UINT64_MAX;

    for (uint32_t n = 0; n < NUM_NODES; n++)
        for (tern_key_t key = range.first; key < range.end; key++)
            if (times[n][key - FIRST] < min)
                min = times[n][key - FIRST];
    return min;
}

static tern_novelty_t novelty_of(uint32_t node, tern_range_t range, uint64_t time)
{
    uint64_t num_below = 0;

    for (tern_key_t key = range.first; key < range.end; key++)
        num_below += times[node][key - FIRST] < time;
    if (num_below == 0)
        return TERN_NOVELTY_NONE;
    return num_below == range.end - range.first ? TERN_NOVELTY_ALL : TERN_NOVELTY_PART;
}

static void a_clock_starts_as_one_range_a_node(void)
{
    tern_vector_clock_t clock = begin();

    CU_ASSERT_EQUAL(tern_vector_clock_num_ranges(&clock), NUM_NODES);
    CU_ASSERT_EQUAL(tern_vector_clock_min(&clock, all), 0);
    end(&clock);
}

static void a_range_inside_splits_one_into_three(void)
{
    tern_vector_clock_t clock = begin();

    raise_both(&clock, 1, (tern_range_t){FIRST + 10, FIRST + 20}, 5);
    CU_ASSERT_EQUAL(tern_vector_clock_num_ranges(&clock), NUM_NODES + 2);
    CU_ASSERT_EQUAL(tern_vector_clock_get(&clock, 1, FIRST + 9), 0);
    CU_ASSERT_EQUAL(tern_vector_clock_get(&clock, 1, FIRST + 10), 5);
    CU_ASSERT_EQUAL(tern_vector_clock_get(&clock, 1, FIRST + 19), 5);
    CU_ASSERT_EQUAL(tern_vector_clock_get(&clock, 1, FIRST + 20), 0);
    end(&clock);
}

static void random_ranges_give_the_clocks_of_each_key(void)
{
    tern_vector_clock_t clock = begin();

    for (uint64_t i = 0; i < 3000; i++) {
        uint32_t     node  = (uint32_t)tern_random_below(1, 3, i, NUM_NODES);
        tern_range_t range = random_range(i, all), other = random_range(i + 5000, all);
        uint64_t time = tern_random_below(1, 4, i, 40) + i / 20; /* often a late one */

        CU_ASSERT_EQUAL(tern_vector_clock_compare(&clock, node, range, time),
                        novelty_of(node, range, time));
        raise_both(&clock, node, range, time);
        CU_ASSERT(is_as_defined(&clock));
        CU_ASSERT_EQUAL(tern_vector_clock_num_ranges(&clock), fewest_ranges());
        CU_ASSERT_EQUAL(tern_vector_clock_min(&clock, other), smallest_of_all(other));
    }
    end(&clock);
}

/* Splits are at most two a range; each of its borders can be the border of two ranges. */
static void ranges_are_no_more_than_twice_the_borders(void)
{
    tern_vector_clock_t clock                   = begin();
    bool                is_border[NUM_KEYS + 1] = {false};
    size_t              num_borders             = 0;

    for (uint64_t i = 0; i < 50; i++) {
        tern_range_t range = random_range(i, all);

        raise_both(&clock, 0, range, i + 1);
        num_borders += !is_border[range.first - FIRST];
        is_border[range.first - FIRST] = true;
        num_borders += !is_border[range.end - FIRST];
        is_border[range.end - FIRST] = true;
        CU_ASSERT(tern_vector_clock_num_ranges(&clock) - (NUM_NODES - 1) <=
                  2 * num_borders);
    }
    end(&clock);
}

static void a_clock_shrinks_when_a_node_has_caught_up(void)
{
    tern_vector_clock_t clock = begin();

    for (uint64_t i = 0; i < NUM_KEYS; i += 2)
        raise_both(&clock, 2, (tern_range_t){FIRST + i, FIRST + i + 1}, i + 1);
    CU_ASSERT(tern_vector_clock_num_ranges(&clock) >= NUM_KEYS);
    raise_both(&clock, 2, all, NUM_KEYS);
    CU_ASSERT_EQUAL(tern_vector_clock_num_ranges(&clock), NUM_NODES);
    end(&clock);
}

/* Messages of a node in order; some come again, at any later time. */
static void repetitions_are_recognised_exactly_once(void)
{
    tern_vector_clock_t clock    = begin();
    uint64_t            num_sent = 0, num_taken = 0, num_repeated = 0, num_rejected = 0;

    for (uint64_t i = 0; i < 1000; i++) {
        bool     is_repeat = num_sent > 0 && tern_random_below(1, 5, i, 3) == 0;
        uint64_t number = is_repeat ? tern_random_below(1, 6, i, num_sent) : num_sent++;
        tern_range_t range = random_range(number, all);
        bool         is_new =
            tern_vector_clock_compare(&clock, 0, range, number + 1) == TERN_NOVELTY_ALL;

        num_repeated += is_repeat;
        num_rejected += !is_new;
        num_taken += is_new;
        raise_both(&clock, 0, range, number + 1);
    }
    CU_ASSERT(num_repeated > 0);
    CU_ASSERT_EQUAL(num_taken, num_sent);
    CU_ASSERT_EQUAL(num_rejected, num_repeated);
    end(&clock);
}

/* A server gives a part of its keys away and gets another back. */
static void parts_take_their_times_along(void)
{
    tern_vector_clock_t clock  = begin(), part, other;
    tern_range_t        middle = {FIRST + 50, FIRST + 120};

    for (uint64_t i = 0; i < 60; i++)
        raise_both(&clock, (uint32_t)(i % NUM_NODES), random_range(i, all), i + 1);
    CU_ASSERT_EQUAL_FATAL(tern_vector_clock_export(&clock, middle, &part), TERN_OK);
    CU_ASSERT(is_as_defined(&part));
    for (uint64_t i = 60; i < 100; i++)
        raise_both(&part, (uint32_t)(i % NUM_NODES), random_range(i, middle), i + 1);
    CU_ASSERT(is_as_defined(&part));
    CU_ASSERT_EQUAL(tern_vector_clock_import(&clock, &part), TERN_OK);
    CU_ASSERT(is_as_defined(&clock));
    CU_ASSERT_EQUAL(tern_vector_clock_num_ranges(&clock), fewest_ranges());
    CU_ASSERT_EQUAL_FATAL(tern_vector_clock_export(&clock, all, &other), TERN_OK);
    CU_ASSERT(is_as_defined(&other));
    tern_vector_clock_fini(&other);
    tern_vector_clock_fini(&part);
    end(&clock);
}

static void the_whole_key_space_may_be_one_range(void)
{
    tern_vector_clock_t clock;
    tern_range_t        space = {0, UINT64_MAX}, last = {UINT64_MAX - 1, UINT64_MAX};

    CU_ASSERT_EQUAL_FATAL(tern_vector_clock_init(&clock, space, 1), TERN_OK);
    CU_ASSERT_EQUAL(tern_vector_clock_raise(&clock, 0, last, 7), TERN_OK);
    CU_ASSERT_EQUAL(tern_vector_clock_get(&clock, 0, UINT64_MAX - 1), 7);
    CU_ASSERT_EQUAL(tern_vector_clock_get(&clock, 0, UINT64_MAX - 2), 0);
    CU_ASSERT_EQUAL(tern_vector_clock_raise(&clock, 0, space, 7), TERN_OK);
    CU_ASSERT_EQUAL(tern_vector_clock_num_ranges(&clock), 1);
    end(&clock);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_clock_starts_as_one_range_a_node),
        FACT(a_range_inside_splits_one_into_three),
        FACT(random_ranges_give_the_clocks_of_each_key),
        FACT(ranges_are_no_more_than_twice_the_borders),
        FACT(a_clock_shrinks_when_a_node_has_caught_up),
        FACT(repetitions_are_recognised_exactly_once),
        FACT(parts_take_their_times_along),
        FACT(the_whole_key_space_may_be_one_range),
    };

    return facts_run("store/vector_clock", facts, sizeof facts / sizeof *facts);
}
