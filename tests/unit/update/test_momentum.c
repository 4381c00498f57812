/** \file
 * The heavy ball.
 */
#include "unit/update/rule_fixture.h"

static void reference(uint32_t width, double w[], double v[], const double g[],
                      const tern_update_options_t *options)
{
    for (uint32_t j = 0; j < width; j++) {
        double gradient = g[j] + options->l2 * w[j];

        v[j] = options->momentum * v[j] + gradient;
        w[j] = w[j] - options->rate * v[j];
    }
}

static void velocity_remembers_earlier_gradients(void)
{
    check_rule(&tern_update_momentum, &(tern_update_options_t){.rate = 0.1}, reference);
}

static void weight_decay_joins_the_gradient(void)
{
    check_rule(&tern_update_momentum,
               &(tern_update_options_t){.rate = 0.1, .momentum = 0.5, .l2 = 0.2},
               reference);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(velocity_remembers_earlier_gradients),
        FACT(weight_decay_joins_the_gradient),
    };

    return facts_run("update/momentum", facts, sizeof(facts) / sizeof(facts[0]));
}
