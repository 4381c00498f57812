/** \file
 * Remote cases.
 */
#ifndef TERN_BENCH_REMOTE_H
#define TERN_BENCH_REMOTE_H

#include "bench.h"

/* Tern's sides: a stream of calls with `inflight` under way, or one call after the other, timed. */
bench_side_fn remote_pull, remote_push, remote_push_pull, remote_pull_latency;

/* The same payload by plain MPI. */
bench_side_fn remote_bare_pull, remote_bare_push, remote_bare_push_pull,
    remote_bare_latency;

#endif
