/** \file
 * Replicas: what workers of stale tables may and must see, and what it costs.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

enum { NUM_KEYS = 300, NUM_STEPS = 30, WIDTH = 3 };

static const char *const policies[] = {"ssp", "essp"};

static tern_table_t *create(session_t *session, const char *policy, const char *update,
                            tern_sync_t sync, uint32_t staleness)
{
    tern_table_desc_t desc  = {.name           = policy,
                               .keys           = {0, NUM_KEYS},
                               .width          = WIDTH,
                               .update         = update,
                               .update_options = {.rate = 1},
                               .sync           = sync,
                               .staleness      = staleness,
                               .policy         = policy};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

static void push_one(tern_table_t *table, tern_key_t key, float number)
{
    float delta[WIDTH];

    for (int j = 0; j < WIDTH; j++)
        delta[j] = number;
    CU_ASSERT_EQUAL(tern_push(table, 1, &key, delta, NULL), TERN_OK);
}

static float pull_one(tern_table_t *table, tern_key_t key)
{
    float value[WIDTH];

    CU_ASSERT_EQUAL(tern_pull(table, 1, &key, value, NULL), TERN_OK);
    CU_ASSERT_EQUAL(value[0], value[WIDTH - 1]);
    return value[0];
}

static void clock_all(session_t *session, int num_times)
{
    for (int i = 0; i < num_times; i++)
        CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
}

/* Key w counts the steps of worker w, every key of the table counts the steps of all. A worker at clock c must see all
 * steps below c - s of every worker, all of its own, and none that was not made. */
static void run_steps(const char *policy, tern_sync_t sync, uint32_t staleness)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = create(&session, policy, "add", sync, staleness);
    int           num     = tern_num_workers(session.runtime);

    for (int step = 0; tern_is_worker(session.runtime) && step < NUM_STEPS; step++) {
        tern_key_t own    = (tern_key_t)tern_worker(session.runtime);
        tern_key_t shared = NUM_KEYS - 1 - (tern_key_t)step % 5;
        float      seen;

        push_one(table, own, 1);
        push_one(table, shared, 1);
        CU_ASSERT_EQUAL(pull_one(table, own), step + 1);
        CU_ASSERT(pull_one(table, shared) >= step / 5 + 1);
        clock_all(&session, 1);
        for (tern_key_t w = 0; w < (tern_key_t)num; w++) {
            seen = pull_one(table, w);
            CU_ASSERT(seen <= NUM_STEPS);
            if (sync != TERN_SYNC_ASYNC)
                CU_ASSERT(seen >= step + 1 - (w == own ? 0 : (float)staleness));
        }
    }
    if (tern_is_worker(session.runtime)) {
        tern_table_set_sync(table, TERN_SYNC_BSP, 0);
        clock_all(&session, 1);
        for (int w = 0; w < num; w++)
            CU_ASSERT_EQUAL(pull_one(table, (tern_key_t)w), NUM_STEPS);
        for (int k = 0; k < 5; k++)
            CU_ASSERT_EQUAL(pull_one(table, NUM_KEYS - 1 - (tern_key_t)k),
                            NUM_STEPS / 5 * num);
    }
    session_end(&session);
}

static void a_read_is_never_staler_than_the_bound(void)
{
    for (int p = 0; p < 2; p++) {
        run_steps(policies[p], TERN_SYNC_BSP, 0);
        run_steps(policies[p], TERN_SYNC_SSP, 1);
        run_steps(policies[p], TERN_SYNC_SSP, 3);
        run_steps(policies[p], TERN_SYNC_ASYNC, 0);
    }
}

/* Everybody pushes to everything, at random, and reads; at the end all sums are exact. */
static void run_storm(const char *policy, const char *const settings[])
{
    session_t     session        = session_begin(settings);
    tern_table_t *table          = create(&session, policy, "add", TERN_SYNC_SSP, 2);
    float        *rows           = calloc(NUM_KEYS, WIDTH * sizeof *rows);
    double        sums[NUM_KEYS] = {0};

    if (tern_is_worker(session.runtime)) {
        uint64_t seed = (uint64_t)tern_worker(session.runtime), counter = 0;

        for (int step = 0; step < NUM_STEPS; step++) {
            tern_key_t      keys[50];
            float           deltas[50][WIDTH], values[50][WIDTH];
            tern_request_t *request = NULL;

            for (int i = 0; i < 50; i++) {
                keys[i]      = tern_random_below(seed, 0, counter++, NUM_KEYS);
                deltas[i][0] = deltas[i][1] = deltas[i][2] = 1 + (float)(i % 3);
                sums[keys[i]] += 1 + i % 3;
            }
            CU_ASSERT_EQUAL(tern_pull(table, 50, keys, values, &request), TERN_OK);
            CU_ASSERT_EQUAL(tern_push(table, 50, keys, deltas, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
            CU_ASSERT_EQUAL(tern_push_pull(table, 50, keys, deltas, values, NULL),
                            TERN_OK);
            for (int i = 0; i < 50; i++) {
                sums[keys[i]] += 1 + i % 3;
                CU_ASSERT_EQUAL(values[i][0], values[i][WIDTH - 1]);
            }
            for (int i = 0; i < 50; i++) /* read my writes */
                CU_ASSERT(values[i][0] >= sums[keys[i]]);
            clock_all(&session, 1);
        }
        clock_all(&session, 3);
        CU_ASSERT_EQUAL(tern_sum(session.runtime, NUM_KEYS, sums), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, (tern_range_t){0, NUM_KEYS}, rows, NULL),
                        TERN_OK);
        for (int k = 0; k < NUM_KEYS; k++)
            CU_ASSERT_EQUAL(rows[k * WIDTH], sums[k]);
    }
    free(rows);
    session_end(&session);
}

static void sums_are_exact_in_a_storm(void)
{
    for (int p = 0; p < 2; p++)
        run_storm(policies[p], NULL);
}

static void sums_are_exact_though_messages_are_lost_and_doubled(void)
{
    static const char *const settings[] = {"fault", "drop:0.05,duplicate:0.05,delay:0.1",
                                           "resend-ms", "20", NULL};

    for (int p = 0; p < 2; p++)
        run_storm(policies[p], settings);
}

static void sums_are_exact_though_memory_is_short(void)
{
    static const char *const settings[] = {"shared-limit", "200000", NULL};

    for (int p = 0; p < 2; p++)
        run_storm(policies[p], settings);
}

/* --- costs --- */

/* Keys of another node. */
static size_t find_foreign(const tern_table_t *table, tern_key_t keys[NUM_KEYS])
{
    size_t num = 0;

    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        if (!tern_is_local(table, key))
            keys[num++] = key;
    return num;
}

static tern_counters_t counters_of(const session_t *session)
{
    tern_counters_t counters;

    tern_get_counters(session->runtime, &counters);
    return counters;
}

static void fresh_rows_are_not_asked_for(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = create(&session, "ssp", "add", TERN_SYNC_SSP, 2);
    tern_key_t      keys[NUM_KEYS];
    size_t          num = find_foreign(table, keys);
    float           values[NUM_KEYS][WIDTH];
    tern_counters_t before, after;

    if (tern_worker(session.runtime) == 0) {
        before = counters_of(&session);
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        after = counters_of(&session);
        CU_ASSERT_EQUAL(after.replica_refreshes - before.replica_refreshes, num);
        CU_ASSERT(after.refresh_messages - before.refresh_messages <=
                  (uint64_t)tern_num_servers(session.runtime));
        CU_ASSERT_EQUAL(after.refresh_messages > before.refresh_messages, num > 0);
        before = after;
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_push(table, num, keys, values, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        after = counters_of(&session);
        CU_ASSERT_EQUAL(after.replica_refreshes, before.replica_refreshes);
        CU_ASSERT_EQUAL(after.messages_sent, before.messages_sent);
        CU_ASSERT_EQUAL(after.replica_reads - before.replica_reads, 2 * num);
        for (size_t i = 0; i < num; i++)
            CU_ASSERT(tern_is_local(table, keys[i]));
    }
    session_end(&session);
}

static void a_row_is_asked_for_when_it_is_too_old(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = create(&session, "ssp", "add", TERN_SYNC_SSP, 1);
    tern_key_t    keys[NUM_KEYS];
    size_t        num = find_foreign(table, keys);
    float         values[NUM_KEYS][WIDTH];
    uint64_t      before;
    double        sum;

    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        before = counters_of(&session).replica_refreshes;
        clock_all(&session, 1);
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        CU_ASSERT_EQUAL(counters_of(&session).replica_refreshes, before);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        clock_all(&session, 1);
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        sum = (double)(counters_of(&session).replica_refreshes - before);
        CU_ASSERT_EQUAL(tern_sum(session.runtime, 1, &sum), TERN_OK);
        CU_ASSERT(sum >= (double)num); /* somebody of each node asked for each */
    }
    session_end(&session);
}

/* Worker 0 alone changes one row of its node at each step; the others read everything. */
static void owners_send_what_changed_and_nothing_else(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = create(&session, "essp", "add", TERN_SYNC_BSP, 0);
    tern_key_t    keys[NUM_KEYS];
    size_t        num = find_foreign(table, keys);
    float         values[NUM_KEYS][WIDTH];
    bool          is_worker = tern_is_worker(session.runtime);
    double        sums[2]   = {0};
    uint64_t      refreshes = 0, pushed = 0;

    if (is_worker) {
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        clock_all(&session, 1);
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        refreshes = counters_of(&session).replica_refreshes;
        pushed    = counters_of(&session).pushed_rows;
    }
    for (int step = 1; is_worker && step <= 10; step++) {
        if (tern_worker(session.runtime) == 0)
            push_one(table, 0, 1); /* rank 0 owns it */
        clock_all(&session, 1);
        CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
        for (size_t i = 0; i < num; i++)
            CU_ASSERT_EQUAL(values[i][0], keys[i] == 0 ? step : 0);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    if (is_worker) {
        CU_ASSERT_EQUAL(counters_of(&session).replica_refreshes, refreshes);
        sums[0] = (double)(counters_of(&session).pushed_rows - pushed);
        sums[1] = num > 0 && keys[0] == 0 && num < NUM_KEYS ? 1 : 0;
        CU_ASSERT_EQUAL(tern_sum(session.runtime, 2, sums), TERN_OK);
        /* one row a step for each other node; its agent counts, which may be no worker */
        CU_ASSERT(sums[0] <= 10 * sums[1]);
        if (tern_num_workers(session.runtime) == tern_size(session.runtime))
            CU_ASSERT_EQUAL(sums[0], 10 * sums[1]);
    }
    session_end(&session);
}

/* --- changes past the replicas --- */

static void a_set_overwrites_what_was_pushed_before(void)
{
    for (int p = 0; p < 2; p++) {
        session_t     session = session_begin(NULL);
        tern_table_t *table   = create(&session, policies[p], "add", TERN_SYNC_BSP, 0);
        float         value[WIDTH] = {100, 100, 100};

        if (tern_worker(session.runtime) == 0)
            for (tern_key_t key = 0; key < NUM_KEYS; key += 7) {
                push_one(table, key, 5);
                CU_ASSERT_EQUAL(pull_one(table, key), 5);
                CU_ASSERT_EQUAL(tern_set(table, 1, &key, value, NULL), TERN_OK);
                CU_ASSERT_EQUAL(pull_one(table, key), 100);
                push_one(table, key, 1);
                CU_ASSERT_EQUAL(pull_one(table, key), 101);
            }
        if (tern_is_worker(session.runtime)) {
            clock_all(&session, 1);
            for (tern_key_t key = 0; key < NUM_KEYS; key += 7)
                CU_ASSERT_EQUAL(pull_one(table, key), 101);
        }
        session_end(&session);
    }
}

/* sgd at rate 1 subtracts; a node's gradients reach the owner summed, at the clock. */
static void gradients_are_summed_and_show_after_the_clock(void)
{
    for (int p = 0; p < 2; p++) {
        session_t     session = session_begin(NULL);
        tern_table_t *table   = create(&session, policies[p], "sgd", TERN_SYNC_BSP, 0);

        for (int step = 1; tern_is_worker(session.runtime) && step <= 5; step++) {
            for (tern_key_t key = 0; key < NUM_KEYS; key += 11) {
                push_one(table, key, 1);
                push_one(table, key, 1);
            }
            clock_all(&session, 1);
            for (tern_key_t key = 0; key < NUM_KEYS; key += 11)
                CU_ASSERT_EQUAL(pull_one(table, key),
                                -2 * step * tern_num_workers(session.runtime));
            CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        }
        session_end(&session);
    }
}

static void rules_without_sums_are_refused(void)
{
    session_t         session = session_begin(NULL);
    tern_table_t     *table   = NULL;
    tern_table_desc_t desc    = {
           .name = "t", .keys = {0, 10}, .width = 1, .update = "assign", .policy = "ssp"};

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_ERR_ARG);
    session_end(&session);
}

/* The others leave without a clock. */
static void what_was_pushed_last_is_not_lost_at_the_end(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = create(&session, "ssp", "add", TERN_SYNC_BSP, 0);

    if (tern_is_worker(session.runtime))
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            push_one(table, key, 1);
    if (tern_worker(session.runtime) == 0) {
        clock_all(&session, 1);
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            CU_ASSERT_EQUAL(pull_one(table, key), tern_num_workers(session.runtime));
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_read_is_never_staler_than_the_bound),
        FACT(sums_are_exact_in_a_storm),
        FACT(sums_are_exact_though_messages_are_lost_and_doubled),
        FACT(sums_are_exact_though_memory_is_short),
        FACT(fresh_rows_are_not_asked_for),
        FACT(a_row_is_asked_for_when_it_is_too_old),
        FACT(owners_send_what_changed_and_nothing_else),
        FACT(a_set_overwrites_what_was_pushed_before),
        FACT(gradients_are_summed_and_show_after_the_clock),
        FACT(rules_without_sums_are_refused),
        FACT(what_was_pushed_last_is_not_lost_at_the_end),
    };

    return mpi_facts_run("mpi/replicas", facts, sizeof facts / sizeof *facts);
}
