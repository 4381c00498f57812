/** \file
 * A shard of the data by columns, see columns.h.
 */
#include "columns.h"

#include "keymap.h"
#include "memory.h"
#include "tern/random.h"

#include <stdlib.h>
#include <string.h>

size_t lr_block_of(tern_key_t key, size_t num_blocks)
{
    return (size_t)(((unsigned __int128)tern_random_mix(key ^ 0x5851f42d4c957f2du) *
                     num_blocks) >>
                    64);
}

/* A feature on its way to its place. */
typedef struct feature {
    tern_key_t key;
    uint32_t   block, number; /* of first appearance */
} feature_t;

static int by_place(const void *a, const void *b)
{
    const feature_t *x = a, *y = b;

    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* Sort features by block and key; returns the place of each by its number. */
static uint32_t *place_features(lr_columns_t *columns, const lr_keymap_t *map)
{
    feature_t *features = APP_NEW(feature_t, map->num);
    uint32_t  *places   = APP_NEW(uint32_t, map->num);

    for (size_t i = 0; i < map->num; i++)
        features[i] = (feature_t){
            map->keys[i], (uint32_t)lr_block_of(map->keys[i], columns->num_blocks),
            (uint32_t)i};
    qsort(features, map->num, sizeof(*features), by_place);
    for (size_t i = 0; i < map->num; i++) {
        columns->keys[i]           = features[i].key;
        places[features[i].number] = (uint32_t)i;
        columns->blocks[features[i].block + 1]++;
    }
    for (size_t block = 0; block < columns->num_blocks; block++)
        columns->blocks[block + 1] += columns->blocks[block];
    free(features);
    return places;
}

static bool are_all_one(const lr_examples_t *examples)
{
    for (size_t entry = 0; entry < examples->num_entries; entry++)
        if (examples->values[entry] != 1)
            return false;
    return true;
}

/* Numbers of entries become first entries, then entries go to their places. */
static void fill(lr_columns_t *columns, const lr_examples_t *examples,
                 const uint32_t features[])
{
    size_t *next = APP_NEW(size_t, columns->num_features + 1);

    for (size_t entry = 0; entry < examples->num_entries; entry++)
        columns->entries[features[entry] + 1]++;
    for (size_t i = 0; i < columns->num_features; i++)
        columns->entries[i + 1] += columns->entries[i];
    memcpy(next, columns->entries, columns->num_features * sizeof(*next));
    for (size_t row = 0; row < examples->num; row++)
        for (size_t entry = lr_examples_first(examples, row); entry < examples->ends[row];
             entry++) {
            size_t place = next[features[entry]]++;

            columns->rows[place] = (uint32_t)row;
            if (columns->values != NULL)
                columns->values[place] = examples->values[entry];
        }
    free(next);
}

void lr_columns_init(lr_columns_t *columns, const lr_examples_t *examples,
                     size_t num_blocks)
{
    lr_keymap_t map      = {0};
    uint32_t   *features = APP_NEW(uint32_t, examples->num_entries), *places = NULL;

    for (size_t entry = 0; entry < examples->num_entries; entry++)
        features[entry] = lr_keymap_add(&map, examples->keys[entry]);
    *columns = (lr_columns_t){
        .num_rows     = examples->num,
        .num_features = map.num,
        .num_blocks   = num_blocks,
        .labels       = APP_NEW(int8_t, examples->num),
        .blocks       = APP_NEW(size_t, num_blocks + 1),
        .keys         = APP_NEW(tern_key_t, map.num),
        .entries      = APP_NEW(size_t, map.num + 1),
        .rows         = APP_NEW(uint32_t, examples->num_entries),
    };
    if (!are_all_one(examples))
        columns->values = APP_NEW(float, examples->num_entries);
    if (examples->num > 0)
        memcpy(columns->labels, examples->labels, examples->num);
    places = place_features(columns, &map);
    for (size_t entry = 0; entry < examples->num_entries; entry++)
        features[entry] = places[features[entry]];
    fill(columns, examples, features);
    free(places);
    free(features);
    lr_keymap_fini(&map);
}

void lr_columns_fini(lr_columns_t *columns)
{
    free(columns->labels);
    free(columns->blocks);
    free(columns->keys);
    free(columns->entries);
    free(columns->rows);
    free(columns->values);
    *columns = (lr_columns_t){0};
}
