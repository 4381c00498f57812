/** \file
 * Random operations of all workers at once, held against the sequential model.
 *
 * Rounds: every worker issues its operations, some waited for at once, some several in flight; what
 * a pull returns must be what the worker's own operations before it have made (nobody else
 * touches those keys in that round). Then clock or barrier; each worker applies everybody's operations to
 * its model, and pulls and borrows what it likes: all must agree. The seed is printed; TERN_SEED=n
 * replays it. MODEL_ROUNDS=n is an upper limit of the rounds of each fact.
 *
 * run_mpi: seconds 300
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "model/model.h"
#include "support/mpi_facts.h"
#include "support/session.h"

enum { NUM_ROUNDS = 60, NUM_SLOW_ROUNDS = 6, MAX_IN_FLIGHT = 6, MAX_COMPLAINTS = 5 };

#define CANARY 777

/* What a worker has at hand. */
typedef struct bench {
    tern_runtime_t *runtime;
    tern_table_t   *tables[NUM_TABLES];
    model_t         model;
    uint64_t        seed;
    uint32_t        worker, num_workers;
    bool            may_read_late;
    uint64_t        num_rounds;
    int             num_complaints;
} bench_t;

/* An operation under way; the library borrows keys and buffer until it completes. */
typedef struct flight {
    operation_t     operation;
    tern_request_t *request;
    double          buffer[MAX_VALUES + 1];   /* of the table's type, and a canary */
    double          expected[MAX_VALUES + 1]; /* pulls: by the model when issued */
} flight_t;

static void check_ok(bench_t *bench, tern_status_t status)
{
    CU_ASSERT_EQUAL(status, TERN_OK);
    if (status != TERN_OK && bench->num_complaints++ < MAX_COMPLAINTS)
        printf("# seed %" PRIu64 ": %s\n", bench->seed, tern_status_string(status));
}

/* One row from the library against the model. */
static void check_row(bench_t *bench, const char *what, uint64_t round, int table,
                      tern_key_t key, const void *row, const double *expected)
{
    const tern_table_desc_t *desc    = &table_descs[table];
    bool                     is_same = true;

    for (uint32_t j = 0; j < desc->width; j++) {
        double value = value_at(desc->type, row, j);

        /* written so that NaN is a difference */
        is_same = is_same && fabs(value - expected[j]) <=
                                 table_tolerances[table] * (1 + fabs(expected[j]));
        if (!is_same && bench->num_complaints++ < MAX_COMPLAINTS)
            printf("# seed %" PRIu64 " round %" PRIu64 " worker %" PRIu32
                   ": %s of \"%s\" key %" PRIu64 " column %" PRIu32
                   " is %.17g, should be %.17g\n",
                   bench->seed, round, bench->worker, what, desc->name, key, j, value,
                   expected[j]);
    }
    CU_ASSERT(is_same);
}

static void fill_buffer(flight_t *flight)
{
    const tern_table_desc_t *desc  = &table_descs[flight->operation.table];
    size_t                   width = desc->width, num_keys = flight->operation.num_keys;

    for (size_t i = 0; i < num_keys * width; i++)
        value_put(desc->type, flight->buffer, i, flight->operation.values[i]);
    value_put(desc->type, flight->buffer, num_keys * width, CANARY);
}

static tern_status_t issue(bench_t *bench, flight_t *flight, tern_request_t **request_p)
{
    operation_t  *operation = &flight->operation;
    tern_table_t *table     = bench->tables[operation->table];

    switch (operation->kind) {
    case OPERATION_PUSH:
        return tern_push(table, operation->num_keys, operation->keys, flight->buffer,
                         request_p);
    case OPERATION_PUSH_RANGE:
        return tern_push_range(table, operation->range, flight->buffer, request_p);
    case OPERATION_SET:
        return tern_set(table, operation->num_keys, operation->keys, flight->buffer,
                        request_p);
    case OPERATION_PULL:
        return tern_pull(table, operation->num_keys, operation->keys, flight->buffer,
                         request_p);
    case OPERATION_PULL_RANGE:
        return tern_pull_range(table, operation->range, flight->buffer, request_p);
    default:
        return tern_push_pull(table, operation->num_keys, operation->keys, flight->buffer,
                              flight->buffer, request_p);
    }
}

static void begin_flight(bench_t *bench, const round_t *round, uint32_t index,
                         flight_t *flight)
{
    operation_t *operation = &flight->operation;
    bool         waits     = tern_random_below(bench->seed, 5, index, 4) == 0;
    uint32_t     width;

    operation_generate(round, bench->worker, index, operation);
    if (bench->may_read_late && operation_reads(operation))
        waits = true; /* a pull whose answer was lost sees what was pushed since */
    width           = table_descs[operation->table].width;
    flight->request = NULL;
    fill_buffer(flight);
    model_apply(&bench->model, operation);
    for (size_t i = 0; operation_reads(operation) && i < operation->num_keys; i++)
        memcpy(&flight->expected[i * width],
               model_row(&bench->model, operation->table, operation->keys[i]),
               width * sizeof(double));
    check_ok(bench, issue(bench, flight, waits ? NULL : &flight->request));
}

/* By tern_wait() or by tern_test(). */
static void complete(bench_t *bench, flight_t *flight, bool by_test)
{
    tern_status_t status = TERN_IN_PROGRESS;

    while (by_test && status == TERN_IN_PROGRESS)
        status = tern_test(&flight->request);
    if (!by_test)
        status = tern_wait(&flight->request);
    check_ok(bench, status);
    CU_ASSERT_PTR_NULL(flight->request);
}

static void complete_all(bench_t *bench, size_t num_flights, flight_t flights[])
{
    tern_request_t *requests[MAX_IN_FLIGHT];
    tern_status_t   statuses[MAX_IN_FLIGHT];

    for (size_t i = 0; i < num_flights; i++)
        requests[i] = flights[i].request;
    check_ok(bench, tern_wait_all(num_flights, requests, statuses));
    for (size_t i = 0; i < num_flights; i++) {
        CU_ASSERT_PTR_NULL(requests[i]);
        check_ok(bench, statuses[i]);
    }
}

/* A pushpull may read a row before it is pushed to again further on in the call. */
static bool is_certain(const operation_t *operation, size_t i)
{
    for (size_t j = i + 1; j < operation->num_keys; j++)
        if (operation->kind == OPERATION_PUSH_PULL &&
            operation->keys[j] == operation->keys[i])
            return false;
    return operation_reads(operation);
}

static void check_flight(bench_t *bench, const round_t *round, const flight_t *flight)
{
    const operation_t       *operation = &flight->operation;
    const tern_table_desc_t *desc      = &table_descs[operation->table];
    size_t                   row_bytes = desc->width * tern_type_bytes(desc->type);

    CU_ASSERT_EQUAL(
        value_at(desc->type, flight->buffer, operation->num_keys * desc->width), CANARY);
    for (size_t i = 0; i < operation->num_keys; i++)
        if (is_certain(operation, i))
            check_row(bench, "own pull", round->number, operation->table,
                      operation->keys[i], (const char *)flight->buffer + i * row_bytes,
                      &flight->expected[i * desc->width]);
}

/* Several operations in flight, completed in an order of their own. */
static void fly(bench_t *bench, const round_t *round, uint32_t first, uint32_t end,
                flight_t flights[])
{
    uint32_t num   = end - first;
    uint64_t style = tern_random_below(bench->seed, 6, round->number * 64 + first, 4);

    for (uint32_t i = 0; i < num; i++)
        begin_flight(bench, round, first + i, &flights[i]);
    if (style == 0)
        complete_all(bench, num, flights);
    for (uint32_t i = 0; style > 0 && i < num; i++)
        complete(bench, &flights[style == 1 ? i : num - 1 - i], style == 3);
    for (uint32_t i = 0; i < num; i++)
        check_flight(bench, round, &flights[i]);
}

static void run_own_operations(bench_t *bench, const round_t *round)
{
    uint32_t  num     = round_num_operations(round, bench->worker);
    flight_t *flights = calloc(MAX_IN_FLIGHT, sizeof(*flights));

    for (uint32_t first = 0, end; first < num; first = end) {
        end = first + 1 +
              (uint32_t)tern_random_below(bench->seed, 7, round->number * 64 + first,
                                          MAX_IN_FLIGHT);
        end = end < num ? end : num;
        fly(bench, round, first, end, flights);
    }
    free(flights);
}

/* Bring the model up to date; own operations are in it already. */
static void apply_others_operations(bench_t *bench, const round_t *round)
{
    operation_t operation;

    for (uint32_t worker = 0; worker < bench->num_workers; worker++)
        for (uint32_t i = 0;
             worker != bench->worker && i < round_num_operations(round, worker); i++) {
            operation_generate(round, worker, i, &operation);
            model_apply(&bench->model, &operation);
        }
}

static void check_by_pull(bench_t *bench, const round_t *round, int table)
{
    const tern_table_desc_t *desc      = &table_descs[table];
    size_t                   row_bytes = desc->width * tern_type_bytes(desc->type);
    tern_key_t               keys[MAX_KEYS];
    double                   buffer[MAX_VALUES];
    size_t num_keys = random_keys(bench->seed, round->number * 64 + bench->worker, table,
                                  MAX_KEYS, keys);

    check_ok(bench, tern_pull(bench->tables[table], num_keys, keys, buffer, NULL));
    for (size_t i = 0; i < num_keys; i++)
        check_row(bench, "pull", round->number, table, keys[i],
                  (const char *)buffer + i * row_bytes,
                  model_row(&bench->model, table, keys[i]));
}

static void check_by_borrow(bench_t *bench, const round_t *round, int table,
                            tern_borrow_mode_t mode)
{
    tern_key_t      keys[MAX_KEYS];
    tern_borrowed_t rows[MAX_KEYS];
    size_t          num_absent = 0, num_changed = 0;
    size_t num_keys = random_keys(bench->seed, round->number * 64 + 32 + bench->worker,
                                  table, MAX_KEYS, keys);

    check_ok(bench,
             tern_borrow(bench->tables[table], num_keys, keys, mode, rows, &num_absent));
    for (size_t i = 0; i < num_keys; i++) {
        CU_ASSERT_EQUAL(rows[i].value != NULL,
                        tern_is_local(bench->tables[table], keys[i]));
        num_absent -= rows[i].value == NULL;
        if (rows[i].value)
            check_row(bench, "borrowed row", round->number, table, keys[i], rows[i].value,
                      model_row(&bench->model, table, keys[i]));
    }
    CU_ASSERT_EQUAL(num_absent, 0);
    tern_return(bench->tables[table], num_keys, mode, rows, &num_changed);
    CU_ASSERT_EQUAL(num_changed, 0);
}

/* Everything, by ranges. */
static void check_whole_tables(bench_t *bench)
{
    for (int table = 0; table < NUM_TABLES; table++) {
        const tern_table_desc_t *desc      = &table_descs[table];
        size_t                   num_keys  = desc->keys.end - desc->keys.first;
        size_t                   row_bytes = desc->width * tern_type_bytes(desc->type);
        char                    *rows      = calloc(num_keys, row_bytes);

        check_ok(bench, tern_pull_range(bench->tables[table], desc->keys, rows, NULL));
        for (size_t i = 0; i < num_keys; i++)
            check_row(bench, "range", bench->num_rounds, table, desc->keys.first + i,
                      rows + i * row_bytes,
                      model_row(&bench->model, table, desc->keys.first + i));
        free(rows);
    }
}

static void end_step(bench_t *bench, const round_t *round)
{
    check_ok(bench, round->number % 2 ? tern_clock(bench->runtime)
                                      : tern_barrier(bench->runtime));
}

static void run_round(bench_t *bench, const round_t *round)
{
    run_own_operations(bench, round);
    end_step(bench, round);
    apply_others_operations(bench, round);
    for (int table = 0; table < NUM_TABLES; table++) {
        check_by_pull(bench, round, table);
        check_by_borrow(bench, round, table,
                        (tern_borrow_mode_t)((round->number + (uint64_t)table) % 3));
    }
    end_step(bench, round);
}

/* TERN_SEED, else a new one; worker 0's is everybody's. */
static uint64_t agree_on_seed(bench_t *bench)
{
    const char *given = getenv("TERN_SEED");
    double      seed =
        (double)(tern_random_u64((uint64_t)time(NULL), 0, (uint64_t)getpid()) >> 32);

    if (given)
        seed = (double)strtoull(given, NULL, 10);
    if (bench->worker != 0)
        seed = 0;
    check_ok(bench, tern_sum(bench->runtime, 1, &seed));
    if (bench->worker == 0)
        printf("# seed %.0f (TERN_SEED=%.0f replays it)\n", seed, seed);
    return (uint64_t)seed;
}

static void work(bench_t *bench)
{
    bench->worker      = (uint32_t)tern_worker(bench->runtime);
    bench->num_workers = (uint32_t)tern_num_workers(bench->runtime);
    bench->seed        = agree_on_seed(bench);
    model_init(&bench->model);
    for (uint64_t number = 0; number < bench->num_rounds; number++) {
        round_t round = round_of(bench->seed, number, bench->num_workers);

        run_round(bench, &round);
    }
    check_whole_tables(bench);
    model_fini(&bench->model);
}

static void create_tables(bench_t *bench)
{
    check_ok(bench, tern_update_register(bench->runtime, &affine_rule));
    for (int table = 0; table < NUM_TABLES; table++)
        check_ok(bench, tern_table_create(bench->runtime, &table_descs[table],
                                          &bench->tables[table]));
}

/* MODEL_ROUNDS, if it is less: where a round is slow. */
static uint64_t limited_rounds(uint64_t num_rounds)
{
    const char *given = getenv("MODEL_ROUNDS");
    uint64_t    limit = given ? strtoull(given, NULL, 10) : num_rounds;

    return limit < num_rounds ? limit : num_rounds;
}

/* A setting is an option's name and value; the list ends with NULL. */
static void run_with(const char *const settings[][2], uint64_t num_rounds,
                     bool may_read_late)
{
    char           *argv[]  = {"random_operations", NULL};
    tern_options_t *options = NULL;
    bench_t         bench   = {.may_read_late = may_read_late,
                               .num_rounds    = limited_rounds(num_rounds)};

    check_ok(&bench, tern_options_create(argv[0], "model test", &options));
    check_ok(&bench, tern_options_parse(options, 1, argv));
    check_ok(&bench, tern_options_set(options, "stats", "none"));
    for (size_t i = 0; settings[i][0]; i++)
        check_ok(&bench, tern_options_set(options, settings[i][0], settings[i][1]));
    if (strcmp(tern_option_string(options, "pull"), "message") != 0)
        bench.may_read_late = true; /* a get under way sees what is pushed meanwhile */
    check_ok(&bench, tern_init(MPI_COMM_WORLD, options, &bench.runtime));
    if (bench.runtime) {
        create_tables(&bench);
        if (tern_is_worker(bench.runtime))
            work(&bench);
        check_ok(&bench, tern_finalize(&bench.runtime));
    }
    tern_options_destroy(&options);
}

static void random_operations_match_the_model(void)
{
    run_with((const char *const[][2]){{NULL, NULL}}, NUM_ROUNDS, false);
}

/* Every rank serves and works, so that requests cross in all directions, the larger ones in chunks. */
static void all_match_the_model_when_everybody_serves(void)
{
    run_with((const char *const[][2]){{"roles", session_all_roles()},
                                      {"chunk-kb", "1"},
                                      {NULL, NULL}},
             NUM_ROUNDS, false);
}

static void faults_on_the_way_change_nothing(void)
{
    static const char *const settings[][2] = {
        {"fault", "drop:0.05,duplicate:0.05,delay:0.05,seed:7"},
        {"chunk-kb", "1"},
        {"resend-ms", "20"},
        {NULL, NULL},
    };

    run_with(settings, NUM_ROUNDS, true);
}

static void a_slow_and_lossy_link_changes_nothing(void)
{
    static const char *const settings[][2] = {
        {"emulate", "delay:5ms,rate:100mbit,loss:0.01,jitter:1ms,seed:7"},
        {"resend-ms", "40"},
        {NULL, NULL},
    };

    run_with(settings, NUM_SLOW_ROUNDS, true);
}

static void one_sided_pulls_change_nothing(void)
{
    static const char *const settings[][2] = {
        {"pull", "window"},
        {"resend-ms", "20"},
        {"fault", "drop:0.02,delay:0.02,seed:7"},
        {NULL, NULL},
    };

    run_with(settings, NUM_ROUNDS, true);
}

static void one_sided_pulls_over_a_slow_link_change_nothing(void)
{
    static const char *const settings[][2] = {
        {"pull", "window"},
        {"emulate", "delay:2ms,rate:100mbit,loss:0.01,seed:7"},
        {"resend-ms", "40"},
        {NULL, NULL},
    };

    run_with(settings, NUM_SLOW_ROUNDS, true);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(random_operations_match_the_model),
        FACT(all_match_the_model_when_everybody_serves),
        FACT(faults_on_the_way_change_nothing),
        FACT(a_slow_and_lossy_link_changes_nothing),
        FACT(one_sided_pulls_change_nothing),
        FACT(one_sided_pulls_over_a_slow_link_change_nothing),
    };

    return mpi_facts_run("model/random_operations", facts,
                         sizeof(facts) / sizeof(facts[0]));
}
