/** \file
 * Block partition of a key range: closed formulas, no table, so that a part is found in one division.
 *
 * The parts with one key more come first. With n = num_parts * small + num_large keys the large parts
 * cover the first num_large * (small + 1) keys; no intermediate value exceeds n, so ranges up to
 * UINT64_MAX need no wider arithmetic.
 */
#include "keys/partition.h"

#include <assert.h>

void tern_partition_init(tern_partition_t *partition, tern_range_t keys,
                         uint32_t num_parts)
{
    uint64_t num_keys = keys.end - keys.first;

    assert(keys.first <= keys.end);
    assert(num_parts > 0);
    partition->keys      = keys;
    partition->num_parts = num_parts;
    partition->small     = num_keys / num_parts;
    partition->num_large = num_keys % num_parts;
}

uint32_t tern_partition_part(const tern_partition_t *partition, tern_key_t key)
{
    uint64_t offset    = key - partition->keys.first;
    uint64_t num_large = partition->num_large;
    uint64_t boundary =
        num_large * (partition->small + 1); /* first key of a small part */

    assert(partition->keys.first <= key && key < partition->keys.end);
    if (offset < boundary)
        return (uint32_t)(offset / (partition->small + 1));
    return (uint32_t)(num_large + (offset - boundary) / partition->small);
}

tern_range_t tern_partition_range(const tern_partition_t *partition, uint32_t part)
{
    uint64_t num_large_before = part < partition->num_large ? part : partition->num_large;
    tern_key_t first = partition->keys.first + part * partition->small + num_large_before;
    uint64_t   num_keys = partition->small + (part < partition->num_large);

    assert(part < partition->num_parts);
    return (tern_range_t){first, first + num_keys};
}
