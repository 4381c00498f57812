/** \file
 * Files and figures at the end of a run.
 */
#ifndef W2V_OUTPUT_H
#define W2V_OUTPUT_H

#include "session.h"
#include "vectors.h"

/* Named numbers, for the end table and the result file. Names are borrowed. */
typedef struct w2v_results {
    tern_field_t *fields; /* [num] */
    size_t        num;
} w2v_results_t;

void w2v_results_add(w2v_results_t *results, const char *name, double number);
void w2v_results_fini(w2v_results_t *results);

/* Speed, loss, and where rows were. Collective over the workers. */
tern_status_t w2v_results_of_training(const w2v_session_t *session,
                                      w2v_results_t       *results);

/* Write the files that were asked for, each whole or not at all. */
tern_status_t w2v_output_write(const w2v_session_t *session, const w2v_vectors_t *vectors,
                               const w2v_results_t *results, app_complaint_t *complaint);

/* Print the results as a table, or as the last JSON object. */
tern_status_t w2v_output_print(const w2v_session_t *session,
                               const w2v_results_t *results);

#endif
