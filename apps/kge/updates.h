/** \file
 * Updates of one table on their way: gradients are summed in a buffer, which the library borrows until the
 * owners of the rows have acknowledged them; meanwhile the next step takes another.
 */
#ifndef KGE_UPDATES_H
#define KGE_UPDATES_H

#include "rows.h"

typedef struct kge_updates kge_updates_t;

/* \param [in] max_under_way  0: sending waits for its own acknowledgement. */
kge_updates_t *kge_updates_create(size_t max_under_way, size_t max_keys, size_t width);
void           kge_updates_destroy(kge_updates_t **updates_p);

/* A zeroed buffer [num_keys][width] for the gradients of the next kge_updates_send(); waits if all are under way. */
tern_status_t kge_updates_begin(kge_updates_t *updates, size_t num_keys,
                                float **gradients_p);

/* Update the rows with the gradients in that buffer. `keys` are copied. */
tern_status_t kge_updates_send(kge_updates_t *updates, kge_rows_t *rows, size_t num_keys,
                               const tern_key_t keys[]);

/* Wait for all. */
tern_status_t kge_updates_settle(kge_updates_t *updates);

#endif
