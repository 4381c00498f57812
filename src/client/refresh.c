#include "client/refresh.h"

#include <string.h>

#include "base/alloc.h"
#include "store/copy.h"

enum { BATCH_KEYS = 64 };

/* A key that waits for its turn. It holds its request (num_parts). */
typedef struct waiting {
    tern_request_t *request;
    uint32_t        position;
} waiting_t;

typedef struct tern_refresher {
    tern_client_t *client;
    waiting_t     *list; /* [length], oldest first */
    size_t         length, capacity;
} tern_refresher_t;

uint8_t tern_refresh_flags(const tern_request_t *request)
{
    return request->refresh != NULL && request->refresh->keeps &&
                   request->table->policy->sends_changes
               ? TERN_MESSAGE_FOLLOW
               : 0;
}

static tern_replicas_t *replicas_of(const tern_request_t *request)
{
    /* the handle is this rank's own; requests see their table as constant */
    return (tern_replicas_t *)&request->table->replicas;
}

static char *value_at(const tern_request_t *request, uint32_t position)
{
    return request->values + (size_t)position * request->table->row_bytes;
}

static uint32_t server_of(const tern_request_t *request, tern_key_t key)
{
    return tern_placement_server(&request->table->placement, key);
}

/* --- waiting --- */

/* A tern_poll_fn; below. */
static bool poll_waiting(void *context);

static tern_refresher_t *refresher_of(tern_client_t *client)
{
    if (client->refresher == NULL) {
        client->refresher = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *client->refresher);
        if (client->refresher != NULL) {
            client->refresher->client = client;
            tern_mailbox_add_poll(client->mailbox, poll_waiting, client->refresher);
        }
    }
    return client->refresher;
}

static tern_status_t wait_for_turn(tern_request_t *request, uint32_t position)
{
    tern_refresher_t *refresher = request->client->refresher;

    if (refresher->length == refresher->capacity) {
        size_t     capacity = 2 * refresher->capacity + 64;
        waiting_t *list =
            tern_realloc(TERN_LOG_CLIENT, refresher->list, capacity * sizeof *list);

        if (list == NULL)
            return TERN_ERR_NO_MEMORY;
        refresher->list     = list;
        refresher->capacity = capacity;
    }
    refresher->list[refresher->length++] = (waiting_t){request, position};
    request->num_parts++;
    request->client->num_parts++;
    return TERN_OK;
}

static void end_waiting(const waiting_t *waiting)
{
    waiting->request->client->num_parts--;
    tern_request_end_part(waiting->request);
}

/* Waiting keys of one request and server that can be asked for now. */
typedef struct batch {
    tern_request_t *request;
    uint32_t        server, num_keys;
    bool            keeps;
    tern_key_t      keys[BATCH_KEYS];
    uint32_t        positions[BATCH_KEYS];
} batch_t;

/* Ask for the keys of a batch; those for which the stream has no room wait on, at the end of the list's first part. */
static void ask(tern_refresher_t *refresher, batch_t *batch, size_t *num_kept_p)
{
    tern_request_t *request = batch->request;
    tern_status_t   status;
    bool            kept;

    if (batch->num_keys == 0)
        return;
    kept                    = request->refresh->keeps; /* this may interrupt an issue */
    request->refresh->keeps = batch->keeps;
    status = tern_issue_pull(request, batch->server, batch->num_keys, batch->keys,
                             batch->positions);
    request->refresh->keeps = kept;
    if (status < 0)
        request->status = status;
    if (status == TERN_OK)
        request->client->counters->replica_refreshes += batch->num_keys;
    for (uint32_t i = 0; i < batch->num_keys; i++) {
        waiting_t waiting = {request, batch->positions[i]};

        if (status == TERN_IN_PROGRESS)
            refresher->list[(*num_kept_p)++] = waiting;
        else
            end_waiting(&waiting);
    }
    batch->num_keys = 0;
}

/* Room for one more key of that kind. */
static void prepare(tern_refresher_t *refresher, batch_t *batch, tern_request_t *request,
                    uint32_t server, bool keeps, size_t *num_kept_p)
{
    if (batch->request != request || batch->server != server || batch->keeps != keeps ||
        batch->num_keys == BATCH_KEYS)
        ask(refresher, batch, num_kept_p);
    batch->request = request;
    batch->server  = server;
    batch->keeps   = keeps;
}

/* Give the row if it is fresh by now, put the key in the batch if it may be asked for, else let it wait on. */
static void try_again(tern_refresher_t *refresher, waiting_t waiting, batch_t *batch,
                      size_t *num_kept_p)
{
    tern_request_t  *request  = waiting.request;
    tern_replicas_t *replicas = replicas_of(request);
    tern_stamp_t    *stamp    = &request->refresh->stamps[waiting.position];
    uint32_t         server   = server_of(request, stamp->key);

    if (tern_replica_read(replicas, request->refresh->required, stamp->key,
                          value_at(request, waiting.position))) {
        end_waiting(&waiting);
        return;
    }
    switch (tern_replica_begin_refresh(replicas, stamp->key, server, stamp)) {
    case TERN_REFRESH_LATER:
        refresher->list[(*num_kept_p)++] = waiting;
        return;
    case TERN_REFRESH_NOW:
        prepare(refresher, batch, request, server, true, num_kept_p);
        break;
    case TERN_REFRESH_NO_ROOM:
        prepare(refresher, batch, request, server, false, num_kept_p);
        break;
    }
    batch->positions[batch->num_keys] = waiting.position;
    batch->keys[batch->num_keys++]    = stamp->key;
}

static bool poll_waiting(void *context)
{
    tern_refresher_t *refresher = context;
    batch_t           batch     = {.num_keys = 0};
    size_t            num = refresher->length, num_kept = 0;

    for (size_t i = 0; i < num; i++)
        try_again(refresher, refresher->list[i], &batch, &num_kept);
    ask(refresher, &batch, &num_kept);
    refresher->length = num_kept;
    return num_kept < num;
}

void tern_refresher_destroy(tern_refresher_t **refresher_p)
{
    if (*refresher_p != NULL)
        tern_free(TERN_LOG_CLIENT, (*refresher_p)->list);
    tern_free(TERN_LOG_CLIENT, *refresher_p);
    *refresher_p = NULL;
}

/* --- issuing --- */

bool tern_refresh_begin(tern_request_t *request, size_t num_keys, bool is_quiet)
{
    tern_client_t  *client = request->client;
    size_t          bytes  = sizeof(tern_refresh_t) + num_keys * sizeof(tern_stamp_t);
    tern_buffer_t  *buffer;
    tern_refresh_t *refresh;

    if (refresher_of(client) == NULL ||
        (buffer = tern_mailbox_allocate(client->mailbox, bytes)) == NULL)
        return false;
    refresh  = (tern_refresh_t *)buffer->data;
    *refresh = (tern_refresh_t){
        .buffer   = buffer,
        .is_quiet = is_quiet,
        .content  = tern_board_global_min(client->board, TERN_LANE_CLOCK)};
    request->refresh = refresh;
    return true;
}

/* Claimed rows are free again, whether they were acknowledged, answered or refused. */
void tern_refresh_end(tern_request_t *request)
{
    tern_refresh_t *refresh = request->refresh;

    for (size_t i = 0; i < refresh->num_claimed; i++)
        if (refresh->stamps[i].slot != TERN_REPLICA_NONE)
            tern_replica_end_flush(replicas_of(request), &refresh->stamps[i], 0, NULL);
    request->refresh = NULL;
    tern_mailbox_release(request->client->mailbox, refresh->buffer);
}

/* Of positions with equal keys the first stays in `positions`, the others wait for its answer. */
static tern_status_t combine(tern_request_t *request, const tern_key_t keys[],
                             size_t *num_positions_p, uint32_t positions[])
{
    tern_client_t   *client   = request->client;
    tern_grouping_t *grouping = &client->grouping;
    size_t           num      = *num_positions_p, num_groups;
    tern_status_t    status;

    for (size_t i = 0; i < num; i++)
        client->keys[i] = keys[positions[i]];
    if (num == 1)
        return TERN_OK;
    status = tern_grouping_run(grouping, num, client->keys, &num_groups);
    for (size_t g = 0; status == TERN_OK && g < num_groups; g++) {
        uint32_t at = grouping->first[g];

        positions[g] = positions[at]; /* first[] rises, so that nothing is overwritten */
        while (status == TERN_OK && (at = grouping->next[at]) != TERN_GROUP_END) {
            request->refresh->stamps[positions[at]].key = client->keys[g];
            status = wait_for_turn(request, positions[at]);
        }
    }
    *num_positions_p = num_groups;
    return status;
}

/* Sort positions by what may be done now: those to be kept stay, the others without room go to client->unread. */
static tern_refresh_turn_t turn_of(tern_request_t *request, tern_key_t key,
                                   tern_stamp_t *stamp)
{
    const tern_client_t *client = request->client;

    if (request->table->replicas.header == NULL ||
        (client->underway.num_keys > 0 &&
         tern_underway_server(&client->underway, request->table->id, key) !=
             TERN_UNDERWAY_NONE)) {
        *stamp = (tern_stamp_t){.key = key, .slot = TERN_REPLICA_NONE};
        return TERN_REFRESH_NO_ROOM; /* behind what this worker has under way */
    }
    return tern_replica_begin_refresh(replicas_of(request), key, server_of(request, key),
                                      stamp);
}

static tern_status_t begin_all(tern_request_t *request, const tern_key_t keys[],
                               size_t num, uint32_t positions[], size_t *num_now_p,
                               size_t *num_no_room_p)
{
    tern_status_t status = TERN_OK;

    *num_now_p = *num_no_room_p = 0;
    for (size_t i = 0; i < num && status == TERN_OK; i++) {
        uint32_t   at  = positions[i];
        tern_key_t key = keys[at];

        switch (turn_of(request, key, &request->refresh->stamps[at])) {
        case TERN_REFRESH_NOW:
            positions[(*num_now_p)++] = at;
            break;
        case TERN_REFRESH_NO_ROOM:
            request->client->unread[(*num_no_room_p)++] = at;
            break;
        case TERN_REFRESH_LATER:
            status = wait_for_turn(request, at);
            break;
        }
    }
    return status;
}

tern_status_t tern_refresh_issue(tern_request_t *request, size_t num_keys,
                                 const tern_key_t keys[], size_t num_positions,
                                 uint32_t positions[], uint64_t required)
{
    tern_client_t *client = request->client;
    size_t         num_now, num_no_room;
    tern_status_t  status;

    if (!tern_refresh_begin(request, num_keys, false))
        return TERN_ERR_NO_MEMORY;
    request->refresh->required = required;
    status                     = combine(request, keys, &num_positions, positions);
    if (status == TERN_OK)
        status =
            begin_all(request, keys, num_positions, positions, &num_now, &num_no_room);
    if (status == TERN_OK && num_now > 0) {
        client->counters->replica_refreshes += num_now;
        request->refresh->keeps = true;
        status =
            tern_issue_keys(request, TERN_MESSAGE_PULL, num_now, positions, keys, NULL);
        request->refresh->keeps = false;
    }
    if (status == TERN_OK && num_no_room > 0)
        status = tern_issue_keys(request, TERN_MESSAGE_PULL, num_no_room, client->unread,
                                 keys, NULL);
    return status;
}

tern_status_t tern_refresh_issue_quietly(tern_request_t *request, size_t num_keys,
                                         const tern_key_t keys[])
{
    tern_client_t *client  = request->client;
    size_t         num_now = 0;

    if (!tern_refresh_begin(request, num_keys, true))
        return TERN_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < num_keys; i++)
        if (tern_replica_begin_refresh(replicas_of(request), keys[i], 0,
                                       &request->refresh->stamps[i]) == TERN_REFRESH_NOW)
            client->missing[num_now++] = i;
    client->counters->replica_refreshes += num_now;
    return num_now == 0 ? TERN_OK
                        : tern_issue_keys(request, TERN_MESSAGE_PULL, num_now,
                                          client->missing, keys, NULL);
}

/* --- answers --- */

/* The content of an answer is what its asker knew, or its server when it answered, whichever is newer. */
static uint64_t content_of(const tern_refresh_t        *refresh,
                           const tern_message_header_t *header)
{
    return header->clock > refresh->content ? header->clock : refresh->content;
}

/* The row that a flushed one is now. */
static void end_flush(tern_refresh_t *refresh, tern_replicas_t *replicas, uint32_t at,
                      uint64_t content, const char *row)
{
    tern_replica_end_flush(replicas, &refresh->stamps[at], content, row);
    refresh->stamps[at].slot = TERN_REPLICA_NONE; /* once */
}

/* A row that was asked for. */
static void end_refresh(tern_request_t *request, uint32_t at, uint64_t content,
                        bool follows, const char *row)
{
    tern_refresh_t     *refresh  = request->refresh;
    tern_replicas_t    *replicas = replicas_of(request);
    const tern_stamp_t *stamp    = &refresh->stamps[at];
    char               *value    = refresh->is_quiet ? NULL : value_at(request, at);

    if (stamp->slot == TERN_REPLICA_NONE)
        tern_copy_row(value, row, (uint32_t)request->table->row_bytes);
    else if (!tern_replica_end_refresh(replicas, stamp, content, follows, row, value) &&
             !refresh->is_quiet &&
             !tern_replica_read(replicas, refresh->required, stamp->key, value) &&
             wait_for_turn(request, at) != TERN_OK)
        request->status = TERN_ERR_NO_MEMORY;
}

void tern_refresh_store(const tern_part_t *part, tern_run_t run, const char *rows,
                        const tern_message_header_t *header)
{
    tern_request_t *request = part->request;
    tern_refresh_t *refresh = request->refresh;
    uint64_t        content = content_of(refresh, header);
    bool            follows = (header->flags & TERN_MESSAGE_FOLLOW) != 0;
    size_t          bytes   = request->table->row_bytes;

    for (uint32_t i = run.begin; i < run.end; i++, rows += bytes) {
        uint32_t at =
            part->positions != NULL ? part->positions[i] : part->first_position + i;

        if (refresh->num_claimed == 0)
            end_refresh(request, at, content, follows, rows);
        else if (refresh->stamps[at].slot != TERN_REPLICA_NONE)
            end_flush(refresh, replicas_of(request), at, content, rows);
    }
}
