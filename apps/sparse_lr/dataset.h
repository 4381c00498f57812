/** \file
 * What a worker has of the data: its shards of the training examples and its part of the test examples.
 *
 * The training data are cut into shards, which are dealt to the workers in contiguous blocks; with a fixed number of
 * shards, a shard is the same however many workers there are. A worker may have none.
 */
#ifndef LR_DATASET_H
#define LR_DATASET_H

#include "settings.h"

typedef struct lr_dataset {
    size_t         num_shards;  /* of all workers */
    size_t         first_shard; /* of this worker */
    size_t         num_own;
    lr_examples_t *shards; /* [num_own] */
    lr_examples_t  test;
    tern_key_t     end_key; /* keys of this worker are below it */
} lr_dataset_t;

/* Of all workers. */
typedef struct lr_totals {
    double num_examples, num_positive, num_entries;
    double num_test;
} lr_totals_t;

/* Read or make what worker number `worker` has.
 * \return  TERN_OK; TERN_ERR_IO, TERN_ERR_FORMAT: the complaint names file and line. */
tern_status_t lr_dataset_load(lr_dataset_t *dataset, const lr_settings_t *settings,
                              size_t worker, size_t num_workers,
                              app_complaint_t *complaint);
void          lr_dataset_fini(lr_dataset_t *dataset);

/* Collective over the workers. */
tern_status_t lr_dataset_sum(const lr_dataset_t *dataset, tern_runtime_t *runtime,
                             lr_totals_t *totals);

/* The keys of examples, each once, sorted; the caller frees it. */
tern_key_t *lr_distinct_keys(size_t num_parts, const lr_examples_t parts[],
                             size_t *num_p);

#endif
