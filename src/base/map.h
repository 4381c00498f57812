/** \file
 * A small hash map from 64-bit keys to 32-bit values, made to be filled and emptied again and again:
 * clearing takes constant time and keeps the memory.
 *
 * Open addressing with linear probing, at most half full. Each entry carries the generation in which
 * it was written; an entry of an older generation is free. Entering never allocates: reserve first.
 */
#ifndef TERN_BASE_MAP_H
#define TERN_BASE_MAP_H

#include <assert.h>

#include "base/log.h"

typedef struct tern_map_entry {
    uint64_t key;
    uint32_t value;
    uint32_t generation; /* in use if it is the map's */
} tern_map_entry_t;

typedef struct tern_map {
    tern_map_entry_t *entries; /* [capacity], a power of two */
    size_t            capacity;
    size_t            num_keys;
    unsigned          shift; /* 64 - log2(capacity) */
    uint32_t          generation;
    tern_log_folder_t module; /* whose memory it is */
} tern_map_t;

void tern_map_init(tern_map_t *map, tern_log_folder_t module);
void tern_map_fini(tern_map_t *map);

/* Make room for `num_keys` keys in all; keeps the entries. */
TERN_CHECK_RESULT tern_status_t tern_map_reserve(tern_map_t *map, size_t num_keys);

/* Forget all keys. Constant time, but once in 2^32 calls. */
void tern_map_clear(tern_map_t *map);

/* Where the search for `key` begins. Fibonacci hashing (Knuth, volume 3, 6.4): the high bits of the
 * product depend on all bits of the key. */
static inline size_t tern_map_begin(const tern_map_t *map, uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15u >> map->shift);
}

/* `key` will be looked for soon. */
static inline void tern_map_prefetch(const tern_map_t *map, uint64_t key)
{
    if (map->capacity > 0)
        __builtin_prefetch(&map->entries[tern_map_begin(map, key)]);
}

/* The entry of `key`, or the free one where it would go. */
static inline tern_map_entry_t *tern_map_probe(const tern_map_t *map, uint64_t key)
{
    size_t mask = map->capacity - 1;
    size_t slot = tern_map_begin(map, key);

    while (map->entries[slot].generation == map->generation &&
           map->entries[slot].key != key)
        slot = (slot + 1) & mask;
    return &map->entries[slot];
}

/* Enter `key` with `value` unless it is there; returns the value that it has now, so that a result
 * other than `value` means a repeated key. Room must have been reserved. */
static inline uint32_t tern_map_enter(tern_map_t *map, uint64_t key, uint32_t value)
{
    tern_map_entry_t *entry;

    assert(map->capacity > 0);
    entry = tern_map_probe(map, key);
    if (entry->generation == map->generation)
        return entry->value;
    assert(map->num_keys < map->capacity / 2);
    *entry = (tern_map_entry_t){key, value, map->generation};
    map->num_keys++;
    return value;
}

/* Where the value of `key` is, NULL if it is not there; valid until the map grows or is cleared. */
static inline uint32_t *tern_map_find(const tern_map_t *map, uint64_t key)
{
    tern_map_entry_t *entry;

    if (map->num_keys == 0)
        return NULL;
    entry = tern_map_probe(map, key);
    return entry->generation == map->generation ? &entry->value : NULL;
}

#endif
