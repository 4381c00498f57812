/** \file
 * Batches, and the steps that the kernel makes, against the gradient.
 */
#include "common/memory.h"
#include "support/facts.h"
#include "tern/random.h"
#include "word2vec/kernel.h"

#include <math.h>
#include <stdlib.h>

enum { DIM = 37, NUM_TARGETS = 4 };

/* An input row and its targets, the first of which is the positive. */
typedef struct problem {
    float input[DIM];
    float targets[NUM_TARGETS][DIM];
} problem_t;

static problem_t draw_problem(void)
{
    problem_t problem;

    for (uint64_t j = 0; j < DIM; j++) {
        problem.input[j] = (float)tern_random_unit(1, 0, j) - 0.5F;
        for (uint64_t t = 0; t < NUM_TARGETS; t++)
            problem.targets[t][j] = (float)tern_random_unit(1, t + 1, j) - 0.5F;
    }
    return problem;
}

static double loss_of(const problem_t *problem)
{
    double loss = 0;

    for (int t = 0; t < NUM_TARGETS; t++) {
        double score = 0;

        for (int j = 0; j < DIM; j++)
            score += (double)problem->input[j] * (double)problem->targets[t][j];
        loss += log(1 + exp(t == 0 ? -score : score));
    }
    return loss;
}

/* By central differences. */
static double slope_of(problem_t *problem, float *value)
{
    const float step   = 1e-2F;
    float       before = *value;
    double      above, below;

    *value = before + step;
    above  = loss_of(problem);
    *value = before - step;
    below  = loss_of(problem);
    *value = before;
    return (above - below) / (2 * (double)step);
}

/* One step of a batch on the rows of a problem; returns the loss that the kernel saw. */
static double run_kernel(problem_t *problem, float rate)
{
    w2v_kernel_t *kernel               = w2v_kernel_create(DIM);
    float        *inputs[1]            = {problem->input};
    float        *outputs[NUM_TARGETS] = {problem->targets[0], problem->targets[1],
                                          problem->targets[2], problem->targets[3]};
    uint32_t      targets[NUM_TARGETS] = {0, 1, 2, 3};
    w2v_step_t    step                 = {0, 0, NUM_TARGETS};
    w2v_batch_t   batch                = {.inputs    = {.values = inputs},
                                          .outputs   = {.values = outputs},
                                          .steps     = &step,
                                          .num_steps = 1,
                                          .targets   = targets};
    double        loss                 = w2v_kernel_run(kernel, &batch, rate);

    w2v_kernel_destroy(&kernel);
    return loss;
}

/* The sigmoid comes from a table with 256 entries per unit. */
static void a_step_goes_down_the_gradient(void)
{
    const float rate   = 1e-3F;
    problem_t   before = draw_problem();
    problem_t   after  = before;
    double      worst  = 0;

    run_kernel(&after, rate);
    for (int j = 0; j < DIM; j++) {
        double moved = (double)(after.input[j] - before.input[j]) / (double)rate;

        worst = fmax(worst, fabs(moved + slope_of(&before, &before.input[j])));
        for (int t = 0; t < NUM_TARGETS; t++) {
            moved = (double)(after.targets[t][j] - before.targets[t][j]) / (double)rate;
            worst = fmax(worst, fabs(moved + slope_of(&before, &before.targets[t][j])));
        }
    }
    CU_ASSERT(worst < 5e-3);
}

static void the_loss_is_that_before_the_step(void)
{
    problem_t problem = draw_problem();
    double    loss    = loss_of(&problem);

    CU_ASSERT_DOUBLE_EQUAL(run_kernel(&problem, 0.1F), loss, 0.01);
    CU_ASSERT(loss_of(&problem) < loss);
}

/* Scores beyond the table count as certain. */
static void extreme_scores_are_harmless(void)
{
    problem_t problem = draw_problem();

    for (int j = 0; j < DIM; j++) {
        problem.input[j] = 100;
        for (int t = 0; t < NUM_TARGETS; t++)
            problem.targets[t][j] = t % 2 == 0 ? 100 : -100;
    }
    CU_ASSERT(isfinite(run_kernel(&problem, 0.1F)));
    CU_ASSERT(isfinite(problem.input[0]) && isfinite(problem.targets[2][0]));
}

static tern_status_t draw_in_turn(size_t num, tern_key_t words[], void *context)
{
    uint64_t *next = context;

    for (size_t i = 0; i < num; i++)
        words[i] = (*next)++ % 10;
    return TERN_OK;
}

static void a_batch_has_the_pairs_of_its_window_and_distinct_keys(void)
{
    const w2v_recipe_t recipe   = {.window = 3, .num_negatives = 2};
    const uint32_t     words[]  = {4, 7, 4, 9, 2, 7};
    w2v_batcher_t     *batcher  = w2v_batcher_create(&recipe, 10);
    w2v_batch_t        batch    = {.num_steps = 0};
    uint64_t           next     = 0;
    bool               in_reach = true, is_distinct = true;

    for (size_t reach = 1; reach <= 3; reach++) {
        w2v_batcher_begin(batcher, &batch);
        CU_ASSERT_EQUAL(
            w2v_batcher_add(batcher, &batch, 6, words, 1, reach, draw_in_turn, &next),
            TERN_OK);
        CU_ASSERT_EQUAL(batch.num_steps, 1 + reach);
        for (size_t s = 0; s < batch.num_steps; s++) {
            const w2v_step_t *step = &batch.steps[s];

            in_reach = in_reach && batch.inputs.keys[step->input] == words[s + (s > 0)];
            in_reach =
                in_reach && batch.outputs.keys[batch.targets[step->first_target]] == 7;
            for (uint32_t t = 1; t < step->num_targets; t++)
                in_reach = in_reach &&
                           batch.outputs.keys[batch.targets[step->first_target + t]] != 7;
        }
        for (size_t i = 0; i < batch.outputs.num_keys; i++)
            for (size_t j = 0; j < i; j++)
                is_distinct =
                    is_distinct && batch.outputs.keys[i] != batch.outputs.keys[j];
    }
    CU_ASSERT(in_reach);
    CU_ASSERT(is_distinct);
    w2v_batch_fini(&batch);
    w2v_batcher_destroy(&batcher);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_step_goes_down_the_gradient),
        FACT(the_loss_is_that_before_the_step),
        FACT(extreme_scores_are_harmless),
        FACT(a_batch_has_the_pairs_of_its_window_and_distinct_keys),
    };

    return facts_run("w2v/kernel", facts, sizeof(facts) / sizeof(facts[0]));
}
