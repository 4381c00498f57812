/** \file
 * A request is decoded once into keys and rows, run against the view, and answered by runs of the
 * positions that it reached. What was not here (a row that left, a sealed segment) is answered with an
 * error status, never with silence.
 *
 * Requests of one source are served in the order in which it numbered them (source.h).
 */
#include "server/server.h"

#include <string.h>

#include "base/alloc.h"

typedef struct request {
    const tern_message_header_t *header;
    tern_table_t                *table;
    const tern_key_t            *keys;
    const char                  *rows; /* push, set */
} request_t;

static tern_status_t reserve(tern_server_t *server, size_t num_keys)
{
    uint32_t   *missing;
    tern_key_t *keys;

    if (num_keys <= server->scratch_keys)
        return TERN_OK;
    missing = tern_realloc(TERN_LOG_SERVER, server->missing, num_keys * sizeof *missing);
    if (missing == NULL)
        return TERN_ERR_NO_MEMORY;
    server->missing = missing;
    keys = tern_realloc(TERN_LOG_SERVER, server->keys, num_keys * sizeof *keys);
    if (keys == NULL)
        return TERN_ERR_NO_MEMORY;
    server->keys         = keys;
    server->scratch_keys = num_keys;
    return TERN_OK;
}

/* The keys and rows that the header announces are those in the payload. */
static bool has_announced_bytes(const tern_message_t *message, const tern_table_t *table)
{
    const tern_message_header_t *header = message->header;
    size_t num_keys  = header->flags & TERN_MESSAGE_IS_RANGE ? 0 : header->num_keys;
    size_t row_bytes = header->kind == TERN_MESSAGE_PULL ? 0 : table->row_bytes;

    return header->key_bytes == num_keys * sizeof(tern_key_t) &&
           message->payload_bytes == header->key_bytes + header->num_keys * row_bytes;
}

static bool keys_are_inside(const request_t *request)
{
    const tern_range_t *range = &request->table->record.keys;

    for (uint32_t i = 0; i < request->header->num_keys; i++)
        if (request->keys[i] < range->first || request->keys[i] >= range->end)
            return false;
    return true;
}

static tern_status_t decode(tern_server_t *server, const tern_message_t *message,
                            request_t *request)
{
    const tern_message_header_t *header = message->header;
    tern_status_t                status;

    request->header = header;
    request->table  = tern_catalogue_get(server->catalogue, header->table);
    if (request->table == NULL || !has_announced_bytes(message, request->table)) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "malformed %s from rank %u: table %u, %u keys, %zu bytes",
                 tern_message_kind_name(header->kind), header->source, header->table,
                 header->num_keys, message->payload_bytes);
        return TERN_ERR_ARG;
    }
    status = reserve(server, header->num_keys);
    if (status != TERN_OK)
        return status;
    if (header->flags & TERN_MESSAGE_IS_RANGE) {
        for (uint32_t i = 0; i < header->num_keys; i++)
            server->keys[i] = header->first_key + i;
        request->keys = server->keys;
        request->rows = message->payload;
    } else {
        request->keys = (const tern_key_t *)message->payload;
        request->rows = message->payload + header->key_bytes;
    }
    return keys_are_inside(request) ? TERN_OK : TERN_ERR_ARG;
}

/* The runs between the missing positions; at most one more than these. */
static uint32_t list_runs(uint32_t num_keys, size_t num_missing, const uint32_t missing[],
                          tern_run_t runs[])
{
    uint32_t num_runs = 0;
    uint32_t begin    = 0;

    for (size_t i = 0; i <= num_missing; i++) {
        uint32_t end = i < num_missing ? missing[i] : num_keys;

        if (end > begin)
            runs[num_runs++] = (tern_run_t){begin, end};
        begin = end + 1;
    }
    return num_runs;
}

static tern_buffer_t *compose_reply(tern_server_t               *server,
                                    const tern_message_header_t *header,
                                    size_t                       payload_bytes)
{
    tern_buffer_t *reply =
        tern_mailbox_compose(server->mailbox, TERN_MESSAGE_REPLY, payload_bytes);

    if (reply == NULL)
        return NULL;
    tern_buffer_header(reply)->table    = header->table;
    tern_buffer_header(reply)->epoch    = (uint32_t)server->epoch;
    tern_buffer_header(reply)->sequence = header->sequence;
    tern_buffer_header(reply)->num_keys = header->num_keys;
    return reply;
}

static void reply_failure(tern_server_t *server, const tern_message_header_t *header,
                          tern_status_t status)
{
    tern_buffer_t *reply = compose_reply(server, header, 0);

    if (reply == NULL)
        return; /* the client asks again */
    tern_buffer_header(reply)->status = status;
    if (tern_mailbox_post(server->mailbox, (int)header->source, reply) != TERN_OK)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot answer rank %u",
                 header->source);
}

/* Write the runs into the reply and send it; `status` is what the missing positions get. */
static void send_reply(tern_server_t *server, const request_t *request,
                       tern_buffer_t *reply, size_t num_missing)
{
    tern_message_header_t *header = tern_buffer_header(reply);

    header->num_runs = list_runs(request->header->num_keys, num_missing, server->missing,
                                 tern_buffer_payload(reply));
    if (request->header->kind != TERN_MESSAGE_PULL)
        reply->bytes = sizeof *header + header->num_runs * sizeof(tern_run_t);
    if (num_missing > 0) {
        header->status = TERN_ERR_PEER_LOST;
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "%zu of %u rows that rank %u asked for are not here", num_missing,
                 request->header->num_keys, request->header->source);
    }
    if (tern_mailbox_post(server->mailbox, (int)request->header->source, reply) !=
        TERN_OK)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot answer rank %u",
                 request->header->source);
}

static void serve_pull(tern_server_t *server, const request_t *request)
{
    uint32_t       num_keys  = request->header->num_keys;
    size_t         row_bytes = request->table->row_bytes;
    tern_buffer_t *reply =
        compose_reply(server, request->header, sizeof(tern_run_t) + num_keys * row_bytes);
    size_t num_missing;

    if (reply == NULL)
        return;
    num_missing = tern_view_read(&request->table->view, num_keys, request->keys,
                                 (char *)tern_buffer_payload(reply) + sizeof(tern_run_t),
                                 server->missing);
    if (num_missing > 0) { /* rows of the runs would have to move: answer none of them */
        tern_mailbox_release(server->mailbox, reply);
        reply_failure(server, request->header, TERN_ERR_PEER_LOST);
        return;
    }
    send_reply(server, request, reply, 0);
}

static void serve_change(tern_server_t *server, const request_t *request, bool is_applied)
{
    const tern_message_header_t *header      = request->header;
    tern_view_t                 *view        = &request->table->view;
    size_t                       num_missing = 0;
    tern_buffer_t               *reply;

    if (is_applied)
        server->counters->duplicates_dropped++;
    else if (header->kind == TERN_MESSAGE_PUSH)
        num_missing =
            tern_view_update(view, header->num_keys, request->keys, request->rows,
                             server->missing, header->source, header->sequence);
    else
        num_missing = tern_view_set(view, header->num_keys, request->keys, request->rows,
                                    server->missing, header->source, header->sequence);
    reply = compose_reply(server, header, (num_missing + 1) * sizeof(tern_run_t));
    if (reply != NULL)
        send_reply(server, request, reply, num_missing);
}

static void serve_request(tern_server_t *server, const tern_message_t *message,
                          bool is_applied)
{
    request_t     request;
    tern_status_t status = decode(server, message, &request);

    if (status != TERN_OK) {
        reply_failure(server, message->header, status);
        return;
    }
    server->counters->served_keys += message->header->num_keys;
    if (message->header->kind == TERN_MESSAGE_PULL)
        serve_pull(server, &request);
    else
        serve_change(server, &request, is_applied);
}

/* The request whose turn it is, and the held ones that follow it. */
static void serve_in_order(tern_server_t *server, tern_source_t *source,
                           const tern_message_t *message)
{
    tern_buffer_t *next;

    serve_request(server, message, false);
    while ((next = tern_source_advance(source)) != NULL) {
        tern_message_t held = tern_message_of(next);

        serve_request(server, &held, false);
        tern_mailbox_release(server->mailbox, next);
    }
}

static void serve(void *context, const tern_message_t *message)
{
    tern_server_t *server = context;
    tern_source_t *source;
    tern_phase_t   before;

    if (message->header->source >= (uint32_t)server->size)
        return;
    source = &server->sources[message->header->source];
    before = tern_phase_enter(server->phases, TERN_PHASE_APPLY);
    switch (tern_source_turn(source, message->header->sequence)) {
    case TERN_TURN_NOW:
        serve_in_order(server, source, message);
        break;
    case TERN_TURN_PAST:
        serve_request(server, message, true);
        break;
    case TERN_TURN_EARLY:
        if (tern_source_hold(source, message->header->sequence, message->buffer))
            tern_buffer_keep(message->buffer);
        break;
    case TERN_TURN_NEVER:
        tern_log(TERN_LOG_SERVER, TERN_LOG_WARN,
                 "request %llu of rank %u is far ahead of %llu",
                 (unsigned long long)message->header->sequence, message->header->source,
                 (unsigned long long)source->next);
        break;
    }
    tern_phase_enter(server->phases, before);
}

tern_status_t tern_server_create(tern_mailbox_t *mailbox, tern_phases_t *phases,
                                 const tern_catalogue_t *catalogue, uint64_t epoch,
                                 tern_server_t **server_p)
{
    tern_server_t *server = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *server);

    if (server == NULL)
        return TERN_ERR_NO_MEMORY;
    server->size      = tern_mailbox_group(mailbox)->size;
    server->mailbox   = mailbox;
    server->counters  = tern_mailbox_counters(mailbox);
    server->phases    = phases;
    server->catalogue = catalogue;
    server->epoch     = epoch;
    server->sources =
        tern_alloc(TERN_LOG_SERVER, (size_t)server->size * sizeof *server->sources);
    if (server->sources == NULL) {
        tern_server_destroy(&server);
        return TERN_ERR_NO_MEMORY;
    }
    for (int r = 0; r < server->size; r++)
        tern_source_init(&server->sources[r]);
    tern_mailbox_handle(mailbox, TERN_MESSAGE_PULL, serve, server);
    tern_mailbox_handle(mailbox, TERN_MESSAGE_PUSH, serve, server);
    tern_mailbox_handle(mailbox, TERN_MESSAGE_SET, serve, server);
    *server_p = server;
    return TERN_OK;
}

static void give_up_source(tern_server_t *server, tern_source_t *source)
{
    tern_buffer_t *held;

    while ((held = tern_source_take_any(source)) != NULL)
        tern_mailbox_release(server->mailbox, held);
    tern_source_fini(source);
}

void tern_server_destroy(tern_server_t **server_p)
{
    tern_server_t *server = *server_p;

    if (server == NULL)
        return;
    for (int r = 0; server->sources != NULL && r < server->size; r++)
        give_up_source(server, &server->sources[r]);
    tern_free(TERN_LOG_SERVER, server->sources);
    tern_free(TERN_LOG_SERVER, server->keys);
    tern_free(TERN_LOG_SERVER, server->missing);
    tern_free(TERN_LOG_SERVER, server);
    *server_p = NULL;
}
