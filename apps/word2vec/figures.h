/** \file
 * Figures of a training: speed, loss, and where rows were.
 */
#ifndef W2V_FIGURES_H
#define W2V_FIGURES_H

#include "results.h"
#include "session.h"

/* Collective over the workers. */
tern_status_t w2v_figures_of(w2v_session_t *session, w2v_results_t *results);

#endif
