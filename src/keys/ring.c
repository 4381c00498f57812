#include "keys/ring.h"

#include <assert.h>

#include "base/alloc.h"
#include "tern/random.h"

tern_status_t tern_ring_init(tern_ring_t *ring, uint32_t num_servers,
                             uint32_t virtual_servers, uint64_t seed)
{
    uint64_t      num_points = (uint64_t)num_servers * virtual_servers;
    tern_arc_t   *points;
    tern_status_t status;

    assert(num_points > 0 && num_points <= TERN_RING_MAX_POINTS);

    points = tern_alloc(TERN_LOG_KEYS, num_points * sizeof *points);
    if (points == NULL)
        return TERN_ERR_NO_MEMORY;
    for (uint32_t s = 0; s < num_servers; s++)
        for (uint32_t v = 0; v < virtual_servers; v++)
            points[(size_t)s * virtual_servers + v] =
                (tern_arc_t){tern_random_u64(seed, s, v), s};
    status = tern_arcs_init(&ring->arcs, (uint32_t)num_points, points, TERN_LOG_KEYS);
    tern_free(TERN_LOG_KEYS, points);
    return status;
}

void tern_ring_fini(tern_ring_t *ring)
{
    tern_arcs_fini(&ring->arcs, TERN_LOG_KEYS);
}
