#include "store/order.h"

#include <string.h>

#include "base/alloc.h"

void tern_order_fini(tern_order_t *order)
{
    tern_free(TERN_LOG_STORE, order->keys);
    *order = (tern_order_t){0};
}

static bool reserve(tern_order_t *order, size_t capacity)
{
    tern_key_t *keys;

    if (capacity <= order->capacity)
        return true;
    keys = tern_realloc(TERN_LOG_STORE, order->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return false;
    order->keys     = keys;
    order->capacity = capacity;
    return true;
}

void tern_order_add(tern_order_t *order, tern_key_t key)
{
    if (!order->is_kept)
        return;
    if (order->num == order->capacity &&
        !reserve(order, order->num + order->num / 4 + 1024)) {
        tern_order_fini(order);
        return;
    }
    order->keys[order->num++] = key;
}

tern_status_t tern_order_begin(tern_order_t *order, size_t num)
{
    order->num = order->num_sorted = 0;
    order->is_kept                 = reserve(order, num + 1);
    return order->is_kept ? TERN_OK : TERN_ERR_NO_MEMORY;
}

/* By eight bits at a time, lowest first (Knuth, volume 3, 5.2.5). Eight passes leave the result in `keys`. */
static void sort(tern_key_t *keys, tern_key_t *spare, size_t num)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t      ends[256] = {0}, begin = 0;
        tern_key_t *sorted = spare;

        for (size_t i = 0; i < num; i++)
            ends[keys[i] >> shift & 0xff]++;
        for (size_t digit = 0; digit < 256; digit++) {
            size_t count = ends[digit];

            ends[digit] = begin;
            begin += count;
        }
        for (size_t i = 0; i < num; i++)
            spare[ends[keys[i] >> shift & 0xff]++] = keys[i];
        spare = keys;
        keys  = sorted;
    }
}

/* `right` goes into `left`, both sorted; from the end, so that nothing is overwritten. */
static void merge(tern_key_t *left, size_t num_left, const tern_key_t *right,
                  size_t num_right)
{
    size_t end = num_left + num_right;

    while (num_right > 0)
        left[--end] = num_left > 0 && left[num_left - 1] > right[num_right - 1]
                          ? left[--num_left]
                          : right[--num_right];
}

/* A key that went and came again is there twice. */
static size_t drop_repeats(tern_key_t *keys, size_t num)
{
    size_t num_kept = 0;

    for (size_t i = 0; i < num; i++)
        if (num_kept == 0 || keys[num_kept - 1] != keys[i])
            keys[num_kept++] = keys[i];
    return num_kept;
}

tern_status_t tern_order_settle(tern_order_t *order)
{
    size_t      num_new = order->num - order->num_sorted;
    tern_key_t *copy;

    if (num_new == 0)
        return TERN_OK;
    copy = tern_alloc(TERN_LOG_STORE, 2 * num_new * sizeof *copy);
    if (copy == NULL)
        return TERN_ERR_NO_MEMORY;
    memcpy(copy, order->keys + order->num_sorted, num_new * sizeof *copy);
    sort(copy, copy + num_new, num_new);
    merge(order->keys, order->num_sorted, copy, num_new);
    tern_free(TERN_LOG_STORE, copy);
    order->num        = drop_repeats(order->keys, order->num);
    order->num_sorted = order->num;
    return TERN_OK;
}

size_t tern_order_find(const tern_order_t *order, tern_key_t key)
{
    size_t begin = 0, end = order->num_sorted;

    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;

        if (order->keys[middle] < key)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}
