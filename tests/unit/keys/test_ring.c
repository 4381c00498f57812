/** \file
 * Consistent hashing: balance, what moves when a server joins, and that every rank computes the same ring.
 */
#include "keys/placement.h"
#include "keys/ring.h"
#include "support/facts.h"
#include "tern/random.h"

enum { NUM_KEYS = 40000 };

static tern_ring_t ring_of(uint32_t num_servers, uint32_t virtual_servers, uint64_t seed)
{
    tern_ring_t ring = {{0}};

    CU_ASSERT_EQUAL_FATAL(tern_ring_init(&ring, num_servers, virtual_servers, seed),
                          TERN_OK);
    return ring;
}

/* The server of a key by the definition: that of the first point at or after its hash. */
static uint32_t server_by_definition(uint32_t num_servers, uint32_t virtual_servers,
                                     uint64_t seed, tern_key_t key)
{
    uint64_t best   = UINT64_MAX;
    uint32_t server = UINT32_MAX;

    for (uint32_t s = 0; s < num_servers; s++)
        for (uint32_t v = 0; v < virtual_servers; v++) {
            uint64_t distance = tern_random_u64(seed, s, v) - tern_hash_key(key);

            if (distance < best) {
                best   = distance;
                server = s;
            }
        }
    return server;
}

static void a_key_belongs_to_the_first_point_at_or_after_its_hash(void)
{
    static const uint32_t shapes[][2] = {{1, 1}, {1, 5}, {2, 1}, {3, 7}, {50, 3}};
    size_t                num_wrong   = 0;

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        tern_ring_t ring = ring_of(shapes[i][0], shapes[i][1], i);

        for (tern_key_t key = 0; key < 2000; key++)
            num_wrong += tern_ring_server(&ring, key) !=
                         server_by_definition(shapes[i][0], shapes[i][1], i, key);
        tern_ring_fini(&ring);
    }
    CU_ASSERT_EQUAL(num_wrong, 0);
}

static void a_point_ends_its_arc_and_equal_points_are_the_smaller_owners(void)
{
    const tern_arc_t cuts[] = {{UINT64_MAX, 3}, {1000, 2}, {0, 4}, {1000, 1}};
    tern_arcs_t      arcs;

    CU_ASSERT_EQUAL_FATAL(tern_arcs_init(&arcs, 4, cuts, TERN_LOG_KEYS), TERN_OK);
    CU_ASSERT_EQUAL(tern_arcs_owner(&arcs, 0), 4);
    CU_ASSERT_EQUAL(tern_arcs_owner(&arcs, 1), 1);
    CU_ASSERT_EQUAL(tern_arcs_owner(&arcs, 1000), 1);
    CU_ASSERT_EQUAL(tern_arcs_owner(&arcs, 1001), 3);
    CU_ASSERT_EQUAL(tern_arcs_owner(&arcs, UINT64_MAX), 3);
    tern_arcs_fini(&arcs, TERN_LOG_KEYS);
}

static void positions_behind_the_last_point_are_the_first_points(void)
{
    const tern_arc_t cuts[] = {{500, 7}, {90, 5}};
    tern_arcs_t      arcs;

    CU_ASSERT_EQUAL_FATAL(tern_arcs_init(&arcs, 2, cuts, TERN_LOG_KEYS), TERN_OK);
    CU_ASSERT_EQUAL(tern_arcs_owner(&arcs, 501), 5);
    CU_ASSERT_EQUAL(tern_arcs_owner(&arcs, UINT64_MAX), 5);
    tern_arcs_fini(&arcs, TERN_LOG_KEYS);
}

/* Largest share of a server over the mean, on average over seeds. */
static double imbalance(uint32_t num_servers, uint32_t virtual_servers)
{
    double sum = 0;

    for (uint64_t seed = 0; seed < 20; seed++) {
        tern_ring_t ring      = ring_of(num_servers, virtual_servers, seed);
        uint32_t    loads[64] = {0}, most = 0;

        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            loads[tern_ring_server(&ring, key)]++;
        for (uint32_t s = 0; s < num_servers; s++)
            most = loads[s] > most ? loads[s] : most;
        sum += (double)most * num_servers / NUM_KEYS;
        tern_ring_fini(&ring);
    }
    return sum / 20;
}

static void more_virtual_servers_balance_better(void)
{
    CU_ASSERT(imbalance(8, 1) > 1.6);
    CU_ASSERT(imbalance(8, 16) < 1.5);
    CU_ASSERT(imbalance(8, 64) < 1.3);
    CU_ASSERT(imbalance(8, TERN_RING_VIRTUAL_SERVERS) < 1.15);
    CU_ASSERT(imbalance(4, TERN_RING_VIRTUAL_SERVERS) < 1.1);
}

static void a_server_that_joins_takes_its_share_and_moves_nothing_else(void)
{
    tern_ring_t before = ring_of(9, 256, 1), after = ring_of(10, 256, 1);
    uint32_t    num_moved = 0, num_between_others = 0;

    for (tern_key_t key = 0; key < NUM_KEYS; key++) {
        uint32_t old = tern_ring_server(&before, key),
                 now = tern_ring_server(&after, key);

        num_moved += old != now;
        num_between_others += old != now && now != 9;
    }
    CU_ASSERT_EQUAL(num_between_others, 0);
    CU_ASSERT(num_moved > NUM_KEYS / 10 * 8 / 10);
    CU_ASSERT(num_moved < NUM_KEYS / 10 * 12 / 10);
    tern_ring_fini(&before);
    tern_ring_fini(&after);
}

static void a_ring_is_a_function_of_its_numbers_and_seed(void)
{
    tern_ring_t one = ring_of(4, 32, 5), same = ring_of(4, 32, 5),
                other      = ring_of(4, 32, 6);
    uint32_t num_differing = 0, num_other = 0;

    for (tern_key_t key = 0; key < NUM_KEYS; key++) {
        num_differing += tern_ring_server(&one, key) != tern_ring_server(&same, key);
        num_other += tern_ring_server(&one, key) != tern_ring_server(&other, key);
    }
    CU_ASSERT_EQUAL(num_differing, 0);
    CU_ASSERT(num_other > NUM_KEYS / 2);
    tern_ring_fini(&one);
    tern_ring_fini(&same);
    tern_ring_fini(&other);
}

static void a_placement_is_a_ring_or_ranges(void)
{
    tern_range_t         keys = {10, 1010};
    tern_placement_map_t ranges, ring;
    tern_ring_t          alone = ring_of(3, 16, 2);

    tern_placement_init_range(&ranges, keys, 3);
    CU_ASSERT_EQUAL_FATAL(tern_placement_init_ring(&ring, keys, 3, 16, 2), TERN_OK);
    CU_ASSERT_EQUAL(tern_placement_server(&ranges, 10), 0);
    CU_ASSERT_EQUAL(tern_placement_server(&ranges, 1009), 2);
    CU_ASSERT_EQUAL(tern_placement_range(&ranges, 2).end, 1010);
    CU_ASSERT_EQUAL(tern_placement_server(&ring, 77), tern_ring_server(&alone, 77));
    CU_ASSERT_EQUAL(tern_placement_range(&ring, 1).first, 10);
    CU_ASSERT_EQUAL(tern_placement_range(&ring, 1).end, 1010);
    tern_placement_fini(&ranges);
    tern_placement_fini(&ring);
    tern_ring_fini(&alone);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_key_belongs_to_the_first_point_at_or_after_its_hash),
        FACT(a_point_ends_its_arc_and_equal_points_are_the_smaller_owners),
        FACT(positions_behind_the_last_point_are_the_first_points),
        FACT(more_virtual_servers_balance_better),
        FACT(a_server_that_joins_takes_its_share_and_moves_nothing_else),
        FACT(a_ring_is_a_function_of_its_numbers_and_seed),
        FACT(a_placement_is_a_ring_or_ranges),
    };

    return facts_run("keys/ring", facts, sizeof facts / sizeof *facts);
}
