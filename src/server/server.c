/** \file
 * A request is decoded once into keys and rows (request.h), run against the view, and answered by runs of the
 * positions that it reached (reply.h). What was not here (a row that left, a sealed segment) is answered with an
 * error status, never with silence.
 *
 * Requests of one source are served in the order in which it numbered them (source.h).
 */
#include "server/server.h"

#include "base/alloc.h"
#include "server/reply.h"
#include "server/request.h"
#include "server/rows.h"

/* A repeated change is answered, not applied again. */
static void change(tern_server_t *server, const tern_server_request_t *request,
                   bool is_applied)
{
    size_t num_missing = 0;

    if (is_applied)
        server->counters->duplicates_dropped++;
    else
        num_missing = tern_server_change_rows(server, request);
    if (request->header->kind != TERN_MESSAGE_PUSH_PULL || num_missing > 0)
        tern_reply_change(server, request, num_missing);
    else
        tern_reply_rows(server, request);
}

static void serve_request(tern_server_t *server, const tern_message_t *message,
                          bool is_applied)
{
    tern_server_request_t request;
    tern_status_t         status = tern_server_decode(server, message, &request);

    if (status != TERN_OK) {
        tern_reply_failure(server, message->header, status);
        return;
    }
    server->counters->served_keys += message->header->num_keys;
    if (message->header->kind == TERN_MESSAGE_PULL)
        tern_reply_rows(server, &request);
    else
        change(server, &request, is_applied);
    if (server->sealer != NULL)
        tern_sealer_note(server->sealer, request.table,
                         (tern_message_kind_t)message->header->kind,
                         message->header->num_keys, request.keys);
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

tern_status_t tern_server_create(const tern_server_site_t *site, tern_server_t **server_p)
{
    tern_server_t *server = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *server);

    if (server == NULL)
        return TERN_ERR_NO_MEMORY;
    server->size        = tern_mailbox_group(site->mailbox)->size;
    server->mailbox     = site->mailbox;
    server->counters    = tern_mailbox_counters(site->mailbox);
    server->phases      = site->phases;
    server->catalogue   = site->catalogue;
    server->epoch       = site->epoch;
    server->chunk_bytes = site->chunk_bytes;
    server->tail_bytes  = tern_message_tail_bytes(site->chunk_bytes);
    server->sources =
        tern_alloc(TERN_LOG_SERVER, (size_t)server->size * sizeof *server->sources);
    if (server->sources == NULL) {
        tern_server_destroy(&server);
        return TERN_ERR_NO_MEMORY;
    }
    for (int r = 0; r < server->size; r++)
        tern_source_init(&server->sources[r]);
    tern_mailbox_handle(site->mailbox, TERN_MESSAGE_PULL, serve, server);
    tern_mailbox_handle(site->mailbox, TERN_MESSAGE_PUSH, serve, server);
    tern_mailbox_handle(site->mailbox, TERN_MESSAGE_SET, serve, server);
    tern_mailbox_handle(site->mailbox, TERN_MESSAGE_PUSH_PULL, serve, server);
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
    tern_sealer_destroy(&server->sealer);
    tern_free(TERN_LOG_SERVER, server->sources);
    tern_free(TERN_LOG_SERVER, server->keys);
    tern_free(TERN_LOG_SERVER, server->missing);
    tern_free(TERN_LOG_SERVER, server);
    *server_p = NULL;
}
