/** \file
 * A queue of prepared batches: while one is computed, the rows of later ones are on their way.
 *
 *     prepare:  triples and negatives are drawn, rows localized or announced; half of those ahead together
 *     prefetch: of rows that are not here by now, copies are asked for
 *     take:     the oldest is computed; if the library draws the negatives, it does so now
 *
 * How early is the plan's; what is not early is done when a batch is taken. Batches are drawn in the same order in any case.
 */
#ifndef KGE_PIPELINE_H
#define KGE_PIPELINE_H

#include "batch.h"
#include "parameters.h"
#include "schedule.h"

typedef struct kge_pipeline kge_pipeline_t;

/* `schedule` is borrowed. */
kge_pipeline_t *kge_pipeline_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                                    app_team_t team, size_t num_entities,
                                    size_t num_relations, const kge_schedule_t *schedule);
void            kge_pipeline_destroy(kge_pipeline_t **pipeline_p);

/* Go to the first step of an epoch, whose order the schedule has drawn. */
void kge_pipeline_begin(kge_pipeline_t *pipeline, uint64_t epoch,
                        const kge_parameters_t *parameters);

/* The batch of the next step, which may have no triples, and prepare those that come so much later.
 *
 * \param [out] batch_p  Lent until the next call.
 * \return  TERN_OK or the error of an access to rows. */
tern_status_t kge_pipeline_take(kge_pipeline_t *pipeline, kge_batch_t **batch_p);

#endif
