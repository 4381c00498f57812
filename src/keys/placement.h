/** \file
 * Placement: which server a key belongs to, by ranges or on a ring.
 *
 * By ranges neighbouring keys share a server, and a range of keys is one message to each of a few servers; on a
 * ring any set of keys is spread evenly, however its numbers were chosen.
 */
#ifndef TERN_KEYS_PLACEMENT_H
#define TERN_KEYS_PLACEMENT_H

#include "keys/partition.h"
#include "keys/ring.h"

typedef struct tern_placement_map {
    tern_partition_t partition; /* by ranges */
    tern_ring_t      ring;
    bool             is_ring;
} tern_placement_map_t;

/** By ranges. */
void tern_placement_init_range(tern_placement_map_t *placement, tern_range_t keys,
                               uint32_t num_servers);

/** On a ring; TERN_ERR_NO_MEMORY. */
TERN_CHECK_RESULT tern_status_t tern_placement_init_ring(tern_placement_map_t *placement,
                                                         tern_range_t          keys,
                                                         uint32_t num_servers,
                                                         uint32_t virtual_servers,
                                                         uint64_t seed);
void                            tern_placement_fini(tern_placement_map_t *placement);

static inline uint32_t tern_placement_server(const tern_placement_map_t *placement,
                                             tern_key_t                  key)
{
    return placement->is_ring ? tern_ring_server(&placement->ring, key)
                              : tern_partition_part(&placement->partition, key);
}

/** The keys that may be a server's: on a ring all of the table's. */
tern_range_t tern_placement_range(const tern_placement_map_t *placement, uint32_t server);

#endif
