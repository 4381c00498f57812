#include "keys/keycode.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "tern/random.h"

enum { MAX_KEYS = 300 };

/* Writes and reads back; the bytes lie at an odd address. Returns the bytes taken. */
static size_t there_and_back(size_t num_keys, const tern_key_t keys[])
{
    tern_keycode_t code = tern_keycode_choose(num_keys, keys);
    tern_key_t     back[MAX_KEYS];
    char           bytes[MAX_KEYS * 8 + 1];

    CU_ASSERT(tern_keycode_is_valid(&code));
    memset(back, 0, sizeof back);
    tern_keycode_write(&code, num_keys, keys, bytes + 1);
    tern_keycode_read(&code, num_keys, bytes + 1, back);
    CU_ASSERT_EQUAL(memcmp(keys, back, num_keys * sizeof *keys), 0);
    return tern_keycode_bytes(&code, num_keys);
}

static void consecutive_keys_take_no_bytes(void)
{
    tern_key_t keys[100];

    for (size_t i = 0; i < 100; i++)
        keys[i] = UINT64_MAX - 200 + i;
    CU_ASSERT_EQUAL(there_and_back(100, keys), 0);
    CU_ASSERT_EQUAL(there_and_back(1, keys + 7), 0);
}

static void rising_keys_take_the_bytes_of_their_largest_step(void)
{
    const tern_key_t narrow[]   = {1000000, 1000000, 1000255};
    const tern_key_t middle[]   = {7, 8, 8 + 65535};
    const tern_key_t wide[]     = {0, 65536, 65537, UINT32_MAX};
    const tern_key_t far_away[] = {0, UINT64_MAX};

    CU_ASSERT_EQUAL(there_and_back(3, narrow), 3);
    CU_ASSERT_EQUAL(there_and_back(3, middle), 6);
    CU_ASSERT_EQUAL(there_and_back(4, wide), 16);
    CU_ASSERT_EQUAL(there_and_back(2, far_away), 16);
}

static void unsorted_keys_take_the_bytes_of_their_spread(void)
{
    const tern_key_t narrow[] = {5000000255, 5000000000, 5000000100};
    const tern_key_t wide[]   = {1000000, 1, 70000};
    const tern_key_t all[]    = {UINT64_MAX, 0, 2};

    CU_ASSERT_EQUAL(there_and_back(3, narrow), 3);
    CU_ASSERT_EQUAL(there_and_back(3, wide), 12);
    CU_ASSERT_EQUAL(there_and_back(3, all), 24);
}

static int compare_keys(const void *a, const void *b)
{
    tern_key_t x = *(const tern_key_t *)a, y = *(const tern_key_t *)b;

    return (x > y) - (x < y);
}

static void any_keys_come_back_as_they_were(void)
{
    tern_key_t keys[MAX_KEYS];

    for (uint64_t round = 0; round < 2000; round++) {
        size_t   num   = 1 + tern_random_below(1, round, 0, MAX_KEYS);
        unsigned shift = (unsigned)tern_random_below(1, round, 1, 64);

        for (size_t i = 0; i < num; i++)
            keys[i] = tern_random_u64(2, round, i) >> shift;
        if (round % 2 == 0)
            qsort(keys, num, sizeof keys[0], compare_keys);
        CU_ASSERT(there_and_back(num, keys) <= num * 8);
    }
}

static void other_widths_are_refused(void)
{
    for (unsigned width = 0; width < 256; width++) {
        tern_keycode_t code = {.width = (uint8_t)width};
        bool is_one = width == 0 || width == 1 || width == 2 || width == 4 || width == 8;

        CU_ASSERT_EQUAL(tern_keycode_is_valid(&code), is_one);
    }
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(consecutive_keys_take_no_bytes),
        FACT(rising_keys_take_the_bytes_of_their_largest_step),
        FACT(unsorted_keys_take_the_bytes_of_their_spread),
        FACT(any_keys_come_back_as_they_were),
        FACT(other_widths_are_refused),
    };

    return facts_run("keys/keycode", facts, sizeof facts / sizeof *facts);
}
