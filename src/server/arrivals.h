/** \file
 * Arrivals: operations on rows that are on their way here, by key, in the order in which they came; last the order to
 * hand the row on (a localize), of which there is one at most.
 */
#ifndef TERN_SERVER_ARRIVALS_H
#define TERN_SERVER_ARRIVALS_H

#include "comm/message.h"

typedef struct tern_waiting {
    struct tern_waiting *next;
    tern_route_t         route;
    uint32_t             position;
    uint32_t             row_bytes;
    _Alignas(16) char row[];
} tern_waiting_t;

typedef struct tern_arrivals tern_arrivals_t;

tern_status_t tern_arrivals_create(tern_arrivals_t **arrivals_p);

/** What still waits is given up. */
void tern_arrivals_destroy(tern_arrivals_t **arrivals_p);

/** Let an operation wait for `key` of table number `table`; its row is copied. TERN_ERR_NO_MEMORY. */
tern_status_t tern_arrivals_add(tern_arrivals_t *arrivals, uint32_t table, tern_key_t key,
                                const tern_route_t *route, uint32_t position,
                                const void *row, uint32_t row_bytes);

/** Take all that waits for a key, oldest first; NULL: nothing does. Give each back with tern_arrivals_free(). */
tern_waiting_t *tern_arrivals_take(tern_arrivals_t *arrivals, uint32_t table,
                                   tern_key_t key);
void            tern_arrivals_free(tern_waiting_t *waiting);

size_t tern_arrivals_num_keys(const tern_arrivals_t *arrivals);

#endif
