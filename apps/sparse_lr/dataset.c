/** \file
 * What a worker has of the data, see dataset.h.
 */
#include "dataset.h"

#include "keymap.h"
#include "memory.h"

#include <stdlib.h>

/* Where part number `part` of `num` things begins. */
static size_t begin_of(size_t num, size_t part, size_t num_parts)
{
    return (size_t)((unsigned __int128)num * part / num_parts);
}

static tern_status_t load_shard(const lr_dataset_t  *dataset,
                                const lr_settings_t *settings, size_t shard,
                                lr_examples_t *examples, app_complaint_t *complaint)
{
    size_t num = settings->clicks.num_examples;

    if (!settings->is_synthetic)
        return lr_read_part(&settings->train, shard, dataset->num_shards, examples,
                            complaint);
    lr_clicks_make(&settings->clicks, begin_of(num, shard, dataset->num_shards),
                   begin_of(num, shard + 1, dataset->num_shards), examples);
    return TERN_OK;
}

/* Made-up test examples have the numbers behind those to train on. */
static tern_status_t load_test(lr_dataset_t *dataset, const lr_settings_t *settings,
                               size_t worker, size_t num_workers,
                               app_complaint_t *complaint)
{
    size_t first = settings->clicks.num_examples, num = settings->num_test_clicks;

    if (settings->is_synthetic)
        lr_clicks_make(&settings->clicks, first + begin_of(num, worker, num_workers),
                       first + begin_of(num, worker + 1, num_workers), &dataset->test);
    else if (settings->test.path != NULL)
        return lr_read_part(&settings->test, worker, num_workers, &dataset->test,
                            complaint);
    return TERN_OK;
}

static void raise_end_key(lr_dataset_t *dataset, const lr_examples_t *examples)
{
    for (size_t entry = 0; entry < examples->num_entries; entry++)
        if (examples->keys[entry] >= dataset->end_key)
            dataset->end_key = examples->keys[entry] + 1;
}

tern_status_t lr_dataset_load(lr_dataset_t *dataset, const lr_settings_t *settings,
                              size_t worker, size_t num_workers,
                              app_complaint_t *complaint)
{
    size_t        num    = settings->num_shards > 0 ? settings->num_shards : num_workers;
    tern_status_t status = TERN_OK;

    *dataset         = (lr_dataset_t){.num_shards  = num,
                                      .first_shard = begin_of(num, worker, num_workers)};
    dataset->num_own = begin_of(num, worker + 1, num_workers) - dataset->first_shard;
    dataset->shards  = APP_NEW(lr_examples_t, dataset->num_own);
    for (size_t i = 0; i < dataset->num_own && status == TERN_OK; i++)
        status = load_shard(dataset, settings, dataset->first_shard + i,
                            &dataset->shards[i], complaint);
    if (status == TERN_OK)
        status = load_test(dataset, settings, worker, num_workers, complaint);
    for (size_t i = 0; i < dataset->num_own; i++)
        raise_end_key(dataset, &dataset->shards[i]);
    raise_end_key(dataset, &dataset->test);
    return status;
}

void lr_dataset_fini(lr_dataset_t *dataset)
{
    for (size_t i = 0; i < dataset->num_own; i++)
        lr_examples_fini(&dataset->shards[i]);
    free(dataset->shards);
    lr_examples_fini(&dataset->test);
    *dataset = (lr_dataset_t){0};
}

tern_status_t lr_dataset_sum(const lr_dataset_t *dataset, tern_runtime_t *runtime,
                             lr_totals_t *totals)
{
    double        sums[4] = {0, 0, 0, (double)dataset->test.num};
    tern_status_t status;

    for (size_t i = 0; i < dataset->num_own; i++) {
        sums[0] += (double)dataset->shards[i].num;
        sums[1] += (double)dataset->shards[i].num_positive;
        sums[2] += (double)dataset->shards[i].num_entries;
    }
    status  = tern_sum(runtime, 4, sums);
    *totals = (lr_totals_t){sums[0], sums[1], sums[2], sums[3]};
    return status;
}

static int by_key(const void *a, const void *b)
{
    tern_key_t x = *(const tern_key_t *)a, y = *(const tern_key_t *)b;

    return (x > y) - (x < y);
}

tern_key_t *lr_distinct_keys(size_t num_parts, const lr_examples_t parts[], size_t *num_p)
{
    lr_keymap_t map  = {0};
    tern_key_t *keys = NULL;

    for (size_t i = 0; i < num_parts; i++)
        for (size_t entry = 0; entry < parts[i].num_entries; entry++)
            lr_keymap_add(&map, parts[i].keys[entry]);
    keys     = map.keys;
    *num_p   = map.num;
    map.keys = NULL;
    lr_keymap_fini(&map);
    if (keys != NULL)
        qsort(keys, *num_p, sizeof(*keys), by_key);
    return keys;
}
