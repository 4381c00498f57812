/** \file
 * Quality of scores, see auc.h.
 *
 * AUC = (sum of ranks of positive examples - P (P + 1) / 2) / (P N), with ranks by score from 1 on and equal scores
 * at their mean rank (Mann and Whitney 1947). Twice a mean rank is an integer, so that the sum is exact.
 */
#include "auc.h"

#include "memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct scored {
    double score;
    int    label;
} scored_t;

static int by_score(const void *a, const void *b)
{
    const scored_t *x = a, *y = b;

    return (x->score > y->score) - (x->score < y->score);
}

/* Twice the sum of ranks of positive examples among sorted ones. */
static unsigned __int128 twice_the_ranks(size_t num, const scored_t sorted[])
{
    unsigned __int128 sum = 0;

    for (size_t first = 0, end = 0; first < num; first = end) {
        size_t num_positive = 0;

        for (end = first; end < num && sorted[end].score == sorted[first].score; end++)
            num_positive += sorted[end].label > 0;
        sum += (unsigned __int128)num_positive * (first + 1 + end);
    }
    return sum;
}

double lr_auc(size_t num, const double scores[], const int8_t labels[])
{
    scored_t         *sorted       = APP_NEW(scored_t, num);
    size_t            num_positive = 0;
    unsigned __int128 above        = 0;

    for (size_t i = 0; i < num; i++) {
        sorted[i] = (scored_t){scores[i], labels[i]};
        num_positive += labels[i] > 0;
    }
    qsort(sorted, num, sizeof(*sorted), by_score);
    above = twice_the_ranks(num, sorted) -
            (unsigned __int128)num_positive * (num_positive + 1);
    free(sorted);
    if (num_positive == 0 || num_positive == num)
        return NAN;
    return (double)above / (2 * (double)num_positive * (double)(num - num_positive));
}

double lr_logistic_loss(double margin)
{
    return margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin;
}

double lr_logloss_sum(size_t num, const double scores[], const int8_t labels[])
{
    double sum = 0;

    for (size_t i = 0; i < num; i++)
        sum += lr_logistic_loss(labels[i] * scores[i]);
    return sum;
}
