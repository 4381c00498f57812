/** \file
 * No iteration begins that is further ahead than the delay allows, or before one that was submitted before it, and one as far
 * ahead as that does; also while the delay changes.
 */
#include "task/delay.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "tern/random.h"

#define MAX_ITERATIONS 300u

static tern_graph_t  graph;
static tern_delay_t *sequence;

static struct {
    tern_task_t  *held[MAX_ITERATIONS];
    uint64_t      numbers[MAX_ITERATIONS];
    size_t        num_held;
    bool          has_begun[MAX_ITERATIONS], has_ended[MAX_ITERATIONS];
    uint32_t      bound; /* of this moment */
    uint64_t      largest, num_begun;
    tern_status_t statuses[MAX_ITERATIONS];
} seen;

static uint64_t numbers[MAX_ITERATIONS];

static uint64_t first_unfinished(void)
{
    uint64_t n = 0;

    while (n < MAX_ITERATIONS && seen.has_ended[n])
        n++;
    return n;
}

/* Counted here, not by what is tested. */
static tern_status_t begin_iteration(tern_task_t *task, void *context)
{
    uint64_t number    = *(uint64_t *)context;
    uint64_t staleness = number - first_unfinished();

    CU_ASSERT(staleness <= seen.bound);
    CU_ASSERT_EQUAL(number, seen.num_begun++);
    if (staleness > seen.largest)
        seen.largest = staleness;
    seen.has_begun[number]      = true;
    seen.numbers[seen.num_held] = number;
    seen.held[seen.num_held++]  = task;
    tern_graph_hold(task);
    return TERN_OK;
}

static void note_end(const tern_task_result_t *result, void *context)
{
    seen.statuses[*(uint64_t *)context] = result->status;
}

static void run_all(void)
{
    while (tern_graph_run_next(&graph))
        ;
}

static void release(size_t index, tern_status_t status)
{
    tern_task_t *task = seen.held[index];

    seen.has_ended[seen.numbers[index]] = true;
    seen.num_held--;
    seen.held[index]    = seen.held[seen.num_held];
    seen.numbers[index] = seen.numbers[seen.num_held];
    tern_graph_release(task, status);
}

static void release_number(uint64_t number, tern_status_t status)
{
    for (size_t i = 0; i < seen.num_held; i++)
        if (seen.numbers[i] == number) {
            release(i, status);
            return;
        }
    CU_FAIL("the iteration is not under way");
}

static void begin(uint32_t max_delay)
{
    memset(&seen, 0, sizeof seen);
    seen.bound = max_delay;
    tern_graph_init(&graph);
    CU_ASSERT_EQUAL(tern_delay_open(&graph, max_delay, &sequence), TERN_OK);
}

static void end(void)
{
    CU_ASSERT_EQUAL(graph.num_left, 0);
    tern_delay_destroy(&sequence);
    tern_graph_fini(&graph);
}

static void submit(unsigned num)
{
    for (unsigned i = 0; i < num; i++) {
        uint64_t         number = tern_delay_num_submitted(sequence);
        tern_task_desc_t desc   = {.name    = "iteration",
                                   .run     = begin_iteration,
                                   .done    = note_end,
                                   .context = &numbers[number]};

        numbers[number] = number;
        CU_ASSERT_EQUAL(tern_delay_submit(sequence, &desc, NULL), TERN_OK);
    }
}

/* End iterations in random order until none is left. */
static void drive(uint64_t seed, unsigned num_ahead, unsigned num_iterations)
{
    uint64_t counter = 0;

    while (first_unfinished() < num_iterations) {
        uint64_t left = num_iterations - tern_delay_num_submitted(sequence);

        if (graph.num_left / 2 < num_ahead)
            submit((unsigned)(left < num_ahead ? left : num_ahead));
        run_all();
        CU_ASSERT_FATAL(seen.num_held > 0);
        release(tern_random_below(seed, 1, counter++, seen.num_held), TERN_OK);
    }
    run_all();
}

static void sequential_iterations_follow_each_other(void)
{
    begin(TERN_DELAY_SEQUENTIAL);
    submit(50);
    for (uint64_t n = 0; n < 50; n++) {
        run_all();
        CU_ASSERT_EQUAL(seen.num_held, 1);
        CU_ASSERT_EQUAL(seen.numbers[0], n);
        release(0, TERN_OK);
    }
    end();
}

static void the_delay_is_never_exceeded_and_is_reached(void)
{
    static const uint32_t bounds[] = {0, 1, 2, 3, 4, 8, 16};

    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            begin(bounds[b]);
            drive(seed, 3 * (unsigned)seed, 200);
            if (3 * seed > bounds[b] + 1)
                CU_ASSERT_EQUAL(seen.largest, bounds[b]);
            CU_ASSERT_EQUAL(tern_delay_largest_staleness(sequence), seen.largest);
            CU_ASSERT_EQUAL(tern_delay_num_finished(sequence), 200);
            end();
        }
}

static void eventual_iterations_wait_for_nobody(void)
{
    begin(TERN_DELAY_EVENTUAL);
    submit(100);
    run_all();
    CU_ASSERT_EQUAL(seen.num_held, 100);
    CU_ASSERT_EQUAL(tern_delay_largest_staleness(sequence), 99);
    while (seen.num_held > 0)
        release(seen.num_held / 2, TERN_OK);
    end();
}

static void a_larger_delay_lets_waiting_iterations_begin(void)
{
    begin(1);
    submit(20);
    run_all();
    CU_ASSERT_EQUAL(seen.num_held, 2);
    seen.bound = 5;
    CU_ASSERT_EQUAL(tern_delay_set(sequence, 5), TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.num_held, 6);
    seen.bound = 0;
    CU_ASSERT_EQUAL(tern_delay_set(sequence, 0), TERN_OK);
    drive(1, 1, 20);
    end();
}

static void a_smaller_delay_holds_back_what_has_not_begun(void)
{
    begin(4);
    submit(20); /* the first five are free to run, but none has */
    seen.bound = 1;
    CU_ASSERT_EQUAL(tern_delay_set(sequence, 1), TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.num_held, 2);
    release_number(1, TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.num_held, 1); /* iteration 0 is unfinished: 2 must not begin */
    release_number(0, TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.num_held, 2);
    drive(2, 1, 20);
    end();
}

static void the_delay_may_change_at_random(void)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        uint64_t counter = 0;

        begin(2);
        while (first_unfinished() < 250) {
            if (tern_delay_num_submitted(sequence) < 250)
                submit(1 +
                       (unsigned)tern_random_below(
                           seed, 2, counter++, 250 - tern_delay_num_submitted(sequence)));
            if (tern_random_below(seed, 2, counter++, 3) == 0) {
                seen.bound = (uint32_t)tern_random_below(seed, 2, counter++, 17);
                CU_ASSERT_EQUAL(tern_delay_set(sequence, seen.bound), TERN_OK);
            }
            run_all();
            CU_ASSERT_FATAL(seen.num_held > 0);
            release(tern_random_below(seed, 2, counter++, seen.num_held), TERN_OK);
        }
        run_all();
        end();
    }
}

static void act(uint64_t seed, uint64_t *counter)
{
    switch (tern_random_below(seed, 3, (*counter)++, 4)) {
    case 0:
        submit(tern_delay_num_submitted(sequence) < 250);
        break;
    case 1:
        tern_graph_run_next(&graph);
        break;
    case 2:
        if (seen.num_held > 0)
            release(tern_random_below(seed, 3, (*counter)++, seen.num_held), TERN_OK);
        break;
    default:
        seen.bound = (uint32_t)tern_random_below(seed, 3, (*counter)++, 4);
        CU_ASSERT_EQUAL(tern_delay_set(sequence, seen.bound), TERN_OK);
    }
}

/* Of those that may begin, some have not when the delay changes. */
static void iterations_begin_in_order_whenever_the_delay_changes(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t counter = 0;

        begin(2);
        while (first_unfinished() < 250)
            act(seed, &counter);
        run_all();
        end();
    }
}

static void the_histogram_counts_every_iteration(void)
{
    uint64_t sum = 0;

    begin(4);
    drive(3, 20, 200);
    for (uint32_t s = 0; s <= TERN_DELAY_MAX_COUNTED; s++) {
        sum += tern_delay_num_begun_at(sequence, s);
        if (s > 4)
            CU_ASSERT_EQUAL(tern_delay_num_begun_at(sequence, s), 0);
    }
    CU_ASSERT_EQUAL(sum, 200);
    CU_ASSERT(tern_delay_num_begun_at(sequence, 4) > 0);
    end();
}

static void a_failed_iteration_fails_those_that_must_follow_it(void)
{
    begin(1);
    submit(6);
    run_all();
    release_number(0, TERN_ERR_IO);
    run_all();
    release_number(1, TERN_OK); /* had begun */
    submit(1);                  /* comes when all is over */
    run_all();
    CU_ASSERT_EQUAL(seen.statuses[1], TERN_OK);
    for (int n = 2; n < 7; n++) {
        CU_ASSERT_EQUAL(seen.statuses[n], TERN_ERR_IO);
        CU_ASSERT(!seen.has_begun[n]);
    }
    end();
}

static void a_sequence_may_be_left_to_itself(void)
{
    begin(1);
    submit(3);
    tern_delay_destroy(&sequence);
    run_all();
    while (seen.num_held > 0) {
        release(0, TERN_OK);
        run_all();
    }
    CU_ASSERT(seen.has_ended[2]);
    end();
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(sequential_iterations_follow_each_other),
        FACT(the_delay_is_never_exceeded_and_is_reached),
        FACT(eventual_iterations_wait_for_nobody),
        FACT(a_larger_delay_lets_waiting_iterations_begin),
        FACT(a_smaller_delay_holds_back_what_has_not_begun),
        FACT(the_delay_may_change_at_random),
        FACT(iterations_begin_in_order_whenever_the_delay_changes),
        FACT(the_histogram_counts_every_iteration),
        FACT(a_failed_iteration_fails_those_that_must_follow_it),
        FACT(a_sequence_may_be_left_to_itself),
    };

    return facts_run("task/delay", facts, sizeof facts / sizeof *facts);
}
