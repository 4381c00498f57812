#include "client/client.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "client/dense.h"
#include "client/fetch.h"
#include "client/intents.h"
#include "client/refresh.h"

/* Requests and answers under way to and from one server: of all workers, of one. */
#define SERVER_BYTES     ((size_t)256 << 20)
#define MAX_STREAM_BYTES ((size_t)32 << 20)

/* A server must be able to hold what all workers have under way. */
static size_t stream_bytes(const tern_client_site_t *site)
{
    size_t share = SERVER_BYTES / (size_t)site->group->num_workers;
    size_t least = 4 * site->chunk_bytes;

    if (share < least)
        return least;
    return share < MAX_STREAM_BYTES ? share : MAX_STREAM_BYTES;
}

tern_status_t tern_client_create(const tern_client_site_t *site, tern_client_t **client_p)
{
    size_t         num_servers = (size_t)site->group->num_servers;
    tern_client_t *client      = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *client);

    if (client == NULL)
        return TERN_ERR_NO_MEMORY;
    client->group            = site->group;
    client->mailbox          = site->waiter->mailbox;
    client->waiter           = site->waiter;
    client->counters         = site->counters;
    client->phases           = site->phases;
    client->catalogue        = site->catalogue;
    client->board            = site->board;
    client->board_slot       = site->board_slot;
    client->slot             = site->slot;
    client->lending          = site->lending;
    client->epoch            = site->epoch;
    client->resend_ns        = site->resend_ns;
    client->chunk_bytes      = site->chunk_bytes;
    client->uses_memory      = site->uses_memory;
    client->caches_locations = site->caches_locations;
    client->tail_bytes       = tern_message_tail_bytes(site->chunk_bytes);
    client->stream_bytes     = stream_bytes(site);
    tern_grouping_init(&client->grouping);
    client->streams =
        tern_alloc_zeroed(TERN_LOG_CLIENT, num_servers * sizeof *client->streams);
    client->counts =
        tern_alloc(TERN_LOG_CLIENT, (num_servers + 1) * sizeof *client->counts);
    if (client->streams == NULL || client->counts == NULL) {
        tern_client_destroy(&client);
        return TERN_ERR_NO_MEMORY;
    }
    for (size_t s = 0; s < num_servers; s++) {
        client->streams[s].server_rank   = site->group->server_ranks[s];
        client->streams[s].next_sequence = 1;
        client->streams[s].end_p         = &client->streams[s].first;
    }
    tern_mailbox_handle(client->mailbox, TERN_MESSAGE_REPLY, tern_client_handle_reply,
                        client);
    tern_mailbox_place(client->mailbox, TERN_MESSAGE_REPLY, tern_client_place_reply,
                       client);
    tern_mailbox_handle(client->mailbox, TERN_MESSAGE_ADVICE, tern_intents_handle_advice,
                        client);
    tern_mailbox_add_poll(client->mailbox, tern_client_poll, client);
    tern_dense_duties_register(client);
    *client_p = client;
    return TERN_OK;
}

void tern_client_destroy(tern_client_t **client_p)
{
    tern_client_t *client = *client_p;

    if (client == NULL)
        return;
    assert(client->num_parts == 0);
    while (client->requests != NULL) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN,
                 "a %s of table '%s' was never waited for",
                 tern_message_kind_name(client->requests->kind),
                 client->requests->table->record.name);
        tern_request_release(client->requests);
    }
    while (client->free_requests != NULL) {
        tern_request_t *request = client->free_requests;

        client->free_requests = request->next;
        tern_free(TERN_LOG_CLIENT, request);
    }
    while (client->free_parts != NULL) {
        tern_part_t *part = client->free_parts;

        client->free_parts = part->next;
        tern_free(TERN_LOG_CLIENT, part);
    }
    tern_intents_destroy(client);
    tern_refresher_destroy(&client->refresher);
    tern_fetcher_destroy(&client->fetcher);
    tern_underway_fini(&client->underway);
    tern_grouping_fini(&client->grouping);
    tern_free(TERN_LOG_CLIENT, client->keys);
    tern_free(TERN_LOG_CLIENT, client->servers);
    tern_free(TERN_LOG_CLIENT, client->order);
    tern_free(TERN_LOG_CLIENT, client->unread);
    tern_free(TERN_LOG_CLIENT, client->missing);
    tern_free(TERN_LOG_CLIENT, client->counts);
    tern_free(TERN_LOG_CLIENT, client->streams);
    tern_free(TERN_LOG_CLIENT, client);
    *client_p = NULL;
}

static bool grow(uint32_t **array_p, size_t num_keys)
{
    uint32_t *array = tern_realloc(TERN_LOG_CLIENT, *array_p, num_keys * sizeof *array);

    if (array != NULL)
        *array_p = array;
    return array != NULL;
}

static bool grow_keys(tern_client_t *client, size_t num_keys)
{
    tern_key_t *keys =
        tern_realloc(TERN_LOG_CLIENT, client->keys, num_keys * sizeof *keys);

    if (keys != NULL)
        client->keys = keys;
    return keys != NULL;
}

tern_status_t tern_client_reserve(tern_client_t *client, size_t num_keys)
{
    size_t wanted = num_keys < 1024 ? 1024 : num_keys;

    if (num_keys <= client->scratch_keys)
        return TERN_OK;
    if (num_keys > UINT32_MAX) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "a call with %zu keys; at most %u are possible", num_keys, UINT32_MAX);
        return TERN_ERR_ARG;
    }
    if (!grow(&client->missing, wanted) || !grow(&client->unread, wanted) ||
        !grow(&client->order, wanted) || !grow(&client->servers, wanted) ||
        !grow_keys(client, wanted))
        return TERN_ERR_NO_MEMORY;
    client->scratch_keys = wanted;
    return TERN_OK;
}

static bool has_no_parts(void *context)
{
    return ((tern_client_t *)context)->num_parts == 0;
}

/* The oldest part of each stream: what a stall report is about. */
static void describe_parts(void *context, char *text, size_t text_bytes)
{
    const tern_client_t *client = context;
    size_t               used   = 0;

    tern_fetch_describe(client, NULL, text, text_bytes);
    used = strlen(text);
    for (int s = 0; s < client->group->num_servers && used + 1 < text_bytes; s++) {
        const tern_stream_t *stream = &client->streams[s];

        if (stream->first == NULL)
            continue;
        if (used > 0)
            used += (size_t)snprintf(text + used, text_bytes - used, "; ");
        if (used + 1 >= text_bytes)
            break;
        tern_part_describe(stream->first, stream, text + used, text_bytes - used);
        while (text[used] != '\0')
            used++;
    }
}

void tern_client_complete(tern_client_t *client)
{
    tern_wait_for_t what = {
        .is_done = has_no_parts, .describe = describe_parts, .context = client};

    tern_waiter_wait(client->waiter, &what);
}

void tern_client_dump(const tern_client_t *client)
{
    char text[256];

    tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN, "clock %llu, %zu messages not answered",
             (unsigned long long)client->clock, client->num_parts);
    for (int s = 0; s < client->group->num_servers; s++)
        for (const tern_part_t *part = client->streams[s].first; part != NULL;
             part                    = part->next) {
            tern_part_describe(part, &client->streams[s], text, sizeof text);
            tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN, "outstanding: %s", text);
        }
}
