/** \file
 * Random operations of all workers on sparse tables, held against the sequential model: rows that come with a push, are
 * admitted, set, read, changed by functions on servers, evicted, counted and scanned, with both placements, with and
 * without filters that lose nothing.
 *
 * Rounds as in random_operations.c. The seed is printed; TERN_SEED=n replays it. MODEL_ROUNDS=n is an upper limit of the
 * rounds of each fact.
 *
 * run_mpi: seconds 300
 */
#include <stdlib.h>

#include "model/affine.h"
#include "model/operation.h"
#include "model/seed.h"
#include "model/sparse_bench.h"
#include "mpi_facts.h"
#include "session.h"

enum { NUM_ROUNDS = 50, NUM_LOSSY_ROUNDS = 20 };

/* --- operations --- */

static void land_all(sparse_bench_t *bench, const round_t *round)
{
    sparse_check_ok(bench, round,
                    tern_wait_all(bench->num_flights, bench->requests, NULL));
    bench->num_flights = 0;
}

static tern_status_t issue(sparse_bench_t *bench, const sparse_operation_t *operation,
                           sparse_flight_t *flight, tern_request_t **request_p)
{
    tern_table_t *table = bench->tables[operation->table];
    size_t        num   = operation->num_keys;
    tern_range_t  range = {flight->keys[0], flight->keys[0] + num};

    switch (operation->kind) {
    case SPARSE_PUSH:
        return tern_push(table, num, flight->keys, flight->rows, request_p);
    case SPARSE_SET:
        return tern_set(table, num, flight->keys, flight->rows, request_p);
    case SPARSE_PUSH_PULL:
        return tern_push_pull(table, num, flight->keys, flight->rows, flight->rows,
                              request_p);
    case SPARSE_PULL:
        return tern_pull(table, num, flight->keys, flight->rows, request_p);
    case SPARSE_PUSH_RANGE:
        return tern_push_range(table, range, flight->rows, request_p);
    default:
        return tern_pull_range(table, range, flight->rows, request_p);
    }
}

static void fly(sparse_bench_t *bench, const round_t *round,
                const sparse_operation_t *operation)
{
    tern_type_t type     = sparse_descs[operation->table].type;
    bool        has_pull = operation->kind == SPARSE_PUSH_PULL ||
                    operation->kind == SPARSE_PULL ||
                    operation->kind == SPARSE_PULL_RANGE;
    sparse_flight_t *flight;

    if (bench->num_flights == SPARSE_IN_FLIGHT)
        land_all(bench, round);
    flight = &bench->flights[bench->num_flights];
    for (size_t i = 0; i < operation->num_keys; i++) {
        flight->keys[i] = bench->model.keys[operation->which[i]];
        for (uint32_t j = 0; j < SPARSE_WIDTH; j++)
            value_put(type, flight->rows, i * SPARSE_WIDTH + j, operation->rows[i][j]);
    }
    if (!has_pull && !operation->waits) {
        sparse_check_ok(
            bench, round,
            issue(bench, operation, flight, &bench->requests[bench->num_flights]));
        bench->num_flights++;
        return;
    }
    sparse_check_ok(bench, round, issue(bench, operation, flight, NULL));
    for (size_t i = 0; i < operation->num_keys && has_pull; i++)
        sparse_check_row(bench, round, "own pull", operation->table, operation->which[i],
                         flight->rows, i);
}

static void run_eviction(sparse_bench_t *bench, const round_t *round,
                         const sparse_operation_t *operation, const tern_evicted_t *told)
{
    tern_evicted_t evicted = {0};

    sparse_check_ok(
        bench, round,
        tern_evict(bench->tables[operation->table], &operation->eviction, &evicted));
    sparse_check(bench, round, "rows before an eviction",
                 evicted.num_rows_before == told->num_rows_before);
    sparse_check(bench, round, "rows evicted", evicted.num_rows == told->num_rows);
}

static void run_call(sparse_bench_t *bench, const round_t *round,
                     const sparse_operation_t *operation, const tern_evicted_t *told)
{
    tern_range_t  range = sparse_range(&bench->model, operation->first, operation->end);
    tern_reply_t *reply = NULL;
    uint64_t      num   = 0;

    sparse_check_ok(bench, round,
                    tern_call(bench->tables[operation->table], range, "add one", NULL, 0,
                              &reply, NULL));
    for (uint32_t s = 0; reply != NULL && s < tern_reply_num_servers(reply); s++)
        num += *(const uint64_t *)tern_reply_bytes(reply, s, NULL);
    tern_reply_destroy(&reply);
    sparse_check(bench, round, "rows that a function visited", num == told->num_rows);
}

static void run_operation(sparse_bench_t *bench, const round_t *round,
                          const sparse_operation_t *operation)
{
    tern_evicted_t told;

    if (operation->kind == SPARSE_EVICT || operation->kind == SPARSE_CALL)
        land_all(bench, round);
    sparse_model_apply(&bench->model, operation, tern_clock_now(bench->runtime), &told);
    if (operation->kind == SPARSE_EVICT)
        run_eviction(bench, round, operation, &told);
    else if (operation->kind == SPARSE_CALL)
        run_call(bench, round, operation, &told);
    else
        fly(bench, round, operation);
}

/* --- rounds --- */

static void apply_others_operations(sparse_bench_t *bench, const round_t *round,
                                    uint64_t clock)
{
    for (uint32_t w = 0; w < bench->num_workers; w++)
        for (uint32_t i = 0; w != bench->worker && i < round_num_operations(round, w);
             i++) {
            sparse_operation_t operation;
            tern_evicted_t     told;

            sparse_operation_draw(round, &bench->model, w, i, &operation);
            sparse_model_apply(&bench->model, &operation, clock, &told);
        }
}

static void run_round(sparse_bench_t *bench, const round_t *round)
{
    uint64_t clock = tern_clock_now(bench->runtime);
    int      table = (int)(round->number % SPARSE_TABLES);

    if (round->number % 7 == 6)
        tern_table_forget_keys(bench->tables[table]);
    for (uint32_t i = 0; i < round_num_operations(round, bench->worker); i++) {
        sparse_operation_t operation;

        sparse_operation_draw(round, &bench->model, bench->worker, i, &operation);
        run_operation(bench, round, &operation);
    }
    land_all(bench, round);
    sparse_check_ok(bench, round, tern_clock(bench->runtime));
    sparse_check_ok(bench, round, tern_barrier(bench->runtime));
    apply_others_operations(bench, round, clock);
    sparse_check_by_pull(bench, round, table);
    sparse_check_by_count(bench, round, table);
    if (round->number / SPARSE_TABLES % 2 == 0)
        sparse_check_by_scan(bench, round, table);
    sparse_check_ok(bench, round, tern_barrier(bench->runtime));
}

static void work(sparse_bench_t *bench, uint64_t num_rounds)
{
    round_t last = {.number = num_rounds};

    bench->worker      = (uint32_t)tern_worker(bench->runtime);
    bench->num_workers = (uint32_t)tern_num_workers(bench->runtime);
    bench->seed        = seed_agree(bench->runtime);
    sparse_model_init(&bench->model);
    for (uint64_t number = 0; number < num_rounds; number++) {
        round_t round =
            round_of(bench->seed, number, bench->num_workers, SPARSE_OPERATIONS);

        run_round(bench, &round);
    }
    for (int table = 0; table < SPARSE_TABLES; table++) {
        sparse_check_by_pull(bench, &last, table);
        sparse_check_by_scan(bench, &last, table);
    }
}

/* --- the function on servers --- */

static tern_verdict_t add_one_to_row(const tern_row_view_t *row, void *context)
{
    (void)context;
    value_put(row->type, row->value, 0, value_at(row->type, row->value, 0) + 1);
    return TERN_ROW_CHANGED;
}

static tern_status_t add_one(tern_invocation_t *invocation, void *context)
{
    uint64_t num = tern_invocation_visit(invocation, tern_invocation_range(invocation),
                                         add_one_to_row, NULL);

    (void)context;
    return tern_invocation_answer(invocation, &num, sizeof num);
}

/* --- facts --- */

/* Filters of each table, for pushes and for pulls. */
typedef const char *chains_t[SPARSE_TABLES][2];

static const chains_t no_filters    = {{NULL}};
static const chains_t some_filters  = {{"zero,key-cache,lz4", "zero,zstd"},
                                       {"key-cache,zstd", NULL},
                                       {"zstd:1", "zero,key-cache,lz4"}};
static const chains_t other_filters = {{"zstd,lz4", "key-cache"},
                                       {"lz4", "zero,key-cache,zstd:1"},
                                       {"zero,key-cache", "lz4"}};

static void run_with(const char *const settings[], const chains_t chains,
                     uint64_t num_rounds)
{
    session_t       session = session_begin(settings);
    sparse_bench_t *bench   = calloc(1, sizeof *bench);

    bench->runtime = session.runtime;
    CU_ASSERT_EQUAL(tern_update_register(session.runtime, &affine_rule), TERN_OK);
    CU_ASSERT_EQUAL(
        tern_function_register(session.runtime,
                               &(tern_function_t){.name = "add one", .run = add_one}),
        TERN_OK);
    for (int table = 0; table < SPARSE_TABLES; table++) {
        tern_table_desc_t desc = sparse_descs[table];

        desc.push_filters = chains[table][0];
        desc.pull_filters = chains[table][1];
        CU_ASSERT_EQUAL_FATAL(
            tern_table_create(session.runtime, &desc, &bench->tables[table]), TERN_OK);
    }
    if (tern_is_worker(session.runtime))
        work(bench, seed_limit_rounds(num_rounds));
    free(bench);
    session_end(&session);
}

static void rows_match_the_model(void)
{
    run_with(NULL, no_filters, NUM_ROUNDS);
}

static void when_everybody_serves_rows_match_the_model(void)
{
    const char *const settings[] = {"roles", session_all_roles(), "chunk-kb", "1", NULL};

    run_with(settings, no_filters, NUM_ROUNDS);
}

static void by_message_alone_rows_match_the_model(void)
{
    const char *const settings[] = {"roles", session_all_roles(), "shared-memory", "no",
                                    NULL};

    run_with(settings, no_filters, NUM_ROUNDS);
}

static void filters_that_lose_nothing_change_nothing(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};

    run_with(NULL, some_filters, NUM_ROUNDS);
    run_with(settings, other_filters, NUM_ROUNDS);
}

static void faults_on_the_way_change_nothing(void)
{
    const char *const settings[] = {
        "fault",     "drop:0.05,duplicate:0.05,delay:0.05,seed:7",
        "chunk-kb",  "1",
        "resend-ms", "20",
        NULL};

    run_with(settings, no_filters, NUM_LOSSY_ROUNDS);
    run_with(settings, some_filters, NUM_LOSSY_ROUNDS);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(rows_match_the_model),
        FACT(when_everybody_serves_rows_match_the_model),
        FACT(by_message_alone_rows_match_the_model),
        FACT(filters_that_lose_nothing_change_nothing),
        FACT(faults_on_the_way_change_nothing),
    };

    return mpi_facts_run("model/sparse_operations", facts, sizeof facts / sizeof *facts);
}
