#include "keys/directory.h"

#include "facts.h"
#include "tern/random.h"

static const tern_range_t keys = {1000, 1100};

static void every_key_is_at_home_in_the_beginning(void)
{
    tern_directory_t directory;

    CU_ASSERT_EQUAL(tern_directory_init(&directory, keys, 3), TERN_OK);
    for (tern_key_t key = keys.first; key < keys.end; key++)
        CU_ASSERT_EQUAL(tern_directory_owner(&directory, key), 3);
    tern_directory_fini(&directory);
}

static void a_switch_tells_who_was_the_owner(void)
{
    tern_directory_t directory;
    uint32_t         owners[100];

    CU_ASSERT_EQUAL(tern_directory_init(&directory, keys, 65534), TERN_OK);
    for (int i = 0; i < 100; i++)
        owners[i] = 65534;
    for (uint64_t step = 0; step < 10000; step++) {
        uint64_t i  = tern_random_below(5, 0, 2 * step, 100);
        uint32_t to = (uint32_t)tern_random_below(5, 0, 2 * step + 1, 65535);

        CU_ASSERT_EQUAL(tern_directory_switch(&directory, keys.first + i, to), owners[i]);
        owners[i] = to;
        CU_ASSERT_EQUAL(tern_directory_owner(&directory, keys.first + i), to);
    }
    tern_directory_fini(&directory);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_key_is_at_home_in_the_beginning),
        FACT(a_switch_tells_who_was_the_owner),
    };

    return facts_run("keys/directory", facts, sizeof facts / sizeof *facts);
}
