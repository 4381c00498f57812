/** \file
 * Numbered keys, see keymap.h.
 */
#include "keymap.h"

#include "memory.h"
#include "tern/random.h"

#include <stdlib.h>

/* The slot of a key, or the empty one where it would be. */
static size_t slot_of(const lr_keymap_t *map, tern_key_t key)
{
    size_t mask = map->num_slots - 1;
    size_t slot = (size_t)tern_random_mix(key) & mask;

    while (map->slots[slot] != 0 && map->keys[map->slots[slot] - 1] != key)
        slot = (slot + 1) & mask;
    return slot;
}

/* At most half of the slots are taken. */
static void grow(lr_keymap_t *map)
{
    size_t num_slots = map->num_slots == 0 ? 1024 : 2 * map->num_slots;

    free(map->slots);
    map->num_slots = num_slots;
    map->slots     = APP_NEW(uint32_t, num_slots);
    map->capacity  = num_slots / 2;
    map->keys      = app_resize(map->keys, map->capacity, sizeof(*map->keys));
    for (size_t i = 0; i < map->num; i++)
        map->slots[slot_of(map, map->keys[i])] = (uint32_t)(i + 1);
}

uint32_t lr_keymap_add(lr_keymap_t *map, tern_key_t key)
{
    size_t slot;

    if (map->num == map->capacity)
        grow(map);
    slot = slot_of(map, key);
    if (map->slots[slot] == 0) {
        map->keys[map->num] = key;
        map->slots[slot]    = (uint32_t)++map->num;
    }
    return map->slots[slot] - 1;
}

uint32_t lr_keymap_find(const lr_keymap_t *map, tern_key_t key)
{
    size_t slot;

    if (map->num_slots == 0)
        return LR_NO_NUMBER;
    slot = slot_of(map, key);
    return map->slots[slot] == 0 ? LR_NO_NUMBER : map->slots[slot] - 1;
}

void lr_keymap_fini(lr_keymap_t *map)
{
    free(map->keys);
    free(map->slots);
    *map = (lr_keymap_t){0};
}
