/** \file
 * Answers to parts. They may come in pieces, twice or never; what has been answered is counted once.
 */
#include <string.h>

#include "base/alloc.h"
#include "client/client.h"
#include "store/copy.h"

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
    part->answered_buffer =
        tern_mailbox_compose(client->mailbox, TERN_MESSAGE_REPLY, bytes);
    if (part->answered_buffer == NULL)
        return false;
    part->answered = tern_buffer_payload(part->answered_buffer);
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

static bool is_well_formed(const tern_part_t *part, const tern_message_t *message)
{
    const tern_run_t *runs = (const tern_run_t *)message->payload;
    size_t            need = tern_message_runs_bytes(message->header->num_runs);
    size_t            keys = 0;

    if (message->payload_bytes < need)
        return false;
    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        if (runs[r].begin >= runs[r].end || runs[r].end > part->num_keys)
            return false;
        keys += runs[r].end - runs[r].begin;
    }
    if (tern_message_brings_rows(tern_part_kind(part)))
        need += keys * part->request->table->row_bytes;
    return message->payload_bytes == need;
}

static void take_answers(tern_client_t *client, tern_part_t *part,
                         const tern_message_t *message)
{
    const tern_run_t *runs = (const tern_run_t *)message->payload;
    const char       *rows =
        message->payload + tern_message_runs_bytes(message->header->num_runs);

    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        uint32_t length = runs[r].end - runs[r].begin;

        if (tern_message_brings_rows(tern_part_kind(part))) {
            store_rows(part, runs[r], rows);
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

static tern_stream_t *stream_of(tern_client_t *client, uint32_t rank)
{
    int server =
        rank < (uint32_t)client->group->size ? client->group->members[rank].server : -1;

    return server >= 0 ? &client->streams[server] : NULL;
}

void tern_client_handle_reply(void *context, const tern_message_t *message)
{
    tern_client_t               *client = context;
    const tern_message_header_t *header = message->header;
    tern_stream_t               *stream = stream_of(client, header->source);
    tern_part_t                **part_p, *part;

    if (stream == NULL)
        return;
    for (part_p = &stream->first; *part_p != NULL; part_p = &(*part_p)->next)
        if ((*part_p)->sequence == header->sequence)
            break;
    part = *part_p;
    if (part == NULL) /* answered before: the request had been sent twice */
        return;
    if (!is_well_formed(part, message)) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "malformed answer from server rank %u",
                 header->source);
        return;
    }
    take_answers(client, part, message);
    if (header->status < 0 && part->num_left > 0) {
        part->request->status = (tern_status_t)header->status;
        part->num_left        = 0;
    }
    if (part->num_left == 0)
        tern_part_finish(stream, part_p);
}
