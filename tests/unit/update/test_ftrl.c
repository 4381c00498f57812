/** \file
 * FTRL-Proximal against the closed form of McMahan et al., which ours rewrites as a proximal step.
 */
#include "unit/update/rule_fixture.h"

/* Algorithm 1, with r = sqrt(n) kept as ours does, so that states compare. */
static void reference(uint32_t width, double w[], double state[], const double g[],
                      const tern_update_options_t *options)
{
    double *z = state, *r = state + width;

    for (uint32_t j = 0; j < width; j++) {
        double n     = r[j] * r[j];
        double sigma = (sqrt(n + g[j] * g[j]) - sqrt(n)) / options->alpha;

        z[j] += g[j] - sigma * w[j];
        n += g[j] * g[j];
        r[j] = sqrt(n);
        if (fabs(z[j]) <= options->l1)
            w[j] = 0;
        else
            w[j] = -(z[j] - (z[j] > 0 ? options->l1 : -options->l1)) /
                   ((options->beta + sqrt(n)) / options->alpha + options->l2);
    }
}

static void ftrl_without_penalty_is_adaptive_descent(void)
{
    check_rule(&tern_update_ftrl, &(tern_update_options_t){.alpha = 0.1}, reference);
}

static void ftrl_solves_the_elastic_net(void)
{
    check_rule(&tern_update_ftrl,
               &(tern_update_options_t){.alpha = 0.1, .beta = 0.5, .l1 = 0.7, .l2 = 0.3},
               reference);
}

static void small_sums_leave_exact_zeros(void)
{
    tern_update_options_t options = tern_update_options_resolve(
        &tern_update_ftrl, &(tern_update_options_t){.l1 = 1.0});
    const float     g[4] = {0.9f, -0.9f, 1.1f, -1.1f};
    float           w[4] = {0}, state[8] = {0};
    tern_row_view_t row = {.width = 4, .type = TERN_FLOAT32, .value = w, .state = state};

    tern_update_ftrl.apply(&row, g, &options);
    CU_ASSERT_EQUAL(w[0], 0);
    CU_ASSERT_EQUAL(w[1], 0);
    CU_ASSERT(w[2] < 0);
    CU_ASSERT(w[3] > 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(ftrl_without_penalty_is_adaptive_descent),
        FACT(ftrl_solves_the_elastic_net),
        FACT(small_sums_leave_exact_zeros),
    };

    return facts_run("update/ftrl", facts, sizeof(facts) / sizeof(facts[0]));
}
