/** \file
 * All lines of a run, kept for its files.
 */
#ifndef TERN_BENCH_RESULTS_H
#define TERN_BENCH_RESULTS_H

#include "record.h"

typedef struct results {
    record_t *list;
    size_t    num, capacity;
} results_t;

tern_status_t results_add(results_t *results, const record_t *record);
void          results_fini(results_t *results);

/* The first record of a case, or NULL. */
const record_t *results_of(const results_t *results, const bench_case_t *chosen);

/* One CSV file per case: FOLDER/CASE.csv. \return TERN_ERR_IO (said). */
tern_status_t results_write_csv(const results_t *results, const char *folder);

/* FOLDER/tern-bench.h5: /config, and one group per case with a dataset per field. */
tern_status_t results_write_hdf5(const results_t *results, const char *folder,
                                 const tern_options_t *options);

#endif
