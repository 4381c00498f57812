/** \file
 * Gradients are derivatives of the loss, curvatures bound the second ones, and changed margins are those of the
 * changed weights.
 */
#include "sparse_lr/kernel.h"
#include "support/facts.h"
#include "tern/random.h"

#include <math.h>
#include <stdlib.h>

enum { NUM_ROWS = 200, NUM_FEATURES = 37 };

/* Random examples, all of whose values are 1 or not. */
static void make_examples(lr_examples_t *examples, bool is_binary)
{
    for (size_t row = 0; row < NUM_ROWS; row++) {
        for (size_t f = 0; f < NUM_FEATURES; f++)
            if (tern_random_unit(1, row, f) < 0.2)
                lr_examples_add_entry(examples, 1000 * f,
                                      is_binary ? 1
                                                : (float)tern_random_normal(2, row, f));
        lr_examples_add_label(examples, tern_random_unit(3, row, 0) < 0.4 ? 1 : -1);
    }
}

/* The loss as it is defined, along one weight. */
static double loss_at(const lr_columns_t *columns, const double weights[], size_t feature,
                      double value)
{
    double margins[NUM_ROWS] = {0}, loss = 0;

    for (size_t f = 0; f < columns->num_features; f++)
        for (size_t i = columns->entries[f]; i < columns->entries[f + 1]; i++)
            margins[columns->rows[i]] +=
                (f == feature ? value : weights[f]) *
                (columns->values != NULL ? (double)columns->values[i] : 1);
    for (size_t row = 0; row < columns->num_rows; row++)
        loss += log1p(exp(-columns->labels[row] * margins[row]));
    return loss;
}

static void prove_derivatives(bool is_binary)
{
    const double  h = 1e-4, trust = 0.3;
    lr_examples_t examples = {0};
    lr_columns_t  columns;
    lr_margins_t  margins;
    double        weights[NUM_FEATURES] = {0};

    make_examples(&examples, is_binary);
    lr_columns_init(&columns, &examples, 5);
    lr_margins_init(&margins, &columns);
    CU_ASSERT_EQUAL(columns.num_features, NUM_FEATURES);
    CU_ASSERT_EQUAL(columns.values == NULL, is_binary);
    for (size_t f = 0; f < columns.num_features; f++) {
        weights[f] = tern_random_normal(4, 0, f);
        lr_kernel_apply(&columns, &margins, f, weights[f]);
    }
    CU_ASSERT_DOUBLE_EQUAL(lr_kernel_loss(&columns, &margins),
                           loss_at(&columns, weights, 0, weights[0]), 1e-9);
    for (size_t f = 0; f < columns.num_features; f++) {
        double g = 0, u = 0, w = weights[f];
        double above  = loss_at(&columns, weights, f, w + h);
        double below  = loss_at(&columns, weights, f, w - h);
        double here   = loss_at(&columns, weights, f, w);
        double change = 0;

        lr_kernel_gradient(&columns, &margins, f, trust, &g, &u);
        CU_ASSERT_DOUBLE_EQUAL(g, (above - below) / (2 * h), 1e-6);
        CU_ASSERT_TRUE(u >= (above - 2 * here + below) / (h * h) - 1e-4);
        /* Within the trust region the loss stays below the parabola of g and u. */
        for (change = -trust; change <= trust; change += trust / 4)
            CU_ASSERT_TRUE(loss_at(&columns, weights, f, w + change) <=
                           here + g * change + u * change * change / 2 + 1e-9);
    }
    lr_margins_fini(&margins);
    lr_columns_fini(&columns);
    lr_examples_fini(&examples);
}

static void gradients_of_binary_features_are_derivatives(void)
{
    prove_derivatives(true);
}

static void gradients_of_real_features_are_derivatives(void)
{
    prove_derivatives(false);
}

static void columns_are_the_transposed_rows(void)
{
    lr_examples_t examples = {0};
    lr_columns_t  columns;
    size_t        num_found = 0;

    make_examples(&examples, false);
    lr_columns_init(&columns, &examples, 5);
    for (size_t block = 0; block < 5; block++)
        for (size_t f = columns.blocks[block]; f < columns.blocks[block + 1]; f++) {
            CU_ASSERT_EQUAL(lr_block_of(columns.keys[f], 5), block);
            CU_ASSERT_TRUE(f == columns.blocks[block] ||
                           columns.keys[f - 1] < columns.keys[f]);
            for (size_t i = columns.entries[f]; i < columns.entries[f + 1]; i++)
                for (size_t e = lr_examples_first(&examples, columns.rows[i]);
                     e < examples.ends[columns.rows[i]]; e++)
                    num_found += examples.keys[e] == columns.keys[f] &&
                                 examples.values[e] == columns.values[i];
        }
    CU_ASSERT_EQUAL(num_found, examples.num_entries);
    lr_columns_fini(&columns);
    lr_examples_fini(&examples);
}

static void the_fall_of_the_loss_is_told(void)
{
    lr_examples_t examples = {0};
    lr_columns_t  columns;
    lr_margins_t  margins;
    double        before = 0;

    make_examples(&examples, false);
    lr_columns_init(&columns, &examples, 5);
    lr_margins_init(&margins, &columns);
    before = lr_kernel_loss(&columns, &margins);
    for (size_t f = 0; f < columns.num_features; f++) {
        double fall = lr_kernel_apply(&columns, &margins, f, f % 2 ? 0.1 : -0.05);
        double now  = lr_kernel_loss(&columns, &margins);

        CU_ASSERT_DOUBLE_EQUAL(fall, before - now, 0.01 * fabs(before - now) + 1e-3);
        before = now;
    }
    lr_margins_fini(&margins);
    lr_columns_fini(&columns);
    lr_examples_fini(&examples);
}

/* Margins far beyond what exp() can hold stay numbers, and so do gradients. */
static void huge_weights_do_not_overflow(void)
{
    lr_examples_t examples = {0};
    lr_columns_t  columns;
    lr_margins_t  margins;

    make_examples(&examples, false);
    lr_columns_init(&columns, &examples, 5);
    lr_margins_init(&margins, &columns);
    for (int sign = -1; sign <= 1; sign += 2)
        for (size_t f = 0; f < columns.num_features; f++) {
            double g = 0, u = 0;

            lr_kernel_apply(&columns, &margins, f, sign * 1e6);
            lr_kernel_gradient(&columns, &margins, f, 5, &g, &u);
            CU_ASSERT_TRUE(isfinite(g) && isfinite(u));
        }
    CU_ASSERT_TRUE(isfinite(lr_kernel_loss(&columns, &margins)));
    lr_margins_fini(&margins);
    lr_columns_fini(&columns);
    lr_examples_fini(&examples);
}

static const fact_t facts[] = {
    FACT(gradients_of_binary_features_are_derivatives),
    FACT(gradients_of_real_features_are_derivatives),
    FACT(columns_are_the_transposed_rows),
    FACT(the_fall_of_the_loss_is_told),
    FACT(huge_weights_do_not_overflow),
};

int main(void)
{
    return facts_run("sparse_lr/kernel", facts, sizeof(facts) / sizeof(facts[0]));
}
