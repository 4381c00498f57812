/** \file
 * Keys numbered in order of first appearance: open addressing over any 64-bit key.
 */
#ifndef LR_KEYMAP_H
#define LR_KEYMAP_H

#include "tern/types.h"

/* Zero-initialise it. */
typedef struct lr_keymap {
    size_t      num;
    tern_key_t *keys;      /* [num] by number */
    uint32_t   *slots;     /* [num_slots] number + 1, or 0 */
    size_t      num_slots; /* a power of two, or 0 */
    size_t      capacity;
} lr_keymap_t;

#define LR_NO_NUMBER UINT32_MAX

/* The number of `key`, a new one at first sight. At most 2^32 - 2 keys. */
uint32_t lr_keymap_add(lr_keymap_t *map, tern_key_t key);

/* LR_NO_NUMBER if the key is unknown. */
uint32_t lr_keymap_find(const lr_keymap_t *map, tern_key_t key);

void lr_keymap_fini(lr_keymap_t *map);

#endif
