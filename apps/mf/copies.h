/** \file
 * Copies of a table's rows: pulled, changed in private memory, and what changed is pushed. Several sets may be
 * under way: one that is open, one that is being pulled ahead, others whose pushes are not acknowledged yet.
 */
#ifndef MF_COPIES_H
#define MF_COPIES_H

#include "side.h"

typedef struct mf_copies mf_copies_t;

mf_copies_t *mf_copies_create(tern_table_t *table, const mf_keys_t *keys, size_t max_open,
                              bool is_async);
void         mf_copies_destroy(mf_copies_t **copies_p);

/* As the operations of a side (side.h). */
tern_status_t mf_copies_expect(mf_copies_t *copies, size_t num, const uint32_t ids[]);
tern_status_t mf_copies_open(mf_copies_t *copies, size_t num, const uint32_t ids[],
                             float *vectors[]);
tern_status_t mf_copies_close(mf_copies_t *copies);
tern_status_t mf_copies_settle(mf_copies_t *copies);
tern_status_t mf_copies_read(mf_copies_t *copies, size_t num, const uint32_t ids[],
                             float values[]);

#endif
