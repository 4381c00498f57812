/** \file
 * A closed message is
 *
 * \code
 * header | tern_envelope_t | rows | keys
 * \endcode
 * The header is that of the message inside, with a flag; the rows are encoded once, so that a message with its keys put in says the
 * same as before. Of a reply, the runs stand for the keys.
 */
#include "table/envelope.h"

#include <string.h>

#include "base/alloc.h"

/* Lists of keys below this are sent rather than hashed. */
#define MIN_HASHED_BYTES (2 * sizeof(tern_key_hash_t))

/* --- what a message is --- */

/* A message of which all that the two ends must agree on is in the header. */
typedef struct letter {
    tern_flow_t      flow;
    tern_chain_t    *chain;
    tern_chain_use_t use;
    tern_keycode_t   code; /* requests: of the keys */
    size_t
        keys_bytes; /* of the keys, or the runs, as messages without filters write them */
    bool has_rows;
} letter_t;

static tern_flow_t flow_of(const tern_message_header_t *header)
{
    if (header->kind == TERN_MESSAGE_REPLY)
        return TERN_FLOW_ANSWER;
    return tern_message_carries_rows((tern_message_kind_t)header->kind) ? TERN_FLOW_PUSH
                                                                        : TERN_FLOW_PULL;
}

static letter_t letter_of(const tern_table_t *table, const tern_message_header_t *header)
{
    letter_t letter = {.flow = flow_of(header)};

    letter.chain    = tern_table_filters_chain(table->filters, letter.flow);
    letter.has_rows = letter.flow != TERN_FLOW_PULL;
    if (letter.flow == TERN_FLOW_ANSWER) {
        letter.keys_bytes = header->num_runs * sizeof(tern_run_t);
        return letter;
    }
    letter.code =
        (tern_keycode_t){.base      = header->first_key,
                         .width     = header->flags & TERN_MESSAGE_KEY_WIDTH,
                         .has_steps = (header->flags & TERN_MESSAGE_KEY_STEPS) != 0};
    letter.keys_bytes   = tern_keycode_bytes(&letter.code, header->num_keys);
    letter.use.is_exact = header->kind == TERN_MESSAGE_SET;
    letter.use.was_chosen =
        header->kind == TERN_MESSAGE_PUSH && letter.chain->chooses_rows;
    return letter;
}

bool tern_envelope_is_due(const tern_table_t *table, const tern_message_header_t *header)
{
    bool is_request = header->kind == TERN_MESSAGE_PULL ||
                      tern_message_carries_rows((tern_message_kind_t)header->kind);

    return table->filters != NULL && (is_request || header->kind == TERN_MESSAGE_REPLY) &&
           tern_table_filters_chain(table->filters, flow_of(header)) != NULL;
}

static tern_traffic_t *traffic_of(const tern_table_t *table, tern_flow_t flow,
                                  tern_end_t end)
{
    return &table->filters->traffic[flow][end];
}

static size_t num_rows_of(const tern_message_t *message)
{
    const tern_run_t *runs = (const tern_run_t *)message->payload;
    size_t            num  = 0;

    if (message->header->kind != TERN_MESSAGE_REPLY)
        return message->header->num_keys;
    for (uint32_t r = 0; r < message->header->num_runs; r++)
        num += runs[r].end - runs[r].begin;
    return num;
}

/* --- closing --- */

/* The keys of a request, for filters that remember something of each; NULL if there are none. */
static tern_status_t list_keys(const tern_table_t *table, const letter_t *letter,
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
static tern_status_t encode_rows(const tern_table_t *table, const letter_t *letter,
                                 const tern_message_t *message, tern_traffic_t *traffic)
{
    size_t            num_rows = num_rows_of(message);
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
static bool goes_as_hash(const tern_table_t *table, const letter_t *letter,
                         uint32_t server, const tern_message_t *message,
                         tern_key_hash_t *hash)
{
    tern_key_cache_t *known;

    if (letter->chain->key_cache_bytes == 0 || letter->keys_bytes < MIN_HASHED_BYTES)
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

/* Put it together: a header like `header`, the encoded rows, and the hash, or if that is NULL the encoded keys. */
static tern_buffer_t *compose(tern_mailbox_t *mailbox, const letter_t *letter,
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

static void count_keys(const letter_t *letter, const tern_message_header_t *header,
                       const tern_envelope_t *envelope, tern_traffic_t *traffic)
{
    bool              is_hashed = envelope->form == TERN_ENVELOPE_HASH;
    tern_chain_keys_t sizes     = {.coded     = letter->keys_bytes,
                                   .sent      = envelope->keys_bytes,
                                   .is_hashed = is_hashed};

    if (!is_hashed)
        sizes.sent -= TERN_SECTION_FRAME;
    if (!letter->use.was_chosen && letter->flow != TERN_FLOW_ANSWER)
        traffic->raw_key_bytes += header->num_keys * sizeof(tern_key_t);
    traffic->cached_keys += is_hashed ? header->num_keys : 0;
    tern_chain_count_keys(letter->chain, &sizes, letter->use.was_chosen, traffic);
}

/* A copy of the keys as they would have gone. */
static tern_buffer_t *copy_keys(tern_mailbox_t *mailbox, const letter_t *letter,
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
    letter_t        letter  = letter_of(table, message.header);
    tern_traffic_t *traffic = traffic_of(table, letter.flow, TERN_END_SENT);
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
    count_keys(&letter, message.header, envelope_of(closed), traffic);
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
    tern_message_header_t *header  = tern_buffer_header(*message_p);
    const tern_envelope_t *old     = tern_buffer_payload(*message_p);
    letter_t               letter  = letter_of(table, header);
    tern_traffic_t        *traffic = traffic_of(table, letter.flow, TERN_END_SENT);
    tern_key_cache_t      *known =
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
        traffic_of(table, flow_of(header), TERN_END_SENT)->wire_bytes += message->bytes;
}

tern_status_t tern_envelope_close_reply(const tern_table_t *table,
                                        tern_mailbox_t *mailbox, tern_buffer_t **reply_p)
{
    tern_message_t  reply   = tern_message_of(*reply_p);
    letter_t        letter  = letter_of(table, reply.header);
    tern_traffic_t *traffic = traffic_of(table, letter.flow, TERN_END_SENT);
    tern_buffer_t  *closed;

    if (encode_rows(table, &letter, &reply, traffic) != TERN_OK ||
        tern_chain_encode_keys(letter.chain, reply.payload, letter.keys_bytes) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    closed = compose(mailbox, &letter, reply.header, NULL);
    if (closed == NULL)
        return TERN_ERR_NO_MEMORY;
    count_keys(&letter, reply.header, envelope_of(closed), traffic);
    traffic->num_messages++;
    traffic->wire_bytes += closed->bytes;
    tern_mailbox_release(mailbox, *reply_p);
    *reply_p = closed;
    return TERN_OK;
}

/* --- opening --- */

/* What came: the parts of the envelope. */
typedef struct contents {
    const tern_envelope_t *envelope;
    const char            *rows, *keys;
} contents_t;

static bool is_well_formed(const tern_message_t *message, const letter_t *letter,
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

static tern_status_t find_kept(const tern_table_t *table, const letter_t *letter,
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
static void keep_keys(const tern_table_t *table, const letter_t *letter,
                      const tern_message_t *message, const char *keys)
{
    tern_key_cache_t *kept;

    if (letter->flow == TERN_FLOW_ANSWER || letter->chain->key_cache_bytes == 0 ||
        letter->keys_bytes < MIN_HASHED_BYTES)
        return;
    kept = tern_table_filters_cache(table->filters, table->filters->kept,
                                    message->header->source);
    if (kept != NULL)
        tern_key_cache_put(kept,
                           tern_key_hash(&letter->code, message->header->num_keys, keys),
                           keys, letter->keys_bytes);
}

static tern_status_t find_keys(const tern_table_t *table, const letter_t *letter,
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
                                  const letter_t *letter, const tern_message_t *message,
                                  const char *keys, size_t *rows_bytes_p)
{
    const tern_message_header_t *header     = message->header;
    size_t                       head_bytes = tern_message_pad(letter->keys_bytes);
    tern_message_t               inside     = {.header = header, .payload = keys};
    size_t                       rows_bytes = 0;
    tern_buffer_t               *plain;

    if (letter->has_rows)
        rows_bytes = num_rows_of(&inside) *
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
                          const letter_t *letter, const tern_message_t *message,
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
    count_keys(letter, message->header, contents.envelope, traffic);
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
    letter_t        letter;
    tern_status_t   status;

    if (!tern_envelope_is_due(table, message->header))
        return TERN_ERR_FORMAT;
    letter                = letter_of(table, message->header);
    letter.use.was_chosen = false; /* here all rows count that came */
    traffic               = traffic_of(table, letter.flow, TERN_END_RECEIVED);
    *plain_p              = NULL;
    status                = open(table, mailbox, &letter, message, traffic, plain_p);
    traffic->wire_bytes += sizeof *message->header + message->payload_bytes;
    traffic->num_messages += status == TERN_OK;
    traffic->key_misses += status == TERN_IN_PROGRESS;
    if (status != TERN_OK && *plain_p != NULL)
        tern_mailbox_release(mailbox, *plain_p);
    return status;
}
