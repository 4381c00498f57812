#include "client/client.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "client/call.h"
#include "client/fetch.h"
#include "client/policy.h"
#include "client/refresh.h"

tern_request_t *tern_request_create(tern_client_t *client, const tern_table_t *table,
                                    tern_message_kind_t kind, void *values)
{
    tern_request_t *request = client->free_requests;

    if (request != NULL)
        client->free_requests = request->next;
    else if ((request = tern_alloc(TERN_LOG_CLIENT, sizeof *request)) == NULL)
        return NULL;
    *request = (tern_request_t){.client     = client,
                                .table      = table,
                                .kind       = kind,
                                .values     = values,
                                .status     = TERN_OK,
                                .next       = client->requests,
                                .previous_p = &client->requests};
    if (request->next != NULL)
        request->next->previous_p = &request->next;
    client->requests = request;
    return request;
}

void tern_request_release(tern_request_t *request)
{
    tern_client_t *client = request->client;

    assert(request->num_parts == 0);
    if (request->refresh != NULL)
        tern_refresh_end(request);
    if (request->reply != NULL)
        tern_reply_end(request->reply);
    *request->previous_p = request->next;
    if (request->next != NULL)
        request->next->previous_p = request->previous_p;
    request->next         = client->free_requests;
    client->free_requests = request;
}

void tern_request_detach(tern_request_t *request)
{
    request->is_detached = true;
    if (request->num_parts == 0)
        tern_request_release(request);
}

void tern_request_end_part(tern_request_t *request)
{
    if (--request->num_parts > 0)
        return;
    request->client->num_completed++;
    if (request->is_detached)
        tern_request_release(request);
}

static bool is_complete(void *context)
{
    return tern_request_is_complete(context);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const tern_request_t *request = context;
    const tern_client_t  *client  = request->client;
    size_t                used    = 0;

    tern_fetch_describe(client, request, text, text_bytes);
    used = strlen(text);
    for (int s = 0; s < client->group->num_servers; s++)
        for (const tern_part_t *part = client->streams[s].first; part != NULL;
             part                    = part->next)
            if (part->request == request && used + 4 < text_bytes) {
                                   if (used > 0)
                    used += (size_t)snprintf(text + used, text_bytes - used, "; ");
                tern_part_describe(part, &client->streams[s], text + used,
                                                      text_bytes - used);
                                   while (text[used] != '\0')
                    used++;
            }
}

static void prepare_wait(tern_request_t *request)
{
    if (request->num_parts > 0 && request->table->access->before_wait != NULL)
        request->table->access->before_wait(request);
}

tern_status_t tern_wait(tern_request_t **request_p)
{
    tern_request_t *request = *request_p;
    tern_wait_for_t what    = {
           .is_done = is_complete, .describe = describe, .context = request};
    tern_phase_t  before;
    tern_status_t status;

    if (request == NULL)
        return TERN_OK;
    prepare_wait(request);
    what.needs_mpi = tern_fetch_is_held(request->client);
    before = tern_phase_enter(request->client->phases, request->kind == TERN_MESSAGE_PULL
                                                           ? TERN_PHASE_PULL
                                                           : TERN_PHASE_PUSH);
    tern_waiter_wait(request->client->waiter, &what);
    tern_phase_enter(request->client->phases, before);
    status = request->status;
    tern_request_release(request);
    *request_p = NULL;
    return status;
}

tern_status_t tern_test(tern_request_t **request_p)
{
    if (*request_p != NULL && (*request_p)->num_parts > 0) {
        prepare_wait(*request_p);
        tern_mailbox_progress((*request_p)->client->mailbox);
        if ((*request_p)->num_parts > 0)
            return TERN_IN_PROGRESS;
    }
    return tern_wait(request_p);
}

tern_status_t tern_wait_all(size_t num_requests, tern_request_t *requests[],
                            tern_status_t statuses[])
{
    tern_status_t first_error = TERN_OK;

    for (size_t i = 0; i < num_requests; i++) {
        tern_status_t status = tern_wait(&requests[i]);

        if (statuses != NULL)
            statuses[i] = status;
        if (first_error == TERN_OK)
            first_error = status;
    }
    return first_error;
}

tern_status_t tern_request_hand_over(tern_request_t *request, tern_request_t **request_p)
{
    if (request_p == NULL)
        return tern_wait(&request);
    *request_p = request;
    return TERN_OK;
}
