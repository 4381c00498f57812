/** \file
 * Adagrad against Duchi et al., and its scale-free first step.
 */
#include "unit/update/rule_fixture.h"

static void reference(uint32_t width, double w[], double n[], const double g[],
                      const tern_update_options_t *options)
{
    for (uint32_t j = 0; j < width; j++) {
        double gradient = g[j] + options->l2 * w[j];

        n[j] = n[j] + gradient * gradient;
        w[j] = w[j] - options->rate * gradient / (sqrt(n[j]) + options->epsilon);
    }
}

static void steps_shrink_with_the_sum_of_squares(void)
{
    check_rule(&tern_update_adagrad, &(tern_update_options_t){.rate = 0.1}, reference);
}

static void weight_decay_joins_the_gradient(void)
{
    check_rule(&tern_update_adagrad,
               &(tern_update_options_t){.rate = 0.1, .epsilon = 1e-3, .l2 = 0.05},
               reference);
}

static void first_step_has_the_size_of_the_rate(void)
{
    tern_update_options_t options = tern_update_options_resolve(
        &tern_update_adagrad, &(tern_update_options_t){.rate = 0.25});
    const double    g[3] = {1e-3, -7.0, 1e5};
    double          w[3] = {0}, n[3] = {0};
    tern_row_view_t row = {.width = 3, .type = TERN_FLOAT64, .value = w, .state = n};

    tern_update_adagrad.apply(&row, g, &options);
    CU_ASSERT_DOUBLE_EQUAL(w[0], -0.25, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(w[1], +0.25, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(w[2], -0.25, 1e-6);
}

/* A row that no gradient has reached must not become 0 / 0. */
static void zero_gradient_changes_nothing(void)
{
    tern_update_options_t options = tern_update_options_resolve(
        &tern_update_adagrad, &(tern_update_options_t){.rate = 0.1});
    const float     g[5] = {0};
    float           w[5] = {1, 2, 3, 4, 5}, n[5] = {0};
    tern_row_view_t row = {.width = 5, .type = TERN_FLOAT32, .value = w, .state = n};

    tern_update_adagrad.apply(&row, g, &options);
    for (int j = 0; j < 5; j++)
        CU_ASSERT_EQUAL(w[j], (float)(j + 1));
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(steps_shrink_with_the_sum_of_squares),
        FACT(weight_decay_joins_the_gradient),
        FACT(first_step_has_the_size_of_the_rate),
        FACT(zero_gradient_changes_nothing),
    };

    return facts_run("update/adagrad", facts, sizeof(facts) / sizeof(facts[0]));
}
