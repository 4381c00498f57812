/** \file
 * The features of all workers, numbered without gaps in the order of their keys: for solvers that want a vector rather than
 * a table.
 */
#ifndef LR_FEATURES_H
#define LR_FEATURES_H

#include "dataset.h"
#include "keymap.h"

typedef struct lr_features {
    lr_keymap_t map;     /* keys <-> numbers, the same on all workers */
    size_t      num_own; /* shards */
    uint32_t  **numbers; /* [num_own][entries of the shard] in place of their keys */
} lr_features_t;

/* Called by all workers; `table`, a sparse one of width 1 in float64, gets a row for each feature. The caller ends it in any case. */
tern_status_t lr_features_init(lr_features_t *features, tern_runtime_t *runtime,
                               tern_table_t *table, const lr_dataset_t *dataset);
void          lr_features_fini(lr_features_t *features);

#endif
