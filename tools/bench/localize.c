/** \file
 * Sides of the cases of rows that move. Between two calls the owners bring back what the last one took; that is not
 * timed, but all workers meet twice a call for it.
 *
 * The keys of a call are all different, and others than those of the call before, as long as the table has enough.
 */
#include "localize.h"

/* What the move of a row must carry. */
static size_t row_bytes(const bench_t *bench)
{
    return sizeof(tern_key_t) + bench->table->width * sizeof(float);
}

/* Keys that number `asker` of those who ask takes in a call. */
static void choose_keys(bench_t *bench, size_t call, size_t asker)
{
    size_t   num   = bare_num_asking(bench->bare);
    uint64_t first = (uint64_t)call * bench->batch * num;

    for (size_t i = 0; i < bench->batch; i++)
        bench->keys[i] = key_walk_at(&bench->walk, first + i * num + asker);
}

static tern_status_t take(bench_t *bench, size_t call)
{
    double        started;
    tern_status_t status;

    choose_keys(bench, call, bare_number(bench->bare));
    started = tern_seconds(bench->runtime);
    status  = tern_localize(bench->table->moving, bench->batch, bench->keys, NULL);
    bench->samples[call] = tern_seconds(bench->runtime) - started;
    return status;
}

/* To each owner what it had. */
static tern_status_t bring_back(bench_t *bench, size_t call)
{
    const raw_rows_t *own    = &bench->table->rows;
    tern_status_t     status = TERN_OK;

    for (size_t asker = 0; asker < bare_num_asking(bench->bare) && status == TERN_OK;
         asker++) {
        size_t num = 0;

        choose_keys(bench, call, asker);
        for (size_t i = 0; i < bench->batch; i++)
            if (bench->keys[i] >= own->first && bench->keys[i] < own->end)
                bench->keys[num++] = bench->keys[i];
        status = tern_localize(bench->table->moving, num, bench->keys, NULL);
    }
    return status;
}

/* A rank that fails still meets the others. */
tern_status_t localize_remote(bench_t *bench, size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t call = 0; call < num_calls; call++) {
        tern_status_t met;

        if (status == TERN_OK && bare_asks(bench->bare))
            status = take(bench, call);
        met = tern_barrier(bench->runtime);
        if (status == TERN_OK && bare_answers(bench->bare))
            status = bring_back(bench, call);
        if (met == TERN_OK)
            met = tern_barrier(bench->runtime);
        if (met != TERN_OK)
            return met;
    }
    return status;
}

static void time_round_trips(bench_t *bench, size_t num_calls)
{
    bare_slice_t slice = {.num_calls     = num_calls,
                          .batch         = 1,
                          .inflight      = 1,
                          .request_bytes = sizeof(tern_key_t),
                          .answer_bytes  = sizeof(tern_key_t),
                          .call_seconds  = bench->samples};

    bare_run(bench->bare, &slice);
}

/* Seconds that the bytes of a call take in a stream of long messages, about as many as the calls have. */
static double time_bytes(bench_t *bench, size_t num_calls)
{
    size_t       bytes   = row_bytes(bench);
    size_t       least   = BENCH_LONG_MESSAGE / bytes + 1;
    bare_slice_t slice   = {.batch         = bench->batch > least ? bench->batch : least,
                            .inflight      = bench->settings->inflight,
                            .request_bytes = sizeof(tern_key_t),
                            .answer_bytes  = bytes};
    double       started = tern_seconds(bench->runtime);

    slice.num_calls =
        2 * slice.inflight +
        (size_t)((double)num_calls * (double)bench->batch / (double)slice.batch);
    bare_run(bench->bare, &slice);
    return (tern_seconds(bench->runtime) - started) * (double)bench->batch /
           ((double)slice.num_calls * (double)slice.batch);
}

/* Both are measured anew in every slice. */
tern_status_t localize_bare_bound(bench_t *bench, size_t num_calls)
{
    double transfer;

    time_round_trips(bench, num_calls);
    transfer = time_bytes(bench, num_calls);
    if (bare_asks(bench->bare))
        for (size_t call = 0; call < num_calls; call++)
            bench->samples[call] = 2 * bench->samples[call] + transfer;
    return TERN_OK;
}

tern_status_t localize_local(bench_t *bench, size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num_calls && status == TERN_OK; i++)
        status = tern_localize(bench->table->moving, bench->batch,
                               key_stock_next(&bench->local_keys, bench->batch), NULL);
    return status;
}
