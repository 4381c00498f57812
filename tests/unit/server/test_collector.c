/* Whose pushes make up which step, in which order they are summed, and what is refused. */
#include "server/collector.h"

#include "base/alloc.h"
#include "facts.h"
#include "sync/tick.h"
#include "tern/random.h"

#define NUM_WORKERS 3u
#define WIDTH       2u

static tern_collector_t *begin(bool is_ordered)
{
    tern_collector_shape_t shape     = {.keys        = {0, 1000},
                                        .push_width  = WIDTH,
                                        .type        = TERN_FLOAT64,
                                        .is_ordered  = is_ordered,
                                        .num_workers = NUM_WORKERS};
    tern_collector_t      *collector = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_collector_create(&shape, &collector), TERN_OK);
    return collector;
}

static void end(tern_collector_t *collector)
{
    tern_collector_destroy(&collector);
    CU_ASSERT_PTR_NULL(collector);
    CU_ASSERT_EQUAL(tern_alloc_report(), 0);
}

/* Message `number` of a worker's step: the same value for each of the keys. */
static tern_status_t push(tern_collector_t *collector, uint32_t worker, uint64_t step,
                          uint32_t number, size_t num_keys, const tern_key_t keys[],
                          double value)
{
    double rows[64 * WIDTH];

    for (size_t i = 0; i < num_keys * WIDTH; i++)
        rows[i] = value;
    return tern_collector_add(collector, worker, worker, tern_tick(step, number),
                              num_keys, keys, rows);
}

static void end_step(tern_collector_t *collector, uint32_t worker, uint64_t step)
{
    CU_ASSERT_EQUAL(
        tern_collector_end_step(collector, worker, tern_tick(step, TERN_TICK_END)),
        TERN_OK);
}

static void all_end_step(tern_collector_t *collector, uint64_t step)
{
    for (uint32_t w = 0; w < NUM_WORKERS; w++)
        end_step(collector, w, step);
}

/* The sum of a key in the next step, which is complete; NAN: it has none. */
static double next_sum(tern_collector_t *collector, tern_key_t key)
{
    const tern_sums_t *sums = NULL;

    CU_ASSERT_FATAL(tern_collector_has_next(collector));
    CU_ASSERT_EQUAL(tern_collector_next(collector, &sums), TERN_OK);
    for (size_t i = 0; sums != NULL && i < sums->num_keys; i++)
        if (sums->keys[i] == key)
            return ((double *)sums->rows)[i * WIDTH + 1];
    return -1;
}

static void a_step_is_complete_when_all_have_ended_it(void)
{
    tern_collector_t *collector = begin(false);
    tern_key_t        keys[]    = {5, 7, 5};

    CU_ASSERT_EQUAL(push(collector, 0, 0, 1, 3, keys, 1), TERN_OK);
    CU_ASSERT_EQUAL(push(collector, 1, 0, 1, 1, keys, 10), TERN_OK);
    end_step(collector, 0, 0);
    end_step(collector, 2, 0);
    CU_ASSERT_FALSE(tern_collector_has_next(collector));
    CU_ASSERT(tern_collector_has_pushes(collector));
    end_step(collector, 1, 0);
    CU_ASSERT_EQUAL(next_sum(collector, 5), 12);
    CU_ASSERT_EQUAL(next_sum(collector, 7), 1);
    tern_collector_end_next(collector);
    CU_ASSERT_EQUAL(collector->num_applied, 1);
    CU_ASSERT_FALSE(tern_collector_has_next(collector));
    CU_ASSERT_FALSE(tern_collector_has_pushes(collector));
    end(collector);
}

static void steps_do_not_mix(void)
{
    tern_collector_t *collector = begin(false);
    tern_key_t        key       = 3;

    for (uint64_t step = 0; step < 40; step++) { /* worker 0 runs ahead */
        CU_ASSERT_EQUAL(push(collector, 0, step, 1, 1, &key, (double)step), TERN_OK);
        end_step(collector, 0, step);
    }
    for (uint64_t step = 0; step < 40; step++) {
        CU_ASSERT_EQUAL(push(collector, 1, step, 1, 1, &key, 100), TERN_OK);
        end_step(collector, 1, step);
        end_step(collector, 2, step);
        CU_ASSERT_EQUAL(next_sum(collector, key), (double)step + 100);
        tern_collector_end_next(collector);
    }
    CU_ASSERT_FALSE(tern_collector_has_next(collector));
    end(collector);
}

static void a_step_without_pushes_is_a_step(void)
{
    tern_collector_t  *collector = begin(true);
    const tern_sums_t *sums;

    all_end_step(collector, 0);
    CU_ASSERT_FATAL(tern_collector_has_next(collector));
    CU_ASSERT_EQUAL(tern_collector_next(collector, &sums), TERN_OK);
    CU_ASSERT_PTR_NULL(sums);
    tern_collector_end_next(collector);
    CU_ASSERT_FALSE(tern_collector_has_next(collector));
    end(collector);
}

/* In 53 bits (1e16 + 1) - 1e16 is 0, but 1e16 - 1e16 + 1 is 1. */
static void ordered_sums_go_by_shard_however_pushes_come(void)
{
    const double   values[]              = {1e16, -1e16, 1};
    const uint32_t orders[][NUM_WORKERS] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {0, 2, 1}};
    tern_collector_t *collector          = begin(true);
    tern_key_t        key                = 9;

    for (uint64_t step = 0; step < 4; step++) {
        for (uint32_t i = 0; i < NUM_WORKERS; i++) {
            uint32_t w = orders[step][i];

            CU_ASSERT_EQUAL(push(collector, w, step, 1, 1, &key, values[w]), TERN_OK);
        }
        all_end_step(collector, step);
        CU_ASSERT_EQUAL(next_sum(collector, key), 1);
        CU_ASSERT_EQUAL(next_sum(collector, key), 1); /* asking twice adds nothing */
        tern_collector_end_next(collector);
    }
    end(collector);
}

/* Nothing but the vector clock stands between a repetition and the sum. */
static void what_comes_again_counts_once(void)
{
    for (int is_ordered = 0; is_ordered < 2; is_ordered++) {
        tern_collector_t *collector = begin(is_ordered);
        tern_key_t        first[] = {5, 7}, second[] = {6, 5};

        for (int time = 0; time < 3; time++) {
            tern_status_t expected = time == 0 ? TERN_OK : TERN_DONE;

            CU_ASSERT_EQUAL(push(collector, 0, 0, 1, 2, first, 1), expected);
            CU_ASSERT_EQUAL(push(collector, 1, 0, 1, 2, first, 100), expected);
            CU_ASSERT_EQUAL(push(collector, 0, 0, 2, 2, second, 10), expected);
        }
        all_end_step(collector, 0);
        CU_ASSERT_EQUAL(push(collector, 0, 0, 1, 2, first, 1), TERN_DONE);
        CU_ASSERT_EQUAL(next_sum(collector, 5), 111);
        CU_ASSERT_EQUAL(next_sum(collector, 6), 10);
        tern_collector_end_next(collector);
        CU_ASSERT_EQUAL(push(collector, 0, 0, 2, 2, second, 10), TERN_DONE);
        CU_ASSERT_FALSE(tern_collector_has_pushes(collector));
        end(collector);
    }
}

/* As when keys have come from a server that had taken the push in. */
static void what_comes_again_in_part_counts_in_part(void)
{
    tern_collector_t *collector = begin(false);
    tern_key_t        keys[]    = {5, 50};
    tern_range_t      known     = {0, 20};

    CU_ASSERT_EQUAL(tern_vector_clock_raise(&collector->taken, 0, known, tern_tick(0, 1)),
                    TERN_OK);
    CU_ASSERT_EQUAL(push(collector, 0, 0, 1, 2, keys, 1), TERN_OK);
    all_end_step(collector, 0);
    CU_ASSERT_EQUAL(next_sum(collector, 5), -1);
    CU_ASSERT_EQUAL(next_sum(collector, 50), 1);
    end(collector);
}

static void clocks_of_pushes_cost_one_range_a_worker_between_steps(void)
{
    tern_collector_t *collector = begin(false);

    for (uint64_t step = 0; step < 20; step++) {
        for (uint32_t i = 0; i < 50; i++) {
            tern_key_t keys[] = {tern_random_below(1, step, i, 1000),
                                 tern_random_below(2, step, i, 1000)};

            CU_ASSERT_EQUAL(push(collector, i % NUM_WORKERS, step, i + 1, 2, keys, 1),
                            TERN_OK);
        }
        CU_ASSERT(tern_vector_clock_num_ranges(&collector->taken) > NUM_WORKERS);
        all_end_step(collector, step);
        CU_ASSERT_EQUAL(tern_vector_clock_num_ranges(&collector->taken), NUM_WORKERS);
        tern_collector_end_next(collector);
    }
    end(collector);
}

static void who_has_left_is_not_waited_for(void)
{
    tern_collector_t *collector = begin(false);
    tern_key_t        key       = 1;

    CU_ASSERT_EQUAL(push(collector, 2, 0, 1, 1, &key, 5), TERN_OK);
    tern_collector_leave(collector,
                         2); /* in the middle of a step: what it pushed stays */
    end_step(collector, 0, 0);
    CU_ASSERT_FALSE(tern_collector_has_next(collector));
    tern_collector_leave(collector, 1);
    CU_ASSERT_EQUAL(next_sum(collector, key), 5);
    tern_collector_end_next(collector);
    end_step(collector, 0, 1);
    CU_ASSERT(tern_collector_has_next(collector));
    tern_collector_end_next(collector);
    tern_collector_leave(collector, 0); /* nobody is left: no step goes on for ever */
    CU_ASSERT_FALSE(tern_collector_has_next(collector));
    CU_ASSERT_EQUAL(push(collector, 0, 2, 1, 1, &key, 5), TERN_ERR_ARG);
    end(collector);
}

static void impossible_steps_are_refused(void)
{
    tern_collector_t *collector = begin(false);
    tern_key_t        key       = 1;

    end_step(collector, 0, 0);
    CU_ASSERT_EQUAL(push(collector, 0, TERN_COLLECTOR_SPAN, 1, 1, &key, 1), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_collector_end_step(
                        collector, 0, tern_tick(TERN_COLLECTOR_SPAN, TERN_TICK_END)),
                    TERN_ERR_ARG);
    CU_ASSERT_FALSE(tern_collector_has_pushes(collector));
    end(collector);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_step_is_complete_when_all_have_ended_it),
        FACT(steps_do_not_mix),
        FACT(a_step_without_pushes_is_a_step),
        FACT(ordered_sums_go_by_shard_however_pushes_come),
        FACT(what_comes_again_counts_once),
        FACT(what_comes_again_in_part_counts_in_part),
        FACT(clocks_of_pushes_cost_one_range_a_worker_between_steps),
        FACT(who_has_left_is_not_waited_for),
        FACT(impossible_steps_are_refused),
    };

    return facts_run("server/collector", facts, sizeof facts / sizeof *facts);
}
