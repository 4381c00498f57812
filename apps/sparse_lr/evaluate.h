/** \file
 * Judging weights by examples: every worker scores its own, and AUC and loss are of all, exact.
 */
#ifndef LR_EVALUATE_H
#define LR_EVALUATE_H

#include "clicks.h"
#include "tern/tern.h"

typedef struct lr_quality {
    size_t num;     /* examples of all workers */
    double auc;     /* NAN if all labels are the same */
    double logloss; /* mean; NAN if there are no examples */
    double accuracy;
} lr_quality_t;

/* Scores of all workers' examples in their order. */
typedef struct lr_scores {
    size_t  num;
    double *scores; /* [num] */
    int8_t *labels; /* [num] */
} lr_scores_t;

/* Scores of the caller's examples by weights of a table; `scores` [examples->num]. */
tern_status_t lr_score(tern_table_t *weights, const lr_examples_t *examples,
                       double scores[]);

/* Bring everybody's scores together; `num` and `labels` are the caller's. Collective over the workers. Takes 16 bytes for
 * each example of all workers while it runs. */
tern_status_t lr_scores_gather(tern_runtime_t *runtime, size_t num, const double scores[],
                               const int8_t labels[], lr_scores_t *all);
void          lr_scores_fini(lr_scores_t *all);
lr_quality_t  lr_scores_judge(const lr_scores_t *all);

/* Gather and judge. */
tern_status_t lr_evaluate(tern_runtime_t *runtime, const lr_examples_t *examples,
                          const double scores[], lr_quality_t *quality);

#endif
