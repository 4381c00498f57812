#include "client/underway.h"

#include "facts.h"
#include "tern/random.h"

enum { NUM_KEYS = 500, NUM_STEPS = 200000 };

static void nothing_is_under_way_in_the_beginning(void)
{
    tern_underway_t underway;

    tern_underway_init(&underway);
    CU_ASSERT_EQUAL(tern_underway_server(&underway, 0, 7), TERN_UNDERWAY_NONE);
    tern_underway_fini(&underway);
}

static void the_same_key_of_two_tables_is_two_keys(void)
{
    tern_underway_t underway;
    tern_key_t      key = 9;

    tern_underway_init(&underway);
    CU_ASSERT_EQUAL(tern_underway_enter(&underway, 1, 1, &key, 4), TERN_OK);
    CU_ASSERT_EQUAL(tern_underway_server(&underway, 1, key), 4);
    CU_ASSERT_EQUAL(tern_underway_server(&underway, 2, key), TERN_UNDERWAY_NONE);
    tern_underway_leave(&underway, 1, 1, &key);
    tern_underway_fini(&underway);
}

/* Gaps that removals leave must hide nothing. */
static void random_comings_and_goings_agree_with_a_plain_array(void)
{
    static uint32_t count[NUM_KEYS], server[NUM_KEYS];
    tern_underway_t underway;
    size_t          num_keys = 0;

    tern_underway_init(&underway);
    for (uint64_t step = 0; step < NUM_STEPS; step++) {
        uint64_t   k   = tern_random_below(11, 0, 3 * step, NUM_KEYS);
        uint32_t   s   = (uint32_t)tern_random_below(11, 0, 3 * step + 1, 5);
        tern_key_t key = k * k * 1000003u;

        if (count[k] > 0 && tern_random_below(11, 0, 3 * step + 2, 2) == 0) {
            tern_underway_leave(&underway, 0, 1, &key);
            num_keys -= --count[k] == 0;
        } else if (count[k] < 3) {
            CU_ASSERT_EQUAL(tern_underway_enter(&underway, 0, 1, &key, s), TERN_OK);
            num_keys += count[k]++ == 0;
            server[k] = s;
        }
        CU_ASSERT_EQUAL(underway.num_keys, num_keys);
        k   = tern_random_below(12, 0, step, NUM_KEYS);
        key = k * k * 1000003u;
        CU_ASSERT_EQUAL(tern_underway_server(&underway, 0, key),
                        count[k] > 0 ? server[k] : TERN_UNDERWAY_NONE);
    }
    tern_underway_fini(&underway);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(nothing_is_under_way_in_the_beginning),
        FACT(the_same_key_of_two_tables_is_two_keys),
        FACT(random_comings_and_goings_agree_with_a_plain_array),
    };

    return facts_run("client/underway", facts, sizeof facts / sizeof *facts);
}
