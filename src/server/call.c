/** \file
 * A call is malformed, or names a function that nobody registered, or runs; in each case its outcome is kept, so
 * that a repetition is answered in the same way. Where pushes are collected a call waits, as a pull does, until the steps
 * are applied that it must see.
 */
#include "server/call.h"

#include <string.h>

#include "base/alloc.h"
#include "keys/range.h"
#include "server/outcome.h"
#include "server/reply.h"
#include "store/visit.h"
#include "sync/tally.h"
#include "sync/tick.h"
#include "table/tallies.h"

/* A call that waits for steps. */
typedef struct waiting {
    struct waiting *next;
    tern_buffer_t  *message;
    tern_outcome_t *outcome;
} waiting_t;

struct tern_calls {
    tern_server_t          *server;
    const tern_functions_t *functions;
    tern_outcomes_t        *outcomes; /* [server->size], by rank */
    waiting_t              *waiting;
};

struct tern_invocation {
    tern_server_t  *server;
    tern_table_t   *table;
    tern_range_t    range;
    const char     *args;
    size_t          args_bytes;
    uint32_t        source; /* rank */
    tern_outcome_t *outcome;
};

/* --- what a function sees --- */

tern_table_t *tern_invocation_table(const tern_invocation_t *invocation)
{
    return invocation->table;
}

tern_range_t tern_invocation_range(const tern_invocation_t *invocation)
{
    return invocation->range;
}

const void *tern_invocation_args(const tern_invocation_t *invocation, size_t *bytes_p)
{
    if (bytes_p != NULL)
        *bytes_p = invocation->args_bytes;
    return invocation->args;
}

int tern_invocation_worker(const tern_invocation_t *invocation)
{
    return tern_mailbox_group(invocation->server->mailbox)
        ->members[invocation->source]
        .worker;
}

int tern_invocation_server(const tern_invocation_t *invocation)
{
    return (int)invocation->server->number;
}

tern_staleness_t tern_invocation_staleness(const tern_invocation_t *invocation)
{
    return tern_table_own_staleness(invocation->table);
}

static void pause_visit(void *mailbox)
{
    tern_mailbox_nudge(mailbox);
}

uint64_t tern_invocation_visit(tern_invocation_t *invocation, tern_range_t range,
                               tern_visit_fn *visit, void *context)
{
    const tern_visit_t all = {.visit         = visit,
                              .context       = context,
                              .pause         = pause_visit,
                              .pause_context = invocation->server->mailbox};

    return tern_shard_visit(invocation->table->shard,
                            tern_range_overlap(range, invocation->range), &all);
}

tern_status_t tern_invocation_answer(tern_invocation_t *invocation, const void *bytes,
                                     size_t num_bytes)
{
    return tern_outcome_append(invocation->outcome, bytes, num_bytes);
}

/* --- running --- */

/* Name and arguments of a call that is as long as it says; the name goes to `name`, ended by a zero. */
static bool decode(const tern_calls_t *calls, const tern_message_t *message,
                   tern_call_note_t *note, char name[TERN_FUNCTION_NAME_BYTES + 1],
                   tern_invocation_t *invocation)
{
    tern_server_t *server = calls->server;

    if (message->payload_bytes < sizeof *note)
        return false;
    memcpy(note, message->payload, sizeof *note);
    if (note->name_bytes == 0 || note->name_bytes > TERN_FUNCTION_NAME_BYTES ||
        note->args_bytes > TERN_CALL_ARGS_BYTES ||
        message->payload_bytes !=
            sizeof *note + tern_message_pad(note->name_bytes) + note->args_bytes)
        return false;
    memcpy(name, message->payload + sizeof *note, note->name_bytes);
    name[note->name_bytes] = '\0';
    *invocation            = (tern_invocation_t){
                   .server = server,
                   .table  = tern_catalogue_get(server->catalogue, message->header->table),
                   .args   = message->payload + sizeof *note + tern_message_pad(note->name_bytes),
                   .args_bytes = note->args_bytes,
                   .source     = message->header->source};
    if (invocation->table == NULL)
        return false;
    invocation->range = tern_table_part(invocation->table, server->number, note->range);
    return true;
}

static tern_status_t run(const tern_calls_t *calls, const char *name,
                         tern_invocation_t *invocation)
{
    const tern_function_t *function = tern_functions_find(calls->functions, name);
    const char            *table    = invocation->table->record.name;
    tern_status_t          status;

    if (function == NULL) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "rank %u calls function '%s' on table '%s'; server %u knows: %s",
                 invocation->source, name, table, calls->server->number,
                 tern_functions_names(calls->functions));
        return TERN_ERR_ARG;
    }
    calls->server->counters->functions_run++;
    status = function->run(invocation, function->context);
    if (status < 0)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "function '%s' failed on server %u, table '%s': %s", name,
                 calls->server->number, table, tern_status_string(status));
    return status;
}

/* The function does not run. */
static void refuse(tern_calls_t *calls, const tern_message_t *message,
                   tern_outcome_t *outcome, tern_status_t status)
{
    tern_outcome_end(outcome, calls->server, message->header, status);
    tern_outcome_send(outcome, calls->server, (int)message->header->source);
}

/* The outcome is entered and sent for the first time. */
static void finish(tern_calls_t *calls, const tern_message_t *message,
                   tern_outcome_t *outcome)
{
    const tern_message_header_t *header = message->header;
    char                         name[TERN_FUNCTION_NAME_BYTES + 1];
    tern_call_note_t             note;
    tern_invocation_t            invocation;
    tern_status_t                status = TERN_ERR_ARG;

    if (decode(calls, message, &note, name, &invocation)) {
        tern_outcomes_forget(&calls->outcomes[header->source], calls->server->mailbox,
                             note.answered);
        invocation.outcome = outcome;
        status             = run(calls, name, &invocation);
    } else {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "malformed call from rank %u: table %u, %zu bytes", header->source,
                 header->table, message->payload_bytes);
    }
    tern_outcome_end(outcome, calls->server, header, status);
    tern_outcome_send(outcome, calls->server, (int)header->source);
}

/* --- waiting --- */

/* As many steps are applied here as the caller's bound asks for. */
static bool is_due(const tern_calls_t *calls, const tern_message_header_t *header)
{
    const tern_table_t *table =
        tern_catalogue_get(calls->server->catalogue, header->table);

    if (table == NULL || !table->policy->collects)
        return true;
    return tern_tick_step(header->clock) <=
           tern_tally_num_applied(table->tallies[tern_shard_segment(table->shard)]) +
               header->staleness;
}

static bool is_stopped(const tern_calls_t *calls)
{
    return tern_node_stop_signal(tern_mailbox_node(calls->server->mailbox)) != 0;
}

static void end_waiting(tern_calls_t *calls, waiting_t **waiting_p)
{
    waiting_t *waiting = *waiting_p;

    *waiting_p = waiting->next;
    tern_mailbox_release(calls->server->mailbox, waiting->message);
    tern_free(TERN_LOG_SERVER, waiting);
}

/* At the end of the list: calls of a worker keep their order. */
static bool let_wait(tern_calls_t *calls, const tern_message_t *message,
                     tern_outcome_t *outcome)
{
    waiting_t  *waiting = tern_alloc(TERN_LOG_SERVER, sizeof *waiting);
    waiting_t **end_p   = &calls->waiting;

    if (waiting == NULL)
        return false;
    while (*end_p != NULL)
        end_p = &(*end_p)->next;
    tern_buffer_keep(message->buffer);
    *waiting = (waiting_t){.message = message->buffer, .outcome = outcome};
    *end_p   = waiting;
    return true;
}

/* A tern_poll_fn. */
static bool run_waiting(void *context)
{
    tern_calls_t *calls         = context;
    waiting_t   **waiting_p     = &calls->waiting;
    bool          did_something = false;

    while (*waiting_p != NULL) {
        tern_message_t  message = tern_message_of((*waiting_p)->message);
        tern_outcome_t *outcome = (*waiting_p)->outcome;

        if (!is_due(calls, message.header) && !is_stopped(calls)) {
            waiting_p = &(*waiting_p)->next;
            continue;
        }
        if (is_due(calls, message.header)) {
            finish(calls, &message, outcome);
        } else { /* nobody need end the steps that it waits for */
            refuse(calls, &message, outcome, TERN_ERR_STOPPED);
        }
        end_waiting(calls, waiting_p);
        did_something = true;
    }
    return did_something;
}

/* --- serving --- */

static void serve_first(tern_calls_t *calls, const tern_message_t *message)
{
    const tern_message_header_t *header = message->header;
    tern_outcome_t              *outcome =
        tern_outcomes_add(&calls->outcomes[header->source], header->sequence);

    if (outcome == NULL)
        tern_reply_failure(calls->server, header, TERN_ERR_NO_MEMORY);
    else if (is_due(calls, header))
        finish(calls, message, outcome);
    else if (!let_wait(calls, message, outcome))
        refuse(calls, message, outcome, TERN_ERR_NO_MEMORY);
}

/* A call whose outcome has been forgotten is answered; of another there is none for want of memory. */
static void serve_again(tern_calls_t *calls, const tern_message_t *message)
{
    const tern_message_header_t *header   = message->header;
    const tern_outcomes_t       *outcomes = &calls->outcomes[header->source];
    const tern_outcome_t        *outcome = tern_outcomes_find(outcomes, header->sequence);

    calls->server->counters->duplicates_dropped++;
    if (outcome != NULL)
        tern_outcome_send(outcome, calls->server, (int)header->source);
    else if (header->sequence >= outcomes->answered)
        tern_reply_failure(calls->server, header, TERN_ERR_NO_MEMORY);
}

void tern_calls_serve(tern_calls_t *calls, const tern_message_t *message, bool is_repeat)
{
    if (is_repeat)
        serve_again(calls, message);
    else
        serve_first(calls, message);
}

/* --- life --- */

tern_status_t tern_calls_create(tern_server_t *server, const tern_functions_t *functions,
                                tern_calls_t **calls_p)
{
    tern_calls_t *calls = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *calls);

    if (calls == NULL)
        return TERN_ERR_NO_MEMORY;
    calls->server    = server;
    calls->functions = functions;
    calls->outcomes  = tern_alloc_zeroed(TERN_LOG_SERVER,
                                         (size_t)server->size * sizeof *calls->outcomes);
    if (calls->outcomes == NULL) {
        tern_free(TERN_LOG_SERVER, calls);
        return TERN_ERR_NO_MEMORY;
    }
    tern_mailbox_add_poll(server->mailbox, run_waiting, calls);
    *calls_p = calls;
    return TERN_OK;
}

void tern_calls_destroy(tern_calls_t **calls_p)
{
    tern_calls_t *calls = *calls_p;

    if (calls == NULL)
        return;
    while (calls->waiting != NULL)
        end_waiting(calls, &calls->waiting);
    for (int r = 0; r < calls->server->size; r++)
        tern_outcomes_forget(&calls->outcomes[r], calls->server->mailbox, UINT64_MAX);
    tern_free(TERN_LOG_SERVER, calls->outcomes);
    tern_free(TERN_LOG_SERVER, calls);
    *calls_p = NULL;
}
