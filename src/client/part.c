/** \file
 * A part lives from its first sending until its last key is answered. Answers may come in pieces, twice
 * or never; what has been answered is counted once, what has not is sent again.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"
#include "client/client.h"

#define MAX_BACKOFF_BITS 6u /* the interval between resends doubles up to 64-fold */

static void part_destroy(tern_client_t *client, tern_part_t *part)
{
    tern_buffer_t *buffers[] = {part->message, part->places, part->answered_buffer};

    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        if (buffers[i] != NULL)
            tern_mailbox_release(client->mailbox, buffers[i]);
    part->next         = client->free_parts;
    client->free_parts = part;
}

tern_part_t *tern_part_create(tern_client_t *client, tern_request_t *request,
                              size_t payload_bytes, uint32_t num_keys, bool has_positions)
{
    tern_part_t *part = client->free_parts;

    if (part != NULL)
        client->free_parts = part->next;
    else if ((part = tern_alloc(TERN_LOG_CLIENT, sizeof *part)) == NULL)
        return NULL;
    *part = (tern_part_t){.request = request, .num_keys = num_keys, .num_left = num_keys};
    part->message = tern_mailbox_compose(client->mailbox, request->kind, payload_bytes);
    if (has_positions)
        part->places = tern_mailbox_compose(client->mailbox, request->kind,
                                            num_keys * sizeof *part->positions);
    if (part->message == NULL || (has_positions && part->places == NULL)) {
        part_destroy(client, part);
        return NULL;
    }
    if (has_positions)
        part->positions = tern_buffer_payload(part->places);
    return part;
}

static bool has_room(void *context)
{
    const tern_stream_t *stream = context;

    return stream->first == NULL ||
           stream->next_sequence - stream->first->sequence < TERN_STREAM_SPAN;
}

static void describe_full(void *context, char *text, size_t text_bytes)
{
    const tern_stream_t *stream = context;

    tern_part_describe(stream->first, stream, text, text_bytes);
}

tern_status_t tern_part_send(tern_client_t *client, tern_stream_t *stream,
                             tern_part_t *part)
{
    tern_message_header_t *header = tern_buffer_header(part->message);
    tern_wait_for_t        room   = {
                 .is_done = has_room, .describe = describe_full, .context = stream};

    tern_waiter_wait(client->waiter, &room);
    part->sequence   = stream->next_sequence++;
    part->sent_ns    = client->resend_ns > 0 ? tern_timer_ns() : 0;
    part->num_sends  = 1;
    header->table    = part->request->table->id;
    header->epoch    = (uint32_t)client->epoch;
    header->sequence = part->sequence;
    header->clock    = client->clock;
    header->num_keys = part->num_keys;
    *stream->end_p   = part;
    stream->end_p    = &part->next;
    client->num_parts++;
    client->num_changes += part->request->kind != TERN_MESSAGE_PULL;
    part->request->num_parts++;
    return tern_mailbox_send(client->mailbox, stream->server_rank, part->message);
}

void tern_part_describe(const tern_part_t *part, const tern_stream_t *stream, char *text,
                        size_t text_bytes)
{
    snprintf(text, text_bytes,
             "%s %llu of table '%s' to server rank %d (%u of %u keys unanswered, sent %u "
             "times)",
             tern_message_kind_name(part->request->kind),
             (unsigned long long)part->sequence, part->request->table->record.name,
             stream->server_rank, part->num_left, part->num_keys, part->num_sends);
}

static void finish(tern_client_t *client, tern_stream_t *stream, tern_part_t **part_p)
{
    tern_part_t *part = *part_p;

    *part_p = part->next;
    if (stream->end_p == &part->next)
        stream->end_p = part_p;
    client->num_parts--;
    client->num_changes -= part->request->kind != TERN_MESSAGE_PULL;
    part->request->num_parts--;
    part_destroy(client, part);
}

static void store_rows(const tern_part_t *part, uint32_t begin, uint32_t end,
                       const char *rows)
{
    const tern_request_t *request = part->request;
    size_t                bytes   = request->table->row_bytes;

    if (part->positions == NULL) {
        memcpy(request->values + (part->first_position + (size_t)begin) * bytes, rows,
               (end - begin) * bytes);
        return;
    }
    for (uint32_t i = begin; i < end; i++)
        memcpy(request->values + part->positions[i] * bytes, rows + (i - begin) * bytes,
               bytes);
}

/* Allocated only when an answer does not cover the whole part. */
static bool track_answers(tern_client_t *client, tern_part_t *part)
{
    size_t bytes = (part->num_keys + 63) / 64 * sizeof(uint64_t);

    if (part->answered != NULL)
        return true;
    part->answered_buffer =
        tern_mailbox_compose(client->mailbox, TERN_MESSAGE_REPLY, bytes);
    if (part->answered_buffer == NULL)
        return false;
    part->answered = tern_buffer_payload(part->answered_buffer);
    memset(part->answered, 0, bytes);
    return true;
}

/* Count the keys of a run that had no answer yet. */
static void mark_run(tern_part_t *part, tern_run_t run)
{
    for (uint32_t i = run.begin; i < run.end; i++) {
        uint64_t bit = UINT64_C(1) << (i % 64);

        part->num_left -= (part->answered[i / 64] & bit) == 0;
        part->answered[i / 64] |= bit;
    }
}

static bool is_well_formed(const tern_part_t *part, const tern_message_t *message)
{
    const tern_run_t *runs = (const tern_run_t *)message->payload;
    size_t            need = message->header->num_runs * sizeof *runs;
    size_t            keys = 0;

    if (message->payload_bytes < need)
        return false;
    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        if (runs[r].begin >= runs[r].end || runs[r].end > part->num_keys)
            return false;
        keys += runs[r].end - runs[r].begin;
    }
    if (part->request->kind == TERN_MESSAGE_PULL)
        need += keys * part->request->table->row_bytes;
    return message->payload_bytes == need;
}

static void take_answers(tern_client_t *client, tern_part_t *part,
                         const tern_message_t *message)
{
    const tern_run_t *runs = (const tern_run_t *)message->payload;
    const char       *rows = message->payload + message->header->num_runs * sizeof *runs;

    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        uint32_t length = runs[r].end - runs[r].begin;

        if (part->request->kind == TERN_MESSAGE_PULL) {
            store_rows(part, runs[r].begin, runs[r].end, rows);
            rows += length * part->request->table->row_bytes;
        }
        if (length == part->num_keys)
            part->num_left = 0;
        else if (track_answers(client, part))
            mark_run(part, runs[r]);
        else /* it will be sent and answered again */
            tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN,
                     "no memory to note a partial answer");
    }
}

void tern_client_handle_reply(void *context, const tern_message_t *message)
{
    tern_client_t               *client = context;
    const tern_message_header_t *header = message->header;
    int                          server = header->source < (uint32_t)client->group->size
                                              ? client->group->members[header->source].server
                                              : -1;
    tern_stream_t               *stream = server >= 0 ? &client->streams[server] : NULL;
    tern_part_t                **part_p = stream != NULL ? &stream->first : NULL;

    if (stream == NULL)
        return;
    while (*part_p != NULL && (*part_p)->sequence != header->sequence)
        part_p = &(*part_p)->next;
    if (*part_p == NULL) /* answered before: the request had been sent twice */
        return;
    if (!is_well_formed(*part_p, message)) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "malformed answer from server rank %u",
                 header->source);
        return;
    }
    take_answers(client, *part_p, message);
    if (header->status < 0 && (*part_p)->num_left > 0) {
        (*part_p)->request->status = (tern_status_t)header->status;
        (*part_p)->num_left        = 0;
    }
    if ((*part_p)->num_left == 0)
        finish(client, stream, part_p);
}

static bool resend_late(tern_client_t *client, tern_stream_t *stream, uint64_t now_ns)
{
    bool did_something = false;

    for (tern_part_t *part = stream->first; part != NULL; part = part->next) {
        unsigned backoff = part->num_sends - 1;

        if (backoff > MAX_BACKOFF_BITS)
            backoff = MAX_BACKOFF_BITS;
        if (now_ns - part->sent_ns < client->resend_ns << backoff)
            continue;
        part->sent_ns = now_ns;
        part->num_sends++;
        client->counters->resends++;
        tern_log(TERN_LOG_CLIENT, TERN_LOG_DEBUG,
                 "sending %s %llu to server rank %d again",
                 tern_message_kind_name(part->request->kind),
                 (unsigned long long)part->sequence, stream->server_rank);
        tern_mailbox_send(client->mailbox, stream->server_rank, part->message);
        did_something = true;
    }
    return did_something;
}

bool tern_client_poll(void *context)
{
    tern_client_t *client        = context;
    bool           did_something = false;
    uint64_t       now_ns;

    if (client->num_parts == 0 || client->resend_ns == 0)
        return false;
    now_ns = tern_timer_ns();
    if (now_ns < client->next_resend_check_ns)
        return false;
    client->next_resend_check_ns = now_ns + client->resend_ns / 4;
    for (int s = 0; s < client->group->num_servers; s++)
        did_something |= resend_late(client, &client->streams[s], now_ns);
    return did_something;
}
