/** \file
 * What a run tells its user at the start and at the end.
 */
#ifndef KGE_SUMMARY_H
#define KGE_SUMMARY_H

#include "experiment.h"

/* The data. Worker 0 calls it, and the next. */
void kge_summary_print_data(const kge_experiments_t *experiments);

/* The results: with --json the last object, else a table of the splits and the partner look-up rule. */
tern_status_t kge_summary_print_results(const kge_experiments_t *experiments,
                                        const kge_settings_t    *settings,
                                        const tern_runtime_t    *runtime,
                                        const tern_options_t    *options);

#endif
