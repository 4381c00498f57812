#include "client/flush.h"

#include <stdio.h>
#include <string.h>

#include "client/access.h"
#include "client/policy.h"
#include "client/refresh.h"

static void ring_neighbours(const tern_client_t *client)
{
    const tern_group_t *group = client->group;

    for (int i = 0; i < group->node_size; i++)
        if (group->node_members[i] != group->rank)
            tern_node_ring(tern_mailbox_node(client->mailbox), group->node_members[i]);
}

/* Claimed rows; those of a server are at positions client->order[counts[server]] to order[counts[server + 1]]. */
typedef struct claim {
    tern_table_t       *table;
    tern_request_t     *request;
    tern_message_kind_t kind; /* push; push-pull: the answers bring the rows */
    size_t              num_rows;
    tern_stamp_t       *stamps; /* [num_rows] */
} claim_t;

static uint32_t rows_per_message(const claim_t *claim)
{
    size_t most = claim->request->client->chunk_bytes / claim->table->row_bytes;

    return most > 0 ? (uint32_t)most : 1;
}

static tern_status_t send_chunk(const claim_t *claim, uint32_t server, uint32_t num,
                                const uint32_t positions[])
{
    tern_client_t   *client   = claim->request->client;
    tern_stream_t   *stream   = &client->streams[server];
    tern_replicas_t *replicas = &claim->table->replicas;
    tern_keycode_t   code;
    tern_part_t     *part;
    tern_status_t    status;

    for (uint32_t i = 0; i < num; i++)
        client->keys[i] = claim->stamps[positions[i]].key;
    code = tern_keycode_choose(num, client->keys);
    part = tern_part_create(claim->request, claim->kind, num, &code, NULL);
    if (part == NULL)
        return TERN_ERR_NO_MEMORY;
    if (tern_part_set_positions(part, positions) != TERN_OK) {
        tern_part_discard(part);
        return TERN_ERR_NO_MEMORY;
    }
    tern_keycode_write(&code, num, client->keys, tern_buffer_payload(part->message));
    for (uint32_t i = 0; i < num; i++)
        tern_replica_take(replicas, &claim->stamps[positions[i]],
                          tern_part_rows(part) + i * claim->table->row_bytes);
    status = tern_part_send(stream, part);
    for (uint32_t i = 0; i < num; i++)
        tern_replica_sent(replicas, &claim->stamps[positions[i]],
                          stream->next_sequence - 1);
    return status;
}

/* Rows that could not be sent are given back. */
static tern_status_t send_to_server(const claim_t *claim, uint32_t server, size_t num,
                                    const uint32_t positions[])
{
    uint32_t      most   = rows_per_message(claim);
    tern_status_t status = TERN_OK;

    for (size_t done = 0; done < num; done += most) {
        uint32_t n = (uint32_t)(num - done < most ? num - done : most);

        if (status == TERN_OK)
            status = send_chunk(claim, server, n, positions + done);
        if (status != TERN_OK)
            for (uint32_t i = 0; i < n; i++)
                tern_replica_unclaim(&claim->table->replicas,
                                     &claim->stamps[positions[done + i]]);
    }
    return status;
}

static void sort_by_server(const claim_t *claim)
{
    tern_client_t      *client      = claim->table->client;
    const tern_table_t *table       = claim->table;
    size_t             *counts      = client->counts;
    size_t              num_servers = (size_t)client->group->num_servers;

    memset(counts, 0, (num_servers + 1) * sizeof *counts);
    for (size_t i = 0; i < claim->num_rows; i++) {
        client->servers[i] =
            table->access->server_of(table, claim->kind, claim->stamps[i].key);
        counts[client->servers[i] + 1]++;
    }
    for (size_t s = 0; s < num_servers; s++)
        counts[s + 1] += counts[s];
    for (size_t i = 0; i < claim->num_rows; i++)
        client->order[counts[client->servers[i]]++] = (uint32_t)i;
    memmove(counts + 1, counts, num_servers * sizeof *counts);
    counts[0] = 0;
}

static tern_status_t send_claim(const claim_t *claim)
{
    tern_client_t *client = claim->table->client;
    tern_status_t  status = TERN_OK;

    client->counters->replica_flushes += claim->num_rows;
    sort_by_server(claim);
    for (uint32_t s = 0; s < (uint32_t)client->group->num_servers; s++) {
        tern_status_t sent =
            send_to_server(claim, s, client->counts[s + 1] - client->counts[s],
                           client->order + client->counts[s]);

        status = status == TERN_OK ? sent : status;
    }
    return status;
}

/* Claim what can be claimed. The request remembers it; none is made where there is nothing. */
static tern_status_t claim_rows(tern_table_t *table, claim_t *claim, size_t *num_busy_p)
{
    tern_client_t *client = table->client;
    size_t         most   = table->replicas.num_touched;
    tern_status_t  status = tern_client_reserve(client, most);

    *claim = (claim_t){.table = table, .kind = claim->kind};
    if (status != TERN_OK)
        return status;
    claim->request = tern_request_create(client, table, claim->kind, NULL);
    if (claim->request == NULL)
        return TERN_ERR_NO_MEMORY;
    if (!tern_refresh_begin(claim->request, most, true)) {
        tern_request_release(claim->request);
        return TERN_ERR_NO_MEMORY;
    }
    claim->stamps   = claim->request->refresh->stamps;
    claim->num_rows = tern_replicas_claim(&table->replicas, claim->stamps, num_busy_p);
    claim->request->refresh->num_claimed = claim->num_rows;
    if (claim->num_rows == 0) {
        tern_request_release(claim->request);
        claim->request = NULL;
    }
    return TERN_OK;
}

tern_status_t tern_flush_begin(tern_table_t *table, tern_request_t **request_p)
{
    claim_t       claim = {.kind = TERN_MESSAGE_PUSH_PULL};
    size_t        num_busy;
    tern_status_t status;

    *request_p = NULL;
    if (table->replicas.num_touched == 0)
        return TERN_OK;
    status = claim_rows(table, &claim, &num_busy);
    if (status != TERN_OK || claim.request == NULL)
        return status;
    status     = send_claim(&claim);
    *request_p = claim.request;
    return status;
}

/* --- and wait --- */

static bool are_idle(void *context)
{
    return !tern_replicas_are_busy(context);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    (void)context;
    snprintf(text, text_bytes, "replicas that a neighbour flushes, or whose rows come");
}

/* A neighbour's flush may carry what this worker has pushed. */
static void wait_for_others(tern_table_t *table)
{
    tern_wait_for_t what = {
        .is_done = are_idle, .describe = describe, .context = &table->replicas};

    tern_waiter_wait(table->client->waiter, &what);
}

static tern_status_t flush(tern_table_t *table)
{
    size_t        num_busy = 1;
    tern_status_t status   = TERN_OK;

    while (num_busy > 0 && status == TERN_OK) {
        claim_t claim = {.kind = TERN_MESSAGE_PUSH};

        status = claim_rows(table, &claim, &num_busy);
        if (status == TERN_OK && claim.request != NULL) {
            status = tern_access_finish(claim.request, send_claim(&claim), NULL);
            ring_neighbours(table->client);
        }
        if (num_busy > 0 && status == TERN_OK)
            wait_for_others(table);
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
