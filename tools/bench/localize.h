/** \file
 * Cases of rows that move.
 */
#ifndef TERN_BENCH_LOCALIZE_H
#define TERN_BENCH_LOCALIZE_H

#include "bench.h"

/* Rows of other nodes, one call after the other, timed; every worker takes part. */
bench_side_fn localize_remote;

/* What no move can do without, by plain MPI: four one-way latencies and the time of the bytes. */
bench_side_fn localize_bare_bound;

/* Rows that are here already. */
bench_side_fn localize_local;

#endif
