/** \file
 * Named numbers, for the end table, the last JSON object and the result file.
 */
#ifndef W2V_RESULTS_H
#define W2V_RESULTS_H

#include "tern/tern.h"

/* Zero-initialise it. */
typedef struct w2v_results {
    tern_field_t *fields; /* [num] */
    size_t        num;
} w2v_results_t;

/* The name is borrowed. */
void w2v_results_add(w2v_results_t *results, const char *name, double number);
void w2v_results_fini(w2v_results_t *results);

#endif
