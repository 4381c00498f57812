#include "client/replicated.h"

#include <stdio.h>

#include "client/access.h"
#include "client/flush.h"
#include "client/refresh.h"

/* The clock up to which the content of a row must be complete for the calling worker. */
static uint64_t required_content(const tern_table_t *table)
{
    return table->sync->required_min(table->client->clock, table->staleness);
}

/* --- order --- */

/* Keys of which this worker has an operation under way take the way of that one, past the replica, so that they stay behind
 * it. Their positions go to client->unread; returns how many. */
static size_t set_aside(const tern_table_t *table, const tern_key_t keys[], size_t *num_p,
                        uint32_t positions[])
{
    tern_client_t *client  = table->client;
    size_t         num_now = 0, num_aside = 0;

    if (client->underway.num_keys == 0)
        return 0;
    for (size_t i = 0; i < *num_p; i++)
        if (tern_underway_server(&client->underway, table->id, keys[positions[i]]) !=
            TERN_UNDERWAY_NONE)
            client->unread[num_aside++] = positions[i];
        else
            positions[num_now++] = positions[i];
    *num_p = num_now;
    return num_aside;
}

/* Merge them into the rising `positions` [num] again. */
static size_t put_back(const tern_client_t *client, size_t num_aside, size_t num,
                       uint32_t positions[])
{
    size_t total = num + num_aside;

    for (size_t to = total; num_aside > 0; to--)
        if (num > 0 && positions[num - 1] > client->unread[num_aside - 1])
            positions[to - 1] = positions[--num];
        else
            positions[to - 1] = client->unread[--num_aside];
    return total;
}

/* --- reading --- */

size_t tern_replicated_read_here(tern_table_t *table, size_t num_keys,
                                 const tern_key_t keys[], void *values,
                                 uint32_t missing[])
{
    size_t num =
        table->access->beneath->read_here(table, num_keys, keys, values, missing);
    size_t num_aside, num_left;

    if (num == 0 || table->replicas.header == NULL)
        return num;
    num_aside = set_aside(table, keys, &num, missing);
    num_left = tern_replicas_read(&table->replicas, required_content(table), num, missing,
                                  keys, values);
    table->client->counters->replica_reads += num - num_left;
    return put_back(table->client, num_aside, num_left, missing);
}

bool tern_replicated_has(const tern_table_t *table, tern_key_t key)
{
    return table->access->beneath->has(table, key) ||
           (table->client != NULL && table->replicas.header != NULL &&
            tern_replicas_has(&table->replicas, required_content(table), key));
}

/* What a server has announced but not sent yet. */
typedef struct announced {
    const tern_table_t *table;
    uint32_t            server;
    uint64_t            required;
} announced_t;

static bool has_come(void *context)
{
    const announced_t *announced = context;

    return tern_replicas_have_followed(&announced->table->replicas, announced->server,
                                       announced->required) ||
           tern_node_stop_signal(tern_mailbox_node(announced->table->client->mailbox)) !=
               0;
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const announced_t *announced = context;

    snprintf(text, text_bytes, "fresh rows of table '%s' from server rank %d",
             announced->table->record.name,
             announced->table->client->group->server_ranks[announced->server]);
}

/* Rows that are kept up by their server need not be asked for: the job has passed the clock, so it will send them. */
static void wait_for_announced(tern_table_t *table, size_t num_stale,
                               const uint32_t stale[], const tern_key_t keys[])
{
    announced_t     announced = {.table = table, .required = required_content(table)};
    tern_wait_for_t what      = {
             .is_done = has_come, .describe = describe, .context = &announced};

    for (size_t i = 0; i < num_stale; i++)
        if (tern_replica_follows(&table->replicas, keys[stale[i]], &announced.server) &&
            !has_come(&announced))
            tern_waiter_wait(table->client->waiter, &what);
}

/* Rows that are not fresh enough here; returns how many must be asked for. */
static size_t read_stale(tern_table_t *table, size_t num_stale, const tern_key_t keys[],
                         void *values, uint32_t stale[])
{
    size_t num_left;

    if (!table->policy->sends_changes)
        return num_stale;
    wait_for_announced(table, num_stale, stale, keys);
    num_left = tern_replicas_read(&table->replicas, required_content(table), num_stale,
                                  stale, keys, values);
    table->client->counters->replica_reads += num_stale - num_left;
    return num_left;
}

static tern_status_t refresh(tern_table_t *table, size_t num_keys,
                             const tern_key_t keys[], size_t num_stale, void *values,
                             tern_request_t **request_p)
{
    tern_client_t  *client = table->client;
    tern_request_t *request =
        tern_request_create(client, table, TERN_MESSAGE_PULL, values);
    tern_status_t status;

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    status = tern_refresh_issue(request, num_keys, keys, num_stale, client->missing,
                                required_content(table));
    return tern_access_finish(request, status, request_p);
}

tern_status_t tern_replicated_pull(tern_table_t *table, size_t num_keys,
                                   const tern_key_t keys[], void *values,
                                   tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    tern_phase_t   before = tern_phase_enter(client->phases, TERN_PHASE_PULL);
    size_t         num_stale =
        tern_replicated_read_here(table, num_keys, keys, values, client->missing);
    tern_status_t status = TERN_OK;

    if (num_stale > 0)
        num_stale = read_stale(table, num_stale, keys, values, client->missing);
    client->counters->local_keys += num_keys - num_stale;
    if (num_stale > 0)
        status = refresh(table, num_keys, keys, num_stale, values, request_p);
    else if (request_p != NULL)
        *request_p = NULL;
    tern_phase_enter(client->phases, before);
    return status;
}

/* --- changing --- */

/* A change that went past the replica of `key`. */
typedef struct passed {
    tern_table_t *table;
    tern_key_t    key;
} passed_t;

static bool is_invalidated(void *context)
{
    passed_t      *passed = context;
    tern_client_t *client = passed->table->client;
    uint32_t       server = tern_placement_server(&passed->table->placement, passed->key);

    return tern_replica_invalidate(&passed->table->replicas, passed->key,
                                   client->streams[server].next_sequence - 1);
}

static void describe_flush(void *context, char *text, size_t text_bytes)
{
    (void)context;
    snprintf(text, text_bytes, "a neighbour's flush of a replica");
}

static void invalidate(tern_table_t *table, size_t num_positions,
                       const uint32_t positions[], const tern_key_t keys[])
{
    passed_t        passed = {.table = table};
    tern_wait_for_t what   = {
          .is_done = is_invalidated, .describe = describe_flush, .context = &passed};

    for (size_t i = 0; i < num_positions; i++) {
        passed.key = keys[positions[i]];
        tern_waiter_wait(table->client->waiter, &what);
    }
}

/* Change the rows at client->missing [num_positions] at their owners. */
tern_status_t tern_replicated_change_at_owners(tern_table_t       *table,
                                               tern_message_kind_t kind,
                                               size_t              num_positions,
                                               const tern_key_t keys[], const void *rows)
{
    tern_client_t  *client = table->client;
    tern_status_t   status = kind == TERN_MESSAGE_SET ? tern_flush(table) : TERN_OK;
    tern_request_t *request;

    if (status != TERN_OK)
        return status;
    request = tern_request_create(client, table, kind, NULL);
    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    status = tern_issue_keys(request, kind, num_positions, client->missing, keys, rows);
    status = tern_access_finish(request, status, NULL);
    if (status == TERN_OK)
        invalidate(table, num_positions, client->missing, keys);
    return status;
}

/* Push to replicas; returns how many rows have none. */
size_t tern_replicated_push(tern_table_t *table, size_t num, const tern_key_t keys[],
                            const void *deltas)
{
    tern_client_t *client = table->client;
    size_t         num_aside, num_left;

    if (table->replicas.header == NULL)
        return num;
    num_aside = set_aside(table, keys, &num, client->missing);
    for (size_t i = 0; i < num; i++)
        client->servers[i] =
            tern_placement_server(&table->placement, keys[client->missing[i]]);
    num_left = tern_replicas_add(&table->replicas, num, client->missing, keys,
                                 client->servers, deltas);
    return put_back(client, num_aside, num_left, client->missing);
}

/* Where a push shows only after its owner has applied it, it goes there first. */
tern_status_t tern_replicated_push_pull(tern_table_t *table, size_t num_keys,
                                        const tern_key_t keys[], const void *deltas,
                                        void *values, tern_request_t **request_p)
{
    tern_status_t status =
        table->access->change(table, TERN_MESSAGE_PUSH, num_keys, keys, deltas, NULL);

    if (status == TERN_OK && !table->rule.is_additive)
        status = tern_flush(table);
    return status == TERN_OK
               ? tern_replicated_pull(table, num_keys, keys, values, request_p)
               : status;
}
