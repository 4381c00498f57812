/** \file
 * Adam against algorithm 1 of Kingma and Ba, bias corrections written out.
 */
#include "unit/update/rule_fixture.h"

static void reference(uint32_t width, double w[], double state[], const double g[],
                      const tern_update_options_t *options)
{
    double *m = state, *v = state + width, *t = state + 2 * width;

    t[0] += 1;
    for (uint32_t j = 0; j < width; j++) {
        double gradient = g[j] + options->l2 * w[j];
        double m_hat, v_hat;

        m[j]  = options->beta1 * m[j] + (1 - options->beta1) * gradient;
        v[j]  = options->beta2 * v[j] + (1 - options->beta2) * gradient * gradient;
        m_hat = m[j] / (1 - pow(options->beta1, t[0]));
        v_hat = v[j] / (1 - pow(options->beta2, t[0]));
        w[j] -= options->rate * m_hat / (sqrt(v_hat) + options->epsilon);
    }
}

static void moments_are_corrected_for_their_start(void)
{
    check_rule(&tern_update_adam, &(tern_update_options_t){.rate = 0.1}, reference);
}

static void weight_decay_joins_the_gradient(void)
{
    check_rule(&tern_update_adam,
               &(tern_update_options_t){
                   .rate = 0.1, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-3, .l2 = 0.1},
               reference);
}

/* A float32 counter stops at 2^24; the step must be the uncorrected one by then, not NaN. */
static void saturated_step_count_leaves_no_correction(void)
{
    tern_update_options_t options =
        tern_update_options_resolve(&tern_update_adam, &(tern_update_options_t){0});
    const float     g[1]     = {2};
    float           w[1]     = {0};
    float           state[3] = {2, 4, 16777216.0f}; /* m, v, t */
    tern_row_view_t row = {.width = 1, .type = TERN_FLOAT32, .value = w, .state = state};

    tern_update_adam.apply(&row, g, &options);
    CU_ASSERT_DOUBLE_EQUAL(w[0], -0.01, 1e-6);
    CU_ASSERT_EQUAL(state[2], 16777216.0f);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(moments_are_corrected_for_their_start),
        FACT(weight_decay_joins_the_gradient),
        FACT(saturated_step_count_leaves_no_correction),
    };

    return facts_run("update/adam", facts, sizeof(facts) / sizeof(facts[0]));
}
