/** \file
 * Which triples a worker trains on, and when: an epoch is a number of steps, in each of which every worker
 * takes a batch.
 *
 * Without clustering the batches are cut from one random order of all triples, and which triples make a batch
 * depends on seed and epoch alone; the number of workers decides only who takes it. With clustering each worker
 * has an order of its own triples.
 */
#ifndef KGE_SCHEDULE_H
#define KGE_SCHEDULE_H

#include "plan.h"
#include "recipe.h"
#include "team.h"
#include "triples.h"

typedef struct kge_schedule kge_schedule_t;

/* `triples` is borrowed. */
kge_schedule_t *kge_schedule_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                                    app_team_t team, size_t num_relations,
                                    const kge_triples_t *triples);
void            kge_schedule_destroy(kge_schedule_t **schedule_p);

/* Draw the order of an epoch. */
void kge_schedule_begin(kge_schedule_t *schedule, uint64_t epoch);

/* Steps of every epoch, the same for all workers; a sample of an epoch has fewer. */
size_t kge_schedule_num_steps(const kge_schedule_t *schedule);

/* Of all steps of an epoch, the share that is run. */
double kge_schedule_share(const kge_schedule_t *schedule);

/* The number of this worker's batch in `step`, unlike that of any other batch of the epoch. */
uint64_t kge_schedule_batch(const kge_schedule_t *schedule, size_t step);

/* The triples of that batch, at most batch_triples; returns how many: in the last steps there may be none. */
size_t kge_schedule_take(const kge_schedule_t *schedule, size_t step,
                         kge_triple_t triples[]);

/* The relations of which this worker has the most triples; returns how many. `relations` [num_relations]. */
size_t kge_schedule_own_relations(const kge_schedule_t *schedule, tern_key_t relations[]);

#endif
