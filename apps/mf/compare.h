/** \file
 * What the parameter server costs: epochs with it and of a plain loop on the same ratings take turns.
 */
#ifndef MF_COMPARE_H
#define MF_COMPARE_H

#include "worker.h"

/* All workers call it; worker 0 runs the plain loop while the others sleep, and reports. */
tern_status_t mf_compare(mf_worker_t *worker, const mf_dataset_t *dataset,
                         const tern_options_t *options);

#endif
