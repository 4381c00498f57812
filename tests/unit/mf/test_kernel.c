/** \file
 * The update is a step down the gradient of the loss, at every rank.
 */
#include "mf/kernel.h"
#include "support/facts.h"
#include "tern/random.h"

#include <math.h>
#include <string.h>

enum { MAX_WIDTH = 132 };

static const size_t ranks[] = {1, 3, 10, 15, 16, 17, 32, 50, 64, 100, 128, 131};

static void fill(uint64_t stream, size_t width, float vector[])
{
    for (size_t j = 0; j < width; j++)
        vector[j] = (float)tern_random_normal(5, stream, j) * 0.3f;
}

/* Half of what the update makes small: (error^2 + l2 (|u|^2 + |v|^2)) / 2. */
static double half_loss(const mf_rule_t *rule, float value, const float u[],
                        const float v[])
{
    double error = (double)value - (double)rule->mean, norm = 0;

    for (size_t j = 0; j < rule->rank; j++)
        error -= (double)u[j] * v[j];
    if (rule->has_bias)
        error -= (double)u[rule->rank] + v[rule->rank];
    for (size_t j = 0; j < mf_rule_width(rule); j++)
        norm += (double)u[j] * u[j] + (double)v[j] * v[j];
    return (error * error + (double)rule->l2 * norm) / 2;
}

/* Slope of the loss along one number. */
static double slope(const mf_rule_t *rule, float value, float u[], float v[], float *x)
{
    const float h = 1e-2f, x_before = *x;
    double      above, below;

    *x    = x_before + h;
    above = half_loss(rule, value, u, v);
    *x    = x_before - h;
    below = half_loss(rule, value, u, v);
    *x    = x_before;
    return (above - below) / (2 * (double)h);
}

static void prove_gradient(const mf_rule_t *rule)
{
    const float     value = 0.7f;
    const mf_cell_t cell  = {0, 0, value};
    float           u[MAX_WIDTH], v[MAX_WIDTH], moved_u[MAX_WIDTH], moved_v[MAX_WIDTH];
    float          *rows[] = {moved_u}, *columns[] = {moved_v};
    double          error_before;

    fill(1, MAX_WIDTH, u);
    fill(2, MAX_WIDTH, v);
    memcpy(moved_u, u, sizeof(u));
    memcpy(moved_v, v, sizeof(v));
    error_before = mf_kernel_square_error(rule, 1, &cell, rows, columns);
    CU_ASSERT_DOUBLE_EQUAL(mf_kernel_update(rule, 1, &cell, rows, columns), error_before,
                           1e-4 * (1 + error_before));
    for (size_t j = 0; j < mf_rule_width(rule); j++) {
        double step_u = -(double)rule->rate * slope(rule, value, u, v, &u[j]);
        double step_v = -(double)rule->rate * slope(rule, value, u, v, &v[j]);

        CU_ASSERT_DOUBLE_EQUAL(moved_u[j] - u[j], step_u, 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(moved_v[j] - v[j], step_v, 1e-5);
    }
    for (size_t j = mf_rule_width(rule); j < MAX_WIDTH; j++)
        CU_ASSERT(moved_u[j] == u[j] && moved_v[j] == v[j]);
}

static void an_update_follows_the_gradient(void)
{
    for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
        prove_gradient(&(mf_rule_t){ranks[i], false, 0.1f, 0.01f, 0.05f});
}

static void biases_follow_it_too(void)
{
    for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
        prove_gradient(&(mf_rule_t){ranks[i], true, 0.1f, 0.01f, 0.05f});
}

/* The second cell meets what the first one left. */
static void cells_are_updated_in_order(void)
{
    const mf_rule_t rule    = {32, false, 0, 0.1f, 0};
    const mf_cell_t cells[] = {{0, 0, 1}, {0, 0, 1}};
    float           u[2][MAX_WIDTH], v[2][MAX_WIDTH];
    float          *rows[] = {u[0]}, *columns[] = {v[0]};
    float          *other_rows[] = {u[1]}, *other_columns[] = {v[1]};
    double          together, apart;

    for (int k = 0; k < 2; k++) {
        fill(1, MAX_WIDTH, u[k]);
        fill(2, MAX_WIDTH, v[k]);
    }
    together = mf_kernel_update(&rule, 2, cells, rows, columns);
    apart    = mf_kernel_update(&rule, 1, cells, other_rows, other_columns);
    apart += mf_kernel_update(&rule, 1, cells + 1, other_rows, other_columns);
    CU_ASSERT_DOUBLE_EQUAL(together, apart, 1e-6);
    CU_ASSERT_EQUAL(memcmp(u[0], u[1], sizeof(u[0])), 0);
    CU_ASSERT_EQUAL(memcmp(v[0], v[1], sizeof(v[0])), 0);
}

static void a_change_is_after_less_before(void)
{
    float after[] = {3, 5, 8}, before[] = {1, 1, 9};

    mf_kernel_change(3, after, before);
    CU_ASSERT(before[0] == 2 && before[1] == 4 && before[2] == -1);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(an_update_follows_the_gradient),
        FACT(biases_follow_it_too),
        FACT(cells_are_updated_in_order),
        FACT(a_change_is_after_less_before),
    };

    return facts_run("mf/kernel", facts, sizeof(facts) / sizeof(facts[0]));
}
