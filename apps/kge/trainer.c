/** \file
 * A worker's part of the epochs, see trainer.h.
 */
#include "trainer.h"

#include "memory.h"
#include "pipeline.h"
#include "schedule.h"
#include "step.h"

#include <stdlib.h>

struct kge_trainer {
    kge_plan_t      plan;
    app_team_t      team;
    size_t          num_relations;
    kge_schedule_t *schedule;
    kge_pipeline_t *pipeline;
    kge_step_t     *step;
};

kge_trainer_t *kge_trainer_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                                  app_team_t team, size_t num_entities,
                                  size_t num_relations, const kge_triples_t *triples)
{
    kge_trainer_t *trainer = APP_NEW(kge_trainer_t, 1);

    trainer->plan          = *plan;
    trainer->team          = team;
    trainer->num_relations = num_relations;
    trainer->schedule = kge_schedule_create(recipe, plan, team, num_relations, triples);
    trainer->pipeline = kge_pipeline_create(recipe, plan, team, num_entities,
                                            num_relations, trainer->schedule);
    trainer->step     = kge_step_create(recipe, plan, num_relations);
    return trainer;
}

void kge_trainer_destroy(kge_trainer_t **trainer_p)
{
    kge_trainer_t *trainer = *trainer_p;

    if (trainer == NULL)
        return;
    kge_step_destroy(&trainer->step);
    kge_pipeline_destroy(&trainer->pipeline);
    kge_schedule_destroy(&trainer->schedule);
    free(trainer);
    *trainer_p = NULL;
}

tern_status_t kge_trainer_claim(kge_trainer_t          *trainer,
                                const kge_parameters_t *parameters)
{
    kge_rows_t   *relations = parameters->relations;
    tern_key_t   *own       = NULL;
    tern_status_t status    = TERN_OK;

    if (!kge_plan_claims_relations(&trainer->plan))
        return TERN_OK;
    own    = APP_NEW(tern_key_t, trainer->num_relations);
    status = relations->ops->claim(
        relations, kge_schedule_own_relations(trainer->schedule, own), own);
    free(own);
    return status;
}

static tern_status_t run_step(kge_trainer_t *trainer, const kge_parameters_t *parameters,
                              kge_epoch_t *epoch)
{
    kge_batch_t  *batch  = NULL;
    tern_status_t status = kge_pipeline_take(trainer->pipeline, &batch);

    if (status != TERN_OK || batch->num_triples == 0)
        return status;
    epoch->num_triples += (double)batch->num_triples;
    epoch->num_rows += (double)kge_batch_num_rows(batch);
    return kge_step_run(trainer->step, parameters, batch, &epoch->loss);
}

/* Every worker makes as many steps, so that all clocks agree when the epoch ends; in the last ones some may
 * find no triples left. */
tern_status_t kge_trainer_run_epoch(kge_trainer_t *trainer, int number,
                                    const kge_parameters_t *parameters,
                                    kge_progress_fn *progress, void *context,
                                    kge_epoch_t *epoch)
{
    const app_team_t *team      = &trainer->team;
    size_t            num_steps = kge_schedule_num_steps(trainer->schedule);
    tern_status_t     status    = TERN_OK;

    *epoch = (kge_epoch_t){0};
    kge_schedule_begin(trainer->schedule, (uint64_t)number);
    kge_pipeline_begin(trainer->pipeline, (uint64_t)number, parameters);
    for (size_t step = 0; step < num_steps && status == TERN_OK; step++) {
        status = run_step(trainer, parameters, epoch);
        if (status == TERN_OK && step + 1 == num_steps)
            status = kge_step_settle(trainer->step);
        if (status == TERN_OK &&
            ((step + 1) % trainer->plan.clock_every == 0 || step + 1 == num_steps))
            status = app_team_clock(team);
        if (progress != NULL && epoch->num_triples > 0)
            progress(epoch->num_triples * (double)team->num_workers,
                     epoch->loss / epoch->num_triples, context);
    }
    return status;
}

double kge_trainer_share(const kge_trainer_t *trainer)
{
    return kge_schedule_share(trainer->schedule);
}

const app_meter_t *kge_trainer_meter(const kge_trainer_t *trainer)
{
    return kge_step_meter(trainer->step);
}
