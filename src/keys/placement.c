#include "keys/placement.h"

void tern_placement_init_range(tern_placement_map_t *placement, tern_range_t keys,
                               uint32_t num_servers)
{
    *placement = (tern_placement_map_t){.is_ring = false};
    tern_partition_init(&placement->partition, keys, num_servers);
}

tern_status_t tern_placement_init_ring(tern_placement_map_t *placement, tern_range_t keys,
                                       uint32_t num_servers, uint32_t virtual_servers,
                                       uint64_t seed)
{
    tern_placement_init_range(placement, keys, num_servers);
    placement->is_ring = true;
    return tern_ring_init(&placement->ring, num_servers, virtual_servers, seed);
}

void tern_placement_fini(tern_placement_map_t *placement)
{
    if (placement->is_ring)
        tern_ring_fini(&placement->ring);
}

tern_range_t tern_placement_range(const tern_placement_map_t *placement, uint32_t server)
{
    return placement->is_ring ? placement->partition.keys
                              : tern_partition_range(&placement->partition, server);
}
