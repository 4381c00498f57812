#include "server/errand.h"

#include <string.h>

#include "base/log.h"
#include "keys/keycode.h"
#include "keys/range.h"
#include "store/copy.h"

tern_errand_t tern_errand_of(const tern_server_t         *server,
                             const tern_server_request_t *request, bool is_repeat)
{
    const tern_message_header_t *header = request->header;

    return (tern_errand_t){
        .route    = {.sequence  = header->sequence,
                     .client    = header->source,
                     .via       = (uint32_t)tern_mailbox_group(server->mailbox)->rank,
                     .kind      = header->kind,
                     .is_repeat = is_repeat},
        .table    = request->table,
        .num_keys = header->num_keys,
        .keys     = request->keys,
        .rows     = request->rows};
}

/* --- decoding --- */

static size_t row_bytes_of(const tern_table_t *table, const tern_message_header_t *header,
                           tern_message_kind_t asked)
{
    if (header->kind == TERN_MESSAGE_TRANSFER)
        return tern_row_body_bytes(&table->view.layout);
    return tern_message_carries_rows(asked) ? table->row_bytes : 0;
}

/* Everything in front of the rows. */
static size_t head_bytes_of(const tern_keycode_t *code, uint32_t num_keys)
{
    return tern_message_pad(sizeof(tern_route_t)) +
           tern_message_pad(tern_keycode_bytes(code, num_keys)) +
           tern_message_pad(num_keys * sizeof(uint32_t));
}

static bool is_well_formed(const tern_message_t *message, const tern_table_t *table,
                           const tern_keycode_t *code)
{
    const tern_message_header_t *header = message->header;
    const tern_route_t          *route  = (const tern_route_t *)message->payload;
    size_t                       row_bytes;

    if (table == NULL || !table->policy->moves_rows || header->num_keys == 0 ||
        !tern_keycode_is_valid(code) ||
        message->payload_bytes < head_bytes_of(code, header->num_keys))
        return false;
    tern_message_rows(message, head_bytes_of(code, header->num_keys), &row_bytes);
    return row_bytes == header->num_keys *
                            row_bytes_of(table, header, (tern_message_kind_t)route->kind);
}

tern_status_t tern_errand_decode(tern_server_t *server, const tern_message_t *message,
                                 tern_errand_t *errand)
{
    const tern_message_header_t *header = message->header;
    tern_table_t  *table = tern_catalogue_get(server->catalogue, header->table);
    tern_keycode_t code  = tern_server_keycode(header);
    const char    *keys  = message->payload + tern_message_pad(sizeof(tern_route_t));
    size_t         row_bytes;
    tern_status_t  status;

    if (!is_well_formed(message, table, &code)) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "malformed %s from rank %u",
                 tern_message_kind_name((tern_message_kind_t)header->kind),
                 header->source);
        return TERN_ERR_ARG;
    }
    status = tern_server_reserve(server, header->num_keys);
    if (status != TERN_OK)
        return status;
    tern_keycode_read(&code, header->num_keys, keys, server->keys);
    memcpy(server->positions,
           keys + tern_message_pad(tern_keycode_bytes(&code, header->num_keys)),
           header->num_keys * sizeof *server->positions);
    *errand =
        (tern_errand_t){.table     = table,
                        .num_keys  = header->num_keys,
                        .keys      = server->keys,
                        .positions = server->positions,
                        .rows      = tern_message_rows(
                                 message, head_bytes_of(&code, header->num_keys), &row_bytes)};
    memcpy(&errand->route, message->payload, sizeof errand->route);
    return tern_range_has_all(table->record.keys, header->num_keys, server->keys)
               ? TERN_OK
               : TERN_ERR_ARG;
}

/* --- passing on --- */

tern_buffer_t *tern_errand_compose(tern_server_t *server, const tern_errand_t *errand,
                                   tern_message_kind_t kind, uint32_t num_keys,
                                   const tern_key_t keys[], const uint32_t positions[],
                                   size_t rows_bytes, char **rows_p)
{
    tern_keycode_t code    = tern_keycode_choose(num_keys, keys);
    size_t         head    = head_bytes_of(&code, num_keys);
    bool           is_long = rows_bytes >= server->tail_bytes;
    tern_buffer_t *message =
        tern_mailbox_compose(server->mailbox, kind, head + (is_long ? 0 : rows_bytes));
    tern_buffer_t *tail =
        is_long ? tern_mailbox_allocate(server->mailbox, rows_bytes) : NULL;
    tern_message_header_t *header;
    char                  *payload;

    if (message == NULL || (is_long && tail == NULL)) {
        if (message != NULL)
            tern_mailbox_release(server->mailbox, message);
        return NULL;
    }
    header            = tern_buffer_header(message);
    header->table     = errand->table->id;
    header->epoch     = (uint32_t)server->epoch;
    header->flags     = code.width | (code.has_steps ? TERN_MESSAGE_KEY_STEPS : 0);
    header->first_key = code.base;
    header->num_keys  = num_keys;
    payload           = tern_buffer_payload(message);
    memcpy(payload, &errand->route, sizeof errand->route);
    payload += tern_message_pad(sizeof(tern_route_t));
    tern_keycode_write(&code, num_keys, keys, payload);
    payload += tern_message_pad(tern_keycode_bytes(&code, num_keys));
    memcpy(payload, positions, num_keys * sizeof *positions);
    *rows_p = (char *)tern_buffer_payload(message) + head;
    if (is_long) {
        tern_buffer_set_tail(message, tail);
        *rows_p = tail->data;
    }
    return message;
}

void tern_errand_post(tern_server_t *server, tern_buffer_t *message, uint32_t to_server)
{
    int rank = tern_mailbox_group(server->mailbox)->server_ranks[to_server];

    if (tern_mailbox_post(server->mailbox, rank, message) != TERN_OK)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot send to server rank %d", rank);
}

void tern_errand_forward(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                         const uint32_t which[], uint32_t to_server)
{
    size_t row_bytes = tern_message_carries_rows((tern_message_kind_t)errand->route.kind)
                           ? errand->table->row_bytes
                           : 0;
    tern_buffer_t *message;
    char          *rows;

    for (uint32_t i = 0; i < num; i++) {
        server->part_keys[i]      = errand->keys[which[i]];
        server->part_positions[i] = tern_errand_position(errand, which[i]);
    }
    message =
        tern_errand_compose(server, errand, TERN_MESSAGE_FORWARD, num, server->part_keys,
                            server->part_positions, num * row_bytes, &rows);
    if (message == NULL) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "no memory to pass a request on");
        return;
    }
    for (uint32_t i = 0; i < num && row_bytes > 0; i++)
        tern_copy_row(rows + i * row_bytes, errand->rows + which[i] * row_bytes,
                      (uint32_t)row_bytes);
    server->counters->forwarded_keys += num;
    tern_errand_post(server, message, to_server);
}
