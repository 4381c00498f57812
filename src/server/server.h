/** \file
 * Server: answers the requests of workers on other nodes, through the same view of the node's memory that
 * the node's own workers use.
 */
#ifndef TERN_SERVER_SERVER_H
#define TERN_SERVER_SERVER_H

#include "base/phase.h"
#include "comm/mailbox.h"
#include "server/sealer.h"
#include "server/source.h"
#include "sync/board.h"
#include "table/catalogue.h"

typedef struct tern_server {
    tern_mailbox_t         *mailbox;
    tern_counters_t        *counters;
    tern_phases_t          *phases;
    const tern_catalogue_t *catalogue;
    uint64_t                epoch;
    tern_source_t          *sources; /* [size], by rank */
    int                     size;
    tern_sealer_t          *sealer; /* NULL: no table has a window */
    uint32_t                number; /* of this server */
    struct tern_answers    *answers;
    struct tern_arrivals   *arrivals;
    struct tern_departure
                        *departures; /* [num_departures]: rows that leave as they come */
    size_t               num_departures, max_departures;
    struct tern_lending *lending; /* of the node */
    struct tern_leaving *leaving; /* rows that wait for their borrowers, oldest first */

    /* Scratch, of [scratch_keys]. Those of the request in hand: */
    tern_key_t *keys;
    uint32_t   *positions;
    uint32_t   *missing;
    /* Where rows move: numbers of keys of an errand that are ... */
    uint32_t *found, *lost, *which, *again, *order;
    uint32_t *to; /* server that each key goes to */
    /* ... and the part of it that is sent. */
    tern_key_t *part_keys;
    uint32_t   *part_positions;
    size_t      scratch_keys;
    uint32_t   *counts; /* [num_servers + 1] */

    size_t                chunk_bytes; /* rows that an answer should carry */
    size_t                tail_bytes;  /* from how many on they are its tail */
    struct tern_aggregates *aggregates;
    struct tern_interest *interest;    /* NULL: there is one node only */
    struct tern_pusher   *pusher;      /* NULL: there is one node only */
    tern_board_t        **boards; /* by worker group */
    struct tern_calls    *calls;
} tern_server_t;

/** What a server works with; borrowed. */
typedef struct tern_server_site {
    tern_mailbox_t         *mailbox;
    tern_phases_t          *phases;
    const tern_catalogue_t *catalogue;
    struct tern_lending    *lending;
    const struct tern_functions *functions;
    tern_board_t          **boards; /* of the node, by worker group */
    int                     adapt; /* tern_adapt_t */
    uint64_t                epoch;
    size_t                  chunk_bytes;
} tern_server_site_t;

/** The clocks of those who work on a table; of one that several groups share, those of the first. */
static inline const tern_board_t *tern_server_board(const tern_server_t *server,
                                                    const tern_table_t  *table)
{
    return server->boards[tern_table_group(table) < 0 ? 0 : tern_table_group(table)];
}

/** Scratch for a message of `num_keys`. */
tern_status_t tern_server_reserve(tern_server_t *server, size_t num_keys);

/** Registers its handlers. */
tern_status_t tern_server_create(const tern_server_site_t *site,
                                 tern_server_t           **server_p);
void          tern_server_destroy(tern_server_t **server_p);

#endif
