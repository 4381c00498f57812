/* Lists of keys by their hash: what is kept, what is forgotten, what two lists never share. */
#include "filter/key_cache.h"

#include <string.h>

#include "base/alloc.h"
#include "facts.h"
#include "filter_libraries.h"

enum { NUM_KEYS = 1000 };

static tern_key_hash_t hash_of(size_t num_keys, const tern_key_t keys[])
{
    tern_keycode_t code = tern_keycode_choose(num_keys, keys);
    char           bytes[NUM_KEYS * sizeof *keys];

    tern_keycode_write(&code, num_keys, keys, bytes);
    return tern_key_hash(&code, (uint32_t)num_keys, bytes);
}

static bool is_same(tern_key_hash_t a, tern_key_hash_t b)
{
    return a.low == b.low && a.high == b.high;
}

/* Keys far apart, so that they take eight bytes each: 8000 bytes, of which a hash of the first
 * 2048 would see a quarter. */
static void fill(tern_key_t keys[])
{
    for (size_t i = 0; i < NUM_KEYS; i++)
        keys[i] = (i * 0x9e3779b97f4a7c15u) ^ 5;
}

static void every_byte_and_the_number_count(void)
{
    tern_key_t      keys[NUM_KEYS];
    tern_key_hash_t hash;

    fill(keys);
    hash = hash_of(NUM_KEYS, keys);
    CU_ASSERT(is_same(hash, hash_of(NUM_KEYS, keys)));
    for (size_t i = 0; i < NUM_KEYS; i++) {
        keys[i] ^= 1;
        CU_ASSERT(!is_same(hash, hash_of(NUM_KEYS, keys)));
        keys[i] ^= 1;
    }
    CU_ASSERT(!is_same(hash, hash_of(NUM_KEYS - 1, keys)));
}

/* 10, 20 and 11, 21 are written by the same steps. */
static void equal_bytes_from_other_keys_differ(void)
{
    const tern_key_t a[] = {10, 20, 30}, b[] = {11, 21, 31};

    CU_ASSERT(!is_same(hash_of(3, a), hash_of(3, b)));
}

static void lists_are_found_by_their_hash(void)
{
    tern_key_cache_t *cache = tern_key_cache_create(1000);
    size_t            bytes = 0;
    const char       *list;

    CU_ASSERT(!tern_key_cache_touch(cache, (tern_key_hash_t){1, 2}));
    tern_key_cache_put(cache, (tern_key_hash_t){1, 2}, "first", 6);
    tern_key_cache_put(cache, (tern_key_hash_t){1, 3}, "second", 7);
    list = tern_key_cache_get(cache, (tern_key_hash_t){1, 2}, &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    CU_ASSERT_STRING_EQUAL(list, "first");
    CU_ASSERT_EQUAL(bytes, 6);
    CU_ASSERT_PTR_NULL(tern_key_cache_get(cache, (tern_key_hash_t){2, 2}, &bytes));
    tern_key_cache_put(cache, (tern_key_hash_t){1, 2}, "again", 6);
    CU_ASSERT_EQUAL(tern_key_cache_bytes(cache), 13);
    tern_key_cache_remove(cache, (tern_key_hash_t){1, 2});
    CU_ASSERT(!tern_key_cache_touch(cache, (tern_key_hash_t){1, 2}));
    tern_key_cache_destroy(&cache);
    CU_ASSERT_PTR_NULL(cache);
}

static void the_longest_unused_list_is_forgotten_first(void)
{
    tern_key_cache_t *cache = tern_key_cache_create(1000);

    for (uint64_t i = 0; i < 10; i++)
        tern_key_cache_put(cache, (tern_key_hash_t){i, 0}, NULL, 100);
    CU_ASSERT(tern_key_cache_touch(cache, (tern_key_hash_t){0, 0}));
    tern_key_cache_put(cache, (tern_key_hash_t){10, 0}, NULL, 150);
    CU_ASSERT(tern_key_cache_touch(cache, (tern_key_hash_t){0, 0}));
    CU_ASSERT(!tern_key_cache_touch(cache, (tern_key_hash_t){1, 0}));
    CU_ASSERT(!tern_key_cache_touch(cache, (tern_key_hash_t){2, 0}));
    CU_ASSERT(tern_key_cache_touch(cache, (tern_key_hash_t){3, 0}));
    CU_ASSERT(tern_key_cache_bytes(cache) <= 1000);
    tern_key_cache_put(cache, (tern_key_hash_t){11, 0}, NULL, 1001); /* never fits */
    CU_ASSERT(!tern_key_cache_touch(cache, (tern_key_hash_t){11, 0}));
    CU_ASSERT(tern_key_cache_touch(cache, (tern_key_hash_t){3, 0}));
    tern_key_cache_destroy(&cache);
}

/* What makes misses rare: the sender, with hashes only, forgets what the receiver forgets. */
static void both_ends_forget_the_same(void)
{
    tern_key_cache_t *known = tern_key_cache_create(5000),
                     *kept  = tern_key_cache_create(5000);
    char   list[2000]       = {0};
    size_t bytes;

    for (uint64_t i = 0; i < 5000; i++) {
        tern_key_hash_t hash   = {i * i % 37, 1};
        size_t          length = 100 + 40 * (size_t)hash.low;

        if (tern_key_cache_touch(known, hash)) {
            CU_ASSERT_PTR_NOT_NULL(tern_key_cache_get(kept, hash, &bytes));
        } else {
            tern_key_cache_put(known, hash, NULL, length);
            tern_key_cache_put(kept, hash, list, length);
        }
    }
    tern_key_cache_destroy(&known);
    tern_key_cache_destroy(&kept);
}

static void nothing_is_left_behind(void)
{
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_FILTER), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_byte_and_the_number_count),
        FACT(equal_bytes_from_other_keys_differ),
        FACT(lists_are_found_by_their_hash),
        FACT(the_longest_unused_list_is_forgotten_first),
        FACT(both_ends_forget_the_same),
        FACT(nothing_is_left_behind),
    };
    static const fact_t no_facts[] = {FACT(filters_need_their_libraries)};

    if (!has_filter_libraries())
        return facts_run("filters", no_facts, 1);
    return facts_run("key cache", facts, sizeof facts / sizeof *facts);
}
