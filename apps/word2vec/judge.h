/** \file
 * What the user wants to know of the vectors: neighbours, analogies, pairs.
 */
#ifndef W2V_JUDGE_H
#define W2V_JUDGE_H

#include "complaint.h"
#include "pairs.h"
#include "results.h"

/* What was asked for. */
typedef struct w2v_questions {
    const char *nearest; /* words between commas, or NULL */
    size_t      num_nearest;
    const char *pairs; /* files between commas, or NULL */
    bool        has_analogies;
} w2v_questions_t;

typedef struct w2v_judge w2v_judge_t;

/* Read the pairs. `names` and `questions` are borrowed. TERN_ERR_IO, TERN_ERR_FORMAT. */
tern_status_t w2v_judge_create(const w2v_questions_t *questions, const app_names_t *names,
                               w2v_judge_t **judge_p, app_complaint_t *complaint);
void          w2v_judge_destroy(w2v_judge_t **judge_p);

/* Mean AUC over the files of pairs, of those for validation; NAN if there are no files. */
double w2v_judge_valid_auc(const w2v_judge_t *judge, const w2v_vectors_t *vectors);

/* Everything that was asked: print neighbours, one line a word or with --json one object; add the AUC of each file,
 * the mean of those for the test, and the rate of right analogies. */
void w2v_judge_answer(const w2v_judge_t *judge, const w2v_vectors_t *vectors,
                      bool is_json, w2v_results_t *results);

#endif
