/** \file
 * A chained hash table of queues; a key has an entry only while something waits for it.
 *
 * Whatever meets the row here is done here, also what comes behind the order to hand the row on: sent after the
 * row it would have to catch it, with the next order already on its way. Nobody can tell the difference. What the
 * home has passed on comes before its order, and of one client's operations on a key each follows the one before.
 */
#include "server/arrivals.h"

#include <string.h>

#include "base/alloc.h"

#define FIRST_BUCKETS 64u

typedef struct queue {
    struct queue   *next; /* in the bucket */
    uint32_t        table;
    tern_key_t      key;
    tern_waiting_t *first;
    tern_waiting_t *
        *end_p; /* of the operations; behind them the order, if there is one */
} queue_t;

struct tern_arrivals {
    queue_t **buckets; /* [num_buckets], a power of two */
    size_t    num_buckets, num_keys;
};

tern_status_t tern_arrivals_create(tern_arrivals_t **arrivals_p)
{
    tern_arrivals_t *arrivals = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *arrivals);

    if (arrivals == NULL)
        return TERN_ERR_NO_MEMORY;
    arrivals->buckets =
        tern_alloc_zeroed(TERN_LOG_SERVER, FIRST_BUCKETS * sizeof *arrivals->buckets);
    if (arrivals->buckets == NULL) {
        tern_free(TERN_LOG_SERVER, arrivals);
        return TERN_ERR_NO_MEMORY;
    }
    arrivals->num_buckets = FIRST_BUCKETS;
    *arrivals_p           = arrivals;
    return TERN_OK;
}

static void free_queue(queue_t *queue)
{
    while (queue->first != NULL) {
        tern_waiting_t *waiting = queue->first;

        queue->first = waiting->next;
        tern_arrivals_free(waiting);
    }
    tern_free(TERN_LOG_SERVER, queue);
}

void tern_arrivals_destroy(tern_arrivals_t **arrivals_p)
{
    tern_arrivals_t *arrivals = *arrivals_p;

    if (arrivals == NULL)
        return;
    for (size_t b = 0; b < arrivals->num_buckets; b++)
        while (arrivals->buckets[b] != NULL) {
            queue_t *queue = arrivals->buckets[b];

            arrivals->buckets[b] = queue->next;
            free_queue(queue);
        }
    tern_free(TERN_LOG_SERVER, arrivals->buckets);
    tern_free(TERN_LOG_SERVER, arrivals);
    *arrivals_p = NULL;
}

/* Fibonacci hashing (Knuth, volume 3, 6.4); the high bits depend on all bits of the key. */
static size_t bucket_of(const tern_arrivals_t *arrivals, uint32_t table, tern_key_t key)
{
    uint64_t hash = (key + ((uint64_t)table << 48)) * 0x9e3779b97f4a7c15u;

    return (size_t)(hash >> 32) & (arrivals->num_buckets - 1);
}

static queue_t **find(const tern_arrivals_t *arrivals, uint32_t table, tern_key_t key)
{
    queue_t **queue_p = &arrivals->buckets[bucket_of(arrivals, table, key)];

    while (*queue_p != NULL && ((*queue_p)->key != key || (*queue_p)->table != table))
        queue_p = &(*queue_p)->next;
    return queue_p;
}

/* Twice the buckets; if there is no memory for them, chains grow longer. */
static void widen(tern_arrivals_t *arrivals)
{
    size_t    num_before = arrivals->num_buckets;
    queue_t **before     = arrivals->buckets;
    queue_t **buckets =
        tern_alloc_zeroed(TERN_LOG_SERVER, 2 * num_before * sizeof *buckets);

    if (buckets == NULL)
        return;
    arrivals->buckets     = buckets;
    arrivals->num_buckets = 2 * num_before;
    for (size_t b = 0; b < num_before; b++)
        while (before[b] != NULL) {
            queue_t  *queue = before[b];
            queue_t **place = &buckets[bucket_of(arrivals, queue->table, queue->key)];

            before[b]   = queue->next;
            queue->next = *place;
            *place      = queue;
        }
    tern_free(TERN_LOG_SERVER, before);
}

static queue_t *enter(tern_arrivals_t *arrivals, uint32_t table, tern_key_t key)
{
    queue_t **queue_p = find(arrivals, table, key);
    queue_t  *queue   = *queue_p;

    if (queue != NULL)
        return queue;
    queue = tern_alloc(TERN_LOG_SERVER, sizeof *queue);
    if (queue == NULL)
        return NULL;
    *queue       = (queue_t){.table = table, .key = key};
    queue->end_p = &queue->first;
    *queue_p     = queue;
    if (++arrivals->num_keys > arrivals->num_buckets)
        widen(arrivals);
    return queue;
}

tern_status_t tern_arrivals_add(tern_arrivals_t *arrivals, uint32_t table, tern_key_t key,
                                const tern_route_t *route, uint32_t position,
                                const void *row, uint32_t row_bytes)
{
    tern_waiting_t *waiting =
        tern_alloc(TERN_LOG_SERVER, sizeof *waiting + (size_t)row_bytes);
    queue_t *queue = waiting == NULL ? NULL : enter(arrivals, table, key);

    if (queue == NULL) {
        tern_free(TERN_LOG_SERVER, waiting);
        return TERN_ERR_NO_MEMORY;
    }
    waiting->next      = *queue->end_p;
    waiting->route     = *route;
    waiting->position  = position;
    waiting->row_bytes = row_bytes;
    if (row_bytes > 0)
        memcpy(waiting->row, row, row_bytes);
    *queue->end_p = waiting;
    if (route->kind != TERN_MESSAGE_LOCALIZE)
        queue->end_p = &waiting->next;
    return TERN_OK;
}

tern_waiting_t *tern_arrivals_take(tern_arrivals_t *arrivals, uint32_t table,
                                   tern_key_t key)
{
    queue_t       **queue_p = find(arrivals, table, key);
    queue_t        *queue   = *queue_p;
    tern_waiting_t *first;

    if (queue == NULL)
        return NULL;
    first    = queue->first;
    *queue_p = queue->next;
    arrivals->num_keys--;
    tern_free(TERN_LOG_SERVER, queue);
    return first;
}

void tern_arrivals_free(tern_waiting_t *waiting)
{
    tern_free(TERN_LOG_SERVER, waiting);
}

size_t tern_arrivals_num_keys(const tern_arrivals_t *arrivals)
{
    return arrivals->num_keys;
}
