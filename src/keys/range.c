#include "keys/range.h"

#include "base/simd.h"

/* The top bit of the result is set if some key - first is beyond last, provided that last itself has it
 * clear. Without a compare, so that every vector unit can do it. */
TERN_CLONES
static uint64_t outside_bits(tern_key_t first, uint64_t last, size_t num_keys,
                             const tern_key_t keys[])
{
    uint64_t outside = 0;

    for (size_t i = 0; i < num_keys; i++)
        outside |= (keys[i] - first) | (last - (keys[i] - first));
    return outside;
}

bool tern_range_has_all(tern_range_t range, size_t num_keys, const tern_key_t keys[])
{
    uint64_t last = range.end - 1 - range.first;

    if (num_keys == 1)
        return keys[0] - range.first <= last;
    if (last >> 63 == 0)
        return outside_bits(range.first, last, num_keys, keys) >> 63 == 0;
    return tern_range_first_outside(range, num_keys, keys) == num_keys;
}

TERN_CLONES
static size_t num_inside(tern_key_t first, uint64_t size, size_t num_keys,
                         const tern_key_t keys[])
{
    size_t num = 0;

    for (size_t i = 0; i < num_keys; i++)
        num += keys[i] - first < size;
    return num;
}

bool tern_range_has_none(tern_range_t range, size_t num_keys, const tern_key_t keys[])
{
    return num_inside(range.first, range.end - range.first, num_keys, keys) == 0;
}

size_t tern_range_first_outside(tern_range_t range, size_t num_keys,
                                const tern_key_t keys[])
{
    for (size_t i = 0; i < num_keys; i++)
        if (keys[i] - range.first > range.end - 1 - range.first)
            return i;
    return num_keys;
}
