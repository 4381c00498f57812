/** \file
 * What the parameter server costs: epochs with it against epochs of a plain loop.
 */
#ifndef KGE_COMPARE_H
#define KGE_COMPARE_H

#include "experiment.h"

/* Both start from the same model and run the same batches, alternately, in this process; a line for each pair
 * of epochs and the ratio of the medians. The run must have one rank. */
tern_status_t kge_compare(kge_experiment_t *experiment, tern_runtime_t *runtime,
                          const tern_options_t *options, const kge_settings_t *settings);

#endif
