/** \file
 * Word vectors in memory, see vectors.h.
 */
#include "vectors.h"

#include "memory.h"

#include <stdlib.h>

/* Rows that are asked for at once. */
enum { BLOCK_ROWS = 4096 };

tern_status_t w2v_vectors_copy(const w2v_model_t *model, w2v_vectors_t *vectors)
{
    w2v_rows_t   *rows   = model->inputs;
    tern_status_t status = TERN_OK;

    *vectors = (w2v_vectors_t){
        .num    = rows->num_rows,
        .dim    = rows->width,
        .names  = app_names_create(),
        .values = APP_NEW(float, rows->num_rows * rows->width),
    };
    for (uint32_t word = 0; word < vectors->num; word++)
        app_names_add(vectors->names, w2v_vocabulary_text(model->vocabulary, word));
    for (size_t first = 0; first < vectors->num && status == TERN_OK;
         first += BLOCK_ROWS) {
        size_t rest = vectors->num - first;
        size_t num  = rest < BLOCK_ROWS ? rest : BLOCK_ROWS;

        status = rows->ops->read_range(rows, (tern_range_t){first, first + num},
                                       vectors->values + first * rows->width);
    }
    return status;
}

void w2v_vectors_fini(w2v_vectors_t *vectors)
{
    app_names_destroy(&vectors->names);
    free(vectors->values);
    *vectors = (w2v_vectors_t){.num = 0};
}
