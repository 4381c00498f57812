#include "comm/transit.h"

#include <assert.h>

#include "base/alloc.h"

void tern_transit_init(tern_transit_t *transit)
{
    *transit = (tern_transit_t){.length = 0};
}

void tern_transit_fini(tern_transit_t *transit)
{
    assert(transit->length == 0);
    tern_free(TERN_LOG_COMM, transit->items);
    transit->items = NULL;
}

static bool is_before(const tern_transit_item_t *a, const tern_transit_item_t *b)
{
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->number < b->number);
}

static tern_status_t make_room(tern_transit_t *transit)
{
    size_t               capacity = transit->capacity > 0 ? 2 * transit->capacity : 64;
    tern_transit_item_t *items;

    if (transit->length < transit->capacity)
        return TERN_OK;
    items = tern_realloc(TERN_LOG_COMM, transit->items, capacity * sizeof *items);
    if (items == NULL)
        return TERN_ERR_NO_MEMORY;
    transit->items    = items;
    transit->capacity = capacity;
    return TERN_OK;
}

tern_status_t tern_transit_put(tern_transit_t *transit, tern_buffer_t *buffer,
                               uint64_t due_ns)
{
    tern_transit_item_t item = {due_ns, transit->next_number, buffer};
    size_t              hole = transit->length;

    if (make_room(transit) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    transit->next_number++;
    transit->length++;
    while (hole > 0 && is_before(&item, &transit->items[(hole - 1) / 2])) {
        transit->items[hole] = transit->items[(hole - 1) / 2];
        hole                 = (hole - 1) / 2;
    }
    transit->items[hole] = item;
    return TERN_OK;
}

/* Close the hole at the root with the last item. */
static void refill_root(tern_transit_t *transit)
{
    const tern_transit_item_t last = transit->items[--transit->length];
    size_t                    hole = 0, child;

    while ((child = 2 * hole + 1) < transit->length) {
        if (child + 1 < transit->length &&
            is_before(&transit->items[child + 1], &transit->items[child]))
            child++;
        if (!is_before(&transit->items[child], &last))
            break;
        transit->items[hole] = transit->items[child];
        hole                 = child;
    }
    transit->items[hole] = last;
}

tern_buffer_t *tern_transit_take(tern_transit_t *transit, uint64_t now_ns)
{
    tern_buffer_t *buffer;

    if (tern_transit_next_ns(transit) > now_ns || transit->length == 0)
        return NULL;
    buffer = transit->items[0].buffer;
    refill_root(transit);
    return buffer;
}
