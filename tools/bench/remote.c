/** \file
 * Sides of the remote cases. While the workers that ask are in Tern's, the servers serve in the barrier
 * that ends the slice; the yardstick's have both ends here.
 */
#include "remote.h"

/* --- Tern --- */

typedef tern_status_t issue_fn(bench_t *bench, float *values, tern_request_t **request_p);

static const tern_key_t *next_keys(bench_t *bench)
{
    return key_stock_next(&bench->remote_keys, bench->batch);
}

static tern_status_t issue_pull(bench_t *bench, float *values, tern_request_t **request_p)
{
    return tern_pull(bench->table->table, bench->batch, next_keys(bench), values,
                     request_p);
}

static tern_status_t issue_push(bench_t *bench, float *values, tern_request_t **request_p)
{
    return tern_push(bench->table->table, bench->batch, next_keys(bench), values,
                     request_p);
}

static tern_status_t issue_push_pull(bench_t *bench, float *values,
                                     tern_request_t **request_p)
{
    return tern_push_pull(bench->table->table, bench->batch, next_keys(bench),
                          bench->deltas, values, request_p);
}

/* Keep `inflight` calls under way, each with values of its own, always waiting for the oldest. */
static tern_status_t stream(bench_t *bench, size_t num_calls, issue_fn *issue)
{
    size_t        call_values = bench->batch * bench->table->width;
    tern_status_t status      = TERN_OK, ended;

    for (size_t call = 0; call < num_calls && status == TERN_OK; call++) {
        size_t slot = call % bench->settings->inflight;

        status = tern_wait(&bench->requests[slot]);
        if (status == TERN_OK)
            status =
                issue(bench, bench->values + slot * call_values, &bench->requests[slot]);
    }
    ended = tern_wait_all(bench->settings->inflight, bench->requests, NULL);
    return status == TERN_OK ? ended : status;
}

tern_status_t remote_pull(bench_t *bench, size_t num_calls)
{
    return stream(bench, num_calls, issue_pull);
}

tern_status_t remote_push(bench_t *bench, size_t num_calls)
{
    return stream(bench, num_calls, issue_push);
}

tern_status_t remote_push_pull(bench_t *bench, size_t num_calls)
{
    return stream(bench, num_calls, issue_push_pull);
}

tern_status_t remote_pull_latency(bench_t *bench, size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t call = 0; call < num_calls && status == TERN_OK; call++) {
        double started = tern_seconds(bench->runtime);

        status = tern_pull(bench->table->table, bench->batch, next_keys(bench),
                           bench->values, NULL);
        bench->samples[call] = tern_seconds(bench->runtime) - started;
    }
    return status;
}

/* --- plain MPI --- */

/* Keys travel to the server, rows in either direction or both. */
static tern_status_t exchange(bench_t *bench, size_t num_calls, bool sends_rows,
                              bool gets_rows)
{
    size_t       row_bytes = bench->table->width * sizeof(float);
    bare_slice_t slice     = {.num_calls = num_calls,
                              .batch     = bench->batch,
                              .inflight  = bench->settings->inflight,
                              .request_bytes =
                                  sizeof(tern_key_t) + (sends_rows ? row_bytes : 0),
                              .answer_bytes = gets_rows ? row_bytes : 0};

    bare_run(bench->bare, &slice);
    return TERN_OK;
}

tern_status_t remote_bare_pull(bench_t *bench, size_t num_calls)
{
    return exchange(bench, num_calls, false, true);
}

tern_status_t remote_bare_push(bench_t *bench, size_t num_calls)
{
    return exchange(bench, num_calls, true, false);
}

tern_status_t remote_bare_push_pull(bench_t *bench, size_t num_calls)
{
    return exchange(bench, num_calls, true, true);
}

tern_status_t remote_bare_latency(bench_t *bench, size_t num_calls)
{
    bare_slice_t slice = {.num_calls     = num_calls,
                          .batch         = bench->batch,
                          .inflight      = 1,
                          .request_bytes = sizeof(tern_key_t),
                          .answer_bytes  = bench->table->width * sizeof(float),
                          .call_seconds  = bench->samples};

    bare_run(bench->bare, &slice);
    return TERN_OK;
}
