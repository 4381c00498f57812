/** \file
 * Sparse tables: rows come with the first change of any 64-bit key, wherever its server is.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

enum { WIDTH = 3 };

static tern_table_desc_t sparse_desc(const char *name)
{
    return (tern_table_desc_t){.name     = name,
                               .keys     = {0, UINT64_MAX},
                               .width    = WIDTH,
                               .sync     = TERN_SYNC_ASYNC,
                               .index    = TERN_INDEX_HASH,
                               .max_rows = 200000};
}

static tern_table_t *create(session_t *session, tern_table_desc_t desc)
{
    tern_table_t *table = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

/* Every rank serves and works, so that workers can sum up what servers count. */
static session_t begin_with_all_roles(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};

    return session_begin(settings);
}

static uint64_t sum_over_ranks(session_t *session, uint64_t number)
{
    double sum = (double)number;

    CU_ASSERT_EQUAL(tern_sum(session->runtime, 1, &sum), TERN_OK);
    return (uint64_t)sum;
}

/* A counter of all ranks; every worker calls it. */
static uint64_t num_created(session_t *session)
{
    tern_counters_t counters;

    tern_get_counters(session->runtime, &counters);
    return sum_over_ranks(session, counters.rows_created);
}

static void reading_makes_no_row_and_gives_its_initial_value(void)
{
    session_t         session = begin_with_all_roles();
    tern_table_desc_t desc    = sparse_desc("t");
    tern_table_t     *table;
    tern_key_t        keys[50];
    float             before[50][WIDTH], after[50][WIDTH], zero[50][WIDTH] = {{0}};
    int               num_equal = 0;

    desc.init = (tern_initializer_t){TERN_INIT_NORMAL, 1, 2};
    table     = create(&session, desc);
    for (size_t i = 0; i < 50; i++)
        keys[i] = tern_random_u64(4, 4, i) >> 1;
    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_pull(table, 50, keys, before, NULL), TERN_OK);
        CU_ASSERT_EQUAL(num_created(&session), 0);
        CU_ASSERT_EQUAL(tern_push(table, 50, keys, zero, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 50, keys, after, NULL), TERN_OK);
        CU_ASSERT(memcmp(before, after, sizeof before) == 0);
        for (size_t i = 1; i < 50; i++)
            num_equal += before[i][0] == before[0][0];
        CU_ASSERT_EQUAL(num_equal, 0);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(num_created(&session), 50);
    }
    session_end(&session);
}

/* --- rows that many workers make --- */

static void pushes_of_all_workers_to_new_keys_arrive_once(void)
{
    enum { NUM = 4000, ROUNDS = 4 };

    session_t     session = begin_with_all_roles();
    tern_table_t *table   = create(&session, sparse_desc("t"));
    tern_key_t   *keys    = calloc(NUM, sizeof *keys);
    float(*rows)[WIDTH]   = calloc(NUM, sizeof *rows);
    tern_request_t *requests[ROUNDS];
    size_t          num_wrong = 0;

    for (uint64_t i = 0; i < NUM; i++) {
        keys[i]    = tern_random_u64(5, 5, i) >> 1;
        rows[i][0] = 1;
    }
    if (tern_is_worker(session.runtime)) {
        float expected = (float)(ROUNDS * tern_num_workers(session.runtime));

        for (size_t round = 0; round < ROUNDS; round++)
            CU_ASSERT_EQUAL(tern_push(table, NUM, keys, rows, &requests[round]), TERN_OK);
        CU_ASSERT_EQUAL(tern_wait_all(ROUNDS, requests, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, NUM, keys, rows, NULL), TERN_OK);
        for (size_t i = 0; i < NUM; i++)
            num_wrong += rows[i][0] != expected;
        CU_ASSERT_EQUAL(num_wrong, 0);
        CU_ASSERT_EQUAL(num_created(&session), NUM);
    }
    free(keys);
    free(rows);
    session_end(&session);
}

static void indices_grow_across_servers(void)
{
    enum { NUM = 50000 };

    session_t     session = begin_with_all_roles();
    tern_table_t *table   = create(&session, sparse_desc("t"));
    tern_key_t   *keys    = calloc(NUM, sizeof *keys);
    float(*rows)[WIDTH]   = calloc(NUM, sizeof *rows);
    size_t num_wrong      = 0;

    if (tern_is_worker(session.runtime)) {
        uint64_t worker = (uint64_t)tern_worker(session.runtime);

        for (uint64_t i = 0; i < NUM; i++) {
            keys[i]    = tern_random_u64(15, worker, i) >> 1;
            rows[i][0] = (float)(i % 1000 + worker);
        }
        CU_ASSERT_EQUAL(tern_push(table, NUM, keys, rows, NULL), TERN_OK);
        memset(rows, 0, NUM * sizeof *rows);
        CU_ASSERT_EQUAL(tern_pull(table, NUM, keys, rows, NULL), TERN_OK);
        for (uint64_t i = 0; i < NUM; i++)
            num_wrong += rows[i][0] != (float)(i % 1000 + worker);
        CU_ASSERT_EQUAL(num_wrong, 0);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(num_created(&session),
                        (uint64_t)NUM * (uint64_t)tern_num_workers(session.runtime));
    }
    free(keys);
    free(rows);
    session_end(&session);
}

static void a_full_store_refuses_new_rows_and_keeps_the_others(void)
{
    session_t         session = begin_with_all_roles();
    tern_table_desc_t desc    = sparse_desc("t");
    tern_table_t     *table;
    tern_key_t        keys[1000];
    float             rows[1000][WIDTH];
    size_t            num_kept = 0, num_other = 0;

    desc.max_rows = 100;
    table         = create(&session, desc);
    for (uint64_t i = 0; i < 1000; i++) {
        keys[i] = tern_random_u64(3, 3, i) >> 1;
        for (uint32_t j = 0; j < WIDTH; j++)
            rows[i][j] = 1;
    }
    if (tern_is_worker(session.runtime)) {
        bool     is_first = tern_worker(session.runtime) == 0;
        uint64_t capacity = 100 * (uint64_t)tern_num_servers(session.runtime);

        if (is_first) {
            CU_ASSERT_EQUAL(tern_push(table, 1000, keys, rows, NULL), TERN_ERR_NO_MEMORY);
            CU_ASSERT_EQUAL(tern_push_pull(table, 1000, keys, rows, rows, NULL),
                            TERN_ERR_NO_MEMORY);
            CU_ASSERT_EQUAL(tern_pull(table, 1000, keys, rows, NULL), TERN_OK);
            for (size_t i = 0; i < 1000; i++) {
                num_kept += rows[i][0] == 2;
                num_other += rows[i][0] != 2 && rows[i][0] != 0;
            }
            CU_ASSERT_EQUAL(num_kept, capacity);
            CU_ASSERT_EQUAL(num_other, 0);
        }
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(num_created(&session), capacity);
    }
    session_end(&session);
}

static void keys_are_admitted_at_their_nth_push(void)
{
    session_t         session = begin_with_all_roles();
    tern_table_desc_t desc    = sparse_desc("t");
    tern_table_t     *table;
    tern_key_t        key = 123456789012345;
    float             row[WIDTH];
    tern_counters_t   counters;

    desc.admit_after = 3;
    table            = create(&session, desc);
    if (tern_is_worker(session.runtime)) {
        for (int n = 1; n <= 5 && tern_worker(session.runtime) == 0; n++) {
            row[0] = row[1] = row[2] = 1;
            CU_ASSERT_EQUAL(tern_push(table, 1, &key, row, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
            CU_ASSERT_EQUAL(row[0], (float)(n < 3 ? 0 : n - 2));
        }
        key++;
        if (tern_worker(session.runtime) == 0) { /* sets need not wait */
            CU_ASSERT_EQUAL(tern_set(table, 1, &key, row, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
            CU_ASSERT_EQUAL(row[0], 3);
        }
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        tern_get_counters(session.runtime, &counters);
        CU_ASSERT_EQUAL(sum_over_ranks(&session, counters.pushes_not_admitted), 2);
        CU_ASSERT_EQUAL(num_created(&session), 2);
    }
    session_end(&session);
}

static void ranges_are_their_keys_up_to_a_length(void)
{
    session_t     session = begin_with_all_roles();
    tern_table_t *table   = create(&session, sparse_desc("t"));
    tern_range_t  range   = {UINT64_MAX - 200, UINT64_MAX - 100};
    float         rows[100][WIDTH], row[WIDTH] = {5, 6, 7};
    tern_key_t    key = range.first + 30;

    if (tern_is_worker(session.runtime)) {
        if (tern_worker(session.runtime) == 0)
            CU_ASSERT_EQUAL(tern_push(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, range, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(rows[30][2], 7);
        CU_ASSERT_EQUAL(rows[29][2], 0);
        CU_ASSERT_EQUAL(num_created(&session), 1);
        CU_ASSERT_EQUAL(
            tern_pull_range(table, (tern_range_t){0, UINT64_C(1) << 40}, rows, NULL),
            TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        if (tern_worker(session.runtime) == 0) {
            for (size_t i = 0; i < 100; i++)
                rows[i][0] = rows[i][1] = rows[i][2] = 1;
            CU_ASSERT_EQUAL(tern_push_range(table, range, rows, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_pull_range(table, range, rows, NULL), TERN_OK);
            CU_ASSERT_EQUAL(rows[30][2], 8);
            CU_ASSERT_EQUAL(rows[99][2], 1);
        }
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(num_created(&session), 100);
    }
    session_end(&session);
}

static void rows_that_exist_are_lent_and_others_are_not(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = create(&session, sparse_desc("t"));
    tern_key_t      keys[20];
    float           rows[20][WIDTH];
    tern_borrowed_t lent[20];
    size_t          num_local = 0, num_absent;

    if (tern_is_worker(session.runtime)) {
        for (uint64_t i = 0; i < 20; i++) {
            keys[i] = tern_random_u64(1, (uint64_t)tern_worker(session.runtime), i) >> 1;
            rows[i][0] = (float)i;
            num_local += i % 2 == 0 && tern_is_local(table, keys[i]);
        }
        for (uint64_t i = 0; i < 20; i += 2)
            CU_ASSERT_EQUAL(tern_push(table, 1, &keys[i], rows[i], NULL), TERN_OK);
        CU_ASSERT_EQUAL(
            tern_borrow(table, 20, keys, TERN_BORROW_EXCLUSIVE, lent, &num_absent),
            TERN_OK);
        CU_ASSERT_EQUAL(num_absent, 20 - num_local);
        for (size_t i = 0; i < 20; i++)
            if (lent[i].value != NULL)
                *(float *)lent[i].value += 100;
        tern_return(table, 20, TERN_BORROW_EXCLUSIVE, lent, NULL);
        for (uint64_t i = 0; i < 20; i++) {
            CU_ASSERT_EQUAL(tern_pull(table, 1, &keys[i], rows[i], NULL), TERN_OK);
            CU_ASSERT_EQUAL(rows[i][0], i % 2 == 1                      ? 0
                                        : tern_is_local(table, keys[i]) ? 100 + (float)i
                                                                        : (float)i);
        }
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(reading_makes_no_row_and_gives_its_initial_value),
        FACT(pushes_of_all_workers_to_new_keys_arrive_once),
        FACT(indices_grow_across_servers),
        FACT(a_full_store_refuses_new_rows_and_keeps_the_others),
        FACT(keys_are_admitted_at_their_nth_push),
        FACT(ranges_are_their_keys_up_to_a_length),
        FACT(rows_that_exist_are_lent_and_others_are_not),
    };

    return mpi_facts_run("mpi/sparse", facts, sizeof facts / sizeof *facts);
}
