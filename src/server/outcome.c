#include "server/outcome.h"

#include <string.h>

#include "base/alloc.h"
#include "server/reply.h"
#include "tern/function.h"

#define FIRST_CAPACITY ((size_t)256)

/* --- those of a source --- */

tern_outcome_t *tern_outcomes_add(tern_outcomes_t *outcomes, uint64_t sequence)
{
    tern_outcome_t *outcome = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *outcome);

    if (outcome == NULL)
        return NULL;
    outcome->sequence = sequence;
    if (outcomes->first == NULL)
        outcomes->last_p = &outcomes->first;
    *outcomes->last_p = outcome;
    outcomes->last_p  = &outcome->next;
    return outcome;
}

tern_outcome_t *tern_outcomes_find(const tern_outcomes_t *outcomes, uint64_t sequence)
{
    tern_outcome_t *outcome = outcomes->first;

    while (outcome != NULL && outcome->sequence < sequence)
        outcome = outcome->next;
    return outcome != NULL && outcome->sequence == sequence ? outcome : NULL;
}

static void release_pieces(tern_outcome_t *outcome, tern_mailbox_t *mailbox)
{
    for (uint32_t i = 0; i < outcome->num_pieces; i++)
        tern_mailbox_release(mailbox, outcome->pieces[i]);
    tern_free(TERN_LOG_SERVER, outcome->pieces);
    outcome->pieces     = NULL;
    outcome->num_pieces = 0;
}

void tern_outcomes_forget(tern_outcomes_t *outcomes, tern_mailbox_t *mailbox,
                          uint64_t answered)
{
    while (outcomes->first != NULL && outcomes->first->sequence < answered) {
        tern_outcome_t *outcome = outcomes->first;

        outcomes->first = outcome->next;
        release_pieces(outcome, mailbox);
        tern_free(TERN_LOG_SERVER, outcome->bytes);
        tern_free(TERN_LOG_SERVER, outcome);
    }
    if (outcomes->answered < answered)
        outcomes->answered = answered;
}

/* --- one --- */

tern_status_t tern_outcome_append(tern_outcome_t *outcome, const void *bytes,
                                  size_t num_bytes)
{
    size_t capacity =
        outcome->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : outcome->capacity;
    char *grown;

    if (num_bytes > TERN_CALL_ANSWER_BYTES - outcome->num_bytes)
        return TERN_ERR_NO_MEMORY;
    while (capacity < outcome->num_bytes + num_bytes)
        capacity *= 2;
    if (capacity > outcome->capacity) {
        grown = tern_realloc(TERN_LOG_SERVER, outcome->bytes, capacity);
        if (grown == NULL)
            return TERN_ERR_NO_MEMORY;
        outcome->bytes    = grown;
        outcome->capacity = capacity;
    }
    if (num_bytes > 0)
        memcpy(outcome->bytes + outcome->num_bytes, bytes, num_bytes);
    outcome->num_bytes += num_bytes;
    return TERN_OK;
}

/* Bytes [offset, offset + num_bytes) as a message, long ones as its tail. */
static tern_buffer_t *compose_piece(const tern_outcome_t *outcome, tern_server_t *server,
                                    const tern_message_header_t *header,
                                    tern_answer_piece_t piece, size_t num_bytes)
{
    bool           is_long = num_bytes >= server->tail_bytes;
    tern_buffer_t *message =
        tern_reply_compose(server, header, sizeof piece + (is_long ? 0 : num_bytes));
    tern_buffer_t *tail = NULL;
    char          *to;

    if (message == NULL)
        return NULL;
    to = (char *)tern_buffer_payload(message) + sizeof piece;
    if (is_long) {
        tail = tern_mailbox_allocate(server->mailbox, num_bytes);
        if (tail == NULL) {
            tern_mailbox_release(server->mailbox, message);
            return NULL;
        }
        tern_buffer_set_tail(message, tail);
        to = tail->data;
    }
    memcpy(tern_buffer_payload(message), &piece, sizeof piece);
    if (num_bytes > 0)
        memcpy(to, outcome->bytes + piece.offset, num_bytes);
    tern_buffer_header(message)->status = outcome->status;
    return message;
}

/* An answer without bytes is one piece. */
static bool compose_all(tern_outcome_t *outcome, tern_server_t *server,
                        const tern_message_header_t *header)
{
    size_t step = server->chunk_bytes, total = outcome->num_bytes;
    size_t num_pieces = total > step ? (total + step - 1) / step : 1;

    outcome->pieces = tern_alloc(TERN_LOG_SERVER, num_pieces * sizeof(tern_buffer_t *));
    if (outcome->pieces == NULL)
        return false;
    for (size_t i = 0; i < num_pieces; i++) {
        tern_answer_piece_t piece = {.total_bytes = total,
                                     .offset      = i * step,
                                     .number      = (uint32_t)i,
                                     .num_pieces  = (uint32_t)num_pieces};
        size_t              left  = total - piece.offset;
        tern_buffer_t      *message =
            compose_piece(outcome, server, header, piece, left < step ? left : step);

        if (message == NULL)
            return false;
        outcome->pieces[outcome->num_pieces++] = message;
    }
    return true;
}

void tern_outcome_end(tern_outcome_t *outcome, tern_server_t *server,
                      const tern_message_header_t *header, tern_status_t status)
{
    outcome->status = status < 0 ? status : TERN_OK;
    if (outcome->status != TERN_OK)
        outcome->num_bytes = 0;
    if (!compose_all(outcome, server, header) && outcome->status == TERN_OK) {
        release_pieces(outcome, server->mailbox);
        outcome->status    = TERN_ERR_NO_MEMORY;
        outcome->num_bytes = 0;
        if (!compose_all(outcome, server, header))
            release_pieces(outcome, server->mailbox);
    }
    tern_free(TERN_LOG_SERVER, outcome->bytes);
    outcome->bytes    = NULL;
    outcome->capacity = 0;
}

void tern_outcome_send(const tern_outcome_t *outcome, tern_server_t *server, int rank)
{
    for (uint32_t i = 0; i < outcome->num_pieces; i++)
        if (tern_mailbox_send(server->mailbox, rank, outcome->pieces[i]) != TERN_OK)
            tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot answer rank %d", rank);
}
