/** \file
 * Worker groups: clocks, barriers and sums of their own, tables that are shared or not.
 * run_mpi: ranks 2 4
 */
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_STEPS 40

/* Every rank works; the first half is group 0. */
static session_t begin(const char *setting, const char *value)
{
    const char *settings[8] = {
        "roles", session_all_roles(), "groups", NULL, setting, value, NULL};
    int size;

    MPI_Comm_size(MPI_COMM_WORLD, &size);
    settings[3] = size == 2 ? "1,1" : "1,3";
    return session_begin(settings);
}

static tern_table_t *create(const session_t *session, const char *name, uint32_t group,
                            tern_sync_t sync, const char *policy)
{
    tern_table_desc_t desc  = {.name   = name,
                               .keys   = {0, (uint64_t)tern_size(session->runtime)},
                               .width  = 1,
                               .sync   = sync,
                               .policy = policy,
                               .group  = group};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

static void workers_are_numbered_within_their_group(void)
{
    session_t       session = begin(NULL, NULL);
    tern_runtime_t *runtime = session.runtime;
    int             own     = tern_rank(runtime) == 0 ? 0 : 1;

    CU_ASSERT_EQUAL(tern_num_groups(runtime), 2);
    CU_ASSERT_EQUAL(tern_group(runtime), own);
    CU_ASSERT_EQUAL(tern_group_worker(runtime), tern_rank(runtime) - own);
    CU_ASSERT_EQUAL(tern_group_num_workers(runtime, 0), 1);
    CU_ASSERT_EQUAL(tern_group_num_workers(runtime, 1), tern_size(runtime) - 1);
    CU_ASSERT_EQUAL(tern_group_num_workers(runtime, 2), 0);
    session_end(&session);
}

static void sizes_that_do_not_fit_are_refused_everywhere(void)
{
    static const char *const settings[] = {"groups", "7,8", NULL};
    session_t                session    = session_begin_on(MPI_COMM_WORLD, settings);

    CU_ASSERT_EQUAL(session.status, TERN_ERR_USAGE);
    session_end(&session);
}

static void a_sum_counts_the_own_group(void)
{
    session_t session = begin(NULL, NULL);
    double    value   = 1 + tern_group(session.runtime);

    CU_ASSERT_EQUAL(tern_sum(session.runtime, 1, &value), TERN_OK);
    CU_ASSERT_EQUAL(value, tern_group(session.runtime) == 0
                               ? 1
                               : 2 * (tern_size(session.runtime) - 1));
    session_end(&session);
}

/* Group 1 takes steps in lockstep; group 0 takes none, or one at the end. */
static void a_group_that_stands_still_holds_no_other_up(void)
{
    session_t       session = begin(NULL, NULL);
    tern_runtime_t *runtime = session.runtime;
    tern_table_t *table = create(&session, "shared", TERN_GROUP_ALL, TERN_SYNC_BSP, NULL);
    float         one   = 1, seen;

    if (tern_group(runtime) == 1) {
        for (int step = 0; step < NUM_STEPS; step++) {
            tern_key_t own = (tern_key_t)tern_rank(runtime);

            CU_ASSERT_EQUAL(tern_push(table, 1, &own, &one, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_clock(runtime), TERN_OK);
            for (tern_key_t key = 1; key < (tern_key_t)tern_size(runtime); key++) {
                CU_ASSERT_EQUAL(tern_pull(table, 1, &key, &seen, NULL), TERN_OK);
                CU_ASSERT(seen >= (float)(step + 1)); /* bulk-synchronous in the group */
            }
            CU_ASSERT_EQUAL(tern_barrier(runtime), TERN_OK);
        }
        CU_ASSERT_EQUAL(tern_clock_now(runtime), NUM_STEPS);
    } else {
        CU_ASSERT_EQUAL(tern_clock(runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock_now(runtime), 1);
    }
    session_end(&session);
}

/* Each group counts to its own number; the other's pushes are awaited in the shared table. */
static void groups_that_share_a_table_see_each_others_pushes(void)
{
    session_t       session = begin(NULL, NULL);
    tern_runtime_t *runtime = session.runtime;
    tern_table_t   *table =
        create(&session, "shared", TERN_GROUP_ALL, TERN_SYNC_ASYNC, NULL);
    tern_key_t own = (tern_key_t)tern_rank(runtime), other = own == 0 ? 1 : 0;
    float      one = 1, seen = 0;

    CU_ASSERT_EQUAL(tern_push(table, 1, &own, &one, NULL), TERN_OK);
    while (seen != 1 && !tern_should_stop(runtime)) {
        CU_ASSERT_EQUAL(tern_pull(table, 1, &other, &seen, NULL), TERN_OK);
        tern_progress(runtime);
    }
    session_end(&session);
}

static void the_same_key_of_two_tables_is_two_rows(void)
{
    session_t       session   = begin(NULL, NULL);
    tern_runtime_t *runtime   = session.runtime;
    tern_table_t   *tables[2] = {
          create(&session, "zero", tern_group_only(0), TERN_SYNC_BSP, NULL),
          create(&session, "one", tern_group_only(1), TERN_SYNC_BSP, NULL)};
    tern_table_t *own    = tables[tern_group(runtime)];
    tern_key_t    key    = 0;
    float         amount = 1 + (float)tern_group(runtime), seen;

    CU_ASSERT_EQUAL(tern_push(own, 1, &key, &amount, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_clock(runtime), TERN_OK);
    CU_ASSERT_EQUAL(tern_pull(own, 1, &key, &seen, NULL), TERN_OK);
    CU_ASSERT_EQUAL(seen,
                    amount * (float)tern_group_num_workers(runtime, tern_group(runtime)));
    session_end(&session);
}

static void the_table_of_another_group_cannot_be_accessed(void)
{
    session_t       session = begin(NULL, NULL);
    tern_runtime_t *runtime = session.runtime;
    tern_table_t   *table =
        create(&session, "zero", tern_group_only(0), TERN_SYNC_BSP, NULL);
    tern_status_t expected = tern_group(runtime) == 0 ? TERN_OK : TERN_ERR_ARG;
    tern_key_t    key      = 0;
    float         value    = 1;

    CU_ASSERT_EQUAL(tern_push(table, 1, &key, &value, NULL), expected);
    CU_ASSERT_EQUAL(tern_pull(table, 1, &key, &value, NULL), expected);
    CU_ASSERT_EQUAL(tern_pull_range(table, (tern_range_t){0, 1}, &value, NULL), expected);
    CU_ASSERT_EQUAL(tern_call(table, tern_table_keys(table), "f", NULL, 0, NULL, NULL),
                    TERN_ERR_ARG); /* group 0: there is no such function */
    session_end(&session);
}

static void a_group_that_does_not_exist_has_no_tables(void)
{
    session_t         session = begin(NULL, NULL);
    tern_table_desc_t desc    = {
           .name = "t", .keys = {0, 4}, .width = 1, .group = tern_group_only(2)};
    tern_table_t *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_ERR_ARG);
    desc.group  = TERN_GROUP_ALL;
    desc.policy = "ssp"; /* whose clock? */
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_ERR_ARG);
    session_end(&session);
}

/* Replicas of two groups at once, each by the clock of its group; group 0 takes twice the steps. */
static void step_with_replicas(const char *policy)
{
    session_t       session   = begin(NULL, NULL);
    tern_runtime_t *runtime   = session.runtime;
    tern_table_t   *tables[2] = {
          create(&session, "zero", tern_group_only(0), TERN_SYNC_BSP, policy),
          create(&session, "one", tern_group_only(1), TERN_SYNC_BSP, policy)};
    tern_table_t *own     = tables[tern_group(runtime)];
    tern_range_t  keys    = tern_table_keys(own);
    int           workers = tern_group_num_workers(runtime, tern_group(runtime));
    int           steps   = tern_group(runtime) == 0 ? 2 * NUM_STEPS : NUM_STEPS;
    float         one     = 1, seen;

    for (int step = 0; step < steps; step++) {
        for (tern_key_t key = keys.first; key < keys.end; key++)
            CU_ASSERT_EQUAL(tern_push(own, 1, &key, &one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(runtime), TERN_OK);
        for (tern_key_t key = keys.first; key < keys.end; key++) {
            CU_ASSERT_EQUAL(tern_pull(own, 1, &key, &seen, NULL), TERN_OK);
            CU_ASSERT(seen >= (float)((step + 1) * workers));
        }
    }
    session_end(&session);
}

static void replicas_go_by_the_clock_of_their_group(void)
{
    step_with_replicas("ssp");
}

static void replicas_that_are_kept_up_do_so(void)
{
    step_with_replicas("essp");
}

static void groups_come_through_faults(void)
{
    session_t       session = begin("fault", "drop:0.05,duplicate:0.1,seed:11");
    tern_runtime_t *runtime = session.runtime;
    tern_table_t *table = create(&session, "shared", TERN_GROUP_ALL, TERN_SYNC_BSP, NULL);
    int           steps = tern_group(runtime) == 0 ? 5 : 10;
    tern_key_t    own   = (tern_key_t)tern_rank(runtime);
    float         one   = 1, seen;

    for (int step = 0; step < steps; step++) {
        CU_ASSERT_EQUAL(tern_push(table, 1, &own, &one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &own, &seen, NULL), TERN_OK);
        CU_ASSERT_EQUAL(seen, (float)(step + 1));
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(workers_are_numbered_within_their_group),
        FACT(sizes_that_do_not_fit_are_refused_everywhere),
        FACT(a_sum_counts_the_own_group),
        FACT(a_group_that_stands_still_holds_no_other_up),
        FACT(groups_that_share_a_table_see_each_others_pushes),
        FACT(the_same_key_of_two_tables_is_two_rows),
        FACT(the_table_of_another_group_cannot_be_accessed),
        FACT(a_group_that_does_not_exist_has_no_tables),
        FACT(replicas_go_by_the_clock_of_their_group),
        FACT(replicas_that_are_kept_up_do_so),
        FACT(groups_come_through_faults),
    };

    return mpi_facts_run("mpi/groups", facts, sizeof facts / sizeof *facts);
}
