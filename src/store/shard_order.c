/** \file
 * The keys of a sparse shard in rising order.
 */
#include "store/shard_parts.h"

/* Lists of so few keys are not worth thinning out. */
#define FEW_KEYS 1024u

static tern_status_t make(tern_shard_t *shard)
{
    if (tern_order_begin(&shard->order, tern_shard_num_rows(shard)) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    for (uint64_t slot = 0; slot < shard->num_used; slot++) {
        tern_key_t key = tern_row_key(tern_shard_row(shard, slot));

        if (key != TERN_KEY_NONE)
            tern_order_add(&shard->order, key);
    }
    return shard->order.is_kept ? TERN_OK : TERN_ERR_NO_MEMORY;
}

tern_status_t tern_shard_order(tern_shard_t *shard, const tern_order_t **order_p)
{
    tern_order_t *order = &shard->order;
    tern_status_t status;

    assert(shard->hash != NULL);

    if (!order->is_kept || order->num > 2 * tern_shard_num_rows(shard) + FEW_KEYS) {
        status = make(shard);
        if (status != TERN_OK)
            return status;
    }
    status = tern_order_settle(order);
    if (status == TERN_OK)
        *order_p = order;
    return status;
}

tern_status_t tern_shard_list(tern_shard_t *shard, tern_range_t range, size_t max_keys,
                              tern_key_t keys[], size_t *num_keys_p, bool *is_end_p)
{
    const tern_order_t *order;
    size_t              num = 0, i;
    uint64_t            slot;
    tern_status_t       status = tern_shard_order(shard, &order);

    if (status != TERN_OK)
        return status;
    for (i = tern_order_find(order, range.first);
         num < max_keys && i < order->num_sorted && order->keys[i] < range.end; i++) {
        tern_shard_prefetch(shard, order, i);
        if (tern_shard_find(shard, order->keys[i], &slot))
            keys[num++] = order->keys[i];
    }
    *num_keys_p = num;
    *is_end_p   = i == order->num_sorted || order->keys[i] >= range.end;
    return TERN_OK;
}

uint64_t tern_shard_count(const tern_shard_t *shard, tern_range_t range)
{
    uint64_t num = 0;

    if (range.first <= shard->view->keys.first && range.end >= shard->view->keys.end)
        return tern_shard_num_rows(shard);
    for (uint64_t slot = 0; slot < shard->num_used; slot++) {
        tern_key_t key = tern_row_key(tern_shard_row(shard, slot));

        num += key != TERN_KEY_NONE && key >= range.first && key < range.end;
    }
    return num;
}

void tern_shard_prefetch(const tern_shard_t *shard, const tern_order_t *order, size_t i)
{
    enum { BUCKETS_AHEAD = 24, ROWS_AHEAD = 12 };

    uint64_t hash, slot;

    if (i + BUCKETS_AHEAD < order->num_sorted) {
        hash = tern_hash_key(order->keys[i + BUCKETS_AHEAD]);
        __builtin_prefetch(tern_hash_bucket(shard->hash, hash));
    }
    if (i + ROWS_AHEAD < order->num_sorted) {
        hash = tern_hash_key(order->keys[i + ROWS_AHEAD]);
        slot = tern_hash_guess(tern_hash_bucket(shard->hash, hash), hash);
        if (slot != TERN_HASH_NONE)
            __builtin_prefetch(tern_shard_row(shard, slot));
    }
}
