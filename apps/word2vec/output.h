/** \file
 * Files and figures at the end of a run.
 */
#ifndef W2V_OUTPUT_H
#define W2V_OUTPUT_H

#include "results.h"
#include "session.h"

/* Write the files that were asked for, each whole or not at all. */
tern_status_t w2v_output_write(const w2v_session_t *session, const w2v_vectors_t *vectors,
                               const w2v_results_t *results, app_complaint_t *complaint);

/* Print the results as a table, or as the last JSON object. */
tern_status_t w2v_output_print(const w2v_session_t *session,
                               const w2v_results_t *results);

#endif
