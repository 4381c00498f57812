/** \file
 * The plain loop finds a planted matrix again, with any number of threads.
 */
#include "mf/train.h"
#include "support/facts.h"

#include <math.h>

typedef struct run {
    mf_settings_t settings;
    mf_dataset_t  dataset;
    mf_factors_t  factors;
    double        test_rmse;
} run_t;

static tern_status_t train(mf_crew_t *crew, void *context)
{
    run_t        *run = context;
    mf_worker_t   worker;
    mf_training_t training = {0};
    tern_status_t status =
        mf_worker_init(&worker, &run->settings, &run->dataset, &run->factors, crew);

    if (status == TERN_OK)
        status = mf_train(&worker, NULL, &training);
    if (crew->worker == 0)
        run->test_rmse = training.test_rmse;
    mf_training_fini(&training);
    mf_worker_fini(&worker);
    return status;
}

/* Test error after training with the noise of the truth at 0.1. */
static double test_rmse(size_t num_threads, size_t rank, bool has_bias)
{
    run_t run = {
        .settings = {.synthetic  = {800, 200, 24000, 3, 0.3, 0.1, 2},
                     .split      = {0.05, 0.1, 2},
                     .rank       = rank,
                     .has_bias   = has_bias,
                     .rate       = 0.1,
                     .decay      = 0.98,
                     .l2         = 0.005,
                     .init_bound = 0.5,
                     .pieces     = 2,
                     .tile_rows  = 64,
                     .sample     = 1,
                     .engine     = MF_ENGINE_THREADS,
                     .num_epochs = 80},
    };
    mf_threads_t *threads = mf_threads_create(NULL, num_threads, 200);

    mf_dataset_plant(&run.dataset, &run.settings.synthetic, &run.settings.split);
    CU_ASSERT_EQUAL(mf_factors_create(&run.factors, MF_ENGINE_THREADS, &run.settings,
                                      NULL, &run.dataset),
                    TERN_OK);
    CU_ASSERT_EQUAL(mf_threads_run(threads, train, &run), TERN_OK);
    mf_threads_destroy(&threads);
    mf_factors_fini(&run.factors);
    mf_dataset_fini(&run.dataset);
    return run.test_rmse;
}

static void a_planted_matrix_is_found_again(void)
{
    CU_ASSERT(test_rmse(1, 3, false) < 0.16);
}

static void the_number_of_threads_does_not_matter(void)
{
    CU_ASSERT(test_rmse(2, 3, false) < 0.16);
    CU_ASSERT(test_rmse(5, 3, false) < 0.16);
}

static void too_low_a_rank_is_not_enough(void)
{
    CU_ASSERT(test_rmse(1, 1, false) > 0.5);
}

static void biases_do_no_harm(void)
{
    CU_ASSERT(test_rmse(2, 3, true) < 0.17);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_planted_matrix_is_found_again),
        FACT(the_number_of_threads_does_not_matter),
        FACT(too_low_a_rank_is_not_enough),
        FACT(biases_do_no_harm),
    };

    return facts_run("mf/recovery", facts, sizeof(facts) / sizeof(facts[0]));
}
