/** \file
 * Sealer: keeps the rows of a server fit for one-sided reads (store/seal.h).
 *
 * A row is sealed where it is in the cache anyway: when a message has changed it, and when a message had
 * to ask for it since it was unsealed. Such a question also shows that other nodes want rows that
 * this one changes; then the server, when it is idle, goes once over all rows that were changed
 * and seals them, a few at a time, in the order of memory. Rows that nobody asks for cost nothing, and a
 * server that has nothing to do soon does nothing.
 */
#ifndef TERN_SERVER_SEALER_H
#define TERN_SERVER_SEALER_H

#include "comm/mailbox.h"
#include "table/catalogue.h"

typedef struct tern_sealer {
    tern_counters_t        *counters;
    const tern_catalogue_t *catalogue;
    uint64_t num_moves; /* messages and rows of this rank when it was last polled */
    unsigned num_quiet; /* polls since that number changed */
    size_t   num_walks; /* tables that are gone over */
} tern_sealer_t;

/** Registers its poll. */
tern_status_t tern_sealer_create(tern_mailbox_t         *mailbox,
                                 const tern_catalogue_t *catalogue,
                                 tern_sealer_t         **sealer_p);
void          tern_sealer_destroy(tern_sealer_t **sealer_p);

/** After a message was served that read or changed the rows of `keys` here. */
void tern_sealer_note(tern_sealer_t *sealer, tern_table_t *table,
                      tern_message_kind_t kind, size_t num_keys, const tern_key_t keys[]);

#endif
