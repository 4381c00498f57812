/** \file
 * The proximal step, the order of blocks, the stop rule, and the serial solver that they make.
 */
#include "sparse_lr/clicks.h"
#include "sparse_lr/order.h"
#include "sparse_lr/rate.h"
#include "sparse_lr/server.h"
#include "sparse_lr/stopper.h"
#include "support/facts.h"
#include "support/lr_serial.h"
#include "tern/random.h"

#include <math.h>
#include <stdlib.h>

/* Of the parabola with slope g and curvature scale at w, plus the penalty. */
static double model_of(double g, double scale, double l1, double w, double x)
{
    return g * (x - w) + scale / 2 * (x - w) * (x - w) + l1 * fabs(x);
}

static void a_step_minimises_its_model(void)
{
    const lr_proximal_t proximal = {.l1 = 1, .eta = 0.8, .threshold = HUGE_VAL};

    for (uint64_t i = 0; i < 2000; i++) {
        double g = 3 * tern_random_normal(1, 0, i), u = 5 * tern_random_unit(1, 1, i);
        double w     = i % 2 ? tern_random_normal(1, 2, i) : 0;
        double trust = i % 3 ? 100 : 0.2, violation = 0;
        double scale = u / proximal.eta + 1e-10, best = 0;
        lr_weight_t weight = {w, trust};

        CU_ASSERT_TRUE(lr_proximal_step(&proximal, g, u, &weight, &violation));
        CU_ASSERT_TRUE(fabs(weight.value - w) <= trust + 1e-12);
        best = model_of(g, scale, 1, w, weight.value);
        for (double x = w - trust; x <= w + trust; x += trust / 50)
            CU_ASSERT_TRUE(best <= model_of(g, scale, 1, w, x) + 1e-9 * (1 + fabs(best)));
        CU_ASSERT_DOUBLE_EQUAL(weight.trust, lr_proximal_trust(weight.value - w), 1e-9);
    }
}

static void only_weights_that_stay_zero_are_filtered(void)
{
    const lr_proximal_t proximal  = {.l1 = 1, .eta = 1, .threshold = 0.1};
    double              violation = 0;
    lr_weight_t         weight    = {0, 1};

    CU_ASSERT_FALSE(lr_proximal_step(&proximal, 0.5, 1, &weight, &violation));
    CU_ASSERT_FALSE(lr_proximal_step(&proximal, -0.5, 1, &weight, &violation));
    CU_ASSERT_EQUAL(weight.value, 0);
    CU_ASSERT_TRUE(lr_proximal_step(&proximal, 0.95, 1, &weight, &violation));
    CU_ASSERT_EQUAL(violation, 0);
    CU_ASSERT_EQUAL(weight.trust, 0.1); /* it did not move */
    weight.trust = 1;
    CU_ASSERT_TRUE(lr_proximal_step(&proximal, -1.25, 1, &weight, &violation));
    CU_ASSERT_EQUAL(violation, 0.25);
    CU_ASSERT_DOUBLE_EQUAL(weight.value, 0.25, 1e-8);
    CU_ASSERT_TRUE(lr_proximal_step(&proximal, 0.5, 1, &weight, &violation));
}

static void an_infinite_gradient_is_noticed_and_not_applied(void)
{
    const double bad[][2] = {
        {NAN, 1}, {INFINITY, 1}, {-INFINITY, 1}, {0, INFINITY}, {1, NAN}};
    double       value = 0.5, trust = 1, filtered = NAN;
    const double gradient[2] = {3, 1};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        lr_server_t server = {.proximal = {1, 1, HUGE_VAL}};

        lr_server_apply(&server, 41, gradient, &filtered, &trust);
        CU_ASSERT_FALSE(server.is_broken);
        lr_server_apply(&server, 41, bad[i], &filtered,
                        &trust); /* the mark of who knows it is */
        CU_ASSERT_FALSE(server.is_broken);
        lr_server_apply(&server, 42, bad[i], &value, &trust);
        CU_ASSERT_TRUE(server.is_broken);
        CU_ASSERT_EQUAL(server.broken_key, 42);
        CU_ASSERT_EQUAL(value, 0.5);
    }
}

static void a_pass_takes_every_block_once(void)
{
    enum { NUM = 37 };
    uint32_t order[NUM];
    size_t   last[NUM] = {0}, least = SIZE_MAX;

    for (size_t pass = 0; pass < 20; pass++) {
        size_t seen[NUM] = {0};

        lr_order_blocks(5, pass, NUM, order);
        for (size_t i = 0; i < NUM; i++) {
            size_t now = pass * NUM + i, block = order[i];

            CU_ASSERT_EQUAL(seen[block]++, 0);
            if (pass > 0 && now - last[block] < least)
                least = now - last[block];
            last[block] = now;
        }
    }
    CU_ASSERT_TRUE(least >= NUM / 2);
}

static void all_features_get_a_second_chance(void)
{
    lr_stopper_t stopper = {.epsilon = 0.01, .before = HUGE_VAL};

    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 1000), LR_GO_ON);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 900), LR_GO_ON);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 899), LR_RESET);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 800), LR_GO_ON);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 799), LR_RESET);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 798), LR_STOP);
    stopper = (lr_stopper_t){.epsilon = 0, .target = 500, .before = HUGE_VAL};
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 501), LR_GO_ON);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 500), LR_STOP);
}

static void an_objective_that_stays_above_its_lowest_diverges(void)
{
    lr_stopper_t stopper = {.epsilon = 1e-6, .before = HUGE_VAL};

    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 100), LR_GO_ON);
    for (int i = 1; i < 10; i++)
        CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 110 + i % 3), LR_GO_ON);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 99), LR_GO_ON); /* it came back */
    for (int i = 1; i < 10; i++)
        CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 110 + i % 3), LR_GO_ON);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 99.5), LR_GO_ON); /* by little */
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, 101), LR_DIVERGES);
    CU_ASSERT_EQUAL(lr_stopper_judge(&stopper, NAN), LR_DIVERGES);
}

static void a_rate_follows_the_objective(void)
{
    lr_rate_t fixed = lr_rate_begin(0.7, 100, 4), rate = lr_rate_begin(0, 4, 0);

    lr_rate_follow(&fixed, 1, 2);
    CU_ASSERT_EQUAL(fixed.now, 0.7);
    CU_ASSERT_EQUAL(rate.now, 0.25);
    CU_ASSERT_EQUAL(lr_rate_begin(0, 0.5, 16).now, 1);
    CU_ASSERT(lr_rate_begin(0, 4, 8).now < rate.now);
    for (int pass = 0; pass < 50; pass++)
        lr_rate_follow(&rate, 2, 1);
    CU_ASSERT_EQUAL(rate.now, 1);
    lr_rate_follow(&rate, 1, 2);
    CU_ASSERT_EQUAL(rate.now, 0.5);
    for (int pass = 0; pass < 8; pass++)
        lr_rate_follow(&rate, 2, 1);
    CU_ASSERT_TRUE(rate.now > 0.8 && rate.now < 0.95);
}

static void a_patient_rate_is_halved_from_the_second_bad_pass_in_a_row_on(void)
{
    lr_rate_t rate = lr_rate_begin(0, 0.5, 16);

    rate.is_patient = true;
    lr_rate_follow(&rate, 1, 2);
    lr_rate_follow(&rate, 2, 1);
    lr_rate_follow(&rate, 1, 2);
    CU_ASSERT_EQUAL(rate.now, 1);
    lr_rate_follow(&rate, 2, 3);
    CU_ASSERT_EQUAL(rate.now, 0.5);
}

/* The KKT filter takes out nearly everything and costs nothing: the optimum is that of many unfiltered passes. */
static void filtering_finds_the_same_optimum(void)
{
    const lr_clicks_t clicks   = {3, 3000, 20000, 20, 1.05, 0.1};
    serial_settings_t settings = {
        .num_blocks = 40, .max_passes = 300, .seed = 1, .l1 = 1, .eta = 1};
    lr_examples_t  shards[2] = {{0}, {0}};
    serial_model_t optimum, model;

    lr_clicks_make(&clicks, 0, 1500, &shards[0]);
    lr_clicks_make(&clicks, 1500, 3000, &shards[1]);
    serial_solve(&settings, 2, shards, &optimum);
    settings.epsilon   = 2e-5;
    settings.kkt_ratio = 10;
    serial_solve(&settings, 2, shards, &model);
    CU_ASSERT_EQUAL(optimum.num_passes, 300);
    CU_ASSERT_TRUE(model.num_passes < 100);
    CU_ASSERT_TRUE(model.objective <= optimum.objective * (1 + 1e-4));
    CU_ASSERT_TRUE(model.objective >= optimum.objective * (1 - 1e-9));
    CU_ASSERT_TRUE((double)model.num_filtered > 0.9 * (double)model.features.num);
    serial_fini(&optimum);
    serial_fini(&model);
    lr_examples_fini(&shards[0]);
    lr_examples_fini(&shards[1]);
}

static const fact_t facts[] = {
    FACT(a_step_minimises_its_model),
    FACT(only_weights_that_stay_zero_are_filtered),
    FACT(an_infinite_gradient_is_noticed_and_not_applied),
    FACT(a_pass_takes_every_block_once),
    FACT(all_features_get_a_second_chance),
    FACT(an_objective_that_stays_above_its_lowest_diverges),
    FACT(a_rate_follows_the_objective),
    FACT(filtering_finds_the_same_optimum),
};

int main(void)
{
    return facts_run("sparse_lr/solver", facts, sizeof(facts) / sizeof(facts[0]));
}
