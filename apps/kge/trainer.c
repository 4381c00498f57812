/** \file
 * An epoch of training, see trainer.h.
 */
#include "trainer.h"

#include "memory.h"
#include "sampler.h"
#include "step.h"

#include <stdlib.h>

struct kge_trainer {
    kge_recipe_t         recipe;
    app_team_t           team;
    size_t               clock_every;
    size_t               num_entities;
    const kge_triples_t *triples;
    kge_step_t          *step;
    uint32_t            *order;     /* [triples->num] */
    kge_triple_t        *batch;     /* [batch_triples] */
    uint32_t            *negatives; /* of a batch */
};

kge_trainer_t *kge_trainer_create(const kge_recipe_t *recipe, app_team_t team,
                                  size_t clock_every, size_t num_entities,
                                  size_t num_relations, const kge_triples_t *triples)
{
    kge_trainer_t *trainer    = APP_NEW(kge_trainer_t, 1);
    size_t         max_chunks = kge_step_num_chunks(recipe, recipe->batch_triples);

    trainer->recipe       = *recipe;
    trainer->team         = team;
    trainer->clock_every  = clock_every;
    trainer->num_entities = num_entities;
    trainer->triples      = triples;
    trainer->step         = kge_step_create(recipe, num_relations);
    trainer->order        = APP_NEW(uint32_t, triples->num);
    trainer->batch        = APP_NEW(kge_triple_t, recipe->batch_triples);
    trainer->negatives    = APP_NEW(uint32_t, max_chunks * recipe->num_negatives);
    return trainer;
}

void kge_trainer_destroy(kge_trainer_t **trainer_p)
{
    kge_trainer_t *trainer = *trainer_p;

    if (trainer == NULL)
        return;
    kge_step_destroy(&trainer->step);
    free(trainer->order);
    free(trainer->batch);
    free(trainer->negatives);
    free(trainer);
    *trainer_p = NULL;
}

static size_t num_batches(const kge_trainer_t *trainer)
{
    return (trainer->triples->num + trainer->recipe.batch_triples - 1) /
           trainer->recipe.batch_triples;
}

/* Batch number `index` of the epoch: its triples and its negatives. */
static size_t fill_batch(kge_trainer_t *trainer, uint64_t epoch, size_t index)
{
    const kge_recipe_t *recipe = &trainer->recipe;
    size_t              first  = index * recipe->batch_triples;
    size_t              rest   = trainer->triples->num - first;
    size_t              num = rest < recipe->batch_triples ? rest : recipe->batch_triples;
    size_t              draws_per_batch =
        kge_step_num_chunks(recipe, recipe->batch_triples) * recipe->num_negatives;

    for (size_t i = 0; i < num; i++)
        trainer->batch[i] = trainer->triples->items[trainer->order[first + i]];
    kge_sample_entities(recipe->seed, epoch, index * draws_per_batch, draws_per_batch,
                        trainer->num_entities, trainer->negatives);
    return num;
}

static tern_status_t run_batch(kge_trainer_t *trainer, uint64_t epoch, size_t index,
                               const kge_parameters_t *parameters, double *loss_p,
                               size_t *num_trained_p)
{
    size_t num = fill_batch(trainer, epoch, index);

    *num_trained_p += num;
    return kge_step_run(trainer->step, parameters->entities, parameters->relations, num,
                        trainer->batch, trainer->negatives, loss_p);
}

/* Every worker makes as many steps, so that all clocks agree when the epoch ends; in the last one some may
 * find no batch left. */
tern_status_t kge_trainer_run_epoch(kge_trainer_t *trainer, int epoch,
                                    const kge_parameters_t *parameters,
                                    kge_progress_fn *progress, void *context,
                                    double *loss_p)
{
    const app_team_t *team        = &trainer->team;
    size_t            num_steps   = (num_batches(trainer) - 1) / team->num_workers + 1;
    size_t            num_trained = 0;
    tern_status_t     status      = TERN_OK;

    *loss_p = 0;
    kge_sample_order(trainer->recipe.seed, (uint64_t)epoch, trainer->triples->num,
                     trainer->order);
    for (size_t step = 0; step < num_steps && status == TERN_OK; step++) {
        size_t index = step * team->num_workers + team->worker;

        if (index < num_batches(trainer))
            status = run_batch(trainer, (uint64_t)epoch, index, parameters, loss_p,
                               &num_trained);
        if (status == TERN_OK &&
            ((step + 1) % trainer->clock_every == 0 || step + 1 == num_steps))
            status = app_team_clock(team);
        if (progress != NULL && num_trained > 0)
            progress((double)(num_trained * team->num_workers),
                     *loss_p / (double)num_trained, context);
    }
    return status;
}
