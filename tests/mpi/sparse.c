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

/* --- against a map --- */

enum { MODEL_KEYS = 400, MODEL_CALLS = 600, CALL_KEYS = 9 };

typedef struct model {
    tern_key_t keys[MODEL_KEYS];
    float      values[MODEL_KEYS];
} model_t;

/* Of each worker its own keys, some of them neighbours. */
static void begin_model(model_t *model, uint64_t worker)
{
    for (uint64_t i = 0; i < MODEL_KEYS; i++) {
        uint64_t key = tern_random_u64(6, worker, i / 4) / 64 * 64 + worker * 4 + i % 4;

        model->keys[i]   = key == UINT64_MAX ? 0 : key;
        model->values[i] = 0;
    }
}

typedef struct call {
    uint64_t   kind; /* 0: pull, 1: push, 2: set, 3: push and pull */
    bool       waits;
    size_t     which[CALL_KEYS];
    tern_key_t keys[CALL_KEYS];
    float      rows[CALL_KEYS][WIDTH];
} call_t;

static void draw_call(call_t *call, const model_t *model, uint64_t worker, uint64_t n)
{
    call->kind  = tern_random_below(8, worker, n, 4);
    call->waits = tern_random_below(9, worker, n, 3) != 0;
    for (uint64_t i = 0; i < CALL_KEYS; i++) {
        call->which[i] = tern_random_below(10, worker, n * CALL_KEYS + i, MODEL_KEYS);
        if (call->kind == 3 && i > 0) /* of repeated keys what is read is not defined */
            call->which[i] = (call->which[i - 1] + 1) % MODEL_KEYS;
        call->keys[i] = model->keys[call->which[i]];
        for (uint32_t j = 0; j < WIDTH; j++)
            call->rows[i][j] = (float)(n % 50 + i + j);
    }
}

static void apply_to_model(const call_t *call, model_t *model)
{
    for (size_t i = 0; i < CALL_KEYS; i++) {
        float *value = &model->values[call->which[i]];

        if (call->kind == 2)
            *value = call->rows[i][0];
        else if (call->kind != 0)
            *value += call->rows[i][0];
    }
}

/* Values of call's keys in the model are column 0; later columns are as many times one more as there were pushes since
 * the last set, so only the first is compared. */
static size_t num_differing(const call_t *call, const model_t *model,
                            float values[CALL_KEYS][WIDTH])
{
    size_t num = 0;

    for (size_t i = 0; i < CALL_KEYS; i++)
        num += values[i][0] != model->values[call->which[i]];
    return num;
}

static size_t run_call(tern_table_t *table, call_t *call, model_t *model)
{
    float         values[CALL_KEYS][WIDTH];
    tern_status_t status = TERN_OK;

    apply_to_model(call, model);
    switch (call->kind) {
    case 0:
        status = tern_pull(table, CALL_KEYS, call->keys, values, NULL);
        break;
    case 1:
        status = tern_push(table, CALL_KEYS, call->keys, call->rows, NULL);
        break;
    case 2:
        status = tern_set(table, CALL_KEYS, call->keys, call->rows, NULL);
        break;
    default:
        status = tern_push_pull(table, CALL_KEYS, call->keys, call->rows, values, NULL);
    }
    CU_ASSERT_EQUAL(status, TERN_OK);
    return call->kind == 0 || call->kind == 3 ? num_differing(call, model, values) : 0;
}

/* All changes of a worker at once, waited for at the end; what the last pull of each key reads is compared. */
static size_t run_unwaited(tern_table_t *table, uint64_t worker, model_t *model,
                           uint64_t first, uint64_t end)
{
    size_t          num = (size_t)(end - first), num_wrong = 0;
    call_t         *calls = calloc(num, sizeof *calls);
    tern_request_t *requests[MODEL_CALLS];
    call_t          last;
    float           values[CALL_KEYS][WIDTH];

    for (size_t c = 0; c < num; c++) {
        call_t *call = &calls[c];

        draw_call(call, model, worker, first + c);
        call->kind = 1 + call->kind % 2;
        apply_to_model(call, model);
        CU_ASSERT_EQUAL(
            call->kind == 1
                ? tern_push(table, CALL_KEYS, call->keys, call->rows, &requests[c])
                : tern_set(table, CALL_KEYS, call->keys, call->rows, &requests[c]),
            TERN_OK);
    }
    last = calls[num - 1];
    CU_ASSERT_EQUAL(tern_pull(table, CALL_KEYS, last.keys, values, NULL), TERN_OK);
    num_wrong = num_differing(&last, model, values);
    CU_ASSERT_EQUAL(tern_wait_all(num, requests, NULL), TERN_OK);
    free(calls);
    return num_wrong;
}

static size_t num_wrong_in(tern_table_t *table, const model_t *model)
{
    float(*values)[WIDTH] = calloc(MODEL_KEYS, sizeof *values);
    size_t num            = 0;

    CU_ASSERT_EQUAL(tern_pull(table, MODEL_KEYS, model->keys, values, NULL), TERN_OK);
    for (size_t i = 0; i < MODEL_KEYS; i++)
        num += values[i][0] != model->values[i];
    free(values);
    return num;
}

static void run_worker(tern_table_t *table, uint64_t worker, model_t *model,
                       size_t *num_wrong)
{
    call_t call;

    for (uint64_t n = 0; n < MODEL_CALLS; n++) {
        draw_call(&call, model, worker, n);
        *num_wrong += run_call(table, &call, model);
    }
    *num_wrong += run_unwaited(table, worker, model, 1000, 1000 + MODEL_CALLS);
}

/* The same without a table: what another worker must have left. */
static void replay_worker(uint64_t worker, model_t *model)
{
    call_t call;

    for (uint64_t n = 0; n < MODEL_CALLS; n++) {
        draw_call(&call, model, worker, n);
        apply_to_model(&call, model);
    }
    for (uint64_t n = 1000; n < 1000 + MODEL_CALLS; n++) {
        draw_call(&call, model, worker, n);
        call.kind = 1 + call.kind % 2;
        apply_to_model(&call, model);
    }
}

static void match_a_map(const char *const settings[], tern_placement_t placement)
{
    session_t         session = session_begin(settings);
    tern_table_desc_t desc    = sparse_desc("t");
    tern_table_t     *table;
    model_t          *model     = calloc(1, sizeof *model);
    size_t            num_wrong = 0;

    desc.placement = placement;
    table          = create(&session, desc);
    if (tern_is_worker(session.runtime)) {
        int num = tern_num_workers(session.runtime);

        begin_model(model, (uint64_t)tern_worker(session.runtime));
        run_worker(table, (uint64_t)tern_worker(session.runtime), model, &num_wrong);
        CU_ASSERT_EQUAL(num_wrong, 0);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        for (int w = 0; w < num; w++) {
            begin_model(model, (uint64_t)w);
            replay_worker((uint64_t)w, model);
            CU_ASSERT_EQUAL(num_wrong_in(table, model), 0);
        }
    }
    free(model);
    session_end(&session);
}

static void random_operations_match_a_map(void)
{
    match_a_map(NULL, TERN_PLACEMENT_AUTO);
}

static void by_ranges_they_match_as_well(void)
{
    match_a_map(NULL, TERN_PLACEMENT_RANGE);
}

static void by_message_alone_they_match_as_well(void)
{
    static const char *const settings[] = {"shared-memory", "off", NULL};

    match_a_map(settings, TERN_PLACEMENT_AUTO);
}

static void with_lost_and_doubled_messages_they_match_as_well(void)
{
    static const char *const settings[] = {
        "fault", "drop:0.05,duplicate:0.1,delay:0.1,seed:5", "resend-ms", "20", NULL};

    match_a_map(settings, TERN_PLACEMENT_AUTO);
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
        FACT(random_operations_match_a_map),
        FACT(by_ranges_they_match_as_well),
        FACT(by_message_alone_they_match_as_well),
        FACT(with_lost_and_doubled_messages_they_match_as_well),
        FACT(pushes_of_all_workers_to_new_keys_arrive_once),
        FACT(indices_grow_across_servers),
        FACT(a_full_store_refuses_new_rows_and_keeps_the_others),
        FACT(keys_are_admitted_at_their_nth_push),
        FACT(ranges_are_their_keys_up_to_a_length),
        FACT(rows_that_exist_are_lent_and_others_are_not),
    };

    return mpi_facts_run("mpi/sparse", facts, sizeof facts / sizeof *facts);
}
