/** \file
 * A part lives from its first sending until its last key is answered; what has not been answered in
 * time is sent again.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"
#include "client/filtering.h"
#include "client/policy.h"
#include "client/refresh.h"
#include "table/envelope.h"

#define MAX_BACKOFF_BITS 6u /* the interval between resends doubles up to 64-fold */

void tern_part_discard(tern_part_t *part)
{
    tern_client_t *client    = part->request->client;
    tern_buffer_t *buffers[] = {part->message, part->places,     part->answered_buffer,
                                part->keys,    part->coded_keys, part->pulled_keys};

    if (part->keys != NULL)
        tern_underway_leave(&client->underway, part->request->table->id, part->num_keys,
                            (const tern_key_t *)part->keys->data);
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        if (buffers[i] != NULL)
            tern_mailbox_release(client->mailbox, buffers[i]);
    part->next         = client->free_parts;
    client->free_parts = part;
}

static void fill_header(const tern_part_t *part, const tern_keycode_t *code)
{
    const tern_client_t   *client = part->request->client;
    tern_message_header_t *header = tern_buffer_header(part->message);

    header->flags = code->width | (code->has_steps ? TERN_MESSAGE_KEY_STEPS : 0) |
                    tern_refresh_flags(part->request);
    header->first_key = code->base;
    header->num_keys  = part->num_keys;
    header->table     = part->request->table->id;
    header->epoch     = (uint32_t)client->epoch;
    header->clock     = client->clock;
    if (part->request->table->access->stamp != NULL) /* the handle is this rank's own */
        part->request->table->access->stamp((tern_table_t *)part->request->table, header);
}

static tern_part_t *new_part(tern_request_t *request, tern_message_kind_t kind,
                             uint32_t num_keys, size_t payload_bytes)
{
    tern_client_t *client = request->client;
    tern_part_t   *part   = client->free_parts;

    if (part != NULL)
        client->free_parts = part->next;
    else if ((part = tern_alloc(TERN_LOG_CLIENT, sizeof *part)) == NULL)
        return NULL;
    *part = (tern_part_t){.request = request, .num_keys = num_keys, .num_left = num_keys};
    part->message = tern_mailbox_compose(client->mailbox, kind, payload_bytes);
    if (part->message != NULL)
        return part;
    tern_part_discard(part);
    return NULL;
}

tern_part_t *tern_part_create(tern_request_t *request, tern_message_kind_t kind,
                              uint32_t num_keys, const tern_keycode_t *code,
                              const void *lent_rows)
{
    size_t       row_bytes = num_keys * tern_table_row_bytes(request->table, kind);
    size_t       payload   = tern_message_pad(tern_keycode_bytes(code, num_keys));
    tern_part_t *part;

    if (tern_message_carries_rows(kind) && lent_rows == NULL)
        payload += row_bytes;
    part = new_part(request, kind, num_keys, payload);
    if (part == NULL)
        return NULL;
    if (lent_rows != NULL)
        tern_buffer_lend_tail(part->message, lent_rows, row_bytes);
    part->bytes = tern_buffer_total_bytes(part->message) +
                  (tern_message_brings_rows(kind) ? row_bytes : 0);
    fill_header(part, code);
    return part;
}

/* How many pieces its answer has, the first one tells. */
tern_part_t *tern_part_create_call(tern_request_t *request, size_t payload_bytes)
{
    const tern_keycode_t none = {.base = 0};
    tern_part_t         *part = new_part(request, TERN_MESSAGE_CALL, 1, payload_bytes);

    if (part == NULL)
        return NULL;
    part->bytes = tern_buffer_total_bytes(part->message);
    fill_header(part, &none);
    return part;
}

char *tern_part_rows(const tern_part_t *part)
{
    uint32_t width = tern_buffer_header(part->message)->flags & TERN_MESSAGE_KEY_WIDTH;

    return (char *)tern_buffer_payload(part->message) +
           tern_message_pad((size_t)part->num_keys * width);
}

/* Its buffer is kept only once the keys are entered. */
tern_status_t tern_part_track(tern_part_t *part, uint32_t server, const tern_key_t keys[])
{
    tern_client_t *client = part->request->client;
    size_t         bytes  = part->num_keys * sizeof *keys;
    tern_buffer_t *copy   = tern_mailbox_allocate(client->mailbox, bytes);
    tern_status_t  status = TERN_ERR_NO_MEMORY;

    if (copy == NULL)
        return status;
    memcpy(copy->data, keys, bytes);
    status = tern_underway_enter(&client->underway, part->request->table->id,
                                 part->num_keys, keys, server);
    if (status == TERN_OK)
        part->keys = copy;
    else
        tern_mailbox_release(client->mailbox, copy);
    return status;
}

bool tern_positions_are_consecutive(uint32_t num, const uint32_t positions[])
{
    uint32_t others = 0;

    for (uint32_t i = 1; i < num; i++)
        others |= positions[i] ^ (positions[0] + i);
    return others == 0;
}

tern_status_t tern_part_set_positions(tern_part_t *part, const uint32_t positions[])
{
    size_t bytes = part->num_keys * sizeof *positions;

    part->first_position = positions[0];
    if (tern_positions_are_consecutive(part->num_keys, positions))
        return TERN_OK;
    part->places = tern_mailbox_allocate(part->request->client->mailbox, bytes);
    if (part->places == NULL)
        return TERN_ERR_NO_MEMORY;
    part->positions = (uint32_t *)part->places->data;
    memcpy(part->positions, positions, bytes);
    return TERN_OK;
}

bool tern_part_has_room(const tern_stream_t *stream, const tern_part_t *part)
{
    return stream->first == NULL ||
           (stream->next_sequence - stream->first->sequence < TERN_STREAM_SPAN &&
            stream->bytes + part->bytes <= part->request->client->stream_bytes);
}

/* A new part of a stream, and whether it may go. */
typedef struct entry {
    const tern_stream_t *stream;
    const tern_part_t   *part;
} entry_t;

static bool has_room(void *context)
{
    const entry_t *entry = context;

    return tern_part_has_room(entry->stream, entry->part);
}

static void describe_full(void *context, char *text, size_t text_bytes)
{
    const entry_t *entry = context;

    tern_part_describe(entry->stream->first, entry->stream, text, text_bytes);
}

/* What the worker's clock waits for; not what servers collect until the step has ended. */
static bool is_change(const tern_part_t *part)
{
    bool is_collected = part->request->table->policy->collects &&
                        tern_part_kind(part) == TERN_MESSAGE_PUSH;

    return tern_part_is_change(part) && !is_collected &&
           !tern_refresh_is_quiet(part->request);
}

tern_status_t tern_part_send(tern_stream_t *stream, tern_part_t *part)
{
    tern_client_t  *client = part->request->client;
    entry_t         entry  = {stream, part};
    tern_wait_for_t room   = {
          .is_done = has_room, .describe = describe_full, .context = &entry};

    tern_waiter_wait(client->waiter, &room);
    if (tern_part_filter(stream, part) != TERN_OK) {
        tern_part_discard(part);
        return TERN_ERR_NO_MEMORY;
    }
    part->sequence                              = stream->next_sequence++;
    tern_buffer_header(part->message)->sequence = part->sequence;
    part->sent_ns                               = tern_timer_ns();
    part->first_sent_ns                         = part->sent_ns;
    part->num_sends                             = 1;
    *stream->end_p                              = part;
    stream->end_p                               = &part->next;
    stream->bytes += part->bytes;
    client->num_parts++;
    client->num_changes += is_change(part);
    stream->num_changes += is_change(part);
    client->counters->refresh_messages +=
        tern_refresh_keeps(part->request) && tern_part_kind(part) == TERN_MESSAGE_PULL;
    part->request->num_parts++;
    return tern_mailbox_send(client->mailbox, stream->server_rank, part->message);
}

/* MPI may still write a second answer into the user's array, or read the rows that it lent for a second
 * sending. */
static bool is_in_use(const tern_client_t *client, const tern_part_t *part)
{
    bool is_lent = part->message->tail != NULL;

    if (is_lent && part->message->references > 1) /* perhaps only nobody has looked */
        tern_mailbox_nudge(client->mailbox);
    return part->num_placed > 0 || (is_lent && part->message->references > 1);
}

/* How long the rows of a localize were on their way. */
static void account_localize(const tern_part_t *part)
{
    if (tern_part_kind(part) == TERN_MESSAGE_LOCALIZE)
        part->request->client->counters->localize_ns +=
            (tern_timer_ns() - part->first_sent_ns) * part->num_keys;
}

/* What was read or changed at its owner while a replica was made here, that replica may lack. */
static void forget_replicas(const tern_part_t *part)
{
    /* the handle is this rank's own; requests see their table as constant */
    tern_replicas_t *replicas = (tern_replicas_t *)&part->request->table->replicas;

    if (part->keys == NULL || replicas->header == NULL)
        return;
    for (uint32_t i = 0; i < part->num_keys; i++)
        tern_replica_forget(replicas, ((const tern_key_t *)part->keys->data)[i]);
}

void tern_part_finish(tern_stream_t *stream, tern_part_t **part_p)
{
    tern_part_t    *part    = *part_p;
    tern_client_t  *client  = part->request->client;
    tern_request_t *request = part->request;

    assert(part->num_left == 0);
    client->num_draining -= part->is_draining;
    part->is_draining = is_in_use(client, part);
    client->num_draining += part->is_draining;
    if (part->is_draining)
        return;
    *part_p = part->next;
    if (stream->end_p == &part->next)
        stream->end_p = part_p;
    stream->bytes -= part->bytes;
    client->num_parts--;
    client->num_changes -= is_change(part);
    stream->num_changes -= is_change(part);
    account_localize(part);
    forget_replicas(part);
    tern_part_discard(part);
    tern_request_end_part(request);
}

void tern_part_describe(const tern_part_t *part, const tern_stream_t *stream, char *text,
                        size_t text_bytes)
{
    const tern_table_t *table = part->request->table;
    size_t              used;

    snprintf(text, text_bytes,
             "%s %llu of table '%s' to server rank %d (%u of %u keys unanswered, sent %u "
             "times)",
             tern_message_kind_name(tern_part_kind(part)),
             (unsigned long long)part->sequence, table->record.name, stream->server_rank,
             part->num_left, part->num_keys, part->num_sends);
    used = strlen(text);
    if (table->access->describe_wait != NULL)
        table->access->describe_wait(table, tern_part_kind(part), text + used,
                                     text_bytes - used);
}

static bool resend_late(tern_client_t *client, tern_stream_t *stream, uint64_t now_ns)
{
    bool did_something = false;

    for (tern_part_t *part = stream->first; part != NULL; part = part->next) {
        unsigned backoff = part->num_sends - 1;

        if (backoff > MAX_BACKOFF_BITS)
            backoff = MAX_BACKOFF_BITS;
        if (part->is_draining || now_ns - part->sent_ns < client->resend_ns << backoff)
            continue;
        part->sent_ns = now_ns;
        part->num_sends++;
        client->counters->resends++;
        tern_log(TERN_LOG_CLIENT, TERN_LOG_DEBUG,
                 "sending %s %llu to server rank %d again",
                 tern_message_kind_name(tern_part_kind(part)),
                 (unsigned long long)part->sequence, stream->server_rank);
        tern_envelope_count_repeat(part->request->table, part->message);
        tern_mailbox_send(client->mailbox, stream->server_rank, part->message);
        did_something = true;
    }
    return did_something;
}

static void end_drained(tern_stream_t *stream)
{
    tern_part_t **part_p = &stream->first;

    while (*part_p != NULL) {
        tern_part_t *part = *part_p;

        if (part->is_draining)
            tern_part_finish(stream, part_p);
        if (*part_p == part)
            part_p = &part->next;
    }
}

static bool resend_all_late(tern_client_t *client)
{
    bool     did_something = false;
    uint64_t now_ns        = tern_timer_ns();

    if (now_ns < client->next_resend_check_ns)
        return false;
    client->next_resend_check_ns = now_ns + client->resend_ns / 4;
    for (int s = 0; s < client->group->num_servers; s++)
        did_something |= resend_late(client, &client->streams[s], now_ns);
    return did_something;
}

bool tern_client_poll(void *context)
{
    tern_client_t *client = context;
    size_t         before = client->num_parts;

    for (int s = 0; client->num_draining > 0 && s < client->group->num_servers; s++)
        end_drained(&client->streams[s]);
    if (client->num_parts > 0 && client->resend_ns > 0 && resend_all_late(client))
        return true;
    return client->num_parts < before;
}
