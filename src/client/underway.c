#include "client/underway.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_CAPACITY 1024u

void tern_underway_init(tern_underway_t *underway)
{
    *underway = (tern_underway_t){.entries = NULL};
}

void tern_underway_fini(tern_underway_t *underway)
{
    tern_free(TERN_LOG_CLIENT, underway->entries);
    tern_underway_init(underway);
}

/* Fibonacci hashing (Knuth, volume 3, 6.4); the high bits depend on all bits of the key. */
static size_t place_of(const tern_underway_t *underway, uint32_t table, tern_key_t key)
{
    uint64_t hash = (key + ((uint64_t)table << 48)) * 0x9e3779b97f4a7c15u;

    return (size_t)(hash >> 32) & (underway->capacity - 1);
}

/* The entry of a key, or the free one where it would go. */
static tern_underway_entry_t *probe(const tern_underway_t *underway, uint32_t table,
                                    tern_key_t key)
{
    size_t mask = underway->capacity - 1;
    size_t at   = place_of(underway, table, key);

    while (underway->entries[at].count > 0 &&
           (underway->entries[at].key != key || underway->entries[at].table != table))
        at = (at + 1) & mask;
    return &underway->entries[at];
}

static tern_status_t reserve(tern_underway_t *underway, size_t num_keys)
{
    tern_underway_t wider = {.capacity = FIRST_CAPACITY, .num_keys = underway->num_keys};

    if (2 * num_keys <= underway->capacity)
        return TERN_OK;
    while (wider.capacity < 2 * num_keys)
        wider.capacity *= 2;
    wider.entries =
        tern_alloc_zeroed(TERN_LOG_CLIENT, wider.capacity * sizeof *wider.entries);
    if (wider.entries == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < underway->capacity; i++) {
        const tern_underway_entry_t *entry = &underway->entries[i];

        if (entry->count > 0)
            *probe(&wider, entry->table, entry->key) = *entry;
    }
    tern_free(TERN_LOG_CLIENT, underway->entries);
    *underway = wider;
    return TERN_OK;
}

tern_status_t tern_underway_enter(tern_underway_t *underway, uint32_t table,
                                  size_t num_keys, const tern_key_t keys[],
                                  uint32_t server)
{
    tern_status_t status = reserve(underway, underway->num_keys + num_keys);

    for (size_t i = 0; i < num_keys && status == TERN_OK; i++) {
        tern_underway_entry_t *entry = probe(underway, table, keys[i]);

        underway->num_keys += entry->count == 0;
        entry->key    = keys[i];
        entry->table  = table;
        entry->server = server;
        entry->count++;
    }
    return status;
}

/* Entries behind a freed one move up, unless they would come before their place. */
static void close_gap(tern_underway_t *underway, size_t gap)
{
    size_t mask = underway->capacity - 1;

    for (size_t at = (gap + 1) & mask; underway->entries[at].count > 0;
         at        = (at + 1) & mask) {
        size_t place =
            place_of(underway, underway->entries[at].table, underway->entries[at].key);

        if (((at - place) & mask) < ((at - gap) & mask))
            continue;
        underway->entries[gap]      = underway->entries[at];
        underway->entries[at].count = 0;
        gap                         = at;
    }
}

void tern_underway_leave(tern_underway_t *underway, uint32_t table, size_t num_keys,
                         const tern_key_t keys[])
{
    for (size_t i = 0; i < num_keys; i++) {
        tern_underway_entry_t *entry = probe(underway, table, keys[i]);

        assert(entry->count > 0);
        if (--entry->count > 0)
            continue;
        underway->num_keys--;
        close_gap(underway, (size_t)(entry - underway->entries));
    }
}

uint32_t tern_underway_server(const tern_underway_t *underway, uint32_t table,
                              tern_key_t key)
{
    const tern_underway_entry_t *entry;

    if (underway->num_keys == 0)
        return TERN_UNDERWAY_NONE;
    entry = probe(underway, table, key);
    return entry->count > 0 ? entry->server : TERN_UNDERWAY_NONE;
}
