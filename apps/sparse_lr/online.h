/** \file
 * Online learning: stochastic gradients of minibatches, asynchronously; FTRL or Adagrad runs where the weights are.
 *
 * A worker goes through its examples again and again: it pulls the weights of a minibatch, pushes the gradient of its
 * loss (a sum over its examples) and does not wait for others. Source: McMahan et al., KDD 2013; Li et al., OSDI 2014.
 */
#ifndef LR_ONLINE_H
#define LR_ONLINE_H

#include "dataset.h"
#include "progress.h"

tern_status_t lr_online_create_table(tern_runtime_t      *runtime,
                                     const lr_settings_t *settings, tern_range_t keys,
                                     tern_table_t **weights_p);

/* Called by all workers; `report` on the one that speaks, else NULL. */
tern_status_t lr_online_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                              tern_table_t *weights, const lr_dataset_t *dataset,
                              tern_report_t *report, lr_outcome_t *outcome);

#endif
