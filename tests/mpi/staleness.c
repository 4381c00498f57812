/** \file
 * What pulls of tables whose pushes are collected wait for, and how stale they are.
 */
#include <stdio.h>
#include <string.h>

#include "aggregate_fixture.h"
#include "client/client.h"
#include "mpi_facts.h"

/* Every step adds as much to each row. So rows of one server are equal in a pull, and servers have ranges of keys. */
static void pulls_see_whole_steps(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_ASYNC, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    tern_range_t      all     = {0, NUM_KEYS};
    double            rows[NUM_KEYS * WIDTH], ones[NUM_KEYS * WIDTH];

    for (uint32_t i = 0; i < NUM_KEYS * WIDTH; i++)
        ones[i] = 1;
    for (int step = 0; tern_is_worker(session.runtime) && step < 200; step++) {
        int num_changes = 0;

        CU_ASSERT_EQUAL(tern_push_range(table, all, ones, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, all, rows, NULL), TERN_OK);
        for (uint32_t i = 1; i < NUM_KEYS * WIDTH; i++)
            num_changes += rows[i] != rows[i - 1];
        CU_ASSERT(num_changes < tern_num_servers(session.runtime));
    }
    session_end(&session);
}

/* What servers have seen: largest staleness of any; most pulls and steps that one node's have counted. */
typedef struct seen {
    uint64_t largest, largest_of_steps, num_pulls, num_steps;
} seen_t;

/* End the session. */
static seen_t end_and_compare(session_t *session, const tern_table_t *table)
{
    tern_staleness_t counts = tern_table_staleness(table);
    seen_t           seen   = {.largest          = counts.largest,
                               .largest_of_steps = counts.largest_of_steps};

    for (uint32_t b = 0; b < TERN_STALENESS_BINS; b++) {
        seen.num_pulls += counts.num_pulls[b];
        seen.num_steps += counts.num_steps[b];
    }
    session_end(session);
    MPI_Allreduce(MPI_IN_PLACE, &seen, 4, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
    return seen;
}

/* Workers of uneven speed, pulling after each clock. */
static seen_t run_unevenly(uint32_t staleness)
{
    session_t         session = aggregate_begin();
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_SSP, staleness);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    double            rows[NUM_KEYS * WIDTH] = {0};
    tern_range_t      all                    = {0, NUM_KEYS};

    for (int step = 0; step < 40; step++) {
        volatile double work = 1;
        uint64_t        n =
            tern_random_mix((uint64_t)(step * 64 + tern_worker(session.runtime))) % 40000;

        for (uint64_t i = 0; i < n; i++)
            work = work * 1.0000001;
        CU_ASSERT_EQUAL(tern_push_range(table, all, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, all, rows, NULL), TERN_OK);
    }
    CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    return end_and_compare(&session, table);
}

static void staleness_never_exceeds_the_bound(void)
{
    for (uint32_t tau = 0; tau <= 8; tau++) {
        seen_t seen = run_unevenly(tau);

        CU_ASSERT(seen.largest <= tau);
        CU_ASSERT(seen.num_pulls > 0);
        CU_ASSERT(seen.largest_of_steps <= tau);
        CU_ASSERT(seen.num_steps > 0);
    }
}

/* Worker 0 ends tau steps, then pulls, while nobody else has ended one: exactly the bound. */
static void staleness_reaches_the_bound(void)
{
    for (uint32_t tau = 0; tau <= 8; tau++) {
        session_t         session = aggregate_begin();
        tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_SSP, tau);
        tern_table_t     *table   = aggregate_make(&session, &desc);
        bool              is_one  = tern_num_workers(session.runtime) == 1;
        tern_key_t        key     = 0;
        seen_t            seen;
        double            row[WIDTH];

        for (uint32_t step = 0; tern_worker(session.runtime) == 0 && step < tau; step++)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        seen = end_and_compare(&session, table);
        CU_ASSERT(is_one ? seen.largest <= tau : seen.largest == tau);
    }
}

/* Worker 0 makes its steps alone. */
static void without_a_bound_nobody_waits(void)
{
    session_t         session = aggregate_begin();
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_ASYNC, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    tern_key_t        key     = 0;
    double            row[WIDTH];

    if (tern_is_worker(session.runtime)) {
        if (tern_worker(session.runtime) == 0)
            for (int step = 0; step < 100; step++) {
                CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
                CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
            }
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

static void the_bound_may_change_while_running(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_ASYNC, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    tern_key_t        key     = 0;
    double            row[WIDTH], one[WIDTH] = {1, 1};

    for (int step = 0; tern_is_worker(session.runtime) && step < 60; step++) {
        uint32_t tau = (uint32_t)step / 10;

        tern_table_set_sync(table, tau == 5 ? TERN_SYNC_BSP : TERN_SYNC_SSP,
                            tau == 5 ? 0 : tau);
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT(row[0] >= (step + 1 - (tau == 5 ? 0 : (int)tau)) *
                                tern_num_workers(session.runtime));
    }
    session_end(&session);
}

/* Until all ranks are here; meanwhile this one serves. */
static void meet(session_t *session)
{
    MPI_Request request;
    int         is_done = 0;

    MPI_Ibarrier(MPI_COMM_WORLD, &request);
    while (!is_done) {
        tern_progress(session->runtime);
        MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
    }
}

typedef struct iteration {
    session_t    *session;
    tern_table_t *table;
    double        rows[NUM_KEYS * WIDTH];
} iteration_t;

/* A tern_task_fn. */
static tern_status_t pull_all(tern_task_t *task, void *context)
{
    iteration_t *iteration = context;

    return tern_pull_range(iteration->table, (tern_range_t){0, NUM_KEYS}, iteration->rows,
                           tern_task_slot(task));
}

/* A tern_task_fn: pushes, ends the step, and is not finished before its result has come. */
static tern_status_t iterate(tern_task_t *task, void *context)
{
    static const double zeros[NUM_KEYS * WIDTH];
    iteration_t        *iteration = context;
    tern_task_desc_t    pull = {.name = "pull", .run = pull_all, .context = iteration};

    CU_ASSERT_EQUAL(tern_push_range(iteration->table, (tern_range_t){0, NUM_KEYS}, zeros,
                                    tern_task_slot(task)),
                    TERN_OK);
    CU_ASSERT_EQUAL(tern_clock(iteration->session->runtime), TERN_OK);
    return tern_task_submit_sub(task, &pull, NULL);
}

/* Worker 0 begins when the others can go no further. */
static seen_t run_graph(uint32_t max_delay)
{
    enum { NUM_ITERATIONS = 30 };
    session_t          session = aggregate_begin();
    tern_table_desc_t  desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t      *table   = aggregate_make(&session, &desc);
    tern_tasks_t      *tasks   = NULL;
    tern_delay_t      *delay   = NULL;
    static iteration_t iterations[NUM_ITERATIONS];

    CU_ASSERT_EQUAL(tern_tasks_create(session.runtime, &tasks), TERN_OK);
    CU_ASSERT_EQUAL(tern_delay_create(tasks, max_delay, &delay), TERN_OK);
    for (int i = 0; i < NUM_ITERATIONS; i++) {
        tern_task_desc_t task = {.run = iterate, .context = &iterations[i]};

        iterations[i] = (iteration_t){.session = &session, .table = table};
        CU_ASSERT_EQUAL(tern_delay_submit(delay, &task, NULL), TERN_OK);
    }
    if (tern_worker(session.runtime) > 0)
        CU_ASSERT_EQUAL(tern_tasks_poll(tasks), TERN_IN_PROGRESS);
    meet(&session);
    CU_ASSERT_EQUAL(tern_tasks_wait_all(tasks), TERN_OK);
    CU_ASSERT(tern_delay_largest_staleness(delay) <= max_delay);
    tern_delay_destroy(&delay);
    tern_tasks_destroy(&tasks);
    CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    return end_and_compare(&session, table);
}

/* Pulls of a graph wait for their own step, so that they are never stale; its steps are as stale as it allows. One that allowed one more
 * would be seen to do so. */
static void steps_are_as_stale_as_their_graph_allows(void)
{
    int size;

    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (uint32_t tau = 0; tau <= 16; tau++) {
        seen_t seen = run_graph(tau);

        CU_ASSERT_EQUAL(seen.largest, 0);
        CU_ASSERT(size == 1 ? seen.largest_of_steps <= tau
                            : seen.largest_of_steps == tau);
        CU_ASSERT(seen.num_steps > 0);
    }
}

/* Nothing is ever pulled, and nobody is slow: the steps are applied, but their results are not seen. */
static void a_worker_that_asks_for_no_results_is_seen(void)
{
    session_t         session                 = aggregate_begin();
    tern_table_desc_t desc                    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table                   = aggregate_make(&session, &desc);
    double            zeros[NUM_KEYS * WIDTH] = {0}, rows[NUM_KEYS * WIDTH];
    tern_range_t      all                     = {0, NUM_KEYS};

    for (int step = 0; step < 10; step++) {
        if (step == 6)
            CU_ASSERT_EQUAL(tern_pull_range(table, all, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_push_range(table, all, zeros, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    }
    CU_ASSERT_EQUAL(tern_pull_range(table, all, rows, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    CU_ASSERT_EQUAL(end_and_compare(&session, table).largest_of_steps, 5);
}

static void a_stop_ends_pulls_that_wait(void)
{
    session_t         session = aggregate_begin();
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    tern_request_t   *request = NULL;
    tern_key_t        key     = 0;
    double            row[WIDTH];

    if (tern_worker(session.runtime) >
        0) { /* worker 0 ends no step, and does not leave */
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, &request), TERN_OK);
        CU_ASSERT_PTR_NOT_NULL(request);
    }
    meet(&session);
    if (tern_worker(session.runtime) == 0)
        tern_stop(session.runtime);
    CU_ASSERT_EQUAL(tern_wait(&request),
                    tern_worker(session.runtime) == 0 ? TERN_OK : TERN_ERR_STOPPED);
    meet(&session);
    session_end(&session);
}

/* Worker 0 has ended one step less than the others, who wait for it. */
static void a_stall_report_names_steps_and_who_is_missing(void)
{
    session_t         session = aggregate_begin();
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    tern_request_t   *request = NULL;
    tern_key_t        key     = 0;
    double            row[WIDTH];

    if (tern_worker(session.runtime) > 0)
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    meet(&session);
    if (tern_worker(session.runtime) > 0) {
        const tern_stream_t *stream = &table->client->streams[0];
        char                 text[512];

        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, &request), TERN_OK);
        for (const tern_part_t *part = stream->first; part != NULL; part = part->next)
            tern_part_describe(part, stream, text,
                               sizeof text); /* the last is the pull */
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "which needs 1 steps applied: the slowest "
                                            "worker"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, " has ended 0"));
        if (tern_num_nodes(session.runtime) == 1)
            CU_ASSERT_PTR_NOT_NULL(strstr(text, "rank 0,"));
    }
    meet(&session);
    if (tern_worker(session.runtime) == 0)
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
    session_end(&session);
}

/* Half of the workers share a table; the others never end a step. */
static void workers_of_other_groups_are_not_waited_for(void)
{
    char              sizes[32];
    const char       *settings[] = {"roles", session_all_roles(), "groups", sizes, NULL};
    tern_table_desc_t desc       = aggregate_describe(TERN_SYNC_BSP, 0);
    session_t         session;
    tern_table_t     *table;
    tern_key_t        key = 5;
    double            row[WIDTH], one[WIDTH] = {1, 1};
    int               size;

    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (size < 2) {
        facts_skip("one worker makes one group");
        return;
    }
    snprintf(sizes, sizeof sizes, "%d,%d", size / 2, size - size / 2);
    session    = session_begin(settings);
    desc.group = tern_group_only(0);
    table      = aggregate_make(&session, &desc);
    for (int step = 1; tern_group(session.runtime) == 0 && step <= 10; step++) {
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(row[0], step * (size / 2));
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(pulls_see_whole_steps),
        FACT(staleness_never_exceeds_the_bound),
        FACT(staleness_reaches_the_bound),
        FACT(without_a_bound_nobody_waits),
        FACT(the_bound_may_change_while_running),
        FACT(steps_are_as_stale_as_their_graph_allows),
        FACT(a_worker_that_asks_for_no_results_is_seen),
        FACT(a_stop_ends_pulls_that_wait),
        FACT(a_stall_report_names_steps_and_who_is_missing),
        FACT(workers_of_other_groups_are_not_waited_for),
    };

    return mpi_facts_run("mpi/staleness", facts, sizeof facts / sizeof *facts);
}
