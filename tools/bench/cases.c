/** \file
 * The cases: what is measured, and against what.
 */
#include <string.h>

#include "local.h"
#include "localize.h"
#include "remote.h"
#include "together.h"

const bench_case_t bench_cases[] = {
    {.name = "raw-gather", .place = BENCH_LOCAL, .side = local_gather},
    {.name = "raw-scatter", .place = BENCH_LOCAL, .side = local_scatter},
    {.name      = "local-pull",
     .place     = BENCH_LOCAL,
     .side      = local_pull,
     .yardstick = local_gather},
    {.name      = "local-push",
     .place     = BENCH_LOCAL,
     .side      = local_push,
     .yardstick = local_scatter},
    {.name      = "local-pull1",
     .place     = BENCH_LOCAL,
     .side      = local_pull,
     .yardstick = local_gather,
     .is_single = true},
    {.name      = "remote-pull",
     .place     = BENCH_REMOTE,
     .side      = remote_pull,
     .yardstick = remote_bare_pull,
     .has_rungs = true},
    {.name      = "remote-push",
     .place     = BENCH_REMOTE,
     .side      = remote_push,
     .yardstick = remote_bare_push},
    {.name      = "push-pull",
     .place     = BENCH_REMOTE,
     .side      = remote_push_pull,
     .yardstick = remote_bare_push_pull},
    {.name       = "pull-latency",
     .place      = BENCH_REMOTE,
     .side       = remote_pull_latency,
     .yardstick  = remote_bare_latency,
     .is_single  = true,
     .is_latency = true,
     .has_rungs  = true},
    {.name         = "localize-local",
     .place        = BENCH_LOCAL,
     .side         = localize_local,
     .has_no_bytes = true},
    {.name       = "localize",
     .place      = BENCH_REMOTE,
     .side       = localize_remote,
     .yardstick  = localize_bare_bound,
     .is_latency = true,
     .is_joint   = true},
    {.name      = "sparse-pull",
     .place     = BENCH_LOCAL,
     .side      = sparse_pull,
     .yardstick = sparse_plain_pull},
    {.name      = "sparse-push",
     .place     = BENCH_LOCAL,
     .side      = sparse_push,
     .yardstick = sparse_plain_push},
    {.name      = "clock",
     .place     = BENCH_WORKERS,
     .side      = together_clock,
     .yardstick = together_bare_minimum},
    {.name      = "barrier",
     .place     = BENCH_WORKERS,
     .side      = together_barrier,
     .yardstick = together_bare_barrier},
};
const size_t bench_num_cases = sizeof(bench_cases) / sizeof(bench_cases[0]);

const bench_case_t *bench_case(const char *name)
{
    for (size_t c = 0; c < bench_num_cases; c++)
        if (strcmp(bench_cases[c].name, name) == 0)
            return &bench_cases[c];
    return NULL;
}
