/** \file
 * What a training tells its user, and its result file.
 */
#ifndef LR_SUMMARY_H
#define LR_SUMMARY_H

#include "train.h"

void lr_summary_print_data(const lr_settings_t *settings, const lr_totals_t *totals);
void lr_summary_print_results(tern_runtime_t *runtime, const lr_settings_t *settings,
                              const lr_results_t *results, tern_report_t *report);

/* /model/keys (as text: numbers of HDF5 results have 53 bits) and /model/weights; /config; /history; /results.
 * \return  TERN_ERR_IO: said in the log. */
tern_status_t lr_output_write(const lr_settings_t *settings, const lr_results_t *results,
                              const tern_options_t *options);

#endif
