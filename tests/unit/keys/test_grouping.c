#include "keys/grouping.h"

#include <string.h>

#include "base/alloc.h"
#include "facts.h"
#include "tern/random.h"

enum { MAX_KEYS = 3000 };

static void groups_keep_the_order_of_the_list(void)
{
    tern_key_t      keys[] = {9, 4, 9, 9, 1, 4};
    tern_grouping_t grouping;
    size_t          num_groups = 0;

    tern_grouping_init(&grouping);
    CU_ASSERT_EQUAL(tern_grouping_run(&grouping, 6, keys, &num_groups), TERN_OK);
    CU_ASSERT_EQUAL(num_groups, 3);
    CU_ASSERT_EQUAL(keys[0], 9);
    CU_ASSERT_EQUAL(keys[1], 4);
    CU_ASSERT_EQUAL(keys[2], 1);
    CU_ASSERT_EQUAL(grouping.first[0], 0);
    CU_ASSERT_EQUAL(grouping.next[0], 2);
    CU_ASSERT_EQUAL(grouping.next[2], 3);
    CU_ASSERT_EQUAL(grouping.next[3], TERN_GROUP_END);
    CU_ASSERT_EQUAL(grouping.next[1], 5);
    CU_ASSERT_EQUAL(grouping.next[4], TERN_GROUP_END);
    tern_grouping_fini(&grouping);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_KEYS), 0);
}

/* Walk all groups: every position once, with the key of its group, rising within a group. */
static void check_groups(const tern_grouping_t *grouping, size_t num_keys,
                         const tern_key_t before[], const tern_key_t keys[],
                         size_t num_groups)
{
    unsigned char is_seen[MAX_KEYS] = {0};
    size_t        num_seen          = 0;

    for (size_t g = 0; g < num_groups; g++) {
        for (size_t h = 0; h < g && num_groups < 100; h++)
            CU_ASSERT_NOT_EQUAL(keys[h], keys[g]);
        for (uint32_t at = grouping->first[g]; at != TERN_GROUP_END;
             at          = grouping->next[at]) {
            CU_ASSERT_EQUAL(before[at], keys[g]);
            CU_ASSERT(!is_seen[at]);
            CU_ASSERT(grouping->next[at] > at);
            is_seen[at] = 1;
            num_seen++;
        }
    }
    CU_ASSERT_EQUAL(num_seen, num_keys);
}

static void every_position_is_in_the_group_of_its_key(void)
{
    tern_key_t      before[MAX_KEYS], keys[MAX_KEYS];
    tern_grouping_t grouping;
    size_t          num_groups = 0;

    tern_grouping_init(&grouping);
    for (uint64_t round = 0; round < 60; round++) {
        size_t   num    = 1 + tern_random_below(5, round, 0, MAX_KEYS);
        uint64_t spread = UINT64_C(1) << tern_random_below(5, round, 1, 40);

        for (size_t i = 0; i < num; i++)
            before[i] = tern_random_below(6, round, i, spread);
        memcpy(keys, before, sizeof keys);
        CU_ASSERT_EQUAL(tern_grouping_run(&grouping, num, keys, &num_groups), TERN_OK);
        check_groups(&grouping, num, before, keys, num_groups);
    }
    tern_grouping_fini(&grouping);
}

static void keys_that_differ_stay_as_they_are(void)
{
    tern_key_t      keys[MAX_KEYS];
    tern_grouping_t grouping;
    size_t          num_groups = 0;

    tern_grouping_init(&grouping);
    for (size_t i = 0; i < MAX_KEYS; i++)
        keys[i] = i * UINT64_C(0x100000000);
    CU_ASSERT_EQUAL(tern_grouping_run(&grouping, MAX_KEYS, keys, &num_groups), TERN_OK);
    CU_ASSERT_EQUAL(num_groups, MAX_KEYS);
    for (size_t i = 0; i < MAX_KEYS; i++)
        CU_ASSERT_EQUAL(keys[i], i * UINT64_C(0x100000000));
    tern_grouping_fini(&grouping);
}

static void repeats_are_estimated_to_a_thirtieth(void)
{
    tern_key_t      keys[MAX_KEYS];
    tern_grouping_t grouping;

    tern_grouping_init(&grouping);
    for (uint64_t round = 0; round < 40; round++) {
        uint64_t spread = UINT64_C(1) << (8 + round);
        size_t   num_groups, num_repeats;

        for (size_t i = 0; i < MAX_KEYS; i++)
            keys[i] = tern_random_below(9, round, i, spread);
        CU_ASSERT_EQUAL(tern_grouping_estimate(&grouping, MAX_KEYS, keys, &num_repeats),
                        TERN_OK);
        CU_ASSERT_EQUAL(tern_grouping_run(&grouping, MAX_KEYS, keys, &num_groups),
                        TERN_OK);
        CU_ASSERT_DOUBLE_EQUAL((double)num_repeats, (double)(MAX_KEYS - num_groups),
                               MAX_KEYS / 30.0);
    }
    tern_grouping_fini(&grouping);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(groups_keep_the_order_of_the_list),
        FACT(every_position_is_in_the_group_of_its_key),
        FACT(repeats_are_estimated_to_a_thirtieth),
        FACT(keys_that_differ_stay_as_they_are),
    };

    return facts_run("keys/grouping", facts, sizeof facts / sizeof *facts);
}
