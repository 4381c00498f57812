/** \file
 * Pull, push, set and ranges over several ranks, in node memory and by message.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_KEYS 1000u
#define WIDTH    3u

static void sum_of_all_pushes_arrives(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, WIDTH);
    tern_key_t    keys[NUM_KEYS];
    float        *rows = calloc(NUM_KEYS * WIDTH, sizeof *rows);

    if (tern_is_worker(session.runtime)) {
        int n = tern_num_workers(session.runtime);

        for (uint32_t i = 0; i < NUM_KEYS; i++)
            keys[i] = (i * 7919u) % NUM_KEYS; /* unsorted */
        for (uint32_t i = 0; i < NUM_KEYS * WIDTH; i++)
            rows[i] = (float)(keys[i / WIDTH] + i % WIDTH);
        for (int round = 0; round < 10; round++)
            CU_ASSERT_EQUAL(tern_push(table, NUM_KEYS, keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        memset(rows, 0, NUM_KEYS * WIDTH * sizeof *rows);
        CU_ASSERT_EQUAL(tern_pull(table, NUM_KEYS, keys, rows, NULL), TERN_OK);
        for (uint32_t i = 0; i < NUM_KEYS * WIDTH; i++)
            CU_ASSERT_EQUAL(rows[i],
                            (float)(10 * n) * (float)(keys[i / WIDTH] + i % WIDTH));
    }
    free(rows);
    session_end(&session);
}

static void repeated_keys_are_applied_one_by_one(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = session_table(&session, "t", 8, 1);
    tern_key_t    keys[]  = {7, 0, 7, 7, 3, 0};
    float         rows[]  = {1, 10, 2, 3, 100, 20};

    if (tern_is_worker(session.runtime)) {
        float n = (float)tern_num_workers(session.runtime);

        CU_ASSERT_EQUAL(tern_push(table, 6, keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 6, keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(rows[0], 6 * n);
        CU_ASSERT_EQUAL(rows[2], 6 * n);
        CU_ASSERT_EQUAL(rows[1], 30 * n);
        CU_ASSERT_EQUAL(rows[4], 100 * n);
    }
    session_end(&session);
}

static void range_equals_its_keys(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, WIDTH);
    float        *rows    = calloc(NUM_KEYS * WIDTH, sizeof *rows);

    if (tern_is_worker(session.runtime)) {
        tern_range_t range = {13, NUM_KEYS - 17};

        for (uint32_t i = 0; i < (NUM_KEYS - 30) * WIDTH; i++)
            rows[i] = (float)i;
        CU_ASSERT_EQUAL(tern_push_range(table, range, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        memset(rows, 0, NUM_KEYS * WIDTH * sizeof *rows);
        CU_ASSERT_EQUAL(tern_pull_range(table, (tern_range_t){0, NUM_KEYS}, rows, NULL),
                        TERN_OK);
        for (uint32_t k = 0; k < NUM_KEYS; k++)
            for (uint32_t j = 0; j < WIDTH; j++) {
                bool  is_in    = k >= range.first && k < range.end;
                float expected = is_in ? (float)((k - 13) * WIDTH + j) *
                                             (float)tern_num_workers(session.runtime)
                                       : 0;

                CU_ASSERT_EQUAL(rows[k * WIDTH + j], expected);
            }
    }
    free(rows);
    session_end(&session);
}

static void set_replaces_what_was_pushed(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = session_table(&session, "t", 64, 1);

    if (tern_worker(session.runtime) == 0)
        for (tern_key_t key = 0; key < 64; key++) {
            float one = 1, value = (float)key;

            CU_ASSERT_EQUAL(tern_push(table, 1, &key, &one, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_set(table, 1, &key, &value, NULL), TERN_OK);
            CU_ASSERT_EQUAL(session_value(table, key), (float)key);
        }
    session_end(&session);
}

static void key_outside_the_table_is_refused_and_nothing_is_applied(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = session_table(&session, "t", 16, 1);
    tern_key_t      keys[]  = {1, 16, 2};
    float           rows[]  = {5, 5, 5};
    tern_request_t *request = NULL;

    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(tern_push(table, 3, keys, rows, &request), TERN_ERR_ARG);
        CU_ASSERT_PTR_NULL(request);
        CU_ASSERT_EQUAL(session_value(table, 1), 0);
        CU_ASSERT_EQUAL(session_value(table, 2), 0);
        CU_ASSERT_EQUAL(tern_pull(table, 3, keys, rows, NULL), TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_pull_range(table, (tern_range_t){0, 17}, rows, NULL),
                        TERN_ERR_ARG);
    }
    session_end(&session);
}

static void many_requests_may_be_under_way_at_once(void)
{
    enum { NUM_REQUESTS = 3000 };
    session_t        session  = session_begin(NULL);
    tern_table_t    *table    = session_table(&session, "t", 50, 1);
    tern_request_t **requests = calloc(NUM_REQUESTS, sizeof *requests);
    float            one      = 1;

    if (tern_is_worker(session.runtime)) {
        for (tern_key_t i = 0; i < NUM_REQUESTS; i++) {
            tern_key_t key = i % 50;

            CU_ASSERT_EQUAL(tern_push(table, 1, &key, &one, &requests[i]), TERN_OK);
        }
        CU_ASSERT_EQUAL(tern_wait_all(NUM_REQUESTS, requests, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        for (tern_key_t key = 0; key < 50; key++)
            CU_ASSERT_EQUAL(
                session_value(table, key),
                (float)(NUM_REQUESTS / 50 * tern_num_workers(session.runtime)));
    }
    free(requests);
    session_end(&session);
}

static void test_tells_when_a_request_is_done(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = session_table(&session, "t", 50, 1);
    tern_key_t      key     = 49;
    float           value   = 3;
    tern_request_t *request = NULL;

    if (tern_worker(session.runtime) == 0) {
        tern_status_t status;

        CU_ASSERT_EQUAL(tern_set(table, 1, &key, &value, &request), TERN_OK);
        do
            status = tern_test(&request);
        while (status == TERN_IN_PROGRESS);
        CU_ASSERT_EQUAL(status, TERN_OK);
        CU_ASSERT_PTR_NULL(request);
        CU_ASSERT_EQUAL(session_value(table, key), 3);
    }
    session_end(&session);
}

static void rows_of_the_node_cost_no_message_others_one_per_server(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = session_table(&session, "t", NUM_KEYS, 1);
    tern_key_t      keys[NUM_KEYS];
    float           rows[NUM_KEYS];
    tern_counters_t before, after;

    if (tern_is_worker(session.runtime)) {
        uint64_t num_local = 0;

        for (uint32_t i = 0; i < NUM_KEYS; i++) {
            keys[i] = i;
            num_local += tern_is_local(table, i);
        }
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        tern_get_counters(session.runtime, &before);
        CU_ASSERT_EQUAL(tern_pull(table, NUM_KEYS, keys, rows, NULL), TERN_OK);
        tern_get_counters(session.runtime, &after);
        CU_ASSERT_EQUAL(after.local_keys - before.local_keys, num_local);
        CU_ASSERT_EQUAL(after.local_changes, before.local_changes);
        CU_ASSERT_EQUAL(after.pull_keys - before.pull_keys, NUM_KEYS);
        if (tern_num_nodes(session.runtime) == 1) {
            CU_ASSERT_EQUAL(num_local, NUM_KEYS);
            CU_ASSERT_EQUAL(after.messages_sent, before.messages_sent);
        } else {
            CU_ASSERT(num_local < NUM_KEYS);
            if (!tern_is_server(session.runtime)) /* a server's answers count too */
                CU_ASSERT(after.messages_sent - before.messages_sent <=
                          (uint64_t)tern_num_servers(session.runtime));
        }
        CU_ASSERT_EQUAL(tern_push(table, NUM_KEYS, keys, rows, NULL), TERN_OK);
        tern_get_counters(session.runtime, &before);
        CU_ASSERT_EQUAL(before.local_changes - after.local_changes, num_local);
    }
    session_end(&session);
}

static void borrowed_rows_are_the_rows(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = session_table(&session, "t", 50, 2);
    tern_key_t      keys[]  = {3, 49, 3};
    tern_borrowed_t rows[3];
    size_t          num_absent = 9;

    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(
            tern_borrow(table, 3, keys, TERN_BORROW_LATCHED, rows, &num_absent), TERN_OK);
        for (int i = 0; i < 3; i++) {
            CU_ASSERT_EQUAL(rows[i].value != NULL, tern_is_local(table, keys[i]));
            num_absent -= rows[i].value == NULL;
            if (rows[i].value != NULL)
                ((float *)rows[i].value)[1] = 42;
        }
        CU_ASSERT_EQUAL(num_absent, 0);
        tern_return(table, 3, TERN_BORROW_LATCHED, rows, NULL);
        for (int i = 0; i < 3; i++)
            if (tern_is_local(table, keys[i])) {
                float value[2] = {0, 0};

                CU_ASSERT_EQUAL(tern_pull(table, 1, &keys[i], value, NULL), TERN_OK);
                CU_ASSERT_EQUAL(value[1], 42);
            }
    }
    session_end(&session);
}

static void a_call_without_keys_completes_at_once(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = session_table(&session, "t", 50, 2);
    tern_request_t *request = NULL;
    float           none;

    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_pull(table, 0, NULL, NULL, &request), TERN_OK);
        CU_ASSERT_EQUAL(tern_push(table, 0, NULL, NULL, &request), TERN_OK);
        CU_ASSERT_EQUAL(tern_set(table, 0, NULL, NULL, &request), TERN_OK);
        CU_ASSERT_EQUAL(tern_push_pull(table, 0, NULL, NULL, &none, &request), TERN_OK);
        CU_ASSERT_PTR_NULL(request);
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(sum_of_all_pushes_arrives),
        FACT(repeated_keys_are_applied_one_by_one),
        FACT(range_equals_its_keys),
        FACT(set_replaces_what_was_pushed),
        FACT(key_outside_the_table_is_refused_and_nothing_is_applied),
        FACT(many_requests_may_be_under_way_at_once),
        FACT(test_tells_when_a_request_is_done),
        FACT(rows_of_the_node_cost_no_message_others_one_per_server),
        FACT(borrowed_rows_are_the_rows),
        FACT(a_call_without_keys_completes_at_once),
    };

    return mpi_facts_run("mpi/access", facts, sizeof facts / sizeof *facts);
}
