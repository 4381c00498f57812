/** \file
 * Losses of one query: the score of its answer against the scores of its negatives.
 */
#ifndef KGE_LOSS_H
#define KGE_LOSS_H

#include <stddef.h>

/* A score that takes part in no loss: padding, or a negative that is the answer. */
#define KGE_EXCLUDED (-1e30f)

/* The loss of a query, and its derivatives.
 *
 * \param [in]     answer    Score of the answer.
 * \param [in,out] scores    [num] scores of the negatives; replaced by the derivatives by them.
 * \param [out]    answer_gradient_p  The derivative by `answer`. */
typedef double kge_loss_fn(float answer, size_t num, float scores[], float margin,
                           float *answer_gradient_p);

typedef struct kge_loss {
    const char  *name;
    kge_loss_fn *query;
} kge_loss_t;

/* "logistic": sum of log(1 + exp(-y s)) with y = 1 for the answer, -1 for negatives
 *             (Trouillon et al., ICML 2016, equation 12).
 * "softmax":  cross-entropy of the answer among answer and negatives
 *             (Joulin et al. 2017; Lacroix et al., ICML 2018, section 3).
 * "margin":   sum of max(0, margin - answer + s) (Bordes et al., NIPS 2013, equation 1).
 * NULL if the name is unknown. */
const kge_loss_t *kge_loss_find(const char *name);

#endif
