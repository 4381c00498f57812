/** \file
 * A shard of the data by columns: for each feature the examples that have it, features in blocks.
 *
 * Which block a feature is in is a hash of its key, so that blocks are alike in popularity and nothing has to be agreed
 * on. Within a block, features are sorted by key.
 */
#ifndef LR_COLUMNS_H
#define LR_COLUMNS_H

#include "examples.h"

typedef struct lr_columns {
    size_t      num_rows, num_features, num_blocks;
    int8_t     *labels;  /* [num_rows] */
    size_t     *blocks;  /* [num_blocks + 1] first feature */
    tern_key_t *keys;    /* [num_features] */
    size_t     *entries; /* [num_features + 1] first entry */
    uint32_t   *rows;    /* [number of entries] ascending within a feature */
    float      *values;  /* as `rows`; NULL: all are 1 */
} lr_columns_t;

size_t lr_block_of(tern_key_t key, size_t num_blocks);

/* At most 2^32 - 1 examples. */
void lr_columns_init(lr_columns_t *columns, const lr_examples_t *examples,
                     size_t num_blocks);
void lr_columns_fini(lr_columns_t *columns);

#endif
