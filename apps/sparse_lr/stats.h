/** \file
 * tern-lr stats: how much data there is, how often features come, and how much of the model a worker touches.
 */
#ifndef LR_STATS_H
#define LR_STATS_H

#include "counts.h"

/* Register the server function. On all ranks. */
tern_status_t lr_stats_register(tern_runtime_t *runtime);

/* Called by all workers; worker 0 prints. */
tern_status_t lr_stats_print(tern_runtime_t *runtime, const tern_options_t *options,
                             tern_table_t *counts, const lr_dataset_t *dataset);

#endif
