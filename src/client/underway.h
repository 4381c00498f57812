/** \file
 * Underway: keys of which this worker has an operation under way, and through which server.
 *
 * Where rows move, an operation may find its row in node memory, or reach it by another server, while an earlier one
 * on the same key is still travelling. To keep its place behind that one it takes the same way.
 *
 * Open addressing with linear probing, at most half full; removal closes the gap.
 */
#ifndef TERN_CLIENT_UNDERWAY_H
#define TERN_CLIENT_UNDERWAY_H

#include "tern/types.h"

#define TERN_UNDERWAY_NONE UINT32_MAX

typedef struct tern_underway_entry {
    tern_key_t key;
    uint32_t   table;
    uint32_t   server;
    uint32_t   count; /* operations; 0: the entry is free */
} tern_underway_entry_t;

typedef struct tern_underway {
    tern_underway_entry_t *entries; /* [capacity], a power of two */
    size_t                 capacity, num_keys;
} tern_underway_t;

void tern_underway_init(tern_underway_t *underway);
void tern_underway_fini(tern_underway_t *underway);

/** One operation more on each of `keys` [num_keys], sent to `server`. TERN_ERR_NO_MEMORY: none is entered. */
tern_status_t tern_underway_enter(tern_underway_t *underway, uint32_t table,
                                  size_t num_keys, const tern_key_t keys[],
                                  uint32_t server);

/** One less. */
void tern_underway_leave(tern_underway_t *underway, uint32_t table, size_t num_keys,
                         const tern_key_t keys[]);

/** The server through which the last one goes; TERN_UNDERWAY_NONE: none is under way. */
uint32_t tern_underway_server(const tern_underway_t *underway, uint32_t table,
                              tern_key_t key);

#endif
