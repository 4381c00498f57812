/** \file
 * Quality of scores: the area under the ROC curve and the logarithmic loss.
 */
#ifndef LR_AUC_H
#define LR_AUC_H

#include <stddef.h>
#include <stdint.h>

/* The share of pairs of a positive and a negative example in which the positive one has the higher score; equal scores
 * count half. Exact. NAN if there are no pairs. Scores are not NaN. */
double lr_auc(size_t num, const double scores[], const int8_t labels[]);

/* Sum of log(1 + exp(-label * score)). */
double lr_logloss_sum(size_t num, const double scores[], const int8_t labels[]);

/* log(1 + exp(-margin)), also where exp() would overflow. */
double lr_logistic_loss(double margin);

#endif
