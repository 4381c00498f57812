/** \file
 * The cases: what is measured, and against what.
 */
#include <string.h>

#include "local.h"
#include "remote.h"
#include "together.h"

const bench_case_t bench_cases[] = {
    {"raw-gather", BENCH_LOCAL, local_gather, NULL, false, false},
    {"raw-scatter", BENCH_LOCAL, local_scatter, NULL, false, false},
    {"local-pull", BENCH_LOCAL, local_pull, local_gather, false, false},
    {"local-push", BENCH_LOCAL, local_push, local_scatter, false, false},
    {"local-pull1", BENCH_LOCAL, local_pull, local_gather, true, false},
    {"remote-pull", BENCH_REMOTE, remote_pull, remote_bare_pull, false, false},
    {"remote-push", BENCH_REMOTE, remote_push, remote_bare_push, false, false},
    {"push-pull", BENCH_REMOTE, remote_push_pull, remote_bare_push_pull, false, false},
    {"pull-latency", BENCH_REMOTE, remote_pull_latency, remote_bare_latency, true, true},
    {"clock", BENCH_WORKERS, together_clock, together_bare_minimum, false, false},
    {"barrier", BENCH_WORKERS, together_barrier, together_bare_barrier, false, false},
};
const size_t bench_num_cases = sizeof(bench_cases) / sizeof(bench_cases[0]);

const bench_case_t *bench_case(const char *name)
{
    for (size_t c = 0; c < bench_num_cases; c++)
        if (strcmp(bench_cases[c].name, name) == 0)
            return &bench_cases[c];
    return NULL;
}
