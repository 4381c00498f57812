/** \file
 * Opening: the keys first, which must be known, then the rows.
 */
#include "table/envelope.h"

#include <string.h>

#include "table/letter.h"

/* What came: the parts of the envelope. */
typedef struct contents {
    const tern_envelope_t *envelope;
    const char            *rows, *keys;
} contents_t;

static bool is_well_formed(const tern_message_t *message, const tern_letter_t *letter,
                           contents_t *contents)
{
    const tern_envelope_t *envelope = (const tern_envelope_t *)message->payload;

    if (message->payload_bytes < sizeof *envelope || message->tail != NULL ||
        envelope->keys_bytes < TERN_SECTION_FRAME ||
        message->payload_bytes !=
            sizeof *envelope + (size_t)envelope->rows_bytes + envelope->keys_bytes ||
        !tern_keycode_is_valid(&letter->code) ||
        (envelope->form == TERN_ENVELOPE_HASH &&
         (envelope->keys_bytes != sizeof(tern_key_hash_t) ||
          letter->chain->key_cache_bytes == 0)))
        return false;
    contents->envelope = envelope;
    contents->rows     = message->payload + sizeof *envelope;
    contents->keys     = contents->rows + envelope->rows_bytes;
    return true;
}

static tern_status_t find_kept(const tern_table_t *table, const tern_letter_t *letter,
                               const tern_message_t *message, const char *hash_bytes,
                               const char **keys_p)
{
    tern_key_cache_t *kept = tern_table_filters_cache(
        table->filters, table->filters->kept, message->header->source);
    tern_key_hash_t hash;
    size_t          bytes;

    if (kept == NULL)
        return TERN_ERR_NO_MEMORY;
    memcpy(&hash, hash_bytes, sizeof hash);
    *keys_p = tern_key_cache_get(kept, hash, &bytes);
    if (*keys_p == NULL)
        return TERN_IN_PROGRESS;
    return bytes == letter->keys_bytes ? TERN_OK : TERN_ERR_FORMAT;
}

/* The sender will refer to them. */
static void keep_keys(const tern_table_t *table, const tern_letter_t *letter,
                      const tern_message_t *message, const char *keys)
{
    tern_key_cache_t *kept;

    if (letter->flow == TERN_FLOW_ANSWER || letter->chain->key_cache_bytes == 0 ||
        letter->keys_bytes < TERN_LETTER_MIN_HASHED)
        return;
    kept = tern_table_filters_cache(table->filters, table->filters->kept,
                                    message->header->source);
    if (kept != NULL)
        tern_key_cache_put(kept,
                           tern_key_hash(&letter->code, message->header->num_keys, keys),
                           keys, letter->keys_bytes);
}

static tern_status_t find_keys(const tern_table_t *table, const tern_letter_t *letter,
                               const tern_message_t *message, const contents_t *contents,
                               const char **keys_p)
{
    tern_status_t status;

    if (contents->envelope->form == TERN_ENVELOPE_HASH)
        return find_kept(table, letter, message, contents->keys, keys_p);
    status = tern_chain_decode_keys(letter->chain, contents->keys,
                                    contents->envelope->keys_bytes, letter->keys_bytes);
    if (status != TERN_OK)
        return status;
    *keys_p = letter->chain->keys.values;
    keep_keys(table, letter, message, *keys_p);
    return TERN_OK;
}

/* Head and keys (runs) of the message inside, with room for rows behind. */
static tern_buffer_t *begin_plain(const tern_table_t *table, tern_mailbox_t *mailbox,
                                  const tern_letter_t  *letter,
                                  const tern_message_t *message, const char *keys,
                                  size_t *rows_bytes_p)
{
    const tern_message_header_t *header     = message->header;
    size_t                       head_bytes = tern_message_pad(letter->keys_bytes);
    tern_message_t               inside     = {.header = header, .payload = keys};
    size_t                       rows_bytes = 0;
    tern_buffer_t               *plain;

    if (letter->has_rows)
        rows_bytes = tern_letter_num_rows(&inside) *
                     tern_table_row_bytes(table, (tern_message_kind_t)header->kind);
    plain = tern_mailbox_compose(mailbox, (tern_message_kind_t)header->kind,
                                 head_bytes + rows_bytes);
    if (plain == NULL)
        return NULL;
    *tern_buffer_header(plain) = *header;
    tern_buffer_header(plain)->flags &= (uint8_t)~TERN_MESSAGE_ENCODED;
    memcpy(tern_buffer_payload(plain), keys, letter->keys_bytes);
    *rows_bytes_p = rows_bytes;
    return plain;
}

static tern_status_t open(const tern_table_t *table, tern_mailbox_t *mailbox,
                          const tern_letter_t *letter, const tern_message_t *message,
                          tern_traffic_t *traffic, tern_buffer_t **plain_p)
{
    tern_chain_t *chain = letter->chain;
    contents_t    contents;
    const char   *keys;
    size_t        rows_bytes;
    tern_status_t status;

    if (!is_well_formed(message, letter, &contents))
        return TERN_ERR_FORMAT;
    status = find_keys(table, letter, message, &contents, &keys);
    if (status != TERN_OK)
        return status;
    *plain_p = begin_plain(table, mailbox, letter, message, keys, &rows_bytes);
    if (*plain_p == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_letter_count_keys(letter, message->header, contents.envelope, traffic);
    if (!letter->has_rows)
        return TERN_OK;
    traffic->raw_value_bytes += rows_bytes;
    status = tern_chain_decode(chain, contents.rows, contents.envelope->rows_bytes,
                               rows_bytes, &letter->use, traffic);
    if (status == TERN_OK)
        memcpy((char *)tern_buffer_payload(*plain_p) +
                   tern_message_pad(letter->keys_bytes),
               chain->rows.values, rows_bytes);
    return status;
}

tern_status_t tern_envelope_open(const tern_table_t *table, tern_mailbox_t *mailbox,
                                 const tern_message_t *message, tern_buffer_t **plain_p)
{
    tern_traffic_t *traffic;
    tern_letter_t   letter;
    tern_status_t   status;

    if (!tern_envelope_is_due(table, message->header))
        return TERN_ERR_FORMAT;
    letter                = tern_letter_of(table, message->header);
    letter.use.was_chosen = false; /* here all rows count that came */
    traffic               = tern_letter_traffic(table, letter.flow, TERN_END_RECEIVED);
    *plain_p              = NULL;
    status                = open(table, mailbox, &letter, message, traffic, plain_p);
    traffic->wire_bytes += sizeof *message->header + message->payload_bytes;
    traffic->num_messages += status == TERN_OK;
    traffic->key_misses += status == TERN_IN_PROGRESS;
    if (status != TERN_OK && *plain_p != NULL)
        tern_mailbox_release(mailbox, *plain_p);
    return status;
}
