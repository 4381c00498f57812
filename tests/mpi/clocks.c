/** \file
 * Clocks, barriers and sums between workers on one node and on several.
 */
#include "mpi_facts.h"
#include "session.h"

#define NUM_STEPS 60

/* Table "steps": key w holds how many steps worker w has pushed. Nobody may see another worker further
 * behind than the bound, nor any push of an allowed step missing. */
static void run_steps(tern_sync_t sync, uint32_t staleness)
{
    session_t         session = session_begin(NULL);
    tern_runtime_t   *runtime = session.runtime;
    tern_table_desc_t desc    = {.name      = "steps",
                                 .keys      = {0, (uint64_t)tern_num_workers(runtime)},
                                 .width     = 1,
                                 .type      = TERN_FLOAT64,
                                 .sync      = sync,
                                 .staleness = staleness};
    tern_table_t     *table   = NULL;

    CU_ASSERT_EQUAL(tern_table_create(runtime, &desc, &table), TERN_OK);
    for (int step = 0; tern_is_worker(runtime) && step < NUM_STEPS; step++) {
        tern_key_t      own     = (tern_key_t)tern_worker(runtime);
        double          one     = 1, seen;
        tern_request_t *request = NULL;

        CU_ASSERT_EQUAL(tern_push(table, 1, &own, &one, &request), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(runtime),
                        TERN_OK); /* covers the push: nobody waited for it */
        CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock_now(runtime), (uint64_t)step + 1);
        for (tern_key_t w = 0; w < (tern_key_t)tern_num_workers(runtime); w++) {
            CU_ASSERT_EQUAL(tern_pull(table, 1, &w, &seen, NULL), TERN_OK);
            if (sync != TERN_SYNC_ASYNC || w == own)
                CU_ASSERT(seen >= step + 1 - (w == own ? 0 : (double)staleness));
        }
    }
    session_end(&session);
}

static void bulk_synchronous_workers_see_every_push_of_the_step(void)
{
    run_steps(TERN_SYNC_BSP, 0);
}

static void bounded_delay_is_never_exceeded(void)
{
    run_steps(TERN_SYNC_SSP, 1);
    run_steps(TERN_SYNC_SSP, 4);
}

static void asynchronous_workers_see_at_least_their_own(void)
{
    run_steps(TERN_SYNC_ASYNC, 0);
}

/* Worker w makes w steps only; the others must reach the end. */
static void a_worker_that_finishes_early_blocks_nobody(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = {.name = "t", .keys = {0, 1}, .width = 1};
    tern_table_t     *table   = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    for (int step = 0; step < 10 * tern_worker(session.runtime); step++)
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    session_end(&session);
}

static void the_bound_may_change_while_running(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = {.name = "t", .keys = {0, 1}, .width = 1};
    tern_table_t     *table   = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    tern_table_set_sync(table, TERN_SYNC_ASYNC, 0);
    if (tern_worker(session.runtime) ==
        0) /* alone: without a bound this waits for nobody */
        for (int step = 0; step < 5; step++)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    if (tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    tern_table_set_sync(table, TERN_SYNC_BSP, 0);
    if (tern_is_worker(session.runtime) && tern_worker(session.runtime) != 0)
        for (int step = 0; step < 5; step++)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    session_end(&session);
}

static void sums_are_the_same_on_every_worker(void)
{
    session_t session = session_begin(NULL);

    if (tern_is_worker(session.runtime)) {
        double n         = tern_num_workers(session.runtime);
        double values[2] = {1, tern_worker(session.runtime)};

        CU_ASSERT_EQUAL(tern_sum(session.runtime, 2, values), TERN_OK);
        CU_ASSERT_EQUAL(values[0], n);
        CU_ASSERT_EQUAL(values[1], n * (n - 1) / 2);
    }
    session_end(&session);
}

static void all_ranks_learn_the_largest(void)
{
    session_t session   = session_begin(NULL);
    double    rank      = tern_rank(session.runtime);
    double    values[2] = {rank, -rank};

    CU_ASSERT_EQUAL(tern_max(session.runtime, 2, values), TERN_OK);
    CU_ASSERT_EQUAL(values[0], tern_size(session.runtime) - 1);
    CU_ASSERT_EQUAL(values[1], 0);
    session_end(&session);
}

static void all_ranks_learn_that_one_failed(void)
{
    session_t     session = session_begin(NULL);
    int           last    = tern_size(session.runtime) - 1;
    bool          is_last = tern_rank(session.runtime) == last;
    tern_status_t status =
        tern_agree(session.runtime, is_last ? TERN_ERR_FORMAT : TERN_OK);

    CU_ASSERT_EQUAL(status, is_last ? TERN_ERR_FORMAT : TERN_ERR_REMOTE);
    CU_ASSERT_EQUAL(tern_agree(session.runtime, TERN_OK), TERN_OK);
    session_end(&session);
}

static void a_stop_ends_every_wait(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = {.name = "t", .keys = {0, 1}, .width = 1};
    tern_table_t     *table   = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    if (tern_worker(session.runtime) == tern_num_workers(session.runtime) - 1)
        tern_stop(session.runtime); /* and never takes a step */
    else if (tern_is_worker(session.runtime))
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_ERR_STOPPED);
    if (tern_worker(session.runtime) == 0)
        CU_ASSERT(tern_should_stop(session.runtime));
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(bulk_synchronous_workers_see_every_push_of_the_step),
        FACT(bounded_delay_is_never_exceeded),
        FACT(asynchronous_workers_see_at_least_their_own),
        FACT(a_worker_that_finishes_early_blocks_nobody),
        FACT(the_bound_may_change_while_running),
        FACT(sums_are_the_same_on_every_worker),
        FACT(all_ranks_learn_the_largest),
        FACT(all_ranks_learn_that_one_failed),
        FACT(a_stop_ends_every_wait),
    };

    return mpi_facts_run("mpi/clocks", facts, sizeof facts / sizeof *facts);
}
