#include "keys/range.h"

#include "facts.h"

static void keys_at_the_borders_are_told_from_those_beyond(void)
{
    const tern_range_t range = {10, 20};
    tern_key_t         keys[40];

    for (size_t place = 0; place < 40; place++) {
        for (size_t i = 0; i < 40; i++)
            keys[i] = i % 2 ? 10 : 19;
        CU_ASSERT(tern_range_has_all(range, 40, keys));
        CU_ASSERT_EQUAL(tern_range_first_outside(range, 40, keys), 40);
        keys[place] = place % 2 ? 9 : 20;
        CU_ASSERT(!tern_range_has_all(range, 40, keys));
        CU_ASSERT(!tern_range_has_none(range, 40, keys));
        CU_ASSERT_EQUAL(tern_range_first_outside(range, 40, keys), place);
    }
}

static void ranges_up_to_the_largest_key_are_checked_too(void)
{
    const tern_range_t most     = {1, UINT64_MAX};
    const tern_range_t high     = {UINT64_MAX - 8, UINT64_MAX};
    const tern_key_t   inside[] = {UINT64_MAX - 8, UINT64_MAX - 1};
    const tern_key_t   none[]   = {UINT64_MAX, UINT64_MAX};
    const tern_key_t   zero[]   = {0, 0};

    CU_ASSERT(tern_range_has_all(most, 2, inside));
    CU_ASSERT(tern_range_has_all(high, 2, inside));
    CU_ASSERT(!tern_range_has_all(most, 2, none));
    CU_ASSERT(!tern_range_has_all(high, 2, none));
    CU_ASSERT(!tern_range_has_all(most, 1, zero));
    CU_ASSERT(!tern_range_has_all(high, 2, zero));
}

static void one_key_inside_is_found_among_those_outside(void)
{
    const tern_range_t range = {10, 20};
    tern_key_t         keys[40];

    for (size_t i = 0; i < 40; i++)
        keys[i] = i % 2 ? 9 : 20;
    CU_ASSERT(tern_range_has_none(range, 40, keys));
    for (size_t place = 0; place < 40; place++) {
        tern_key_t before = keys[place];

        keys[place] = place % 2 ? 10 : 19;
        CU_ASSERT(!tern_range_has_none(range, 40, keys));
        keys[place] = before;
    }
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(keys_at_the_borders_are_told_from_those_beyond),
        FACT(one_key_inside_is_found_among_those_outside),
        FACT(ranges_up_to_the_largest_key_are_checked_too),
    };

    return facts_run("keys/range", facts, sizeof facts / sizeof *facts);
}
