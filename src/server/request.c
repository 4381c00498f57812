#include "server/request.h"

#include "base/log.h"
#include "keys/keycode.h"
#include "keys/range.h"
#include "sync/tick.h"

tern_keycode_t tern_server_keycode(const tern_message_header_t *header)
{
    return (tern_keycode_t){.base      = header->first_key,
                            .width     = header->flags & TERN_MESSAGE_KEY_WIDTH,
                            .has_steps = (header->flags & TERN_MESSAGE_KEY_STEPS) != 0};
}

/* As many keys and rows as the header announces. A range, whose keys take no bytes, is no longer than its table. */
static bool is_well_formed(const tern_message_t *message, const tern_table_t *table)
{
    const tern_message_header_t *header = message->header;
    tern_keycode_t               code   = tern_server_keycode(header);
    size_t head_bytes = tern_message_pad(tern_keycode_bytes(&code, header->num_keys));
    size_t row_bytes;
    tern_message_kind_t kind         = (tern_message_kind_t)header->kind;
    bool                carries_rows = tern_message_carries_rows(kind);

    if (header->num_keys == 0 || !tern_keycode_is_valid(&code) ||
        message->payload_bytes < head_bytes ||
        (code.width == 0 &&
         header->num_keys > table->record.keys.end - table->record.keys.first))
        return false;
    tern_message_rows(message, head_bytes, &row_bytes);
    return row_bytes ==
           (carries_rows ? header->num_keys * tern_table_row_bytes(table, kind) : 0);
}

tern_status_t tern_server_decode(tern_server_t *server, const tern_message_t *message,
                                 tern_server_request_t *request)
{
    const tern_message_header_t *header = message->header;
    tern_keycode_t               code   = tern_server_keycode(header);
    size_t                       row_bytes;
    tern_status_t                status;

    request->header      = header;
    request->is_followed = false;
    request->table       = tern_catalogue_get(server->catalogue, header->table);
    if (request->table == NULL || !is_well_formed(message, request->table)) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "malformed %s from rank %u: table %u, %u keys, %zu + %zu bytes",
                 tern_message_kind_name((tern_message_kind_t)header->kind),
                 header->source, header->table, header->num_keys, message->payload_bytes,
                 message->tail_bytes);
        return TERN_ERR_ARG;
    }
    request->clock =
        request->table->policy->collects ? tern_tick_step(header->clock) : header->clock;
    status = tern_server_reserve(server, header->num_keys);
    if (status != TERN_OK)
        return status;
    tern_keycode_read(&code, header->num_keys, message->payload, server->keys);
    request->keys = server->keys;
    request->rows = tern_message_rows(
        message, tern_message_pad(tern_keycode_bytes(&code, header->num_keys)),
        &row_bytes);
    if (tern_range_has_all(request->table->record.keys, header->num_keys, request->keys))
        return TERN_OK;
    tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
             "a %s from rank %u has keys outside table '%s'",
             tern_message_kind_name((tern_message_kind_t)header->kind), header->source,
             request->table->record.name);
    return TERN_ERR_ARG;
}
