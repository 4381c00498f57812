/** \file
 * Follower: takes in what other nodes' servers send to this node's replicas, unasked. One rank of each node, its
 * agent. The server's side is pusher.h.
 */
#ifndef TERN_SERVER_FOLLOWER_H
#define TERN_SERVER_FOLLOWER_H

#include "comm/mailbox.h"
#include "table/catalogue.h"

typedef struct tern_follower {
    tern_mailbox_t         *mailbox;
    const tern_catalogue_t *catalogue;
    uint32_t                num_workers; /* of this node */
    tern_key_t             *keys;        /* [scratch_keys] of the message in hand */
    size_t                  scratch_keys;
} tern_follower_t;

/** Registers its handler. */
tern_status_t tern_follower_create(tern_mailbox_t         *mailbox,
                                   const tern_catalogue_t *catalogue,
                                   tern_follower_t       **follower_p);
void          tern_follower_destroy(tern_follower_t **follower_p);

#endif
