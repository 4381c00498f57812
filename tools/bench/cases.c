/** \file
 * The cases: what is measured, and against what.
 */
#include "local.h"
#include "remote.h"

const bench_case_t bench_cases[] = {
    {"raw-gather", BENCH_LOCAL, local_gather, NULL, false, false},
    {"raw-scatter", BENCH_LOCAL, local_scatter, NULL, false, false},
    {"local-pull", BENCH_LOCAL, local_pull, local_gather, false, false},
    {"local-push", BENCH_LOCAL, local_push, local_scatter, false, false},
    {"local-pull1", BENCH_LOCAL, local_pull, local_gather, true, false},
    {"remote-pull", BENCH_REMOTE, remote_pull, remote_bare_pull, false, false},
    {"remote-push", BENCH_REMOTE, remote_push, remote_bare_push, false, false},
    {"pull-latency", BENCH_REMOTE, remote_pull_latency, remote_bare_latency, true, true},
};
const size_t bench_num_cases = sizeof(bench_cases) / sizeof(bench_cases[0]);
