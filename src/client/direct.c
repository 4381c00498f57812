#include "client/direct.h"

#include "client/access.h"
#include "client/fetch.h"
#include "client/filtering.h"

/* Fetch what is not here where that is possible, ask for the rest. */
static tern_status_t go_remote(tern_table_t *table, tern_message_kind_t kind,
                               size_t num_missing, const tern_key_t keys[],
                               const void *rows, void *values, tern_request_t **request_p)
{
    tern_client_t  *client  = table->client;
    tern_request_t *request = tern_request_create(client, table, kind, values);
    tern_phase_t    before;
    tern_status_t   status = TERN_OK;

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    before = tern_phase_enter(
        client->phases, kind == TERN_MESSAGE_PULL ? TERN_PHASE_PULL : TERN_PHASE_PUSH);
    if (kind == TERN_MESSAGE_PULL)
        status = tern_fetch_keys(request, &num_missing, client->missing, keys);
    if (status == TERN_OK)
        status = tern_issue_keys(request, kind, num_missing, client->missing, keys, rows);
    status = tern_access_finish(request, status, request_p);
    tern_phase_enter(client->phases, before);
    return status;
}

/* Count what was done here, send the rest. */
static tern_status_t complete(tern_table_t *table, tern_message_kind_t kind,
                              size_t num_keys, size_t num_missing,
                              const tern_key_t keys[], const void *rows, void *values,
                              tern_request_t **request_p)
{
    table->client->counters->local_keys += num_keys - num_missing;
    if (kind != TERN_MESSAGE_PULL)
        table->client->counters->local_changes += num_keys - num_missing;
    if (num_missing > 0)
        return go_remote(table, kind, num_missing, keys, rows, values, request_p);
    if (request_p != NULL)
        *request_p = NULL;
    return TERN_OK;
}

/* Read the rows that were changed here; those that cannot be read here any more go to client->unread. What was missing
 * may have come since, but `values` may be the array whose deltas are still to be sent for it. */
static size_t read_changed(tern_table_t *table, size_t num_keys, size_t num_missing,
                           const tern_key_t keys[], char *values)
{
    tern_client_t *client     = table->client;
    size_t         num_unread = 0;

    for (size_t first = 0, m = 0; first < num_keys; m++) {
        size_t    end    = m < num_missing ? client->missing[m] : num_keys;
        uint32_t *unread = client->unread + num_unread;
        size_t    num    = 0;

        if (end > first)
            num = table->access->read_here(table, end - first, keys + first,
                                           values + first * table->row_bytes, unread);
        for (size_t i = 0; i < num; i++)
            unread[i] += (uint32_t)first;
        num_unread += num;
        first = end + 1;
    }
    return num_unread;
}

static tern_status_t push_pull_remote(tern_table_t *table, size_t num_missing,
                                      size_t num_unread, const tern_key_t keys[],
                                      const void *deltas, void *values,
                                      tern_request_t **request_p)
{
    tern_client_t  *client = table->client;
    tern_request_t *request =
        tern_request_create(client, table, TERN_MESSAGE_PUSH_PULL, values);
    tern_phase_t  before;
    tern_status_t status = TERN_OK;

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    before = tern_phase_enter(client->phases, TERN_PHASE_PUSH);
    if (num_unread > 0)
        status = tern_issue_keys(request, TERN_MESSAGE_PULL, num_unread, client->unread,
                                 keys, NULL);
    if (status == TERN_OK && num_missing > 0)
        status = tern_issue_keys(request, TERN_MESSAGE_PUSH_PULL, num_missing,
                                 client->missing, keys, deltas);
    status = tern_access_finish(request, status, request_p);
    tern_phase_enter(client->phases, before);
    return status;
}

/* The time of an access in node memory; that of a few keys is sampled. */
typedef struct span {
    enum { SPAN_SKIPPED, SPAN_SAMPLED, SPAN_TIMED } kind;
    tern_phase_t before;
    uint64_t     begin;
} span_t;

#define FEW_KEYS 4u

static span_t begin_span(tern_client_t *client, tern_phase_t phase, size_t num_keys)
{
    span_t span = {.kind = SPAN_SKIPPED};

    if (num_keys > FEW_KEYS) {
        span.kind   = SPAN_TIMED;
        span.before = tern_phase_enter(client->phases, phase);
    } else if (tern_phase_begin_short(client->phases, &span.begin)) {
        span.kind = SPAN_SAMPLED;
    }
    return span;
}

static void end_span(tern_client_t *client, tern_phase_t phase, span_t span)
{
    if (span.kind == SPAN_TIMED)
        tern_phase_enter(client->phases, span.before);
    else if (span.kind == SPAN_SAMPLED)
        tern_phase_end_short(client->phases, phase, span.begin);
}

tern_status_t tern_direct_pull(tern_table_t *table, size_t num_keys,
                               const tern_key_t keys[], void *values,
                               tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    span_t         span   = begin_span(client, TERN_PHASE_PULL, num_keys);
    size_t         num_missing =
        table->access->read_here(table, num_keys, keys, values, client->missing);

    tern_note_read_here(table, num_keys, keys, values, num_missing, client->missing);
    end_span(client, TERN_PHASE_PULL, span);
    return complete(table, TERN_MESSAGE_PULL, num_keys, num_missing, keys, NULL, values,
                    request_p);
}

tern_status_t tern_direct_change(tern_table_t *table, tern_message_kind_t kind,
                                 size_t num_keys, const tern_key_t keys[],
                                 const void *rows, tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    span_t         span   = begin_span(client, TERN_PHASE_PUSH, num_keys);
    size_t         num_missing;

    num_missing =
        table->access->change_here(table, kind, num_keys, keys, rows, client->missing);
    end_span(client, TERN_PHASE_PUSH, span);
    return complete(table, kind, num_keys, num_missing, keys, rows, NULL, request_p);
}

tern_status_t tern_direct_push_pull(tern_table_t *table, size_t num_keys,
                                    const tern_key_t keys[], const void *deltas,
                                    void *values, tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    span_t         span   = begin_span(client, TERN_PHASE_PUSH, num_keys);
    size_t         num_missing, num_unread;

    num_missing = table->access->change_here(table, TERN_MESSAGE_PUSH, num_keys, keys,
                                             deltas, client->missing);
    num_unread  = read_changed(table, num_keys, num_missing, keys, values);
    end_span(client, TERN_PHASE_PUSH, span);
    client->counters->local_keys += 2 * (num_keys - num_missing) - num_unread;
    client->counters->local_changes += num_keys - num_missing;
    if (num_missing + num_unread > 0)
        return push_pull_remote(table, num_missing, num_unread, keys, deltas, values,
                                request_p);
    if (request_p != NULL)
        *request_p = NULL;
    return TERN_OK;
}
