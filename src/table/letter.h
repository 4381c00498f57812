/** \file
 * Letter: what the two ends of a message must agree on to close and open its envelope. All of it is
 * in the header.
 */
#ifndef TERN_TABLE_LETTER_H
#define TERN_TABLE_LETTER_H

#include "comm/mailbox.h"
#include "table/table.h"

/** Lists of keys below this are sent rather than hashed. */
#define TERN_LETTER_MIN_HASHED (2 * sizeof(tern_key_hash_t))

typedef struct tern_letter {
    tern_flow_t      flow;
    tern_chain_t    *chain;
    tern_chain_use_t use;
    tern_keycode_t   code; /* requests: of the keys */
    size_t
        keys_bytes; /* of the keys, or the runs, as messages without filters write them */
    bool has_rows;
} tern_letter_t;

tern_flow_t   tern_letter_flow(const tern_message_header_t *header);
tern_letter_t tern_letter_of(const tern_table_t          *table,
                             const tern_message_header_t *header);

/** The rows that a message has or asks for. */
size_t tern_letter_num_rows(const tern_message_t *message);

tern_traffic_t *tern_letter_traffic(const tern_table_t *table, tern_flow_t flow,
                                    tern_end_t end);

/** Count the keys of a message, in its `envelope`. */
void tern_letter_count_keys(const tern_letter_t         *letter,
                            const tern_message_header_t *header,
                            const tern_envelope_t *envelope, tern_traffic_t *traffic);

#endif
