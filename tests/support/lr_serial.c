/** \file
 * Block proximal gradient in one thread, see lr_serial.h.
 */
#include "lr_serial.h"

#include "memory.h"
#include "sparse_lr/kernel.h"
#include "sparse_lr/order.h"
#include "sparse_lr/stopper.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct shard {
    lr_columns_t columns;
    lr_margins_t margins;
    uint32_t    *numbers; /* [features of the shard] among all features */
    double      *trusts;  /* [features of the shard] */
} shard_t;

typedef struct solver {
    const serial_settings_t *settings;
    size_t                   num_shards;
    shard_t                 *shards;
    serial_model_t          *model;
    bool                    *is_filtered;          /* [all features] */
    double                  *gradient, *curvature; /* [all features] of the block */
    double                  *changes;              /* [all features] */
    lr_proximal_t            proximal;
    double                   violation;
    size_t                   num_examples;
} solver_t;

static void sum_gradients(solver_t *solver, size_t block)
{
    for (size_t s = 0; s < solver->num_shards; s++) {
        shard_t *shard = &solver->shards[s];

        for (size_t f = shard->columns.blocks[block];
             f < shard->columns.blocks[block + 1]; f++) {
            uint32_t number = shard->numbers[f];
            double   g = 0, u = 0;

            if (solver->is_filtered[number])
                continue;
            lr_kernel_gradient(&shard->columns, &shard->margins, f, shard->trusts[f], &g,
                               &u);
            solver->gradient[number] += g;
            solver->curvature[number] += u;
        }
    }
}

static void change_weights(solver_t *solver, size_t block)
{
    serial_model_t *model = solver->model;

    for (size_t i = 0; i < model->features.num; i++) {
        lr_weight_t *weight = &model->weights[i];
        double       before = weight->value;

        if (lr_block_of(model->features.keys[i], solver->settings->num_blocks) != block ||
            solver->is_filtered[i])
            continue;
        solver->is_filtered[i] =
            !lr_proximal_step(&solver->proximal, solver->gradient[i],
                              solver->curvature[i], weight, &solver->violation);
        solver->changes[i]  = weight->value - before;
        solver->gradient[i] = solver->curvature[i] = 0;
    }
}

static void apply_changes(solver_t *solver, size_t block)
{
    for (size_t s = 0; s < solver->num_shards; s++) {
        shard_t *shard = &solver->shards[s];

        for (size_t f = shard->columns.blocks[block];
             f < shard->columns.blocks[block + 1]; f++) {
            uint32_t number = shard->numbers[f];

            if (solver->is_filtered[number])
                continue;
            if (solver->changes[number] != 0)
                lr_kernel_apply(&shard->columns, &shard->margins, f,
                                solver->changes[number]);
            shard->trusts[f] = lr_proximal_trust(solver->changes[number]);
        }
    }
}

static void evaluate(solver_t *solver)
{
    serial_model_t *model = solver->model;

    model->loss         = 0;
    model->objective    = 0;
    model->num_nonzeros = model->num_filtered = 0;
    for (size_t s = 0; s < solver->num_shards; s++)
        model->loss +=
            lr_kernel_loss(&solver->shards[s].columns, &solver->shards[s].margins);
    for (size_t i = 0; i < model->features.num; i++) {
        model->objective += fabs(model->weights[i].value);
        model->num_nonzeros += model->weights[i].value != 0;
        model->num_filtered += solver->is_filtered[i];
    }
    model->objective = model->objective * solver->settings->l1 + model->loss;
}

static void run_pass(solver_t *solver, size_t pass)
{
    const serial_settings_t *settings = solver->settings;
    uint32_t                *order    = APP_NEW(uint32_t, settings->num_blocks);

    lr_order_blocks(settings->seed, pass, settings->num_blocks, order);
    solver->violation = 0;
    for (size_t i = 0; i < settings->num_blocks; i++) {
        sum_gradients(solver, order[i]);
        change_weights(solver, order[i]);
        apply_changes(solver, order[i]);
    }
    free(order);
    if (settings->kkt_ratio > 0)
        solver->proximal.threshold =
            solver->violation / (double)solver->num_examples * settings->kkt_ratio;
    evaluate(solver);
}

static void solve(solver_t *solver)
{
    const serial_settings_t *settings = solver->settings;
    serial_model_t          *model    = solver->model;
    lr_stopper_t             stopper = {.epsilon = settings->epsilon, .before = HUGE_VAL};
    lr_judgement_t           judgement = LR_GO_ON;

    for (size_t pass = 0; pass < settings->max_passes && judgement != LR_STOP; pass++) {
        run_pass(solver, pass);
        judgement = lr_stopper_judge(&stopper, model->objective);
        if (settings->is_loud)
            printf("pass %zu objective %.10g nonzeros %zu filtered %zu threshold %g\n",
                   pass, model->objective, model->num_nonzeros, model->num_filtered,
                   solver->proximal.threshold);
        if (judgement == LR_RESET)
            for (size_t i = 0; i < model->features.num; i++)
                solver->is_filtered[i] = false;
        model->num_passes = pass + 1;
    }
}

static void init_shard(solver_t *solver, const lr_examples_t *examples, shard_t *shard)
{
    lr_columns_init(&shard->columns, examples, solver->settings->num_blocks);
    lr_margins_init(&shard->margins, &shard->columns);
    shard->numbers = APP_NEW(uint32_t, shard->columns.num_features);
    shard->trusts  = APP_NEW(double, shard->columns.num_features);
    for (size_t f = 0; f < shard->columns.num_features; f++) {
        shard->numbers[f] =
            lr_keymap_add(&solver->model->features, shard->columns.keys[f]);
        shard->trusts[f] = LR_FIRST_TRUST;
    }
    solver->num_examples += examples->num;
}

void serial_solve(const serial_settings_t *settings, size_t num_shards,
                  const lr_examples_t shards[], serial_model_t *model)
{
    solver_t solver = {.settings   = settings,
                       .num_shards = num_shards,
                       .shards     = APP_NEW(shard_t, num_shards),
                       .model      = model,
                       .proximal   = {settings->l1, settings->eta, HUGE_VAL}};
    size_t   num    = 0;

    *model = (serial_model_t){.num_passes = 0};
    for (size_t s = 0; s < num_shards; s++)
        init_shard(&solver, &shards[s], &solver.shards[s]);
    num                = model->features.num;
    model->weights     = APP_NEW(lr_weight_t, num);
    solver.is_filtered = APP_NEW(bool, num);
    solver.gradient    = APP_NEW(double, num);
    solver.curvature   = APP_NEW(double, num);
    solver.changes     = APP_NEW(double, num);
    for (size_t i = 0; i < num; i++)
        model->weights[i].trust = LR_FIRST_TRUST;
    solve(&solver);
    for (size_t s = 0; s < num_shards; s++) {
        lr_columns_fini(&solver.shards[s].columns);
        lr_margins_fini(&solver.shards[s].margins);
        free(solver.shards[s].numbers);
        free(solver.shards[s].trusts);
    }
    free(solver.shards);
    free(solver.is_filtered);
    free(solver.gradient);
    free(solver.curvature);
    free(solver.changes);
}

void serial_fini(serial_model_t *model)
{
    lr_keymap_fini(&model->features);
    free(model->weights);
}
