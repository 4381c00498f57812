/** \file
 * A closed message is
 *
 * \code
 * header | tern_envelope_t | rows | keys
 * \endcode
 * The header is that of the message inside, with a flag; the rows are encoded once, so that a
 * message with its keys put in says the same as before. Of a reply, the runs stand for the keys.
 */
#include "table/envelope.h"

#include <string.h>

#include "table/letter.h"

bool tern_envelope_is_due(const tern_table_t *table, const tern_message_header_t *header)
{
    bool is_request = header->kind == TERN_MESSAGE_PULL ||
                      tern_message_carries_rows((tern_message_kind_t)header->kind);

    return table->filters != NULL && (is_request || header->kind == TERN_MESSAGE_REPLY) &&
           tern_table_filters_chain(table->filters, tern_letter_flow(header)) != NULL;
}

/* The keys of a request, for filters that remember something of each; NULL if there are none. */
static tern_status_t list_keys(const tern_table_t *table, const tern_letter_t *letter,
                               const tern_message_t *message, const tern_key_t **keys_p)
{
    uint32_t num_keys = message->header->num_keys;

    *keys_p = NULL;
    if (letter->flow != TERN_FLOW_PUSH || !letter->chain->remembers_keys)
        return TERN_OK;
    if (tern_table_filters_reserve_list(table->filters, num_keys) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    tern_keycode_read(&letter->code, num_keys, message->payload, table->filters->listed);
    *keys_p = table->filters->listed;
    return TERN_OK;
}

/* Encode the rows into letter->chain->rows and count them. */
static tern_status_t encode_rows(const tern_table_t *table, const tern_letter_t *letter,
                                 const tern_message_t *message, tern_traffic_t *traffic)
{
    size_t            num_rows = tern_letter_num_rows(message);
    const tern_key_t *keys;
    const char       *rows;
    size_t            rows_bytes;

    if (list_keys(table, letter, message, &keys) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    rows = tern_message_rows(message, tern_message_pad(letter->keys_bytes), &rows_bytes);
    if (!letter->use.was_chosen)
        traffic->raw_value_bytes += rows_bytes;
    return tern_chain_encode(letter->chain, rows, rows_bytes, num_rows, keys,
                             &letter->use, traffic);
}

/* Is this list to go as its hash? Then the server has it; else it will. */
static bool goes_as_hash(const tern_table_t *table, const tern_letter_t *letter,
                         uint32_t server, const tern_message_t *message,
                         tern_key_hash_t *hash)
{
    tern_key_cache_t *known;

    if (letter->chain->key_cache_bytes == 0 ||
        letter->keys_bytes < TERN_LETTER_MIN_HASHED)
        return false;
    known = tern_table_filters_cache(table->filters, table->filters->known, server);
    if (known == NULL)
        return false;
    *hash = tern_key_hash(&letter->code, message->header->num_keys, message->payload);
    if (tern_key_cache_touch(known, *hash))
        return true;
    tern_key_cache_put(known, *hash, NULL, letter->keys_bytes);
    return false;
}

/* Put it together: a header like `header`, the encoded rows, and the hash, or if that is NULL
 * the encoded keys. */
static tern_buffer_t *compose(tern_mailbox_t *mailbox, const tern_letter_t *letter,
                              const tern_message_header_t *header,
                              const tern_key_hash_t       *hash)
{
    const tern_chain_t *chain = letter->chain;
    size_t rows_bytes = letter->has_rows ? tern_section_wire_bytes(&chain->rows) : 0;
    size_t keys_bytes =
        hash != NULL ? sizeof *hash : tern_section_wire_bytes(&chain->keys);
    tern_buffer_t *buffer =
        tern_mailbox_compose(mailbox, (tern_message_kind_t)header->kind,
                             sizeof(tern_envelope_t) + rows_bytes + keys_bytes);
    char *at;

    if (buffer == NULL)
        return NULL;
    *tern_buffer_header(buffer) = *header;
    tern_buffer_header(buffer)->flags |= TERN_MESSAGE_ENCODED;
    at = tern_buffer_payload(buffer);
    *(tern_envelope_t *)at =
        (tern_envelope_t){.rows_bytes = (uint32_t)rows_bytes,
                          .keys_bytes = (uint32_t)keys_bytes,
                          .form = hash != NULL ? TERN_ENVELOPE_HASH : TERN_ENVELOPE_KEYS};
    at += sizeof(tern_envelope_t);
    if (rows_bytes > 0)
        tern_section_write(&chain->rows, at);
    if (hash != NULL)
        memcpy(at + rows_bytes, hash, sizeof *hash);
    else
        tern_section_write(&chain->keys, at + rows_bytes);
    return buffer;
}

static const tern_envelope_t *envelope_of(tern_buffer_t *closed)
{
    return tern_buffer_payload(closed);
}

/* A copy of the keys as they would have gone. */
static tern_buffer_t *copy_keys(tern_mailbox_t *mailbox, const tern_letter_t *letter,
                                const tern_message_t *message)
{
    tern_buffer_t *keys = tern_mailbox_allocate(mailbox, letter->keys_bytes);

    if (keys != NULL)
        memcpy(keys->data, message->payload, letter->keys_bytes);
    return keys;
}

tern_status_t tern_envelope_close(const tern_table_t *table, tern_mailbox_t *mailbox,
                                  uint32_t server, tern_buffer_t **message_p,
                                  tern_buffer_t **keys_p)
{
    tern_message_t  message = tern_message_of(*message_p);
    tern_letter_t   letter  = tern_letter_of(table, message.header);
    tern_traffic_t *traffic = tern_letter_traffic(table, letter.flow, TERN_END_SENT);
    tern_buffer_t  *closed  = NULL;
    tern_key_hash_t hash;
    bool            is_hashed = goes_as_hash(table, &letter, server, &message, &hash);

    *keys_p   = is_hashed ? copy_keys(mailbox, &letter, &message) : NULL;
    is_hashed = *keys_p != NULL; /* without a copy the keys go */
    if ((!letter.has_rows || encode_rows(table, &letter, &message, traffic) == TERN_OK) &&
        (is_hashed || tern_chain_encode_keys(letter.chain, message.payload,
                                             letter.keys_bytes) == TERN_OK))
        closed = compose(mailbox, &letter, message.header, is_hashed ? &hash : NULL);
    if (closed == NULL) {
        if (*keys_p != NULL)
            tern_mailbox_release(mailbox, *keys_p);
        *keys_p = NULL;
        return TERN_ERR_NO_MEMORY;
    }
    tern_letter_count_keys(&letter, message.header, envelope_of(closed), traffic);
    traffic->num_messages++;
    traffic->wire_bytes += closed->bytes;
    tern_mailbox_release(mailbox, *message_p);
    *message_p = closed;
    return TERN_OK;
}

tern_status_t tern_envelope_add_keys(const tern_table_t *table, tern_mailbox_t *mailbox,
                                     uint32_t server, const tern_buffer_t *keys,
                                     tern_buffer_t **message_p)
{
    tern_message_header_t *header = tern_buffer_header(*message_p);
    const tern_envelope_t *old    = tern_buffer_payload(*message_p);
    tern_letter_t          letter = tern_letter_of(table, header);
    tern_traffic_t   *traffic = tern_letter_traffic(table, letter.flow, TERN_END_SENT);
    tern_key_cache_t *known =
        tern_table_filters_cache(table->filters, table->filters->known, server);
    size_t         keys_bytes;
    tern_buffer_t *closed;
    char          *at;

    if (tern_chain_encode_keys(letter.chain, keys->data, letter.keys_bytes) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    keys_bytes = tern_section_wire_bytes(&letter.chain->keys);
    closed     = tern_mailbox_compose(mailbox, (tern_message_kind_t)header->kind,
                                      sizeof *old + old->rows_bytes + keys_bytes);
    if (closed == NULL)
        return TERN_ERR_NO_MEMORY;
    *tern_buffer_header(closed) = *header;
    at                          = tern_buffer_payload(closed);
    memcpy(at, old, sizeof *old + old->rows_bytes);
    *(tern_envelope_t *)at = (tern_envelope_t){.rows_bytes = old->rows_bytes,
                                               .keys_bytes = (uint32_t)keys_bytes};
    tern_section_write(&letter.chain->keys, at + sizeof *old + old->rows_bytes);
    if (known != NULL)
        tern_key_cache_put(known,
                           tern_key_hash(&letter.code, header->num_keys, keys->data),
                           NULL, letter.keys_bytes);
    traffic->key_misses++;
    traffic->wire_bytes += closed->bytes;
    tern_mailbox_release(mailbox, *message_p);
    *message_p = closed;
    return TERN_OK;
}

void tern_envelope_count_repeat(const tern_table_t *table, tern_buffer_t *message)
{
    const tern_message_header_t *header = tern_buffer_header(message);

    if (header->flags & TERN_MESSAGE_ENCODED)
        tern_letter_traffic(table, tern_letter_flow(header), TERN_END_SENT)->wire_bytes +=
            message->bytes;
}

tern_status_t tern_envelope_close_reply(const tern_table_t *table,
                                        tern_mailbox_t *mailbox, tern_buffer_t **reply_p)
{
    tern_message_t  reply   = tern_message_of(*reply_p);
    tern_letter_t   letter  = tern_letter_of(table, reply.header);
    tern_traffic_t *traffic = tern_letter_traffic(table, letter.flow, TERN_END_SENT);
    tern_buffer_t  *closed;

    if (encode_rows(table, &letter, &reply, traffic) != TERN_OK ||
        tern_chain_encode_keys(letter.chain, reply.payload, letter.keys_bytes) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    closed = compose(mailbox, &letter, reply.header, NULL);
    if (closed == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_letter_count_keys(&letter, reply.header, envelope_of(closed), traffic);
    traffic->num_messages++;
    traffic->wire_bytes += closed->bytes;
    tern_mailbox_release(mailbox, *reply_p);
    *reply_p = closed;
    return TERN_OK;
}
