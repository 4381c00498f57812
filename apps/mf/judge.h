/** \file
 * The error of a model on held-out ratings: each worker judges those of its rows.
 */
#ifndef MF_JUDGE_H
#define MF_JUDGE_H

#include "crew.h"
#include "kernel.h"
#include "plan.h"
#include "side.h"

typedef struct mf_judge mf_judge_t;

/* At most `max_ratings` of the share's part, 0: all. */
mf_judge_t *mf_judge_create(const mf_share_t *share, mf_part_t part, size_t num_columns,
                            size_t max_ratings);
void        mf_judge_destroy(mf_judge_t **judge_p);

/* Root of the mean square error over the ratings of all workers, who all call it; NAN if there are none. */
tern_status_t mf_judge_rmse(mf_judge_t *judge, mf_crew_t *crew, const mf_rule_t *rule,
                            mf_side_t *rows, mf_side_t *columns, double *rmse_p);

#endif
