/** \file
 * One step of training: read the rows of a batch, compute, update.
 */
#ifndef KGE_STEP_H
#define KGE_STEP_H

#include "batch.h"
#include "meter.h"
#include "parameters.h"
#include "plan.h"

typedef struct kge_step kge_step_t;

kge_step_t *kge_step_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                            size_t num_relations);
void        kge_step_destroy(kge_step_t **step_p);

/* Train on a batch. Its updates may be under way when this returns.
 *
 * \param [in,out] loss_p  The batch's loss is added.
 * \return  TERN_OK or the error of an access to rows, perhaps one of an earlier step. */
tern_status_t kge_step_run(kge_step_t *step, const kge_parameters_t *parameters,
                           kge_batch_t *batch, double *loss_p);

/* Wait for all updates. */
tern_status_t kge_step_settle(kge_step_t *step);

/* What the gradients cost so far. */
const app_meter_t *kge_step_meter(const kge_step_t *step);

#endif
