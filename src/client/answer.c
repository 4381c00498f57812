/** \file
 * Answers to parts. They may come in pieces, twice or never; what has been answered is counted once.
 */
#include <string.h>

#include "base/alloc.h"
#include "client/call.h"
#include "client/filtering.h"
#include "client/refresh.h"
#include "store/copy.h"
#include "table/envelope.h"

static void store_rows(const tern_part_t *part, tern_run_t run, const char *rows)
{
    const tern_request_t *request = part->request;
    size_t                bytes   = request->table->row_bytes;

    if (part->positions == NULL) {
        memcpy(request->values + (part->first_position + (size_t)run.begin) * bytes, rows,
               (run.end - run.begin) * bytes);
        return;
    }
    for (uint32_t i = run.begin; i < run.end; i++)
        tern_copy_row(request->values + part->positions[i] * bytes,
                      rows + (i - run.begin) * bytes, (uint32_t)bytes);
}

/* Allocated only when an answer does not cover the whole part. */
static bool track_answers(tern_client_t *client, tern_part_t *part)
{
    size_t bytes = (part->num_keys + 63) / 64 * sizeof(uint64_t);

    if (part->answered != NULL)
        return true;
    part->answered_buffer = tern_mailbox_allocate(client->mailbox, bytes);
    if (part->answered_buffer == NULL)
        return false;
    part->answered = (uint64_t *)part->answered_buffer->data;
    memset(part->answered, 0, bytes);
    return true;
}

/* Bits [begin, end) of word `word`, where the run reaches it. */
static uint64_t bits_of_run(tern_run_t run, uint32_t word)
{
    uint32_t begin = run.begin > word * 64 ? run.begin - word * 64 : 0;
    uint32_t end   = run.end < word * 64 + 64 ? run.end - word * 64 : 64;
    uint64_t below = end == 64 ? UINT64_MAX : (UINT64_C(1) << end) - 1;

    return below & ~((UINT64_C(1) << begin) - 1);
}

/* Count the keys of a run that had no answer yet. */
static void mark_run(tern_part_t *part, tern_run_t run)
{
    for (uint32_t word = run.begin / 64; word * 64 < run.end; word++) {
        uint64_t fresh = bits_of_run(run, word) & ~part->answered[word];

        part->num_left -= (uint32_t)__builtin_popcountll(fresh);
        part->answered[word] |= fresh;
    }
}

bool tern_part_note_answer(tern_part_t *part, tern_run_t run)
{
    if (run.end - run.begin == part->num_keys || part->num_left == 0)
        part->num_left = 0; /* a question and its repetition may be answered in one */
    else if (track_answers(part->request->client, part))
        mark_run(part, run);
    else
        return false;
    return true;
}

/* Runs that lie in the part, and as many rows as they say, if any are due. */
static bool is_well_formed(const tern_part_t *part, const tern_message_t *message,
                           size_t row_bytes)
{
    const tern_run_t *runs = (const tern_run_t *)message->payload;
    size_t            keys = 0;

    if (message->payload_bytes < tern_message_runs_bytes(message->header->num_runs))
        return false;
    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        if (runs[r].begin >= runs[r].end || runs[r].end > part->num_keys)
            return false;
        keys += runs[r].end - runs[r].begin;
    }
    if (!tern_message_brings_rows(tern_part_kind(part)))
        keys = 0;
    return row_bytes == keys * part->request->table->row_bytes;
}

static void take_answers(tern_part_t *part, const tern_message_t *message,
                         const char *rows)
{
    const tern_run_t *runs = (const tern_run_t *)message->payload;

    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        uint32_t length = runs[r].end - runs[r].begin;

        if (tern_message_brings_rows(tern_part_kind(part)) && !message->is_placed) {
            if (part->request->refresh != NULL)
                tern_refresh_store(part, runs[r], rows, message->header);
            else
                store_rows(part, runs[r], rows);
            tern_part_note_pulled(part, runs[r], rows);
            rows += length * part->request->table->row_bytes;
        }
        if (!tern_part_note_answer(part, runs[r])) /* it will be sent and answered again */
            tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN,
                     "no memory to note a partial answer");
    }
}

/* Where the rows of an answer are. */
static void note_locations(const tern_client_t *client, const tern_part_t *part,
                           const tern_message_t *message)
{
    const tern_run_t   *runs  = (const tern_run_t *)message->payload;
    const tern_table_t *table = part->request->table;
    const tern_key_t   *keys;
    uint32_t            server;

    if (table->locations == NULL || part->keys == NULL)
        return;
    keys   = (const tern_key_t *)part->keys->data;
    server = (uint32_t)client->group->members[message->header->source].server;
    for (uint32_t r = 0; r < message->header->num_runs; r++)
        for (uint32_t i = runs[r].begin; i < runs[r].end; i++)
            table->locations[keys[i] - table->record.keys.first] = (uint16_t)(server + 1);
}

/* The part that a message answers: its place in the list of *stream_p. NULL if there is none: it was answered
 * before, the request had been sent twice. */
static tern_part_t **find_part(tern_client_t *client, const tern_message_t *message,
                               tern_stream_t **stream_p)
{
    const tern_message_header_t *header = message->header;
    int           server = header->first_key < (uint64_t)client->group->size
                               ? client->group->members[header->first_key].server
                               : -1;
    tern_part_t **part_p;

    if (server < 0)
        return NULL;
    *stream_p = &client->streams[server];
    for (part_p = &(*stream_p)->first; *part_p != NULL; part_p = &(*part_p)->next)
        if ((*part_p)->sequence == header->sequence)
            return part_p;
    return NULL;
}

void *tern_client_place_reply(void *context, const tern_message_t *message)
{
    const tern_run_t *run = (const tern_run_t *)message->payload;
    tern_stream_t    *stream;
    tern_part_t     **part_p = find_part(context, message, &stream);
    tern_part_t      *part   = part_p != NULL ? *part_p : NULL;
    size_t            bytes  = part != NULL ? part->request->table->row_bytes : 0;

    if (part == NULL || part->is_draining || part->positions != NULL ||
        part->request->refresh != NULL || tern_part_kind(part) == TERN_MESSAGE_CALL ||
        message->header->num_runs != 1 ||
        !is_well_formed(part, message, message->header->tail_bytes))
        return NULL;
    part->num_placed++;
    return part->request->values + (part->first_position + (size_t)run->begin) * bytes;
}

/* The answer to a request for or about rows; false if it is malformed. */
static bool take_rows(const tern_client_t *client, tern_part_t *part,
                      const tern_message_t *message)
{
    size_t head_bytes = tern_message_runs_bytes(message->header->num_runs), row_bytes;
    const char *rows  = tern_message_rows(message, head_bytes, &row_bytes);

    part->num_placed -= message->is_placed;
    if (!is_well_formed(part, message, row_bytes))
        return false;
    take_answers(part, message, rows);
    note_locations(client, part, message);
    return true;
}

static void handle(tern_client_t *client, const tern_message_t *message)
{
    tern_stream_t *stream;
    tern_part_t  **part_p = find_part(client, message, &stream);
    tern_part_t   *part   = part_p != NULL ? *part_p : NULL;
    bool           is_good;

    if (part == NULL)
        return;
    if (message->header->flags & TERN_MESSAGE_SEND_KEYS) {
        tern_part_send_keys(stream, part);
        return;
    }
    is_good = tern_part_kind(part) == TERN_MESSAGE_CALL
                  ? tern_call_take_answer(part, message)
                  : take_rows(client, part, message);
    if (!is_good) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "malformed answer from server rank %u",
                 message->header->source);
        return;
    }
    if (message->header->status < 0 && part->num_left > 0) {
        part->request->status = (tern_status_t)message->header->status;
        part->num_left        = 0;
    }
    if (part->num_left == 0)
        tern_part_finish(stream, part_p);
}

void tern_client_handle_reply(void *context, const tern_message_t *message)
{
    tern_client_t      *client = context;
    const tern_table_t *table;
    tern_buffer_t      *plain;
    tern_message_t      inside;

    if (!(message->header->flags & TERN_MESSAGE_ENCODED)) {
        handle(client, message);
        return;
    }
    table = tern_catalogue_get(client->catalogue, message->header->table);
    if (table == NULL ||
        tern_envelope_open(table, client->mailbox, message, &plain) != TERN_OK) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "an answer from server rank %u cannot be decoded",
                 message->header->source);
        return;
    }
    inside = tern_message_of(plain);
    handle(client, &inside);
    tern_mailbox_release(client->mailbox, plain);
}
