/** \file
 * Key code: the keys of a message in as few bytes as can be read without a branch per key.
 *
 * All keys take the same number of bytes: 0, 1, 2, 4 or 8. Rising keys are written as steps, each from the key
 * before; others as distances from the smallest. Consecutive keys, and so ranges and single keys, take
 * no bytes at all.
 */
#ifndef TERN_KEYS_KEYCODE_H
#define TERN_KEYS_KEYCODE_H

#include "tern/types.h"

typedef struct tern_keycode {
    tern_key_t base;  /* steps: the first key; distances: the smallest */
    uint8_t    width; /* bytes a key; 0: keys are base, base + 1, ... */
    bool       has_steps;
} tern_keycode_t;

/** The shortest code for `keys` [num_keys], num_keys > 0. */
tern_keycode_t tern_keycode_choose(size_t num_keys, const tern_key_t keys[]);

static inline size_t tern_keycode_bytes(const tern_keycode_t *code, size_t num_keys)
{
    return num_keys * code->width;
}

/** False for widths that no code has. */
static inline bool tern_keycode_is_valid(const tern_keycode_t *code)
{
    return code->width <= 8 && (code->width & (code->width - 1)) == 0;
}

/** `bytes` has tern_keycode_bytes(), at any alignment. */
void tern_keycode_write(const tern_keycode_t *code, size_t num_keys,
                        const tern_key_t keys[], void *bytes);
void tern_keycode_read(const tern_keycode_t *code, size_t num_keys, const void *bytes,
                       tern_key_t keys[]);

#endif
