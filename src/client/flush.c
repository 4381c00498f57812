#include "client/flush.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "client/access.h"

void tern_flush_ring(const tern_client_t *client)
{
    const tern_group_t *group = client->group;

    for (int i = 0; i < group->node_size; i++)
        if (group->node_members[i] != group->rank)
            tern_node_ring(tern_mailbox_node(client->mailbox), group->node_members[i]);
}

/* Claimed rows of one server: their slots. */
typedef struct bundle {
    tern_table_t   *table;
    tern_request_t *request;
    uint32_t        server;
    size_t          num_slots;
    const uint32_t *slots;
} bundle_t;

static uint32_t rows_per_message(const bundle_t *bundle)
{
    size_t most = bundle->request->client->chunk_bytes / bundle->table->row_bytes;

    return most > 0 ? (uint32_t)most : 1;
}

static tern_status_t send_chunk(const bundle_t *bundle, size_t first, uint32_t num)
{
    tern_client_t   *client   = bundle->request->client;
    tern_stream_t   *stream   = &client->streams[bundle->server];
    tern_replicas_t *replicas = &bundle->table->replicas;
    const uint32_t  *slots    = bundle->slots + first;
    tern_keycode_t   code;
    tern_part_t     *part;
    tern_status_t    status;

    for (uint32_t i = 0; i < num; i++)
        client->keys[i] = tern_replica_key(replicas, slots[i]);
    code = tern_keycode_choose(num, client->keys);
    part = tern_part_create(bundle->request, TERN_MESSAGE_PUSH, num, &code, NULL);
    if (part == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_keycode_write(&code, num, client->keys, tern_buffer_payload(part->message));
    for (uint32_t i = 0; i < num; i++)
        tern_replica_take(replicas, slots[i],
                          tern_part_rows(part) + i * bundle->table->row_bytes);
    status = tern_part_send(stream, part);
    for (uint32_t i = 0; i < num; i++)
        tern_replica_sent(replicas, slots[i], stream->next_sequence - 1);
    return status;
}

/* Rows that could not be sent are given back. */
static tern_status_t send_bundle(const bundle_t *bundle)
{
    uint32_t      most   = rows_per_message(bundle);
    tern_status_t status = TERN_OK;

    for (size_t done = 0; done < bundle->num_slots; done += most) {
        size_t   left = bundle->num_slots - done;
        uint32_t num  = (uint32_t)(left < most ? left : most);

        if (status == TERN_OK)
            status = send_chunk(bundle, done, num);
        if (status != TERN_OK)
            for (uint32_t i = 0; i < num; i++)
                tern_replica_unclaim(&bundle->table->replicas, bundle->slots[done + i]);
    }
    return status;
}

/* client->order := slots by server; server s has order[counts[s]] to order[counts[s + 1]]. */
static void sort_by_server(tern_client_t *client, const tern_replicas_t *replicas,
                           size_t num_slots, const uint32_t slots[])
{
    size_t *counts      = client->counts;
    size_t  num_servers = (size_t)client->group->num_servers;

    memset(counts, 0, (num_servers + 1) * sizeof *counts);
    for (size_t i = 0; i < num_slots; i++) {
        client->servers[i] = tern_replica_server(replicas, slots[i]);
        counts[client->servers[i] + 1]++;
    }
    for (size_t s = 0; s < num_servers; s++)
        counts[s + 1] += counts[s];
    for (size_t i = 0; i < num_slots; i++)
        client->order[counts[client->servers[i]]++] = slots[i];
    memmove(counts + 1, counts, num_servers * sizeof *counts);
    counts[0] = 0;
}

/* Send claimed rows and wait until their owners have them. */
static tern_status_t send_claimed(tern_table_t *table, size_t num_slots,
                                  const uint32_t slots[])
{
    tern_client_t  *client  = table->client;
    tern_request_t *request = tern_request_create(client, table, TERN_MESSAGE_PUSH, NULL);
    bundle_t        bundle  = {.table = table, .request = request};
    tern_status_t   status  = request == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;

    sort_by_server(client, &table->replicas, num_slots, slots);
    for (uint32_t s = 0; status == TERN_OK && s < (uint32_t)client->group->num_servers;
         s++) {
        bundle.server    = s;
        bundle.slots     = client->order + client->counts[s];
        bundle.num_slots = client->counts[s + 1] - client->counts[s];
        status           = send_bundle(&bundle);
    }
    if (request != NULL)
        status = tern_access_finish(request, status, NULL);
    client->counters->replica_flushes += num_slots;
    for (size_t i = 0; i < num_slots; i++)
        tern_replica_acknowledge(&table->replicas, slots[i]);
    tern_flush_ring(client);
    return status;
}

static bool are_idle(void *context)
{
    return !tern_replicas_are_busy(context);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    (void)context;
    snprintf(text, text_bytes, "a neighbour's flush of replicas");
}

/* A neighbour's flush may carry what this worker has pushed. */
static void wait_for_neighbours(tern_table_t *table)
{
    tern_wait_for_t what = {
        .is_done = are_idle, .describe = describe, .context = &table->replicas};

    tern_waiter_wait(table->client->waiter, &what);
}

static tern_status_t flush(tern_table_t *table)
{
    tern_client_t *client   = table->client;
    size_t         num_busy = 1;
    tern_status_t  status   = TERN_OK;

    while (num_busy > 0 && status == TERN_OK) {
        size_t num_slots;

        status = tern_client_reserve(client, table->replicas.num_touched);
        if (status != TERN_OK)
            return status;
        num_slots = tern_replicas_claim(&table->replicas, client->unread, &num_busy);
        if (num_slots > 0)
            status = send_claimed(table, num_slots, client->unread);
        if (num_busy > 0 && status == TERN_OK)
            wait_for_neighbours(table);
    }
    return status;
}

tern_status_t tern_flush(tern_table_t *table)
{
    tern_phase_t  before;
    tern_status_t status;

    if (table->replicas.num_touched == 0)
        return TERN_OK;
    before = tern_phase_enter(table->client->phases, TERN_PHASE_PUSH);
    status = flush(table);
    tern_phase_enter(table->client->phases, before);
    return status;
}
