/** \file
 * Gradient descent with and without weight decay.
 */
#include "unit/update/rule_fixture.h"

static void reference(uint32_t width, double w[], double state[], const double g[],
                      const tern_update_options_t *options)
{
    (void)state;
    for (uint32_t j = 0; j < width; j++)
        w[j] = w[j] - options->rate * (g[j] + options->l2 * w[j]);
}

static void sgd_descends_by_rate_times_gradient(void)
{
    check_rule(&tern_update_sgd, &(tern_update_options_t){.rate = 0.3}, reference);
}

static void weight_decay_joins_the_gradient(void)
{
    check_rule(&tern_update_sgd, &(tern_update_options_t){.rate = 0.3, .l2 = 0.1},
               reference);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(sgd_descends_by_rate_times_gradient),
        FACT(weight_decay_joins_the_gradient),
    };

    return facts_run("update/sgd", facts, sizeof(facts) / sizeof(facts[0]));
}
