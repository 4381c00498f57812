/** \file
 * Dense tables: a whole table that is pushed with a request is read from the user's array, which is lent until the request ends.
 */
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_KEYS  300u
#define WIDTH     64u /* a server's part is a tail */
#define NUM_STEPS 9

typedef struct rows {
    float values[NUM_KEYS][WIDTH];
} rows_t;

static tern_table_t *create(const session_t *session)
{
    tern_table_desc_t desc = {
        .name = "t", .keys = {0, NUM_KEYS}, .width = WIDTH, .policy = "dense"};
    tern_table_t *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

/* What worker w pushes in a step: small integers, whose sums are exact. */
static float gradient(int worker, int step, uint32_t k, uint32_t j)
{
    return (float)((worker * 31 + step * 7 + (int)k * 3 + (int)j) % 11 - 5);
}

static void fill(rows_t *rows, int worker, int step)
{
    for (uint32_t k = 0; k < NUM_KEYS; k++)
        for (uint32_t j = 0; j < WIDTH; j++)
            rows->values[k][j] = gradient(worker, step, k, j);
}

/* What all workers push in a step, added to `sum`. */
static void add_all(rows_t *sum, int num_workers, int step)
{
    for (int w = 0; w < num_workers; w++)
        for (uint32_t k = 0; k < NUM_KEYS; k++)
            for (uint32_t j = 0; j < WIDTH; j++)
                sum->values[k][j] += gradient(w, step, k, j);
}

static void check_table(tern_table_t *table, const rows_t *wanted)
{
    static rows_t pulled;

    memset(&pulled, 0, sizeof pulled);
    CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), &pulled, NULL),
                    TERN_OK);
    CU_ASSERT_EQUAL(memcmp(&pulled, wanted, sizeof pulled), 0);
}

/* What a worker does with its array in a step, after it was pushed; it ends the step and the request. */
typedef void lend_fn(session_t *session, tern_table_t *table, rows_t *rows,
                     tern_request_t **request_p);

/* One array for all steps. */
static void run(const char *roles, const char *chunk_kb, lend_fn *lend)
{
    const char *settings[] = {"chunk-kb", chunk_kb, roles == NULL ? NULL : "roles", roles,
                              NULL};
    session_t   session    = session_begin(settings);
    tern_table_t *table    = create(&session);
    int           workers  = tern_num_workers(session.runtime);
    static rows_t rows, sum;

    memset(&sum, 0, sizeof sum);
    for (int step = 0; tern_is_worker(session.runtime) && step < NUM_STEPS; step++) {
        tern_request_t *request = NULL;

        fill(&rows, tern_worker(session.runtime), step);
        CU_ASSERT_EQUAL(tern_push_range(table, tern_table_keys(table), &rows, &request),
                        TERN_OK);
        lend(&session, table, &rows, &request);
        CU_ASSERT_PTR_NULL(request);
        memset(&rows, 0x7f, sizeof rows); /* the worker's again */
        add_all(&sum, workers, step);
        check_table(table, &sum);
    }
    session_end(&session);
}

static void end_after_clock(session_t *session, tern_table_t *table, rows_t *rows,
                            tern_request_t **request_p)
{
    static rows_t before;

    (void)table;
    before = *rows;
    CU_ASSERT_PTR_NOT_NULL(*request_p);
    CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
    CU_ASSERT_EQUAL(memcmp(rows, &before, sizeof before), 0);
    CU_ASSERT_EQUAL(tern_test(request_p), TERN_OK);
}

static void end_before_clock(session_t *session, tern_table_t *table, rows_t *rows,
                             tern_request_t **request_p)
{
    (void)table;
    CU_ASSERT_EQUAL(tern_wait(request_p), TERN_OK);
    memset(rows, 0x7f, sizeof *rows);
    CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
}

static void test_before_clock(session_t *session, tern_table_t *table, rows_t *rows,
                              tern_request_t **request_p)
{
    (void)table;
    CU_ASSERT_EQUAL(tern_test(request_p), TERN_OK);
    memset(rows, 0x7f, sizeof *rows);
    CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
}

/* Odd workers want theirs back; the pull between is of the last step. */
static void end_by_turns(session_t *session, tern_table_t *table, rows_t *rows,
                         tern_request_t **request_p)
{
    static rows_t pulled;

    CU_ASSERT_EQUAL(tern_pull_range(table, (tern_range_t){3, 40}, &pulled, NULL),
                    TERN_OK);
    if (tern_worker(session->runtime) % 2 == 1)
        end_before_clock(session, table, rows, request_p);
    else
        end_after_clock(session, table, rows, request_p);
}

/* Zeros to a part: the sums stay. */
static void push_once_more(session_t *session, tern_table_t *table, rows_t *rows,
                           tern_request_t **request_p)
{
    static const rows_t zeros;
    tern_key_t          key = 17;
    float               one[WIDTH];
    tern_request_t     *another = NULL;

    CU_ASSERT_EQUAL(tern_push_range(table, tern_table_keys(table), &zeros, &another),
                    TERN_OK);
    CU_ASSERT_PTR_NULL(another);      /* only the first of a step is lent */
    memset(rows, 0x7f, sizeof *rows); /* it was copied */
    for (uint32_t j = 0; j < WIDTH; j++)
        one[j] = 1;
    CU_ASSERT_EQUAL(tern_push(table, 1, &key, one, NULL), TERN_OK);
    for (uint32_t j = 0; j < WIDTH; j++)
        one[j] = -1;
    CU_ASSERT_EQUAL(tern_push(table, 1, &key, one, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
    CU_ASSERT_EQUAL(tern_wait(request_p), TERN_OK);
}

static void what_is_lent_is_exchanged_and_stays_as_it_is(void)
{
    run(session_all_roles(), "1024", end_after_clock);
    run(session_all_roles(), "1", end_after_clock);
}

static void workers_that_do_not_serve_may_lend(void)
{
    run(NULL, "1024", end_after_clock);
}

static void who_waits_before_the_clock_has_the_array_back(void)
{
    run(session_all_roles(), "1024", end_before_clock);
    run(session_all_roles(), "1024", test_before_clock);
}

static void each_worker_ends_its_own_loan(void)
{
    run(session_all_roles(), "16", end_by_turns);
}

static void a_second_push_of_the_step_is_added(void)
{
    run(session_all_roles(), "1024", push_once_more);
}

/* A step that nobody ends. */
static void what_is_lent_at_the_end_is_lost(void)
{
    session_t session =
        session_begin((const char *[]){"roles", session_all_roles(), NULL});
    tern_table_t   *table   = create(&session);
    tern_request_t *request = NULL;
    static rows_t   rows, zeros;

    fill(&rows, tern_worker(session.runtime), 1);
    CU_ASSERT_EQUAL(tern_push_range(table, tern_table_keys(table), &rows, &request),
                    TERN_OK);
    check_table(table, &zeros);
    CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(what_is_lent_is_exchanged_and_stays_as_it_is),
        FACT(workers_that_do_not_serve_may_lend),
        FACT(who_waits_before_the_clock_has_the_array_back),
        FACT(each_worker_ends_its_own_loan),
        FACT(a_second_push_of_the_step_is_added),
        FACT(what_is_lent_at_the_end_is_lost),
    };

    return mpi_facts_run("mpi/dense_loan", facts, sizeof facts / sizeof *facts);
}
