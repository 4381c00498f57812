/** \file
 * A call is one part for each server that may have rows of its range. A part's `first_position` says which answer of
 * the reply is its own; the pieces of that answer are what its `keys` are to a pull, and their number is known when
 * the first one comes.
 *
 * A server keeps what it has answered until it learns that it has come, so that a call which is sent again is
 * answered without running the function again. It learns it from the next call (tern_call_note_t).
 */
#include "client/call.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "client/access.h"

/* What one server has answered. */
typedef struct answer {
    int           server;
    tern_status_t status;
    char         *bytes; /* [num_bytes]; NULL: nothing */
    size_t        num_bytes;
} answer_t;

struct tern_reply {
    tern_request_t *request; /* NULL: released */
    uint32_t        num_servers;
    answer_t        answers[]; /* [num_servers] */
};

/* --- the reply --- */

static tern_reply_t *create_reply(const tern_table_t *table, tern_range_t range)
{
    uint32_t      num_servers = (uint32_t)table->client->group->num_servers;
    tern_reply_t *reply       = tern_alloc_zeroed(
              TERN_LOG_CLIENT, sizeof *reply + num_servers * sizeof *reply->answers);

    if (reply == NULL)
        return NULL;
    for (uint32_t s = 0; s < num_servers; s++) {
        tern_range_t piece = tern_table_part(table, s, range);

        if (piece.first < piece.end)
            reply->answers[reply->num_servers++] =
                (answer_t){.server = (int)s, .status = TERN_IN_PROGRESS};
    }
    return reply;
}

void tern_reply_end(tern_reply_t *reply)
{
    reply->request = NULL;
}

void tern_reply_destroy(tern_reply_t **reply_p)
{
    tern_reply_t *reply = *reply_p;

    if (reply == NULL)
        return;
    if (reply->request != NULL)
        reply->request->reply = NULL;
    for (uint32_t i = 0; i < reply->num_servers; i++)
        tern_free(TERN_LOG_CLIENT, reply->answers[i].bytes);
    tern_free(TERN_LOG_CLIENT, reply);
    *reply_p = NULL;
}

uint32_t tern_reply_num_servers(const tern_reply_t *reply)
{
    return reply->num_servers;
}

int tern_reply_server(const tern_reply_t *reply, uint32_t i)
{
    assert(i < reply->num_servers);
    return reply->answers[i].server;
}

tern_status_t tern_reply_status(const tern_reply_t *reply, uint32_t i)
{
    assert(i < reply->num_servers);
    return reply->answers[i].status;
}

const void *tern_reply_bytes(const tern_reply_t *reply, uint32_t i, size_t *bytes_p)
{
    const answer_t *answer = &reply->answers[i];
    bool            is_whole;

    assert(i < reply->num_servers);
    is_whole = answer->status == TERN_OK;
    if (bytes_p != NULL)
        *bytes_p = is_whole ? answer->num_bytes : 0;
    return is_whole ? answer->bytes : NULL;
}

/* --- answers --- */

/* A piece inside an answer of the length that the first piece told. */
static bool is_well_formed(const tern_part_t *part, const tern_message_t *message,
                           size_t num_bytes)
{
    const tern_answer_piece_t *piece    = (const tern_answer_piece_t *)message->payload;
    bool                       is_first = part->num_left == part->num_keys;

    return message->payload_bytes >= sizeof *piece && piece->number < piece->num_pieces &&
           (is_first || piece->num_pieces == part->num_keys) &&
           piece->total_bytes <= TERN_CALL_ANSWER_BYTES &&
           piece->offset <= piece->total_bytes &&
           num_bytes <= piece->total_bytes - piece->offset;
}

static bool store_piece(answer_t *answer, const tern_answer_piece_t *piece,
                        const char *bytes, size_t num_bytes)
{
    if (piece->total_bytes == 0)
        return true;
    if (answer->bytes == NULL)
        answer->bytes = tern_alloc(TERN_LOG_CLIENT, piece->total_bytes);
    if (answer->bytes == NULL)
        return false;
    answer->num_bytes = piece->total_bytes;
    memcpy(answer->bytes + piece->offset, bytes, num_bytes);
    return true;
}

static void fail(tern_part_t *part, answer_t *answer, tern_status_t status)
{
    part->request->status = status;
    part->num_left        = 0;
    if (answer != NULL)
        answer->status = status;
}

bool tern_call_take_answer(tern_part_t *part, const tern_message_t *message)
{
    const tern_answer_piece_t *piece = (const tern_answer_piece_t *)message->payload;
    tern_reply_t              *reply = part->request->reply;
    answer_t   *answer = reply == NULL ? NULL : &reply->answers[part->first_position];
    size_t      num_bytes;
    const char *bytes = tern_message_rows(message, sizeof *piece, &num_bytes);

    if (message->header->status < 0) {
        fail(part, answer, (tern_status_t)message->header->status);
        return true;
    }
    if (!is_well_formed(part, message, num_bytes))
        return false;
    if (part->num_left == part->num_keys)
        part->num_keys = part->num_left = piece->num_pieces;
    if ((answer != NULL && !store_piece(answer, piece, bytes, num_bytes)) ||
        !tern_part_note_answer(part, (tern_run_t){piece->number, piece->number + 1}))
        fail(part, answer, TERN_ERR_NO_MEMORY);
    else if (part->num_left == 0 && answer != NULL)
        answer->status = TERN_OK;
    return true;
}

/* --- the call --- */

typedef struct call {
    tern_table_t *table;
    tern_range_t  range;
    const char   *name;
    const void   *args;
    size_t        args_bytes;
} call_t;

static tern_status_t refuse(const call_t *call, const char *why)
{
    tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "cannot call '%s' on table '%s': %s",
             call->name == NULL ? "(no name)" : call->name, call->table->record.name,
             why);
    return TERN_ERR_ARG;
}

static tern_status_t check(const call_t *call)
{
    tern_status_t status = tern_access_check_call(call->table, 0, NULL, NULL);

    if (status != TERN_OK)
        return status;
    if (call->name == NULL || call->name[0] == '\0')
        return refuse(call, "a function has a name");
    if (strlen(call->name) > TERN_FUNCTION_NAME_BYTES)
        return refuse(call, "no function has a name of more than 63 bytes");
    if (call->args_bytes > TERN_CALL_ARGS_BYTES)
        return refuse(call, "the arguments take more than 16 MiB");
    if (call->args_bytes > 0 && call->args == NULL)
        return refuse(call, "there are no arguments");
    return tern_access_check_range(call->table, call->range);
}

/* The oldest request to the server that is not answered; what it was answered before may be forgotten. */
static uint64_t oldest_unanswered(const tern_stream_t *stream)
{
    return stream->first != NULL ? stream->first->sequence : stream->next_sequence;
}

static tern_status_t send_to(tern_request_t *request, const call_t *call,
                             const answer_t *answer, uint32_t number)
{
    tern_stream_t   *stream = &request->client->streams[answer->server];
    size_t           length = strlen(call->name);
    size_t           padded = tern_message_pad(length);
    tern_call_note_t note   = {.range      = call->range,
                               .answered   = oldest_unanswered(stream),
                               .name_bytes = (uint32_t)length,
                               .args_bytes = (uint32_t)call->args_bytes};
    tern_part_t     *part =
        tern_part_create_call(request, sizeof note + padded + call->args_bytes);
    char *payload;

    if (part == NULL)
        return TERN_ERR_NO_MEMORY;
    part->first_position = number;
    payload              = tern_buffer_payload(part->message);
    memcpy(payload, &note, sizeof note);
    memset(payload + sizeof note, 0, padded);
    memcpy(payload + sizeof note, call->name, length);
    if (call->args_bytes > 0)
        memcpy(payload + sizeof note + padded, call->args, call->args_bytes);
    return tern_part_send(stream, part);
}

/* On an error what was sent is waited for, so that the reply may be freed. */
static tern_status_t issue(tern_request_t *request, const call_t *call,
                           const tern_reply_t *reply)
{
    tern_status_t status = TERN_OK;

    for (uint32_t i = 0; i < reply->num_servers && status == TERN_OK; i++)
        status = send_to(request, call, &reply->answers[i], i);
    if (status != TERN_OK && tern_wait(&request) != TERN_OK)
        tern_log(TERN_LOG_CLIENT, TERN_LOG_DEBUG, "a part of a failed call failed too");
    return status;
}

static tern_status_t run(const call_t *call, tern_reply_t *reply,
                         tern_request_t **request_p)
{
    tern_request_t *request =
        tern_request_create(call->table->client, call->table, TERN_MESSAGE_CALL, NULL);
    tern_status_t status;

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    request->reply = reply;
    reply->request = request;
    status         = issue(request, call, reply);
    if (status == TERN_OK)
        *request_p = request;
    return status;
}

tern_status_t tern_call(tern_table_t *table, tern_range_t range, const char *name,
                        const void *args, size_t args_bytes, tern_reply_t **reply_p,
                        tern_request_t **request_p)
{
    call_t          call    = {table, range, name, args, args_bytes};
    tern_request_t *request = NULL;
    tern_reply_t   *reply;
    tern_status_t   status = check(&call);

    if (status != TERN_OK)
        return status;
    reply = create_reply(table, range);
    if (reply == NULL)
        return TERN_ERR_NO_MEMORY;
    status = run(&call, reply, &request);
    if (status != TERN_OK || reply_p == NULL)
        tern_reply_destroy(&reply);
    else
        *reply_p = reply;
    if (status != TERN_OK)
        return status;
    table->client->counters->calls++;
    if (request->num_parts == 0 || request_p == NULL)
        status = tern_wait(&request);
    if (request_p != NULL)
        *request_p = request;
    return status;
}
