/** \file
 * Server functions: where they run, how often, on what, and what comes back.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_KEYS   1000u
#define NUM_ROUNDS 100

static const char *const all_faults[] = {
    "fault", "drop:0.05,duplicate:0.1,delay:0.1,seed:7", "resend-ms", "20", NULL};

/* --- functions --- */

static tern_verdict_t add_value(const tern_row_view_t *row, void *context)
{
    *(double *)context += ((const float *)row->value)[0];
    return TERN_ROW_UNCHANGED;
}

static tern_status_t sum_rows(tern_invocation_t *invocation, void *context)
{
    double sum = 0;

    (void)context;
    tern_invocation_visit(invocation, tern_invocation_range(invocation), add_value, &sum);
    return tern_invocation_answer(invocation, &sum, sizeof sum);
}

/* The argument is added to every value. */
static tern_verdict_t add_argument(const tern_row_view_t *row, void *context)
{
    ((float *)row->value)[0] += *(const float *)context;
    return TERN_ROW_CHANGED;
}

static tern_status_t raise_rows(tern_invocation_t *invocation, void *context)
{
    size_t bytes;
    float  amount;

    (void)context;
    memcpy(&amount, tern_invocation_args(invocation, &bytes), sizeof amount);
    if (bytes != sizeof amount)
        return TERN_ERR_ARG;
    tern_invocation_visit(invocation, tern_table_keys(tern_invocation_table(invocation)),
                          add_argument, &amount);
    return TERN_OK;
}

/* As many bytes as the argument says, a pattern that tells places apart. */
static tern_status_t answer_pattern(tern_invocation_t *invocation, void *context)
{
    uint64_t      num_bytes;
    tern_status_t status = TERN_OK;

    (void)context;
    memcpy(&num_bytes, tern_invocation_args(invocation, NULL), sizeof num_bytes);
    for (uint64_t i = 0; i < num_bytes / sizeof i && status == TERN_OK; i++)
        status = tern_invocation_answer(invocation, &i, sizeof i);
    return status;
}

/* Fails on the server whose number is the argument. */
static tern_status_t fail_on(tern_invocation_t *invocation, void *context)
{
    int server;

    (void)context;
    memcpy(&server, tern_invocation_args(invocation, NULL), sizeof server);
    if (server == tern_invocation_server(invocation))
        return TERN_ERR_FORMAT;
    return tern_invocation_answer(invocation, &server, sizeof server);
}

static tern_status_t tell_range(tern_invocation_t *invocation, void *context)
{
    tern_range_t range = tern_invocation_range(invocation);

    (void)context;
    return tern_invocation_answer(invocation, &range, sizeof range);
}

static session_t begin(const char *const settings[], const char *policy,
                       tern_table_t **table_p)
{
    static const tern_function_t functions[] = {
        {.name = "sum", .run = sum_rows},
        {.name = "raise", .run = raise_rows},
        {.name = "pattern", .run = answer_pattern},
        {.name = "fail", .run = fail_on},
        {.name = "range", .run = tell_range}};
    tern_table_desc_t desc    = {.name   = "t",
                                 .keys   = {0, NUM_KEYS},
                                 .width  = 1,
                                 .sync   = TERN_SYNC_ASYNC,
                                 .policy = policy};
    session_t         session = session_begin(settings);

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        CU_ASSERT_EQUAL(tern_function_register(session.runtime, &functions[i]), TERN_OK);
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, table_p), TERN_OK);
    return session;
}

static double sum_of(tern_table_t *table, tern_range_t range)
{
    tern_reply_t *reply = NULL;
    double        sum   = 0;

    CU_ASSERT_EQUAL(tern_call(table, range, "sum", NULL, 0, &reply, NULL), TERN_OK);
    for (uint32_t i = 0; reply != NULL && i < tern_reply_num_servers(reply); i++) {
        size_t        bytes  = 0;
        const double *answer = tern_reply_bytes(reply, i, &bytes);

        CU_ASSERT_EQUAL(tern_reply_status(reply, i), TERN_OK);
        CU_ASSERT_EQUAL(bytes, sizeof sum);
        sum += answer != NULL ? *answer : 0;
    }
    tern_reply_destroy(&reply);
    return sum;
}

static void push_ones(tern_table_t *table, tern_request_t **request_p)
{
    static float ones[NUM_KEYS];

    for (size_t i = 0; i < NUM_KEYS; i++)
        ones[i] = 1;
    CU_ASSERT_EQUAL(tern_push_range(table, tern_table_keys(table), ones, request_p),
                    TERN_OK);
}

/* --- facts --- */

static void a_function_sees_the_rows_of_each_server(void)
{
    tern_table_t *table;
    session_t     session = begin(NULL, NULL, &table);
    int           workers = tern_num_workers(session.runtime);

    if (tern_is_worker(session.runtime)) {
        push_ones(table, NULL);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(sum_of(table, tern_table_keys(table)), NUM_KEYS * workers);
        CU_ASSERT_EQUAL(sum_of(table, (tern_range_t){3, 7}), 4 * workers);
        CU_ASSERT_EQUAL(sum_of(table, (tern_range_t){9, 9}), 0);
    }
    session_end(&session);
}

static void own_pushes_go_before_a_call(void)
{
    tern_table_t *table;
    session_t     session = begin(NULL, NULL, &table);

    if (tern_worker(session.runtime) == 0) {
        tern_request_t *request = NULL;

        push_ones(table, &request);
        CU_ASSERT_EQUAL(sum_of(table, tern_table_keys(table)), NUM_KEYS);
        CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
    }
    session_end(&session);
}

static void the_parts_of_the_servers_tile_the_range(void)
{
    tern_table_t *table;
    session_t     session = begin(NULL, NULL, &table);
    tern_range_t  range   = {5, NUM_KEYS - 5};

    if (tern_is_worker(session.runtime)) {
        tern_reply_t *reply = NULL;
        tern_key_t    next  = range.first;

        CU_ASSERT_EQUAL(tern_call(table, range, "range", NULL, 0, &reply, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_reply_num_servers(reply),
                        (uint32_t)tern_num_servers(session.runtime));
        for (uint32_t i = 0; i < tern_reply_num_servers(reply); i++) {
            const tern_range_t *part = tern_reply_bytes(reply, i, NULL);

            CU_ASSERT_EQUAL(tern_reply_server(reply, i), (int)i);
            CU_ASSERT(part != NULL && part->first == next);
            next = part != NULL ? part->end : next;
        }
        CU_ASSERT_EQUAL(next, range.end);
        tern_reply_destroy(&reply);
    }
    session_end(&session);
}

/* Every worker has every server add one to each of its rows, over and over. */
static void raise_all(const char *const settings[], const char *policy)
{
    tern_table_t   *table;
    session_t       session = begin(settings, policy, &table);
    tern_request_t *requests[NUM_ROUNDS];
    float           one = 1;

    if (tern_is_worker(session.runtime)) {
        for (size_t i = 0; i < NUM_ROUNDS; i++)
            CU_ASSERT_EQUAL(tern_call(table, tern_table_keys(table), "raise", &one,
                                      sizeof one, NULL, &requests[i]),
                            TERN_OK);
        CU_ASSERT_EQUAL(tern_wait_all(NUM_ROUNDS, requests, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(session_value(table, NUM_KEYS / 3),
                        (float)NUM_ROUNDS * (float)tern_num_workers(session.runtime));
        CU_ASSERT_EQUAL(sum_of(table, tern_table_keys(table)),
                        (double)NUM_KEYS * NUM_ROUNDS *
                            tern_num_workers(session.runtime));
    }
    session_end(&session);
}

static void a_function_runs_once_a_call(void)
{
    raise_all(NULL, NULL);
}

static void it_does_so_under_loss_and_repetition(void)
{
    raise_all(all_faults, NULL);
}

static void it_does_so_where_rows_move(void)
{
    raise_all(NULL, "relocate");
}

/* Everybody counts the steps of all, right after his own. */
static void a_call_sees_the_steps_that_its_bound_asks_for(void)
{
    tern_table_t *table;
    session_t     session = begin(NULL, "aggregate", &table);
    int           workers = tern_num_workers(session.runtime);

    tern_table_set_sync(table, TERN_SYNC_BSP, 0);
    for (int step = 1; tern_is_worker(session.runtime) && step <= 20; step++) {
        push_ones(table, NULL);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(sum_of(table, tern_table_keys(table)),
                        (double)NUM_KEYS * step * workers);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

static void the_clock_waits_for_calls(void)
{
    tern_table_t   *table;
    session_t       session = begin(NULL, NULL, &table);
    tern_request_t *request = NULL;
    float           one     = 1;

    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_call(table, tern_table_keys(table), "raise", &one,
                                  sizeof one, NULL, &request),
                        TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(session_value(table, NUM_KEYS - 1),
                        (float)tern_num_workers(session.runtime));
        CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
    }
    session_end(&session);
}

static void check_pattern(const tern_reply_t *reply, uint32_t server, size_t num_bytes)
{
    size_t          bytes     = 0;
    const uint64_t *numbers   = tern_reply_bytes(reply, server, &bytes);
    size_t          num_wrong = 0;

    CU_ASSERT_EQUAL(bytes, num_bytes);
    CU_ASSERT_EQUAL((uintptr_t)numbers % 16, 0);
    for (size_t i = 0; numbers != NULL && i < bytes / sizeof *numbers; i++)
        num_wrong += numbers[i] != i;
    CU_ASSERT_EQUAL(num_wrong, 0);
}

static void answer_all_lengths(const char *const settings[])
{
    static const uint64_t lengths[] = {0, 8, 4096, 200 << 10, 1 << 20, (5 << 20) + 8};
    tern_table_t         *table;
    session_t             session = begin(settings, NULL, &table);

    for (size_t i = 0; tern_is_worker(session.runtime) && i < 6; i++) {
        tern_reply_t *reply = NULL;

        CU_ASSERT_EQUAL(tern_call(table, tern_table_keys(table), "pattern", &lengths[i],
                                  sizeof lengths[i], &reply, NULL),
                        TERN_OK);
        for (uint32_t s = 0; reply != NULL && s < tern_reply_num_servers(reply); s++)
            check_pattern(reply, s, lengths[i]);
        tern_reply_destroy(&reply);
    }
    session_end(&session);
}

static void answers_of_any_length_come_back_whole(void)
{
    answer_all_lengths(NULL);
}

static void they_do_so_under_loss_and_repetition(void)
{
    answer_all_lengths(all_faults);
}

static void they_do_so_in_small_pieces(void)
{
    static const char *const small[] = {"chunk-kb", "64", NULL};

    answer_all_lengths(small);
}

static void an_unknown_function_is_an_error(void)
{
    tern_table_t *table;
    session_t     session = begin(NULL, NULL, &table);
    tern_reply_t *reply   = NULL;

    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(
            tern_call(table, tern_table_keys(table), "no such", NULL, 0, &reply, NULL),
            TERN_ERR_ARG);
        CU_ASSERT(reply != NULL && tern_reply_status(reply, 0) == TERN_ERR_ARG);
        tern_reply_destroy(&reply);
        CU_ASSERT_EQUAL(sum_of(table, tern_table_keys(table)), 0); /* and life goes on */
    }
    session_end(&session);
}

static void a_function_that_fails_fails_its_call(void)
{
    tern_table_t *table;
    session_t     session = begin(all_faults, NULL, &table);
    int           last    = tern_num_servers(session.runtime) - 1;
    tern_reply_t *reply   = NULL;

    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_call(table, tern_table_keys(table), "fail", &last,
                                  sizeof last, &reply, NULL),
                        TERN_ERR_FORMAT);
        for (int s = 0; reply != NULL && s <= last; s++) {
            CU_ASSERT_EQUAL(tern_reply_status(reply, (uint32_t)s),
                            s == last ? TERN_ERR_FORMAT : TERN_OK);
            CU_ASSERT_EQUAL(tern_reply_bytes(reply, (uint32_t)s, NULL) == NULL,
                            s == last);
        }
        tern_reply_destroy(&reply);
    }
    session_end(&session);
}

static void bad_calls_are_refused(void)
{
    tern_table_t   *table;
    session_t       session = begin(NULL, NULL, &table);
    tern_reply_t   *reply   = NULL;
    tern_request_t *request = NULL;
    tern_range_t    all     = tern_table_keys(table);
    char            name[80];

    memset(name, 'x', sizeof name);
    name[79] = '\0';
    if (tern_is_worker(session.runtime)) {
        const tern_range_t beyond = {0, NUM_KEYS + 1};

        CU_ASSERT_EQUAL(tern_call(table, beyond, "sum", NULL, 0, &reply, &request),
                        TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_call(table, all, NULL, NULL, 0, &reply, &request),
                        TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_call(table, all, name, NULL, 0, &reply, &request),
                        TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_call(table, all, "sum", NULL, 8, &reply, &request),
                        TERN_ERR_ARG);
        CU_ASSERT_EQUAL(
            tern_call(table, all, "sum", name, (size_t)1 << 30, &reply, &request),
            TERN_ERR_ARG);
    } else {
        CU_ASSERT_EQUAL(tern_call(table, all, "sum", NULL, 0, &reply, &request),
                        TERN_ERR_ARG);
    }
    CU_ASSERT(reply == NULL && request == NULL);
    session_end(&session);
}

static void a_reply_may_be_given_up_early(void)
{
    tern_table_t   *table;
    session_t       session = begin(NULL, NULL, &table);
    uint64_t        length  = 4 << 20;
    tern_reply_t   *reply   = NULL;
    tern_request_t *request = NULL;

    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_call(table, tern_table_keys(table), "pattern", &length,
                                  sizeof length, &reply, &request),
                        TERN_OK);
        CU_ASSERT_EQUAL(tern_reply_status(reply, 0), TERN_IN_PROGRESS);
        tern_reply_destroy(&reply);
        CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
    }
    session_end(&session);
}

static void functions_run_as_often_as_servers_were_asked(void)
{
    tern_table_t   *table;
    session_t       session = begin(all_faults, NULL, &table);
    int             workers = tern_num_workers(session.runtime);
    int             servers = tern_num_servers(session.runtime);
    tern_counters_t counters;

    if (tern_is_worker(session.runtime)) {
        for (int i = 0; i < 20; i++)
            sum_of(table, tern_table_keys(table));
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    } else {
        CU_ASSERT_EQUAL(tern_serve(session.runtime), TERN_OK);
    }
    tern_get_counters(session.runtime, &counters);
    session_end(&session);
    MPI_Allreduce(MPI_IN_PLACE, &counters, sizeof counters / sizeof(uint64_t),
                  MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    CU_ASSERT_EQUAL(counters.calls, 20u * (unsigned)workers);
    CU_ASSERT_EQUAL(counters.functions_run, 20u * (unsigned)workers * (unsigned)servers);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_function_sees_the_rows_of_each_server),
        FACT(own_pushes_go_before_a_call),
        FACT(the_parts_of_the_servers_tile_the_range),
        FACT(a_function_runs_once_a_call),
        FACT(it_does_so_under_loss_and_repetition),
        FACT(it_does_so_where_rows_move),
        FACT(a_call_sees_the_steps_that_its_bound_asks_for),
        FACT(the_clock_waits_for_calls),
        FACT(answers_of_any_length_come_back_whole),
        FACT(they_do_so_under_loss_and_repetition),
        FACT(they_do_so_in_small_pieces),
        FACT(an_unknown_function_is_an_error),
        FACT(a_function_that_fails_fails_its_call),
        FACT(bad_calls_are_refused),
        FACT(a_reply_may_be_given_up_early),
        FACT(functions_run_as_often_as_servers_were_asked),
    };

    return mpi_facts_run("mpi/functions", facts, sizeof facts / sizeof *facts);
}
