/** \file
 * Action timing: when is an announced access near enough to act on it?
 *
 * What a worker announces is sent in rounds. A row must be there before its clock begins, and it takes up to two rounds until
 * it is: one under way, one to act. So a worker acts on what starts within as many clocks as two rounds pass at most:
 * the 0.9999 quantile of a Poisson distribution of twice the rate, which is clocks per round, smoothed, and never below that of the last
 * round. Nothing to tune. Source: Renz-Wieland et al., PVLDB 2023, section 4.2.
 */
#ifndef TERN_SYNC_TIMING_H
#define TERN_SYNC_TIMING_H

#include "tern/types.h"

typedef struct tern_timing {
    double rate; /* clocks per round */
} tern_timing_t;

void tern_timing_init(tern_timing_t *timing);

/* A round has ended in which the worker's clock advanced by `num_clocks`. */
void tern_timing_note(tern_timing_t *timing, uint64_t num_clocks);

/* Act on what starts so many clocks from now, or earlier. */
uint64_t tern_timing_horizon(const tern_timing_t *timing);

#endif
