/** \file
 * Tasks run after what they follow, whatever the graph; the rest is free to run, to overlap and to fail.
 */
#include "task/graph.h"

#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "facts.h"
#include "tern/random.h"

#define MAX_TASKS 400u

static tern_graph_t graph;
static unsigned     num_refused;

/* What the tasks of a fact did; indexed by timestamp. */
static struct {
    unsigned           order[MAX_TASKS + 1]; /* 1: ran first */
    bool               has_finished[MAX_TASKS + 1];
    unsigned           num_run, num_open, most_open;
    tern_task_t       *held[MAX_TASKS + 1];
    size_t             num_held;
    tern_task_result_t results[MAX_TASKS + 1];
} seen;

static void begin(void)
{
    memset(&seen, 0, sizeof seen);
    tern_graph_init(&graph);
}

static void run_all(void)
{
    while (tern_graph_run_next(&graph))
        ;
}

static tern_status_t note(tern_task_t *task, void *context)
{
    (void)context;
    seen.order[task->timestamp] = ++seen.num_run;
    return TERN_OK;
}

/* Its body returns at once, but it stays open until somebody releases it. */
static tern_status_t note_and_stay(tern_task_t *task, void *context)
{
    tern_graph_hold(task);
    seen.held[seen.num_held++] = task;
    if (++seen.num_open > seen.most_open)
        seen.most_open = seen.num_open;
    return note(task, context);
}

static void note_end(const tern_task_result_t *result, void *context)
{
    (void)context;
    seen.has_finished[result->timestamp] = true;
    seen.results[result->timestamp]      = *result;
}

static tern_status_t fail(tern_task_t *task, void *context)
{
    note(task, context);
    return TERN_ERR_IO;
}

static uint64_t submit_after(tern_task_fn *run, size_t num_after, const uint64_t after[])
{
    tern_task_desc_t desc      = {.name      = "t",
                                  .num_after = num_after,
                                  .after     = after,
                                  .run       = run,
                                  .done      = note_end};
    uint64_t         timestamp = 0;

    CU_ASSERT_EQUAL(tern_graph_submit(&graph, NULL, &desc, &timestamp), TERN_OK);
    return timestamp;
}

static uint64_t submit(tern_task_fn *run, uint64_t after)
{
    return submit_after(run, 1, &after);
}

static void release_one(size_t index, tern_status_t status)
{
    tern_task_t *task = seen.held[index];

    seen.held[index] = seen.held[--seen.num_held];
    seen.num_open--;
    tern_graph_release(task, status);
}

static void timestamps_rise_from_one(void)
{
    begin();
    for (uint64_t t = 1; t <= 100; t++)
        CU_ASSERT_EQUAL(submit(note, 0), t);
    run_all();
    CU_ASSERT_EQUAL(graph.num_left, 0);
    tern_graph_fini(&graph);
}

static void a_task_runs_after_what_it_follows(void)
{
    uint64_t first, second;

    begin();
    first  = submit(note_and_stay, 0);
    second = submit(note, first);
    run_all();
    CU_ASSERT_EQUAL(seen.order[first], 1);
    CU_ASSERT_EQUAL(seen.order[second],
                    0); /* its body has returned, but it is not finished */
    release_one(0, TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.order[second], 2);
    CU_ASSERT(tern_graph_is_finished(&graph, second));
    tern_graph_fini(&graph);
}

static uint64_t below(uint64_t seed, uint64_t *counter_p, uint64_t bound)
{
    return tern_random_below(seed, 1, (*counter_p)++, bound);
}

/* Submit task `t`; as long as it would wait for itself, with one predecessor less. */
static void submit_some(uint64_t t, uint64_t after[4])
{
    tern_task_desc_t desc = {.name      = "t",
                             .num_after = 4,
                             .after     = after,
                             .run       = note_and_stay,
                             .done      = note_end};

    for (unsigned i = 0; tern_graph_submit(&graph, NULL, &desc, NULL) != TERN_OK; i++) {
        CU_ASSERT_FATAL(i < 4 && graph.next_timestamp == t);
        num_refused += after[i] != 0;
        after[i] = 0;
    }
}

/* Each task follows up to three of the past, and now and then one of the future. */
static void build_random(uint64_t seed, unsigned num_tasks, uint64_t after[][4])
{
    uint64_t counter = 0;

    for (uint64_t t = 1; t <= num_tasks; t++) {
        after[t][0] = 0;
        if (t < num_tasks && below(seed, &counter, 3) == 0)
            after[t][0] = t + 1 + below(seed, &counter, num_tasks - t);
        for (unsigned i = 1; i < 4; i++)
            after[t][i] = below(seed, &counter, 10) < 4 ? below(seed, &counter, t) : 0;
        submit_some(t, after[t]);
    }
}

static void check_order(unsigned num_tasks, uint64_t after[][4])
{
    for (unsigned t = 1; t <= num_tasks; t++)
        for (unsigned i = 0; i < 4; i++)
            if (after[t][i] != 0)
                CU_ASSERT(seen.order[after[t][i]] < seen.order[t]);
}

static bool some_predecessor_is_open(uint64_t timestamp, uint64_t after[][4])
{
    for (unsigned i = 0; i < 4; i++)
        if (after[timestamp][i] != 0 && !seen.has_finished[after[timestamp][i]])
            return true;
    return false;
}

/* Release in random order; whoever has run by then must have had no open predecessor. */
static void drive_random(uint64_t seed, unsigned num_tasks, uint64_t after[][4])
{
    uint64_t counter = 0;

    run_all();
    while (seen.num_held > 0) {
        for (unsigned t = 1; t <= num_tasks; t++)
            CU_ASSERT_EQUAL(seen.order[t] == 0, some_predecessor_is_open(t, after));
        release_one(
            (size_t)(tern_random_unit(seed, 2, counter++) * (double)seen.num_held),
            TERN_OK);
        run_all();
    }
}

static void random_graphs_run_in_topological_order_and_as_early_as_they_may(void)
{
    static uint64_t after[MAX_TASKS + 1][4];
    capture_t       capture;

    num_refused = 0;
    capture_begin(&capture, stderr);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        unsigned num_tasks = (unsigned)(20 + seed * 7);

        begin();
        build_random(seed, num_tasks, after);
        drive_random(seed, num_tasks, after);
        CU_ASSERT_EQUAL(seen.num_run, num_tasks);
        CU_ASSERT_EQUAL(graph.num_left, 0);
        CU_ASSERT_EQUAL(graph.roll.num_tasks, 0);
        check_order(num_tasks, after);
        tern_graph_fini(&graph);
    }
    free(capture_end(&capture));
    CU_ASSERT(num_refused > 0); /* some would have closed a cycle */
}

static void independent_tasks_are_open_together(void)
{
    begin();
    for (int i = 0; i < 50; i++)
        submit(note_and_stay, 0);
    run_all();
    CU_ASSERT_EQUAL(seen.most_open, 50);
    while (seen.num_held > 0)
        release_one(0, TERN_OK);
    tern_graph_fini(&graph);
}

static void a_task_may_follow_one_that_is_yet_to_come(void)
{
    begin();
    CU_ASSERT_EQUAL(submit(note, 3), 1);
    run_all();
    CU_ASSERT_EQUAL(seen.num_run, 0);
    CU_ASSERT_EQUAL(submit(note, 0), 2);
    CU_ASSERT(!tern_graph_is_finished(&graph, 3));
    CU_ASSERT_EQUAL(submit(note, 0), 3);
    run_all();
    CU_ASSERT_EQUAL(seen.order[2], 1);
    CU_ASSERT_EQUAL(seen.order[3], 2);
    CU_ASSERT_EQUAL(seen.order[1], 3);
    tern_graph_fini(&graph);
}

static tern_status_t try_submit(tern_task_t *parent, uint64_t after)
{
    tern_task_desc_t desc = {.name = "t", .num_after = 1, .after = &after, .run = note};
    capture_t        capture;
    tern_status_t    status;
    char            *text;

    capture_begin(&capture, stderr);
    status = tern_graph_submit(&graph, parent, &desc, NULL);
    text   = capture_end(&capture);
    CU_ASSERT_EQUAL(status == TERN_ERR_ARG, strstr(text, "wait for itself") != NULL);
    free(text);
    return status;
}

static void a_cycle_by_way_of_the_future_is_refused(void)
{
    begin();
    CU_ASSERT_EQUAL(try_submit(NULL, 1), TERN_ERR_ARG); /* itself */
    CU_ASSERT_EQUAL(submit(note, 3), 1);
    CU_ASSERT_EQUAL(submit(note, 1), 2);
    CU_ASSERT_EQUAL(try_submit(NULL, 2), TERN_ERR_ARG); /* 3 after 2 after 1 after 3 */
    CU_ASSERT_EQUAL(submit(note, 0), 3); /* the refused one has used no timestamp */
    run_all();
    CU_ASSERT_EQUAL(seen.num_run, 3);
    tern_graph_fini(&graph);
}

/* Task 1; its body knows that 2 follows 1. */
static tern_status_t submit_what_cannot_be(tern_task_t *task, void *context)
{
    (void)context;
    CU_ASSERT_EQUAL(try_submit(task, task->timestamp), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(try_submit(task, 2), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(try_submit(task, 3), TERN_OK); /* independent of it */
    CU_ASSERT_EQUAL(try_submit(task, 4), TERN_OK); /* its sibling */
    return TERN_OK;
}

static void a_subtask_cannot_follow_what_waits_for_its_parent(void)
{
    begin();
    submit(submit_what_cannot_be, 0);
    submit(note, 1);
    submit(note, 0);
    run_all();
    CU_ASSERT_EQUAL(graph.num_left, 0);
    CU_ASSERT_EQUAL(seen.order[2], 4); /* after 3 and the two subtasks */
    tern_graph_fini(&graph);
}

static tern_status_t submit_children(tern_task_t *task, void *context)
{
    tern_task_desc_t desc = {.name = "child", .run = note_and_stay, .done = note_end};

    (void)context;
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(tern_graph_submit(&graph, task, &desc, NULL), TERN_OK);
    return note(task, NULL);
}

static void a_task_is_finished_when_its_subtasks_are(void)
{
    uint64_t parent;

    begin();
    parent = submit(submit_children, 0);
    submit(note, parent);
    run_all();
    while (seen.num_held > 0) {
        CU_ASSERT(!tern_graph_is_finished(&graph, parent));
        CU_ASSERT_EQUAL(seen.order[2], 0);
        release_one(0, TERN_OK);
    }
    CU_ASSERT(tern_graph_is_finished(&graph, parent));
    run_all();
    CU_ASSERT(seen.order[2] > 0);
    tern_graph_fini(&graph);
}

static void a_failed_task_fails_its_successors_by_name(void)
{
    tern_task_result_t lowest;

    begin();
    submit(note, 0);
    submit(fail, 1);
    submit(note, 2);
    submit(note, 3);
    submit(note, 1);
    run_all();
    CU_ASSERT_EQUAL(seen.num_run, 3); /* 1, 2 and 5 */
    CU_ASSERT_EQUAL(seen.results[4].status, TERN_ERR_IO);
    CU_ASSERT_EQUAL(seen.results[4].cause, 2);
    CU_ASSERT_EQUAL(tern_graph_result(&graph, 3).cause, 2);
    CU_ASSERT_EQUAL(tern_graph_result(&graph, 5).status, TERN_OK);
    CU_ASSERT_EQUAL(submit(note, 4),
                    6); /* who follows a failed task later fails at once */
    CU_ASSERT_EQUAL(tern_graph_result(&graph, 6).cause, 2);
    lowest = tern_failures_take(&graph.failures);
    CU_ASSERT_EQUAL(lowest.timestamp, 2);
    CU_ASSERT_EQUAL(submit(note, 4), 7); /* forgotten: finished */
    run_all();
    CU_ASSERT_EQUAL(tern_graph_result(&graph, 7).status, TERN_OK);
    tern_graph_fini(&graph);
}

static void a_failed_subtask_fails_its_parent(void)
{
    begin();
    submit(submit_children, 0);
    run_all();
    release_one(1, TERN_ERR_FORMAT);
    release_one(0, TERN_OK);
    release_one(0, TERN_OK);
    CU_ASSERT_EQUAL(seen.results[1].status, TERN_ERR_FORMAT);
    CU_ASSERT_EQUAL(seen.results[1].cause, 3);
    tern_graph_fini(&graph);
}

static tern_status_t fail_quietly(tern_task_t *task, void *context)
{
    (void)task;
    (void)context;
    return TERN_ERR_IO;
}

static void submit_quietly(tern_task_fn *run, uint64_t after)
{
    tern_task_desc_t desc = {.num_after = 1, .after = &after, .run = run};

    CU_ASSERT_EQUAL(tern_graph_submit(&graph, NULL, &desc, NULL), TERN_OK);
}

static void memory_follows_unfinished_tasks(void)
{
    begin();
    for (uint64_t t = 1; t <= 100000; t++) {
        submit_quietly(NULL, t - 1);
        if (t % 10 == 0)
            run_all();
    }
    CU_ASSERT_EQUAL(graph.num_left, 0);
    CU_ASSERT_EQUAL(graph.roll.num_tasks, 0);
    CU_ASSERT(graph.roll.num_buckets <= 16);
    CU_ASSERT(graph.num_free_edges <= 16);
    tern_graph_fini(&graph);
}

static void a_long_chain_of_failures_needs_no_stack(void)
{
    begin();
    submit_quietly(fail_quietly, 0);
    for (uint64_t t = 2; t <= 200000; t++)
        submit_quietly(NULL, t - 1);
    run_all();
    CU_ASSERT_EQUAL(graph.num_left, 0);
    CU_ASSERT_EQUAL(tern_graph_result(&graph, 200000).cause, 1);
    tern_graph_fini(&graph);
}

static void submit_next(const tern_task_result_t *result, void *context)
{
    tern_task_desc_t desc = {.name = "next", .run = note, .done = submit_next};

    (void)context;
    if (result->timestamp < 5)
        CU_ASSERT_EQUAL(tern_graph_submit(&graph, NULL, &desc, NULL), TERN_OK);
}

static void a_callback_may_submit(void)
{
    tern_task_desc_t desc = {.name = "first", .run = note, .done = submit_next};

    begin();
    CU_ASSERT_EQUAL(tern_graph_submit(&graph, NULL, &desc, NULL), TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.num_run, 5);
    CU_ASSERT_EQUAL(graph.num_left, 0);
    tern_graph_fini(&graph);
}

static void what_is_waited_for_is_named(void)
{
    char             text[320];
    uint64_t         after = 9;
    tern_task_desc_t desc  = {.name = "learn", .num_after = 1, .after = &after};

    begin();
    CU_ASSERT_EQUAL(tern_graph_submit(&graph, NULL, &desc, NULL), TERN_OK);
    tern_graph_describe(&graph, 1, text, sizeof text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "task 1 'learn'"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "task 9"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "has not been submitted"));
    tern_graph_fini(&graph); /* ends it */
}

static void what_has_not_begun_ends_with_the_graph(void)
{
    begin();
    submit(note, 7);
    submit(note, 1);
    submit(note, 0);
    tern_graph_fini(&graph);
    CU_ASSERT_EQUAL(seen.num_run, 0);
    for (int t = 1; t <= 3; t++)
        CU_ASSERT_EQUAL(seen.results[t].status, TERN_ERR_STOPPED);
}

static void a_waiting_task_may_follow_another_one(void)
{
    begin();
    submit(note_and_stay, 0);
    submit(note_and_stay, 0);
    submit(note, 1);
    submit(note, 0);
    run_all();
    CU_ASSERT_EQUAL(tern_graph_relink(&graph, 3, 1, 2), TERN_OK);
    release_one(0, TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.order[3], 0);
    CU_ASSERT_EQUAL(tern_graph_relink(&graph, 3, 2, 0), TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.order[3], 4);
    release_one(0, TERN_OK);
    tern_graph_fini(&graph);
}

static void a_ready_task_may_have_to_wait_again(void)
{
    begin();
    submit(note_and_stay, 0);
    run_all();
    submit(note, 0);
    CU_ASSERT_EQUAL(tern_graph_relink(&graph, 2, 0, 1), TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.order[2], 0);
    release_one(0, TERN_OK);
    run_all();
    CU_ASSERT_EQUAL(seen.order[2], 2);
    tern_graph_fini(&graph);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(timestamps_rise_from_one),
        FACT(a_task_runs_after_what_it_follows),
        FACT(random_graphs_run_in_topological_order_and_as_early_as_they_may),
        FACT(independent_tasks_are_open_together),
        FACT(a_task_may_follow_one_that_is_yet_to_come),
        FACT(a_cycle_by_way_of_the_future_is_refused),
        FACT(a_subtask_cannot_follow_what_waits_for_its_parent),
        FACT(a_task_is_finished_when_its_subtasks_are),
        FACT(a_failed_task_fails_its_successors_by_name),
        FACT(a_failed_subtask_fails_its_parent),
        FACT(memory_follows_unfinished_tasks),
        FACT(a_long_chain_of_failures_needs_no_stack),
        FACT(a_callback_may_submit),
        FACT(what_is_waited_for_is_named),
        FACT(what_has_not_begun_ends_with_the_graph),
        FACT(a_waiting_task_may_follow_another_one),
        FACT(a_ready_task_may_have_to_wait_again),
    };

    return facts_run("task/graph", facts, sizeof facts / sizeof *facts);
}
