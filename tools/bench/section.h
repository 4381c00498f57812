/** \file
 * A section of a run: cases, and the values of what varies in them.
 */
#ifndef TERN_BENCH_SECTION_H
#define TERN_BENCH_SECTION_H

#include "bench.h"
#include "record.h"

enum { SECTION_MAX_CASES = 16, SECTION_MAX_SKEWS = 8 };

typedef struct section {
    const char *sweep; /* what varies, for the suite's pictures */
    const char *cases[SECTION_MAX_CASES];
    size_t      num_cases;
    sizes_t     widths, batches;
    sizes_t     workers; /* that measure; 0: all that can */
    double      skews[SECTION_MAX_SKEWS];
    size_t      num_skews;
    bool        is_named; /* a case that cannot run is an error */
} section_t;

/* What worker 0 does with each record, beside printing it. */
typedef tern_status_t section_keep_fn(const record_t *record, void *context);

/* Collective over all ranks. `keep` may be NULL. */
tern_status_t section_run(bench_t *bench, const section_t *section, section_keep_fn *keep,
                          void *context);

#endif
