/** \file
 * One-sided pulls: what comes by a get and what has to be asked, counted exactly. `here` are the rows of
 * the caller's node.
 *
 * run_mpi: ranks 2 4; nodes 0 1 2
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mpi_facts.h"
#include "session.h"
#include "table/table.h"

#define NUM_KEYS    2000u
#define WIDTH       5u
#define MAX_SECONDS 20

/* A session that insists on windows; false, and the fact is skipped, where MPI gives none. */
static bool begin(session_t *session)
{
    static const char *const settings[] = {"pull", "window", NULL};

    *session = session_begin_on(MPI_COMM_WORLD, settings);
    if (session->status != TERN_ERR_UNSUPPORTED) {
        CU_ASSERT_EQUAL(session->status, TERN_OK);
        return session->status == TERN_OK;
    }
    facts_skip("this MPI gives no window here");
    session_end(session);
    return false;
}

static tern_table_t *table_with(session_t *session, uint64_t num_keys,
                                tern_consistency_t consistency, tern_index_t index)
{
    tern_table_desc_t desc  = {.name        = "t",
                               .keys        = {50, 50 + num_keys},
                               .width       = WIDTH,
                               .sync        = TERN_SYNC_ASYNC,
                               .init        = {TERN_INIT_CONSTANT, 3, 0},
                               .index       = index,
                               .consistency = consistency};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

static tern_table_t *table_of(session_t *session, uint64_t num_keys)
{
    return table_with(session, num_keys, TERN_WHOLE_ROWS, TERN_INDEX_AUTO);
}

static tern_counters_t counters(const session_t *session)
{
    tern_counters_t now;

    tern_get_counters(session->runtime, &now);
    return now;
}

/* All keys that are here, or all that are not, in an order that is not theirs; returns how many. */
static size_t list_keys(const tern_table_t *table, bool are_here, tern_key_t keys[])
{
    tern_range_t range = tern_table_keys(table);
    uint64_t     num   = range.end - range.first;
    size_t       n     = 0;

    for (uint64_t i = 0; i < num; i++) {
        tern_key_t key =
            range.first + i * 773 % num; /* a prime that does not divide it */

        if (tern_is_local(table, key) == are_here)
            keys[n++] = key;
    }
    return n;
}

static void push_ones(tern_table_t *table, size_t num_keys, const tern_key_t keys[])
{
    float *ones = malloc((num_keys + 1) * WIDTH * sizeof *ones);

    for (size_t i = 0; i < num_keys * WIDTH; i++)
        ones[i] = 1;
    CU_ASSERT_EQUAL(tern_push(table, num_keys, keys, ones, NULL), TERN_OK);
    free(ones);
}

/* Pull and wait; how many values are not `expected`. */
static size_t num_wrong(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        float expected)
{
    float *values = calloc((num_keys + 1) * WIDTH, sizeof *values);
    size_t n      = 0;

    CU_ASSERT_EQUAL(tern_pull(table, num_keys, keys, values, NULL), TERN_OK);
    for (size_t i = 0; i < num_keys * WIDTH; i++)
        n += values[i] != expected;
    free(values);
    return n;
}

static void barrier(const session_t *session)
{
    CU_ASSERT_EQUAL(tern_barrier(session->runtime), TERN_OK);
}

/* --- facts --- */

static void rows_of_other_nodes_come_by_gets_alone(void)
{
    static tern_key_t         keys[NUM_KEYS];
    static const tern_index_t indices[] = {TERN_INDEX_ARITHMETIC, TERN_INDEX_PAGED};
    session_t                 session;

    for (size_t i = 0; i < 2 && begin(&session); i++) {
        tern_table_t *table = table_with(&session, NUM_KEYS, TERN_WHOLE_ROWS, indices[i]);

        if (tern_is_worker(session.runtime)) {
            size_t          n      = list_keys(table, false, keys);
            tern_counters_t before = counters(&session), after;

            CU_ASSERT_EQUAL(num_wrong(table, n, keys, 3), 0);
            after = counters(&session);
            CU_ASSERT_EQUAL(after.window_rows - before.window_rows, n);
            CU_ASSERT_EQUAL(after.window_retries, before.window_retries);
            CU_ASSERT_EQUAL(after.window_fallbacks, before.window_fallbacks);
            if (n > 0)
                CU_ASSERT(after.window_gets - before.window_gets >= n / 256);
            CU_ASSERT(after.window_gets - before.window_gets <=
                      n / 256 + (uint64_t)tern_num_servers(session.runtime));
            barrier(&session);
        }
        session_end(&session);
    }
}

static void without_other_nodes_or_by_message_rows_have_no_seal(void)
{
    static const char *const by_message[] = {"pull", "message", NULL};
    session_t                session      = session_begin(by_message);
    tern_table_t            *table        = table_of(&session, NUM_KEYS);

    CU_ASSERT_EQUAL(table->view.layout.checksum_offset, 0);
    CU_ASSERT_PTR_NULL(table->window);
    session_end(&session);
    if (!begin(&session))
        return;
    table = table_of(&session, NUM_KEYS);
    CU_ASSERT_EQUAL(table->view.layout.checksum_offset != 0,
                    tern_num_nodes(session.runtime) > 1);
    CU_ASSERT_EQUAL(table->window != NULL, tern_num_nodes(session.runtime) > 1);
    session_end(&session);
}

/* Each worker on keys of its own, so that every value is known. */
static void own_pushes_are_seen_before_they_are_acknowledged(void)
{
    static tern_key_t keys[NUM_KEYS];
    session_t         session;
    tern_table_t     *table;

    if (!begin(&session))
        return;
    table = table_of(&session, NUM_KEYS);
    if (tern_is_worker(session.runtime)) {
        size_t     n      = list_keys(table, false, keys);
        size_t     worker = (size_t)tern_worker(session.runtime);
        float      ones[WIDTH], values[WIDTH];
        tern_key_t key = n > 0 ? keys[worker * 17 % n] : 50 + worker;

        for (uint32_t j = 0; j < WIDTH; j++)
            ones[j] = 1;
        for (int round = 1; round <= 500 && n > 0; round++) {
            tern_request_t *push = NULL, *pull = NULL;
            tern_counters_t before = counters(&session), after;
            uint64_t        by_window;

            CU_ASSERT_EQUAL(tern_push(table, 1, &key, ones, &push), TERN_OK);
            CU_ASSERT_EQUAL(tern_pull(table, 1, &key, values, &pull), TERN_OK);
            CU_ASSERT_EQUAL(tern_wait(&pull), TERN_OK);
            CU_ASSERT_EQUAL(values[WIDTH - 1], 3 + (float)round);
            CU_ASSERT_EQUAL(tern_wait(&push), TERN_OK);
            after = counters(&session);
            CU_ASSERT_EQUAL(after.window_gets, before.window_gets);
            CU_ASSERT_EQUAL(num_wrong(table, 1, &key, 3 + (float)round), 0);
            by_window = counters(&session).window_rows - after.window_rows;
            CU_ASSERT_EQUAL(by_window + counters(&session).window_fallbacks -
                                after.window_fallbacks,
                            1);
        }
        barrier(&session);
    }
    session_end(&session);
}

static void pushes_of_others_are_seen_after_a_barrier(void)
{
    static tern_key_t keys[NUM_KEYS];
    session_t         session;
    tern_table_t     *table;

    if (!begin(&session))
        return;
    table = table_of(&session, NUM_KEYS);
    if (tern_is_worker(session.runtime)) {
        int    workers = tern_num_workers(session.runtime);
        size_t n       = list_keys(table, false, keys);

        n += list_keys(table, true, keys + n);
        CU_ASSERT_EQUAL(n, NUM_KEYS);
        for (int round = 1; round <= 20; round++) {
            push_ones(table, n, keys);
            barrier(&session);
            CU_ASSERT_EQUAL(num_wrong(table, n, keys, 3 + (float)(round * workers)), 0);
            barrier(&session);
        }
    }
    session_end(&session);
}

static void unsealed_rows_are_asked_once_and_sealed_by_that(void)
{
    tern_key_t    keys[64];
    session_t     session;
    tern_table_t *table;

    if (!begin(&session))
        return;
    table = table_of(&session, 64);
    if (tern_is_worker(session.runtime)) {
        float           changes = (float)tern_num_workers(session.runtime);
        size_t          n;
        tern_counters_t before, after;
        time_t          end = time(NULL) + MAX_SECONDS;

        n = list_keys(table, true, keys);
        push_ones(table, n, keys); /* on their node: unseals */
        barrier(&session);
        n = list_keys(table, false, keys);
        changes =
            changes / (float)tern_num_nodes(session.runtime); /* workers of a node */
        before = counters(&session);
        CU_ASSERT_EQUAL(num_wrong(table, n, keys, 3 + changes), 0);
        after = counters(&session);
        CU_ASSERT_EQUAL(after.window_rows + after.window_fallbacks - before.window_rows -
                            before.window_fallbacks,
                        n);
        if (tern_num_workers(session.runtime) == 2) /* nobody else has asked before */
            CU_ASSERT_EQUAL(after.window_fallbacks - before.window_fallbacks, n);
        do {
            before = counters(&session);
            CU_ASSERT_EQUAL(num_wrong(table, n, keys, 3 + changes), 0);
            after = counters(&session);
        } while (after.window_rows - before.window_rows < n && time(NULL) < end);
        CU_ASSERT_EQUAL(after.window_rows - before.window_rows, n);
        barrier(&session);
    }
    session_end(&session);
}

/* Only the first of many changed rows is asked for; others come by gets soon after. */
static void idle_servers_seal_the_rows_that_nobody_asked_for(void)
{
    enum { MANY = 20000 };
    static tern_key_t keys[MANY];
    session_t         session;
    tern_table_t     *table;

    if (!begin(&session))
        return;
    table = table_of(&session, MANY);
    if (tern_is_worker(session.runtime)) {
        size_t          n = list_keys(table, true, keys);
        float           expected;
        tern_counters_t before, after;
        time_t          end = time(NULL) + MAX_SECONDS;

        push_ones(table, n, keys);
        barrier(&session);
        expected = 3 + (float)tern_num_workers(session.runtime) /
                           (float)tern_num_nodes(session.runtime);
        n = list_keys(table, false, keys);
        for (size_t i = 0; i < n; i++) { /* each is asked for at most once */
            const struct timespec pause = {0, 2000000};

            nanosleep(&pause, NULL); /* leaves the servers idle */
            before = counters(&session);
            CU_ASSERT_EQUAL(num_wrong(table, 1, &keys[i], expected), 0);
            after = counters(&session);
            if (after.window_fallbacks == before.window_fallbacks || time(NULL) > end)
                break;
        }
        if (n > 0)
            CU_ASSERT_EQUAL(after.window_rows - before.window_rows, 1);
        barrier(&session);
    }
    session_end(&session);
}

/* Every change adds the same to all values of a row, so that a mix of two shows. */
static void rows_are_whole_while_their_own_node_changes_them(void)
{
    enum { FEW = 48 };
    tern_key_t    here[FEW], there[FEW];
    float         values[FEW][WIDTH];
    session_t     session;
    tern_table_t *table;

    if (!begin(&session))
        return;
    table = table_of(&session, FEW);
    if (tern_is_worker(session.runtime)) {
        size_t num_here = list_keys(table, true, here);
        size_t n        = list_keys(table, false, there);
        size_t mixed    = 0;

        for (int round = 0; round < 500; round++) {
            push_ones(table, num_here, here);
            CU_ASSERT_EQUAL(tern_pull(table, n, there, values, NULL), TERN_OK);
            for (size_t i = 0; i < n; i++)
                for (uint32_t j = 1; j < WIDTH; j++)
                    mixed += values[i][j] != values[i][0];
        }
        CU_ASSERT_EQUAL(mixed, 0);
        barrier(&session);
    }
    session_end(&session);
}

static void row_that_left_is_fetched_again_then_asked_for(void)
{
    tern_key_t    keys[64];
    size_t        n, num_gone;
    session_t     session;
    tern_table_t *table;

    if (!begin(&session))
        return;
    table    = table_with(&session, 64, TERN_WHOLE_ROWS, TERN_INDEX_PAGED);
    n        = list_keys(table, false, keys);
    num_gone = (size_t)tern_num_servers(session.runtime) - table->view.num_segments;
    MPI_Barrier(MPI_COMM_WORLD);
    if (table->shard != NULL) {
        tern_key_t key = table->view.segment_keys[tern_shard_segment(table->shard)].first;

        CU_ASSERT_EQUAL(tern_shard_remove(table->shard, key, NULL, NULL), TERN_OK);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (tern_is_worker(session.runtime)) {
        tern_counters_t before   = counters(&session), after;
        size_t          num_lost = 0;

        for (size_t i = 0; i < n; i++) {
            float values[WIDTH];

            num_lost += tern_pull(table, 1, &keys[i], values, NULL) == TERN_ERR_PEER_LOST;
        }
        after = counters(&session);
        CU_ASSERT_EQUAL(num_lost, num_gone);
        CU_ASSERT_EQUAL(after.window_retries - before.window_retries, num_gone);
        CU_ASSERT_EQUAL(after.window_fallbacks - before.window_fallbacks, num_gone);
        CU_ASSERT_EQUAL(after.window_rows - before.window_rows, n - num_gone);
        CU_ASSERT_EQUAL(after.window_gets - before.window_gets, n + num_gone);
        barrier(&session);
    }
    session_end(&session);
}

static void eventual_tables_are_fetched_without_seals(void)
{
    static tern_key_t keys[NUM_KEYS];
    session_t         session;
    tern_table_t     *table;

    if (!begin(&session))
        return;
    table = table_with(&session, NUM_KEYS, TERN_EVENTUAL, TERN_INDEX_AUTO);
    CU_ASSERT_EQUAL(table->view.layout.checksum_offset, 0);
    if (tern_is_worker(session.runtime)) {
        size_t          n = list_keys(table, true, keys);
        tern_counters_t before, after;

        push_ones(table, n, keys);
        barrier(&session);
        n      = list_keys(table, false, keys);
        before = counters(&session);
        CU_ASSERT_EQUAL(num_wrong(table, n, keys,
                                  3 + (float)tern_num_workers(session.runtime) /
                                          (float)tern_num_nodes(session.runtime)),
                        0);
        after = counters(&session);
        CU_ASSERT_EQUAL(after.window_rows - before.window_rows, n);
        CU_ASSERT_EQUAL(after.window_fallbacks, before.window_fallbacks);
        barrier(&session);
    }
    session_end(&session);
}

static void many_pulls_may_be_under_way_at_once(void)
{
    enum { NUM_REQUESTS = 300 };
    static tern_key_t keys[NUM_KEYS];
    tern_request_t   *requests[NUM_REQUESTS] = {NULL};
    session_t         session;
    tern_table_t     *table;
    float            *values;

    if (!begin(&session))
        return;
    table  = table_of(&session, NUM_KEYS);
    values = calloc((size_t)NUM_REQUESTS * NUM_KEYS * WIDTH, sizeof *values);
    if (tern_is_worker(session.runtime)) {
        size_t n     = list_keys(table, false, keys);
        size_t wrong = 0;

        n += list_keys(table, true, keys + n);
        for (size_t r = 0; r < NUM_REQUESTS; r++)
            CU_ASSERT_EQUAL(
                tern_pull(table, n, keys, values + r * n * WIDTH, &requests[r]), TERN_OK);
        CU_ASSERT_EQUAL(tern_wait_all(NUM_REQUESTS, requests, NULL), TERN_OK);
        for (size_t i = 0; i < NUM_REQUESTS * n * WIDTH; i++)
            wrong += values[i] != 3;
        CU_ASSERT_EQUAL(wrong, 0);
        barrier(&session);
    }
    free(values);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(rows_of_other_nodes_come_by_gets_alone),
        FACT(without_other_nodes_or_by_message_rows_have_no_seal),
        FACT(own_pushes_are_seen_before_they_are_acknowledged),
        FACT(pushes_of_others_are_seen_after_a_barrier),
        FACT(unsealed_rows_are_asked_once_and_sealed_by_that),
        FACT(idle_servers_seal_the_rows_that_nobody_asked_for),
        FACT(rows_are_whole_while_their_own_node_changes_them),
        FACT(row_that_left_is_fetched_again_then_asked_for),
        FACT(eventual_tables_are_fetched_without_seals),
        FACT(many_pulls_may_be_under_way_at_once),
    };

    return mpi_facts_run("mpi/window", facts, sizeof facts / sizeof *facts);
}
