/** \file
 * A job: a runtime, who asks whom in it, and what its ranks need to measure a section.
 */
#ifndef TERN_BENCH_JOB_H
#define TERN_BENCH_JOB_H

#include "bench.h"

/* Collective over all ranks, as all here. Start the runtime; `rung` for its pulls, NULL: as --pull says. */
tern_status_t job_open(bench_t *bench, const settings_t *settings,
                       tern_options_t *options, const char *rung);
/* Turn to the table of a width, with buffers for these batches. */
tern_status_t job_set_width(bench_t *bench, uint32_t width, const sizes_t *batches);
/* End the runtime; `status` so far in, with what the end added out. */
tern_status_t job_close(bench_t *bench, tern_status_t status);

/* Draw keys anew; not collective. Negative: uniformly. */
tern_status_t job_set_skew(bench_t *bench, double skew);

/* Workers that could measure a case of this kind. */
size_t job_num_able(const bench_t *bench, bench_place_t place);
/* Of these the first `num` do from now on. */
void job_set_measuring(bench_t *bench, size_t num);

#endif
