/** \file
 * Growing and clearing a map; looking up is inline in the header.
 */
#include "base/map.h"

#include "base/alloc.h"

#define MIN_CAPACITY 16u

void tern_map_init(tern_map_t *map, tern_log_folder_t module)
{
    *map = (tern_map_t){.module = module, .generation = 1};
}

void tern_map_fini(tern_map_t *map)
{
    tern_free(map->module, map->entries);
    tern_map_init(map, map->module);
}

/* At most half of the entries are used: searches stay short, and end at a free one. */
static bool has_room(const tern_map_t *map, size_t num_keys)
{
    return num_keys <= map->capacity / 2;
}

tern_status_t tern_map_reserve(tern_map_t *map, size_t num_keys)
{
    tern_map_t grown = *map;

    if (has_room(map, num_keys))
        return TERN_OK;
    grown.capacity = map->capacity ? map->capacity : MIN_CAPACITY;
    while (!has_room(&grown, num_keys))
        grown.capacity *= 2;
    grown.shift      = (unsigned)(64 - __builtin_ctzll(grown.capacity));
    grown.generation = 1;
    grown.num_keys   = 0;
    grown.entries =
        tern_alloc_zeroed(map->module, grown.capacity * sizeof(tern_map_entry_t));
    if (!grown.entries)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->entries[i].generation == map->generation)
            (void)tern_map_enter(&grown, map->entries[i].key, map->entries[i].value);
    tern_free(map->module, map->entries);
    *map = grown;
    return TERN_OK;
}

void tern_map_clear(tern_map_t *map)
{
    map->num_keys = 0;
    if (++map->generation != 0)
        return;
    for (size_t i = 0; i < map->capacity; i++)
        map->entries[i].generation = 0;
    map->generation = 1;
}
