/** \file
 * The table is filled by all workers, each with its share of the keys; the plain one by each worker with the keys of its
 * node.
 */
#include "sparse.h"

#include <stdio.h>
#include <stdlib.h>

#include "tern/random.h"

enum { PIECE = 4096 };

tern_key_t sparse_key(uint64_t i)
{
    return (tern_random_mix(i + 1) >> 1) + 1;
}

static tern_status_t push_share(bench_table_t *table, tern_runtime_t *runtime,
                                uint64_t num_rows)
{
    uint64_t      num_workers = (uint64_t)tern_num_workers(runtime);
    uint64_t      first       = (uint64_t)tern_worker(runtime) * num_rows / num_workers;
    uint64_t      end    = ((uint64_t)tern_worker(runtime) + 1) * num_rows / num_workers;
    tern_key_t   *keys   = malloc(PIECE * sizeof *keys);
    float        *ones   = malloc(PIECE * table->width * sizeof *ones);
    tern_status_t status = keys == NULL || ones == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;

    for (size_t i = 0; status == TERN_OK && i < (size_t)PIECE * table->width; i++)
        ones[i] = 1;
    while (status == TERN_OK && first < end) {
        size_t num = end - first < PIECE ? (size_t)(end - first) : PIECE;

        for (size_t i = 0; i < num; i++)
            keys[i] = sparse_key(first + i);
        status = tern_push(table->sparse, num, keys, ones, NULL);
        first += num;
    }
    free(keys);
    free(ones);
    return status;
}

tern_status_t sparse_fill_plain(bench_table_t *table, uint64_t num_rows)
{
    if (!plain_init(&table->plain, num_rows, table->width))
        return TERN_ERR_NO_MEMORY;
    for (uint64_t i = 0; i < num_rows; i++)
        if (tern_is_local(table->sparse, sparse_key(i)))
            plain_enter(&table->plain, sparse_key(i));
    return TERN_OK;
}

tern_status_t sparse_create(bench_table_t *table, tern_runtime_t *runtime,
                            const settings_t *settings)
{
    uint64_t          share = settings->num_rows / (uint64_t)tern_num_servers(runtime);
    char              name[32];
    tern_table_desc_t desc = {.name     = name,
                              .keys     = {0, UINT64_MAX},
                              .width    = table->width,
                              .sync     = TERN_SYNC_ASYNC,
                              .index    = TERN_INDEX_HASH,
                              .max_rows = share + share / 4 + 1024};
    tern_status_t     status;

    snprintf(name, sizeof(name), "sparse-%u", table->width);
    status = tern_table_create(runtime, &desc, &table->sparse);
    if (status == TERN_OK && tern_is_worker(runtime))
        status = push_share(table, runtime, settings->num_rows);
    return tern_agree(runtime, status);
}

tern_status_t sparse_fill_keys(bench_t *bench)
{
    key_stock_t *stock = &bench->sparse_keys;

    key_stock_fini(stock);
    if (bench->table->sparse == NULL || bench->local_keys.num == 0)
        return TERN_OK;
    stock->num  = bench->local_keys.num;
    stock->keys = malloc(stock->num * sizeof stock->keys[0]);
    if (stock->keys == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < stock->num; i++) {
        uint64_t number = bench->local_keys.keys[i];

        while (!tern_is_local(bench->table->sparse, sparse_key(number)))
            number = (number + 1) % bench->settings->num_rows;
        stock->keys[i] = sparse_key(number);
    }
    return TERN_OK;
}
