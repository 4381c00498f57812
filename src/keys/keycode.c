/** \file
 * One pass chooses, one writes. Both are plain loops that the compiler turns into vector code; reading
 * steps is a running sum, one addition a key.
 */
#include "keys/keycode.h"

#include <assert.h>
#include <string.h>

#include "base/simd.h"

typedef struct profile {
    tern_key_t smallest, largest;
    uint64_t   step_bits; /* every bit that some step has */
    uint64_t   not_one;   /* 0: all steps are one */
    bool       falls;     /* some key is smaller than the one before */
} profile_t;

TERN_CLONES
static void take_profile(size_t num_keys, const tern_key_t keys[], profile_t *profile)
{
    tern_key_t smallest = keys[0], largest = keys[0];
    uint64_t   step_bits = 0, not_one = 0, falls = 0;

    for (size_t i = 1; i < num_keys; i++) {
        uint64_t step = keys[i] - keys[i - 1];

        smallest = keys[i] < smallest ? keys[i] : smallest;
        largest  = keys[i] > largest ? keys[i] : largest;
        step_bits |= step;
        not_one |= step ^ 1;
        falls |= keys[i] < keys[i - 1];
    }
    *profile = (profile_t){smallest, largest, step_bits, not_one, falls != 0};
}

/* Bytes that hold every number with no bits beyond `bits`. */
static uint8_t width_of(uint64_t bits)
{
    if (bits <= UINT8_MAX)
        return 1;
    if (bits <= UINT16_MAX)
        return 2;
    return bits <= UINT32_MAX ? 4 : 8;
}

tern_keycode_t tern_keycode_choose(size_t num_keys, const tern_key_t keys[])
{
    profile_t profile;

    assert(num_keys > 0);
    take_profile(num_keys, keys, &profile);
    if (profile.not_one == 0)
        return (tern_keycode_t){.base = keys[0], .width = 0, .has_steps = true};
    if (!profile.falls)
        return (tern_keycode_t){
            .base = keys[0], .width = width_of(profile.step_bits), .has_steps = true};
    return (tern_keycode_t){.base  = profile.smallest,
                            .width = width_of(profile.largest - profile.smallest)};
}

/* The loops for one width. Numbers may lie at any address: the bytes come from a message. */
#define DEFINE_LOOPS(number_t)                                                           \
    TERN_CLONES                                                                          \
    static void write_##number_t(const tern_keycode_t *code, size_t num_keys,            \
                                 const tern_key_t keys[], char *bytes)                   \
    {                                                                                    \
        tern_key_t base = code->base;                                                    \
                                                                                         \
        for (size_t i = 0; i < num_keys; i++) {                                          \
            number_t number =                                                            \
                (number_t)(keys[i] - (code->has_steps && i > 0 ? keys[i - 1] : base));   \
                                                                                         \
            memcpy(bytes + i * sizeof number, &number, sizeof number);                   \
        }                                                                                \
    }                                                                                    \
    TERN_CLONES                                                                          \
    static void read_##number_t(const tern_keycode_t *code, size_t num_keys,             \
                                const char *bytes, tern_key_t keys[])                    \
    {                                                                                    \
        tern_key_t base = code->base;                                                    \
                                                                                         \
        for (size_t i = 0; i < num_keys; i++) {                                          \
            number_t number;                                                             \
                                                                                         \
            memcpy(&number, bytes + i * sizeof number, sizeof number);                   \
            keys[i] = base + number;                                                     \
        }                                                                                \
        for (size_t i = 1; code->has_steps && i < num_keys; i++)                         \
            keys[i] += keys[i - 1] - base;                                               \
    }

DEFINE_LOOPS(uint8_t)
DEFINE_LOOPS(uint16_t)
DEFINE_LOOPS(uint32_t)
DEFINE_LOOPS(uint64_t)

#undef DEFINE_LOOPS

void tern_keycode_write(const tern_keycode_t *code, size_t num_keys,
                        const tern_key_t keys[], void *bytes)
{
    assert(tern_keycode_is_valid(code));

    switch (code->width) {
    case 1:
        write_uint8_t(code, num_keys, keys, bytes);
        break;
    case 2:
        write_uint16_t(code, num_keys, keys, bytes);
        break;
    case 4:
        write_uint32_t(code, num_keys, keys, bytes);
        break;
    case 8:
        write_uint64_t(code, num_keys, keys, bytes);
        break;
    default: /* consecutive */
        break;
    }
}

void tern_keycode_read(const tern_keycode_t *code, size_t num_keys, const void *bytes,
                       tern_key_t keys[])
{
    assert(tern_keycode_is_valid(code));

    switch (code->width) {
    case 1:
        read_uint8_t(code, num_keys, bytes, keys);
        break;
    case 2:
        read_uint16_t(code, num_keys, bytes, keys);
        break;
    case 4:
        read_uint32_t(code, num_keys, bytes, keys);
        break;
    case 8:
        read_uint64_t(code, num_keys, bytes, keys);
        break;
    default:
        for (size_t i = 0; i < num_keys; i++)
            keys[i] = code->base + i;
    }
}
