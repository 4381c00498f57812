/* The hash map against a plain array. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"
#include "facts.h"
#include "tern/random.h"

static void an_empty_map_finds_nothing(void)
{
    tern_map_t map;

    tern_map_init(&map, TERN_LOG_BASE);
    CU_ASSERT_PTR_NULL(tern_map_find(&map, 0));
    CU_ASSERT_EQUAL(tern_map_reserve(&map, 1), TERN_OK);
    CU_ASSERT_PTR_NULL(tern_map_find(&map, 0));
    tern_map_fini(&map);
}

static void the_first_value_of_a_key_stays(void)
{
    tern_map_t map;

    tern_map_init(&map, TERN_LOG_BASE);
    CU_ASSERT_EQUAL(tern_map_reserve(&map, 2), TERN_OK);
    CU_ASSERT_EQUAL(tern_map_enter(&map, UINT64_MAX, 7), 7);
    CU_ASSERT_EQUAL(tern_map_enter(&map, 0, 8), 8);
    CU_ASSERT_EQUAL(tern_map_enter(&map, UINT64_MAX, 9), 7);
    CU_ASSERT_EQUAL(map.num_keys, 2);
    *tern_map_find(&map, 0) = 10;
    CU_ASSERT_EQUAL(tern_map_enter(&map, 0, 11), 10);
    tern_map_fini(&map);
}

static void a_full_map_still_answers_for_its_keys(void)
{
    tern_map_t map;

    tern_map_init(&map, TERN_LOG_BASE);
    CU_ASSERT_EQUAL(tern_map_reserve(&map, 8), TERN_OK);
    for (uint32_t i = 0; i < 8; i++)
        CU_ASSERT_EQUAL(tern_map_enter(&map, i << 20, i), i);
    for (uint32_t i = 0; i < 8; i++)
        CU_ASSERT_EQUAL(tern_map_enter(&map, i << 20, 99), i);
    CU_ASSERT_PTR_NULL(tern_map_find(&map, 5));
    tern_map_fini(&map);
}

/* Keys that differ in low bits only, in high bits only, and at random. */
static uint64_t key_of(uint32_t pattern, uint64_t i)
{
    switch (pattern) {
    case 0:
        return i;
    case 1:
        return i << 40;
    default:
        return tern_random_u64(1, 2, i);
    }
}

static void growing_keeps_every_key(void)
{
    enum { NUM_KEYS = 10000 };

    for (uint32_t pattern = 0; pattern < 3; pattern++) {
        tern_map_t map;

        tern_map_init(&map, TERN_LOG_BASE);
        for (uint32_t i = 0; i < NUM_KEYS; i++) {
            CU_ASSERT_EQUAL(tern_map_reserve(&map, i + 1), TERN_OK);
            CU_ASSERT_EQUAL(tern_map_enter(&map, key_of(pattern, i), i), i);
        }
        for (uint32_t i = 0; i < NUM_KEYS; i++)
            CU_ASSERT_EQUAL(*tern_map_find(&map, key_of(pattern, i)), i);
        for (uint32_t i = NUM_KEYS; i < 2 * NUM_KEYS; i++)
            CU_ASSERT_PTR_NULL(tern_map_find(&map, key_of(pattern, i)));
        tern_map_fini(&map);
    }
}

static void a_cleared_map_is_empty_and_keeps_its_memory(void)
{
    tern_map_t        map;
    tern_map_entry_t *entries;

    tern_map_init(&map, TERN_LOG_BASE);
    CU_ASSERT_EQUAL(tern_map_reserve(&map, 100), TERN_OK);
    entries = map.entries;
    for (uint32_t round = 0; round < 1000; round++) {
        for (uint32_t i = 0; i < 100; i++)
            CU_ASSERT_EQUAL(tern_map_enter(&map, 3 * i + round, round), round);
        tern_map_clear(&map);
        CU_ASSERT_EQUAL(map.num_keys, 0);
        CU_ASSERT_EQUAL(tern_map_reserve(&map, 100), TERN_OK);
        CU_ASSERT_PTR_EQUAL(map.entries, entries);
    }
    tern_map_fini(&map);
}

static void old_keys_stay_forgotten_when_generations_wrap_around(void)
{
    tern_map_t map;

    tern_map_init(&map, TERN_LOG_BASE);
    CU_ASSERT_EQUAL(tern_map_reserve(&map, 4), TERN_OK);
    CU_ASSERT_EQUAL(tern_map_enter(&map, 5, 50), 50); /* in generation 1 */
    map.generation = UINT32_MAX;
    CU_ASSERT_EQUAL(tern_map_enter(&map, 6, 60), 60);
    tern_map_clear(&map);
    CU_ASSERT_EQUAL(tern_map_enter(&map, 7, 70), 70);
    CU_ASSERT_PTR_NULL(tern_map_find(&map, 5));
    CU_ASSERT_PTR_NULL(tern_map_find(&map, 6));
    tern_map_fini(&map);
}

static void a_map_gives_its_memory_back(void)
{
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_BASE), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(an_empty_map_finds_nothing),
        FACT(the_first_value_of_a_key_stays),
        FACT(a_full_map_still_answers_for_its_keys),
        FACT(growing_keeps_every_key),
        FACT(a_cleared_map_is_empty_and_keeps_its_memory),
        FACT(old_keys_stay_forgotten_when_generations_wrap_around),
        FACT(a_map_gives_its_memory_back),
    };

    return facts_run("base/map", facts, sizeof(facts) / sizeof(facts[0]));
}
