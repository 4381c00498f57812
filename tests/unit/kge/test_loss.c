/** \file
 * Losses against their formulas, extremes included.
 */
#include "kge/loss.h"
#include "support/facts.h"

#include <math.h>

enum { NUM = 70 };

static double softplus(double x)
{
    return x > 30 ? x : log1p(exp(x));
}

static void fill(float scores[])
{
    for (int i = 0; i < NUM; i++)
        scores[i] = 0.31f * (float)(i - 35);
    scores[0] = -60;
    scores[1] = 60;
    scores[2] = KGE_EXCLUDED;
}

static void logistic_is_the_sum_of_softplus(void)
{
    float  scores[NUM], before[NUM], gradient = 0;
    double expected = softplus(-1.5);
    double worst    = 0;

    fill(scores);
    fill(before);
    for (int i = 0; i < NUM; i++)
        expected += softplus((double)before[i]);
    CU_ASSERT_DOUBLE_EQUAL(
        kge_loss_find("logistic")->query(1.5f, NUM, scores, 0, &gradient), expected,
        1e-5 * expected);
    for (int i = 0; i < NUM; i++)
        worst = fmax(worst, fabs((double)scores[i] - 1 / (1 + exp(-(double)before[i]))));
    CU_ASSERT(worst < 1e-6);
    CU_ASSERT_DOUBLE_EQUAL((double)gradient, -1 / (1 + exp(1.5)), 1e-6);
}

static void softmax_is_the_cross_entropy_of_the_answer(void)
{
    float  scores[NUM], before[NUM], gradient = 0;
    double sum = exp(3 - 60.0), worst = 0, total = 0;

    fill(scores);
    fill(before);
    for (int i = 0; i < NUM; i++)
        sum += exp((double)before[i] - 60);
    CU_ASSERT_DOUBLE_EQUAL(kge_loss_find("softmax")->query(3, NUM, scores, 0, &gradient),
                           log(sum) + 60 - 3, 1e-4);
    for (int i = 0; i < NUM; i++) {
        worst = fmax(worst, fabs((double)scores[i] - exp((double)before[i] - 60) / sum));
        total += (double)scores[i];
    }
    CU_ASSERT(worst < 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(total + (double)gradient, 0, 1e-6);
}

static void margin_counts_only_violations(void)
{
    float scores[4] = {-10, 1.5f, 2.5f, KGE_EXCLUDED};
    float gradient  = 0;

    CU_ASSERT_DOUBLE_EQUAL(kge_loss_find("margin")->query(2, 4, scores, 1, &gradient),
                           0.5 + 1.5, 1e-6);
    CU_ASSERT_EQUAL(scores[0], 0);
    CU_ASSERT_EQUAL(scores[1], 1);
    CU_ASSERT_EQUAL(scores[2], 1);
    CU_ASSERT_EQUAL(scores[3], 0);
    CU_ASSERT_EQUAL(gradient, -2);
}

static void an_excluded_score_pulls_nothing(void)
{
    float scores[1] = {KGE_EXCLUDED};
    float gradient  = 1;

    CU_ASSERT_DOUBLE_EQUAL(kge_loss_find("softmax")->query(0, 1, scores, 0, &gradient), 0,
                           1e-9);
    CU_ASSERT_EQUAL(scores[0], 0);
    CU_ASSERT_EQUAL(gradient, 0);
}

static void an_unknown_loss_is_not_found(void)
{
    CU_ASSERT_PTR_NULL(kge_loss_find("hinge"));
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(logistic_is_the_sum_of_softplus),
        FACT(softmax_is_the_cross_entropy_of_the_answer),
        FACT(margin_counts_only_violations),
        FACT(an_excluded_score_pulls_nothing),
        FACT(an_unknown_loss_is_not_found),
    };

    return facts_run("kge/loss", facts, sizeof(facts) / sizeof(facts[0]));
}
