/** \file
 * What all workers do together: clocks and barriers.
 */
#ifndef TERN_BENCH_TOGETHER_H
#define TERN_BENCH_TOGETHER_H

#include "bench.h"

bench_side_fn together_clock, together_barrier;
bench_side_fn together_bare_minimum, together_bare_barrier;

#endif
