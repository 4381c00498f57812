#include "model/flight.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "tern/random.h"

#define CANARY 777

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
    operation_t      *operation = &flight->operation;
    tern_table_t     *table     = bench->tables[operation->table];
    size_t            num_keys  = operation->num_keys;
    const tern_key_t *keys      = operation->keys;
    uint64_t          clock     = tern_clock_now(bench->runtime);

    switch (operation->kind) {
    case OPERATION_PUSH:
        return tern_push(table, num_keys, keys, flight->buffer, request_p);
    case OPERATION_PUSH_RANGE:
        return tern_push_range(table, operation->range, flight->buffer, request_p);
    case OPERATION_SET:
        return tern_set(table, num_keys, keys, flight->buffer, request_p);
    case OPERATION_PULL:
        return tern_pull(table, num_keys, keys, flight->buffer, request_p);
    case OPERATION_PULL_RANGE:
        return tern_pull_range(table, operation->range, flight->buffer, request_p);
    case OPERATION_PULL_IF_LOCAL:
        return tern_pull_if_local(table, num_keys, keys, flight->buffer, flight->absent,
                                  &flight->num_absent);
    case OPERATION_PUSH_PULL:
        return tern_push_pull(table, num_keys, keys, flight->buffer, flight->buffer,
                              request_p);
    case OPERATION_LOCALIZE:
        return tern_localize(table, num_keys, keys, request_p);
    case OPERATION_LOCALIZE_RANGE:
        return tern_localize_range(table, operation->range, request_p);
    default:
        return tern_intent(table, num_keys, keys, clock + operation->first_clock,
                           clock + operation->end_clock);
    }
}

void flight_begin(bench_t *bench, const round_t *round, uint32_t index, flight_t *flight)
{
    operation_t *operation = &flight->operation;
    bool         waits     = tern_random_below(bench->seed, 5, index, 4) == 0;
    uint32_t     width;

    operation_generate(round, bench->worker, index, operation);
    if (bench->may_read_late && operation_reads(operation))
        waits = true; /* a pull whose answer was lost sees what was pushed since */
    width              = table_descs[operation->table].width;
    flight->request    = NULL;
    flight->num_absent = 0;
    fill_buffer(flight);
    model_apply(&bench->model, operation);
    for (size_t i = 0; operation_reads(operation) && i < operation->num_keys; i++)
        memcpy(&flight->expected[i * width],
               model_row(&bench->model, operation->table, operation->keys[i]),
               width * sizeof(double));
    check_ok(bench, issue(bench, flight, waits ? NULL : &flight->request));
}

void flight_complete(bench_t *bench, flight_t *flight, bool by_test)
{
    tern_status_t status = TERN_IN_PROGRESS;

    while (by_test && status == TERN_IN_PROGRESS)
        status = tern_test(&flight->request);
    if (!by_test)
        status = tern_wait(&flight->request);
    check_ok(bench, status);
    CU_ASSERT_PTR_NULL(flight->request);
}

void flight_complete_all(bench_t *bench, size_t num_flights, flight_t flights[])
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

static bool is_absent(const flight_t *flight, size_t i)
{
    for (size_t a = 0; a < flight->num_absent; a++)
        if (flight->absent[a] == i)
            return true;
    return false;
}

/* A pushpull may read a row before it is pushed to again further on in the call. */
static bool is_certain(const flight_t *flight, size_t i)
{
    const operation_t *operation = &flight->operation;

    for (size_t j = i + 1; j < operation->num_keys; j++)
        if (operation->kind == OPERATION_PUSH_PULL &&
            operation->keys[j] == operation->keys[i])
            return false;
    return operation_reads(operation) && !is_absent(flight, i);
}

void flight_check(bench_t *bench, const round_t *round, const flight_t *flight)
{
    const operation_t       *operation = &flight->operation;
    const tern_table_desc_t *desc      = &table_descs[operation->table];
    size_t                   row_bytes = desc->width * tern_type_bytes(desc->type);

    CU_ASSERT_EQUAL(
        value_at(desc->type, flight->buffer, operation->num_keys * desc->width), CANARY);
    for (size_t i = 0; i < operation->num_keys; i++)
        if (is_certain(flight, i))
            check_row(bench, "own pull", round->number, operation->table,
                      operation->keys[i], (const char *)flight->buffer + i * row_bytes,
                      &flight->expected[i * desc->width]);
}
