/** \file
 * In how many training examples each feature is: an exact count over all workers, by a table.
 */
#ifndef LR_COUNTS_H
#define LR_COUNTS_H

#include "dataset.h"

tern_status_t lr_counts_create_table(tern_runtime_t      *runtime,
                                     const lr_settings_t *settings, tern_range_t keys,
                                     tern_table_t **counts_p);

/* Count the features of the caller's shards. Collective over the workers. */
tern_status_t lr_counts_add(tern_table_t *counts, tern_runtime_t *runtime,
                            const lr_dataset_t *dataset);

/* Remove from the caller's shards the features that are in fewer than `min_count` examples of all workers. Call it when
 * the features of all workers are counted. */
tern_status_t lr_counts_prune(tern_table_t *counts, size_t min_count,
                              lr_dataset_t *dataset);

#endif
