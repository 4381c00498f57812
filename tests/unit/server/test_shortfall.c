/** \file
 * What a change did not reach is known as long as it may be sent again.
 */
#include "server/shortfall.h"

#include <string.h>

#include "base/alloc.h"
#include "facts.h"
#include "server/source.h"

enum { NUM_KEYS = 8 };

static void a_repeated_change_misses_what_it_missed(void)
{
    tern_shortfalls_t shortfalls = {0};
    const uint32_t    some[] = {1, 4, 7}, one[] = {5};
    uint32_t          missing[NUM_KEYS];

    CU_ASSERT_EQUAL(tern_shortfalls_recall(&shortfalls, 1, NUM_KEYS, missing), 0);
    tern_shortfalls_add(&shortfalls, 3, 3, some);
    tern_shortfalls_add(&shortfalls, 9, 1, one);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(tern_shortfalls_recall(&shortfalls, 3, NUM_KEYS, missing), 3);
        CU_ASSERT(memcmp(missing, some, sizeof some) == 0);
        CU_ASSERT_EQUAL(tern_shortfalls_recall(&shortfalls, 9, NUM_KEYS, missing), 1);
        CU_ASSERT_EQUAL(missing[0], 5);
        CU_ASSERT_EQUAL(tern_shortfalls_recall(&shortfalls, 4, NUM_KEYS, missing), 0);
    }
    tern_shortfalls_fini(&shortfalls);
}

static void no_more_is_kept_than_may_come_again(void)
{
    tern_shortfalls_t shortfalls = {0};
    const uint32_t    one[]      = {2};
    uint32_t          missing[NUM_KEYS];
    size_t            before = tern_alloc_num_held(TERN_LOG_SERVER);

    for (uint64_t s = 1; s <= 5 * TERN_SOURCE_SPAN; s++) {
        tern_shortfalls_add(&shortfalls, s, 1, one);
        CU_ASSERT(tern_alloc_num_held(TERN_LOG_SERVER) - before <= TERN_SOURCE_SPAN);
    }
    for (uint64_t s = 4 * TERN_SOURCE_SPAN + 1; s <= 5 * TERN_SOURCE_SPAN; s++)
        CU_ASSERT_EQUAL(tern_shortfalls_recall(&shortfalls, s, NUM_KEYS, missing), 1);
    tern_shortfalls_fini(&shortfalls);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_SERVER), before);
}

static void what_could_not_be_kept_counts_as_missed(void)
{
    tern_shortfalls_t shortfalls = {.unknown = 6};
    uint32_t          missing[NUM_KEYS];

    CU_ASSERT_EQUAL(tern_shortfalls_recall(&shortfalls, 6, NUM_KEYS, missing), NUM_KEYS);
    CU_ASSERT_EQUAL(missing[NUM_KEYS - 1], NUM_KEYS - 1);
    CU_ASSERT_EQUAL(tern_shortfalls_recall(&shortfalls, 7, NUM_KEYS, missing), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_repeated_change_misses_what_it_missed),
        FACT(no_more_is_kept_than_may_come_again),
        FACT(what_could_not_be_kept_counts_as_missed),
    };

    return facts_run("server/shortfall", facts, sizeof facts / sizeof *facts);
}
