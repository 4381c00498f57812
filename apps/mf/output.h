/** \file
 * The result file of a run.
 */
#ifndef MF_OUTPUT_H
#define MF_OUTPUT_H

#include "train.h"

/* /rows and /columns with values [ids][width] and, if the data had texts for them, ids; /config; /history; /results.
 * Called by one worker after the training. \return  TERN_OK; TERN_ERR_IO: said in the log. */
tern_status_t mf_output_write(const mf_worker_t *worker, const mf_dataset_t *dataset,
                              const mf_training_t  *training,
                              const tern_options_t *options);

#endif
