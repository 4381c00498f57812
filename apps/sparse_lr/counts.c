/** \file
 * Exact counts of features, see counts.h.
 */
#include "counts.h"

#include "keymap.h"
#include "memory.h"

#include <stdlib.h>

tern_status_t lr_counts_create_table(tern_runtime_t      *runtime,
                                     const lr_settings_t *settings, tern_range_t keys,
                                     tern_table_t **counts_p)
{
    const tern_table_desc_t desc = {
        .name  = "counts",
        .keys  = keys,
        .width = 1,
        .type  = TERN_FLOAT64,
        .sync  = TERN_SYNC_ASYNC, /* or steps of training would wait for each other */
        .index = settings->is_dense ? TERN_INDEX_AUTO : TERN_INDEX_HASH,
    };

    return tern_table_create(runtime, &desc, counts_p);
}

/* Number the features of the shards; the caller ends `map`. */
static void number_features(const lr_dataset_t *dataset, lr_keymap_t *map)
{
    for (size_t s = 0; s < dataset->num_own; s++)
        for (size_t entry = 0; entry < dataset->shards[s].num_entries; entry++)
            lr_keymap_add(map, dataset->shards[s].keys[entry]);
}

tern_status_t lr_counts_add(tern_table_t *counts, tern_runtime_t *runtime,
                            const lr_dataset_t *dataset)
{
    lr_keymap_t   map  = {0};
    double       *nums = NULL;
    tern_status_t status;

    number_features(dataset, &map);
    nums = APP_NEW(double, map.num);
    for (size_t s = 0; s < dataset->num_own; s++)
        for (size_t entry = 0; entry < dataset->shards[s].num_entries; entry++)
            nums[lr_keymap_find(&map, dataset->shards[s].keys[entry])]++;
    status = tern_push(counts, map.num, map.keys, nums, NULL);
    free(nums);
    lr_keymap_fini(&map);
    return status == TERN_OK ? tern_barrier(runtime) : status;
}

/* Keep the entries of features that are there often enough. */
static void prune(lr_examples_t *examples, const lr_keymap_t *map, const double nums[],
                  double min_count)
{
    size_t kept = 0, entry = 0;

    for (size_t row = 0; row < examples->num; row++) {
        for (; entry < examples->ends[row]; entry++)
            if (nums[lr_keymap_find(map, examples->keys[entry])] >= min_count) {
                examples->keys[kept]     = examples->keys[entry];
                examples->values[kept++] = examples->values[entry];
            }
        examples->ends[row] = kept;
    }
    examples->num_entries = kept;
}

tern_status_t lr_counts_prune(tern_table_t *counts, size_t min_count,
                              lr_dataset_t *dataset)
{
    lr_keymap_t   map  = {0};
    double       *nums = NULL;
    tern_status_t status;

    number_features(dataset, &map);
    nums   = APP_NEW(double, map.num);
    status = tern_pull(counts, map.num, map.keys, nums, NULL);
    for (size_t s = 0; s < dataset->num_own && status == TERN_OK; s++)
        prune(&dataset->shards[s], &map, nums, (double)min_count);
    free(nums);
    lr_keymap_fini(&map);
    return status;
}
