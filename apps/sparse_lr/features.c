/** \file
 * The features of all workers, see features.h: each worker gives its own a row, and scans the keys of all rows, which come in
 * their order.
 */
#include "features.h"

#include "memory.h"
#include "team.h"

#include <stdlib.h>

enum { KEYS_AT_ONCE = 65536 };

static tern_status_t make_rows(tern_table_t *table, const lr_dataset_t *dataset)
{
    size_t        num    = 0;
    tern_key_t   *keys   = lr_distinct_keys(dataset->num_own, dataset->shards, &num);
    double       *zeros  = APP_NEW(double, num);
    tern_status_t status = tern_push(table, num, keys, zeros, NULL);

    free(zeros);
    free(keys);
    return status;
}

static tern_status_t scan_keys(tern_table_t *table, lr_keymap_t *map)
{
    tern_range_t  rest   = tern_table_keys(table);
    tern_key_t   *keys   = APP_NEW(tern_key_t, KEYS_AT_ONCE);
    size_t        num    = 0;
    tern_status_t status = TERN_OK;

    do {
        status = tern_scan(table, &rest, KEYS_AT_ONCE, keys, NULL, &num);
        for (size_t i = 0; status == TERN_OK && i < num; i++)
            lr_keymap_add(map, keys[i]);
    } while (status == TERN_OK && num > 0);
    free(keys);
    return status;
}

static uint32_t *number(const lr_examples_t *examples, const lr_keymap_t *map)
{
    uint32_t *numbers = APP_NEW(uint32_t, examples->num_entries);

    for (size_t entry = 0; entry < examples->num_entries; entry++)
        numbers[entry] = lr_keymap_find(map, examples->keys[entry]);
    return numbers;
}

tern_status_t lr_features_init(lr_features_t *features, tern_runtime_t *runtime,
                               tern_table_t *table, const lr_dataset_t *dataset)
{
    app_team_t    team   = app_team_of(runtime);
    tern_status_t status = app_team_agree(&team, make_rows(table, dataset));

    *features = (lr_features_t){.num_own = 0};
    if (status == TERN_OK)
        status = scan_keys(table, &features->map);
    if (status != TERN_OK)
        return status;
    features->num_own = dataset->num_own;
    features->numbers = APP_NEW(uint32_t *, dataset->num_own);
    for (size_t s = 0; s < dataset->num_own; s++)
        features->numbers[s] = number(&dataset->shards[s], &features->map);
    return TERN_OK;
}

void lr_features_fini(lr_features_t *features)
{
    for (size_t s = 0; s < features->num_own; s++)
        free(features->numbers[s]);
    free(features->numbers);
    lr_keymap_fini(&features->map);
    *features = (lr_features_t){.num_own = 0};
}
