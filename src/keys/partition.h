/** \file
 * Block partition of a dense key range over servers: server s of S keeps one contiguous part, parts
 * tile the range, sizes differ by at most one key.
 */
#ifndef TERN_KEYS_PARTITION_H
#define TERN_KEYS_PARTITION_H

#include "tern/types.h"

typedef struct tern_partition {
    tern_range_t keys;
    uint32_t     num_parts;
    uint64_t     small;     /* keys in a small part: floor(n / num_parts) */
    uint64_t     num_large; /* the first num_large parts have small + 1 keys */
} tern_partition_t;

void         tern_partition_init(tern_partition_t *partition, tern_range_t keys,
                                 uint32_t num_parts);
uint32_t     tern_partition_part(const tern_partition_t *partition, tern_key_t key);
tern_range_t tern_partition_range(const tern_partition_t *partition, uint32_t part);

#endif
