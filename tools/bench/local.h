/** \file
 * Local cases.
 */
#ifndef TERN_BENCH_LOCAL_H
#define TERN_BENCH_LOCAL_H

#include "bench.h"

bench_side_fn local_gather, local_scatter, local_pull, local_push;
bench_side_fn sparse_pull, sparse_push, sparse_plain_pull, sparse_plain_push;

#endif
