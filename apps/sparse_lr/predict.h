/** \file
 * tern-lr predict: scores by a model.
 */
#ifndef LR_PREDICT_H
#define LR_PREDICT_H

#include "dataset.h"

/* Score the examples of a file, read as training data, by a model; worker 0 writes a probability per line and prints how
 * good they are. Called by all workers. */
tern_status_t lr_predict(tern_runtime_t *runtime, const tern_options_t *options,
                         const lr_settings_t *settings, const lr_dataset_t *dataset);

#endif
