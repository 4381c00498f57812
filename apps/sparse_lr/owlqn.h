/** \file
 * L-BFGS in lockstep, orthant-wise where there is an l1 penalty (Andrew and Gao, ICML 2007), by liblbfgs: the batch
 * solver that others are compared with.
 *
 * Every worker runs the same solver on the same numbers; only loss and gradient are distributed: each
 * worker computes those of its examples, and the sum comes to all. Every worker keeps the weights of all features; at the
 * end they are set in the table.
 */
#ifndef LR_OWLQN_H
#define LR_OWLQN_H

#include "dataset.h"
#include "progress.h"

/* False if this build is without liblbfgs. */
bool lr_owlqn_is_available(void);

/* The table for the final weights. */
tern_status_t lr_owlqn_create_table(tern_runtime_t *runtime, tern_table_t **weights_p);

/* Called by all workers; `report` on the one that speaks, else NULL. */
tern_status_t lr_owlqn_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                             tern_table_t *weights, const lr_dataset_t *dataset,
                             tern_report_t *report, lr_outcome_t *outcome);

#endif
