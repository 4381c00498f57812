/** \file
 * Envelope: a message for or from a table, as its filters send it.
 *
 * What is sent is closed right before it goes, what is received is opened before anybody looks at
 * it, so that all other code sees ordinary messages. The keys of a request may go as a hash; who
 * has no keys of that hash asks for them, and the sender puts them in.
 */
#ifndef TERN_TABLE_ENVELOPE_H
#define TERN_TABLE_ENVELOPE_H

#include "comm/mailbox.h"
#include "table/table.h"

/** Does this message of the table go through filters? */
bool tern_envelope_is_due(const tern_table_t *table, const tern_message_header_t *header);

/** Replace a request to server number `server` by its envelope. If its keys went as a hash,
 * *keys_p gets a buffer of them, else NULL. TERN_ERR_NO_MEMORY: nothing was changed. */
tern_status_t tern_envelope_close(const tern_table_t *table, tern_mailbox_t *mailbox,
                                  uint32_t server, tern_buffer_t **message_p,
                                  tern_buffer_t **keys_p);

/** Replace a closed request by the same with the `keys` that tern_envelope_close() kept.
 * TERN_ERR_NO_MEMORY: nothing was changed. */
tern_status_t tern_envelope_add_keys(const tern_table_t *table, tern_mailbox_t *mailbox,
                                     uint32_t server, const tern_buffer_t *keys,
                                     tern_buffer_t **message_p);

/** A closed message is sent once more. */
void tern_envelope_count_repeat(const tern_table_t *table, tern_buffer_t *message);

/** Replace a reply with rows by its envelope. */
tern_status_t tern_envelope_close_reply(const tern_table_t *table,
                                        tern_mailbox_t *mailbox, tern_buffer_t **reply_p);

/** The message in an envelope: a buffer for the caller. TERN_IN_PROGRESS: its keys are not known
 * here. TERN_ERR_FORMAT: it is malformed. TERN_ERR_NO_MEMORY. */
tern_status_t tern_envelope_open(const tern_table_t *table, tern_mailbox_t *mailbox,
                                 const tern_message_t *message, tern_buffer_t **plain_p);

#endif
