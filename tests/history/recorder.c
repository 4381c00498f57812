#include "history/recorder.h"

#include <CUnit/CUnit.h>
#include <mpi.h>
#include <stdlib.h>

#include "base/timer.h"

enum { MAX_CLOCKS = 40 };

#define PATIENCE_NS 20000000000u

recorder_t recorder_begin(const recorder_setup_t *setup)
{
    recorder_t        recorder = {.session         = session_begin(setup->settings),
                                  .is_asynchronous = setup->is_asynchronous};
    tern_table_desc_t desc     = {.name      = "history",
                                  .keys      = {0, RECORDER_KEYS},
                                  .width     = 1,
                                  .type      = TERN_FLOAT64,
                                  .sync      = TERN_SYNC_SSP,
                                  .staleness = setup->staleness,
                                  .policy    = setup->policy};

    recorder.worker      = (uint32_t)tern_worker(recorder.session.runtime);
    recorder.num_workers = (uint32_t)tern_num_workers(recorder.session.runtime);
    CU_ASSERT_EQUAL(tern_table_create(recorder.session.runtime, &desc, &recorder.table),
                    TERN_OK);
    return recorder;
}

static size_t add_op(recorder_t *recorder, history_kind_t kind, tern_key_t key,
                     uint64_t set)
{
    return history_add(&recorder->history,
                       &(history_op_t){.worker   = recorder->worker,
                                       .sequence = (uint32_t)recorder->history.num_ops,
                                       .kind     = kind,
                                       .key      = key,
                                       .set      = set,
                                       .begin_ns = tern_timer_ns()});
}

static bool has_bit_left(const recorder_t *recorder, tern_key_t key)
{
    return recorder->num_pushes[key] < HISTORY_MAX_PUSHES / recorder->num_workers;
}

/* The bits of a worker. */
static uint64_t bits_of(const recorder_t *recorder, uint32_t worker)
{
    uint32_t num_bits = HISTORY_MAX_PUSHES / recorder->num_workers;

    return ((1ull << num_bits) - 1) << worker * num_bits;
}

/* A new bit of this worker's. */
static uint64_t next_bit(recorder_t *recorder, tern_key_t key)
{
    return 1ull << (recorder->worker * (HISTORY_MAX_PUSHES / recorder->num_workers) +
                    recorder->num_pushes[key]++);
}

/* A call is complete: note when, and what was read. */
static void end_call(recorder_t *recorder, const recorder_call_t *call)
{
    for (size_t i = call->first_op; i < call->first_op + call->num_ops; i++) {
        history_op_t *op = &recorder->history.ops[i];

        op->end_ns = tern_timer_ns();
        if (op->kind == HISTORY_READ)
            op->set = (uint64_t)call->value;
    }
}

static void complete(recorder_t *recorder, recorder_call_t *call)
{
    if (call->is_complete)
        return;
    CU_ASSERT_EQUAL(tern_wait(&call->request), TERN_OK);
    end_call(recorder, call);
    call->is_complete = true;
}

static void complete_calls(recorder_t *recorder)
{
    for (size_t i = 0; i < recorder->num_calls; i++)
        complete(recorder, &recorder->calls[i]);
    recorder->num_calls = 0;
}

void recorder_wait_for_first(recorder_t *recorder)
{
    if (recorder->num_calls > 0)
        complete(recorder, &recorder->calls[0]);
}

void recorder_wait(recorder_t *recorder)
{
    complete_calls(recorder);
    CU_ASSERT_EQUAL(tern_wait(&recorder->localize), TERN_OK);
}

static recorder_call_t *begin_call(recorder_t *recorder, tern_key_t key)
{
    recorder_call_t *call;

    if (recorder->num_calls == RECORDER_UNDER_WAY)
        complete_calls(recorder);
    call  = &recorder->calls[recorder->num_calls++];
    *call = (recorder_call_t){.key = key, .first_op = recorder->history.num_ops};
    return call;
}

static void issued(recorder_t *recorder, recorder_call_t *call, tern_status_t status)
{
    CU_ASSERT_EQUAL(status, TERN_OK);
    call->num_ops = recorder->history.num_ops - call->first_op;
    if (!recorder->is_asynchronous)
        complete_calls(recorder);
}

void recorder_read(recorder_t *recorder, tern_key_t key)
{
    recorder_call_t *call = begin_call(recorder, key);

    add_op(recorder, HISTORY_READ, key, 0);
    issued(recorder, call,
           tern_pull(recorder->table, 1, &call->key, &call->value, &call->request));
}

/* Begin a call that pushes a bit. NULL: there is none left, and the key was read instead. */
static recorder_call_t *begin_push(recorder_t *recorder, tern_key_t key)
{
    recorder_call_t *call;
    uint64_t         bit;

    if (!has_bit_left(recorder, key)) {
        recorder_read(recorder, key);
        return NULL;
    }
    call        = begin_call(recorder, key);
    bit         = next_bit(recorder, key);
    call->delta = (double)bit;
    add_op(recorder, HISTORY_PUSH, key, bit);
    return call;
}

void recorder_push(recorder_t *recorder, tern_key_t key)
{
    recorder_call_t *call = begin_push(recorder, key);

    if (call != NULL)
        issued(recorder, call,
               tern_push(recorder->table, 1, &call->key, &call->delta, &call->request));
}

void recorder_push_pull(recorder_t *recorder, tern_key_t key)
{
    recorder_call_t *call = begin_push(recorder, key);

    if (call == NULL)
        return;
    add_op(recorder, HISTORY_READ, key, 0);
    issued(recorder, call,
           tern_push_pull(recorder->table, 1, &call->key, &call->delta, &call->value,
                          &call->request));
}

void recorder_localize(recorder_t *recorder, size_t num_keys, const tern_key_t keys[])
{
    CU_ASSERT_EQUAL(tern_wait(&recorder->localize), TERN_OK);
    CU_ASSERT_EQUAL(tern_localize(recorder->table, num_keys, keys, &recorder->localize),
                    TERN_OK);
}

void recorder_intend(recorder_t *recorder, size_t num_keys, const tern_key_t keys[],
                     uint64_t num_clocks)
{
    uint64_t clock = tern_clock_now(recorder->session.runtime);

    CU_ASSERT_EQUAL(
        tern_intent(recorder->table, num_keys, keys, clock, clock + num_clocks), TERN_OK);
}

void recorder_settle(recorder_t *recorder, size_t num_keys, const tern_key_t keys[])
{
    double num_absent = 1;

    for (int clock = 0; clock < MAX_CLOCKS && num_absent > 0; clock++) {
        recorder_clock(recorder);
        num_absent = 0;
        for (size_t i = 0; i < num_keys; i++)
            num_absent += !tern_is_local(recorder->table, keys[i]);
        CU_ASSERT_EQUAL(tern_sum(recorder->session.runtime, 1, &num_absent), TERN_OK);
    }
}

bool recorder_await(recorder_t *recorder, tern_key_t key, uint32_t worker)
{
    uint64_t start_ns = tern_timer_ns(), begin_ns;
    double   value    = 0;
    size_t   op;

    recorder_wait(recorder);
    do {
        tern_progress(recorder->session.runtime);
        begin_ns = tern_timer_ns();
        CU_ASSERT_EQUAL(tern_pull(recorder->table, 1, &key, &value, NULL), TERN_OK);
        if (begin_ns - start_ns > PATIENCE_NS)
            return false;
    } while (((uint64_t)value & bits_of(recorder, worker)) == 0);
    op = add_op(recorder, HISTORY_READ, key, (uint64_t)value);
    recorder->history.ops[op].begin_ns = begin_ns;
    recorder->history.ops[op].end_ns   = tern_timer_ns();
    return true;
}

void recorder_clock(recorder_t *recorder)
{
    CU_ASSERT_EQUAL(tern_clock(recorder->session.runtime), TERN_OK);
}

void recorder_barrier(recorder_t *recorder)
{
    CU_ASSERT_EQUAL(tern_barrier(recorder->session.runtime), TERN_OK);
}

/* After a clock without staleness every push has been applied and no copy is old. */
static void read_finally(recorder_t *recorder)
{
    tern_key_t keys[RECORDER_KEYS];
    double     values[RECORDER_KEYS];
    uint64_t   begin_ns;

    recorder_wait(recorder);
    tern_table_set_sync(recorder->table, TERN_SYNC_BSP, 0);
    recorder_clock(recorder);
    for (tern_key_t key = 0; key < RECORDER_KEYS; key++)
        keys[key] = key;
    begin_ns = tern_timer_ns();
    CU_ASSERT_EQUAL(tern_pull(recorder->table, RECORDER_KEYS, keys, values, NULL),
                    TERN_OK);
    for (tern_key_t key = 0; key < RECORDER_KEYS; key++) {
        size_t op = add_op(recorder, HISTORY_READ, key, (uint64_t)values[key]);

        recorder->history.ops[op].begin_ns = begin_ns;
        recorder->history.ops[op].end_ns   = tern_timer_ns();
        recorder->history.ops[op].is_final = true;
    }
}

/* Everybody's operations come to rank 0. */
static history_t gather(history_t *own)
{
    history_t all       = {.ops = NULL};
    int       num_bytes = (int)(own->num_ops * sizeof *own->ops), rank, size;
    int      *counts = NULL, *places = NULL, total = 0;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    counts = calloc((size_t)size, sizeof *counts);
    places = calloc((size_t)size, sizeof *places);
    MPI_Gather(&num_bytes, 1, MPI_INT, counts, 1, MPI_INT, 0, MPI_COMM_WORLD);
    for (int r = 0; r < size; total += counts[r++])
        places[r] = total;
    all.capacity = all.num_ops = (size_t)total / sizeof *all.ops;
    all.ops                    = malloc((size_t)total + 1);
    MPI_Gatherv(own->ops, num_bytes, MPI_BYTE, all.ops, counts, places, MPI_BYTE, 0,
                MPI_COMM_WORLD);
    free(counts);
    free(places);
    history_fini(own);
    return all;
}

history_t recorder_end(recorder_t *recorder)
{
    if (recorder_is_worker(recorder))
        read_finally(recorder);
    session_end(&recorder->session);
    return gather(&recorder->history);
}
