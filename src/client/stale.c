/** \file
 * The stale policies (`ssp`, `essp`): rows of this node in its memory, all others as replicas, which accesses make, refresh when they
 * are too old, and push to in place.
 *
 * What goes past the replicas (sets, and pushes for which the node has no room) waits for its owner, so that replicas made
 * meanwhile cannot lack it.
 */
#include "client/flush.h"
#include "client/replicated.h"

static tern_status_t change(tern_table_t *table, tern_message_kind_t kind,
                            size_t num_keys, const tern_key_t keys[], const void *rows,
                            tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    tern_phase_t   before = tern_phase_enter(client->phases, TERN_PHASE_PUSH);
    tern_status_t  status = TERN_OK;
    size_t         num_left;

    num_left = table->access->beneath->change_here(table, kind, num_keys, keys, rows,
                                                   client->missing);
    if (num_left > 0 && kind == TERN_MESSAGE_PUSH)
        num_left = tern_replicated_push(table, num_left, keys, rows);
    client->counters->local_keys += num_keys - num_left;
    client->counters->local_changes += num_keys - num_left;
    if (num_left > 0)
        status = tern_replicated_change_at_owners(table, kind, num_left, keys, rows);
    if (status == TERN_OK && request_p != NULL)
        *request_p = NULL;
    tern_phase_enter(client->phases, before);
    return status;
}

static uint32_t server_of(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key)
{
    return tern_access_static.server_of(table, kind, key);
}

const tern_access_ops_t tern_access_stale = {
    .beneath           = &tern_access_static,
    .pull              = tern_replicated_pull,
    .change            = change,
    .push_pull         = tern_replicated_push_pull,
    .read_here         = tern_replicated_read_here,
    .has               = tern_replicated_has,
    .server_of         = server_of,
    .writes_out_ranges = true,
    .before_clock      = tern_flush,
    .before_leave      = tern_flush,
};
