/** \file
 * The area under the ROC curve is the share of pairs in the right order.
 */
#include "sparse_lr/auc.h"
#include "support/facts.h"
#include "tern/random.h"

#include <math.h>

enum { MAX_NUM = 300 };

/* By definition, pair by pair. */
static double auc_by_pairs(size_t num, const double scores[], const int8_t labels[])
{
    double right = 0, num_pairs = 0;

    for (size_t i = 0; i < num; i++)
        for (size_t j = 0; j < num; j++)
            if (labels[i] > 0 && labels[j] < 0) {
                num_pairs++;
                right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
            }
    return right / num_pairs;
}

/* With few different scores most pairs are ties. */
static void it_equals_the_count_of_pairs(void)
{
    double scores[MAX_NUM];
    int8_t labels[MAX_NUM];

    for (uint64_t trial = 0; trial < 60; trial++) {
        size_t num       = 2 + (size_t)tern_random_below(1, trial, 0, MAX_NUM - 2);
        double num_steps = trial % 3 == 0 ? 2 : trial % 3 == 1 ? 10 : 1e9;

        for (size_t i = 0; i < num; i++) {
            scores[i] = floor(num_steps * tern_random_unit(2, trial, i));
            labels[i] = tern_random_unit(3, trial, i) < 0.3 ? 1 : -1;
        }
        labels[0] = 1;
        labels[1] = -1;
        CU_ASSERT_DOUBLE_EQUAL(lr_auc(num, scores, labels),
                               auc_by_pairs(num, scores, labels), 1e-14);
    }
}

static void it_is_undefined_without_pairs(void)
{
    const double scores[] = {1, 2};
    const int8_t labels[] = {1, 1};

    CU_ASSERT_TRUE(isnan(lr_auc(2, scores, labels)));
    CU_ASSERT_TRUE(isnan(lr_auc(0, scores, labels)));
}

static void the_loss_does_not_overflow(void)
{
    CU_ASSERT_DOUBLE_EQUAL(lr_logistic_loss(0), log(2), 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(lr_logistic_loss(-2000), 2000, 1e-9);
    CU_ASSERT_EQUAL(lr_logistic_loss(2000), 0);
    CU_ASSERT_DOUBLE_EQUAL(lr_logistic_loss(-3) - lr_logistic_loss(3), 3, 1e-14);
}

static const fact_t facts[] = {
    FACT(it_equals_the_count_of_pairs),
    FACT(it_is_undefined_without_pairs),
    FACT(the_loss_does_not_overflow),
};

int main(void)
{
    return facts_run("sparse_lr/auc", facts, sizeof(facts) / sizeof(facts[0]));
}
