/** \file
 * Word vectors in memory: what a model is in the end, to be written and judged.
 */
#ifndef W2V_VECTORS_H
#define W2V_VECTORS_H

#include "model.h"
#include "names.h"

typedef struct w2v_vectors {
    size_t       num, dim;
    app_names_t *names;  /* [num], by falling frequency */
    float       *values; /* [num][dim] */
} w2v_vectors_t;

/* A copy of a model's input vectors. TERN_OK, or the error of the access to its rows. */
tern_status_t w2v_vectors_copy(const w2v_model_t *model, w2v_vectors_t *vectors);
void          w2v_vectors_fini(w2v_vectors_t *vectors);

#endif
