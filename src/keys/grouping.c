#include "keys/grouping.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "tern/random.h"

enum { MIN_CAPACITY = 256 };

void tern_grouping_init(tern_grouping_t *grouping)
{
    *grouping = (tern_grouping_t){.capacity = 0};
}

void tern_grouping_fini(tern_grouping_t *grouping)
{
    tern_free(TERN_LOG_KEYS, grouping->places);
    tern_free(TERN_LOG_KEYS, grouping->first);
    tern_free(TERN_LOG_KEYS, grouping->last);
    tern_free(TERN_LOG_KEYS, grouping->next);
    tern_grouping_init(grouping);
}

static bool grow(uint32_t **array_p, size_t num)
{
    uint32_t *array = tern_realloc(TERN_LOG_KEYS, *array_p, num * sizeof *array);

    if (array != NULL)
        *array_p = array;
    return array != NULL;
}

static bool reserve(tern_grouping_t *grouping, size_t num_keys)
{
    size_t capacity = MIN_CAPACITY;

    if (num_keys <= grouping->capacity)
        return true;
    while (capacity < num_keys)
        capacity *= 2;
    if (!grow(&grouping->places, 2 * capacity) || !grow(&grouping->first, capacity) ||
        !grow(&grouping->last, capacity) || !grow(&grouping->next, capacity))
        return false;
    grouping->capacity = capacity;
    return true;
}

/* Few keys leave most of a large table alone. */
static unsigned choose_places(tern_grouping_t *grouping, size_t num_keys)
{
    unsigned bits = 8;

    while (((size_t)1 << bits) < 2 * num_keys)
        bits++;
    grouping->num_places = (size_t)1 << bits;
    memset(grouping->places, 0xff, grouping->num_places * sizeof *grouping->places);
    return bits;
}

/* Fibonacci hashing: consecutive keys spread, and the top bits depend on all of the key. */
static uint64_t hash(tern_key_t key)
{
    return key * UINT64_C(0x9e3779b97f4a7c15);
}

/* The place of the key's group, or the free place where it belongs. */
static uint32_t *find_place(const tern_grouping_t *grouping, unsigned bits,
                            const tern_key_t keys[], tern_key_t key)
{
    size_t at = hash(key) >> (64 - bits);

    while (grouping->places[at] != TERN_GROUP_END && keys[grouping->places[at]] != key)
        at = (at + 1) & (grouping->num_places - 1);
    return &grouping->places[at];
}

/* Every key marks a bit of eight times as many; how many bits are marked tells how many keys differ. Here keys have
 * to meet by chance, which Fibonacci hashing avoids; so they are mixed well. */
tern_status_t tern_grouping_estimate(tern_grouping_t *grouping, size_t num_keys,
                                     const tern_key_t keys[], size_t *num_repeats_p)
{
    unsigned  bits = 6;
    uint64_t *marks;
    size_t    num_marked = 0;
    double    num_bits, num_distinct;

    if (!reserve(grouping, num_keys))
        return TERN_ERR_NO_MEMORY;
    while (((size_t)1 << bits) < 8 * num_keys)
        bits++;
    marks = (uint64_t *)grouping->places;
    memset(marks, 0, ((size_t)1 << bits) / 8);
    for (size_t i = 0; i < num_keys; i++) {
        uint64_t at = tern_random_mix(keys[i]) >> (64 - bits);

        marks[at / 64] |= UINT64_C(1) << at % 64;
    }
    for (size_t i = 0; i < ((size_t)1 << bits) / 64; i++)
        num_marked += (size_t)__builtin_popcountll(marks[i]);
    num_bits     = (double)((size_t)1 << bits);
    num_distinct = -num_bits * log1p(-(double)num_marked / num_bits);
    *num_repeats_p =
        num_distinct < (double)num_keys ? num_keys - (size_t)num_distinct : 0;
    return TERN_OK;
}

tern_status_t tern_grouping_run(tern_grouping_t *grouping, size_t num_keys,
                                tern_key_t keys[], size_t *num_groups_p)
{
    uint32_t num_groups = 0;
    unsigned bits;

    assert(num_keys < TERN_GROUP_END / 2);
    if (!reserve(grouping, num_keys))
        return TERN_ERR_NO_MEMORY;
    bits = choose_places(grouping, num_keys);
    for (uint32_t i = 0; i < num_keys; i++) {
        uint32_t *place = find_place(grouping, bits, keys, keys[i]);

        grouping->next[i] = TERN_GROUP_END;
        if (*place == TERN_GROUP_END) {
            keys[num_groups]            = keys[i];
            grouping->first[num_groups] = i;
            *place                      = num_groups++;
        } else {
            grouping->next[grouping->last[*place]] = i;
        }
        grouping->last[*place] = i;
    }
    *num_groups_p = num_groups;
    return TERN_OK;
}
