/** \file
 * What a run tells its user.
 */
#ifndef MF_SUMMARY_H
#define MF_SUMMARY_H

#include "train.h"

void mf_summary_print_data(const mf_worker_t *worker, const mf_dataset_t *dataset);

/* A table, or the last JSON object. */
void mf_summary_print_results(const mf_worker_t *worker, const mf_training_t *training,
                              tern_report_t *report);

#endif
