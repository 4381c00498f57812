/** \file
 * One sum of mean squares per row.
 */
#include "unit/update/rule_fixture.h"

static void reference(uint32_t width, double w[], double n[], const double g[],
                      const tern_update_options_t *options)
{
    double sum = 0;

    for (uint32_t j = 0; j < width; j++) {
        double gradient = g[j] + options->l2 * w[j];

        sum += gradient * gradient;
    }
    n[0] += sum / width;
    for (uint32_t j = 0; j < width; j++)
        w[j] -=
            options->rate * (g[j] + options->l2 * w[j]) / (sqrt(n[0]) + options->epsilon);
}

static void one_sum_scales_the_whole_row(void)
{
    check_rule(&tern_update_rowwise_adagrad, &(tern_update_options_t){.rate = 0.1},
               reference);
}

static void weight_decay_joins_the_gradient(void)
{
    check_rule(&tern_update_rowwise_adagrad,
               &(tern_update_options_t){.rate = 0.1, .epsilon = 1e-3, .l2 = 0.1},
               reference);
}

static void state_is_one_column_at_any_width(void)
{
    CU_ASSERT_EQUAL(tern_update_state_width(&tern_update_rowwise_adagrad, 1), 1);
    CU_ASSERT_EQUAL(tern_update_state_width(&tern_update_rowwise_adagrad, 4096), 1);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(one_sum_scales_the_whole_row),
        FACT(weight_decay_joins_the_gradient),
        FACT(state_is_one_column_at_any_width),
    };

    return facts_run("update/rowwise_adagrad", facts, sizeof(facts) / sizeof(facts[0]));
}
