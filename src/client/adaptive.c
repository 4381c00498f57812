/** \file
 * The adaptive policy: rows move as under `relocate`, and are replicated where intents say that several nodes want them.
 *
 * Only what a home advised to replicate has a replica; everything else is accessed where it is. Under a bound (BSP, SSP) a replica is
 * refreshed when it is too old and the worker's clock waits for what was pushed; without one it is read as it is,
 * and pushes leave with the rounds. Source: Renz-Wieland et al., PVLDB 2023.
 */
#include <stdio.h>

#include "client/access.h"
#include "client/flush.h"
#include "client/intents_parts.h"
#include "client/replicated.h"

static bool is_bounded(const tern_table_t *table)
{
    return table->sync != &tern_sync_async;
}

/* Pushes that no replica takes go to where the row is. */
static tern_status_t push_at_owners(tern_table_t *table, size_t num_left,
                                    const tern_key_t keys[], const void *deltas,
                                    tern_request_t **request_p)
{
    tern_client_t  *client  = table->client;
    tern_request_t *request = tern_request_create(client, table, TERN_MESSAGE_PUSH, NULL);

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    return tern_access_finish(request,
                              tern_issue_keys(request, TERN_MESSAGE_PUSH, num_left,
                                              client->missing, keys, deltas),
                              request_p);
}

static tern_status_t change_elsewhere(tern_table_t *table, tern_message_kind_t kind,
                                      size_t num_left, const tern_key_t keys[],
                                      const void *rows, tern_request_t **request_p)
{
    tern_status_t status = TERN_OK;

    if (num_left > 0 && kind == TERN_MESSAGE_PUSH)
        return push_at_owners(table, num_left, keys, rows, request_p);
    if (num_left > 0)
        status = tern_replicated_change_at_owners(table, kind, num_left, keys, rows);
    if (status == TERN_OK && request_p != NULL)
        *request_p = NULL;
    return status;
}

static tern_status_t change(tern_table_t *table, tern_message_kind_t kind,
                            size_t num_keys, const tern_key_t keys[], const void *rows,
                            tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    tern_phase_t   before = tern_phase_enter(client->phases, TERN_PHASE_PUSH);
    size_t         num_left;
    tern_status_t  status;

    num_left = tern_access_relocate.change_here(table, kind, num_keys, keys, rows,
                                                client->missing);
    if (num_left > 0 && kind == TERN_MESSAGE_PUSH)
        num_left = tern_replicated_push(table, num_left, keys, rows);
    client->counters->local_keys += num_keys - num_left;
    client->counters->local_changes += num_keys - num_left;
    status = change_elsewhere(table, kind, num_left, keys, rows, request_p);
    tern_phase_enter(client->phases, before);
    return status;
}

static uint32_t server_of(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key)
{
    return kind == TERN_MESSAGE_INTEND || kind == TERN_MESSAGE_RELEASE
               ? tern_placement_server(&table->placement, key)
               : tern_access_relocate.server_of(table, kind, key);
}

/* --- rows that come --- */

/* A row whose replica is to end. */
typedef struct ending {
    tern_replicas_t *replicas;
    tern_key_t       key;
} ending_t;

static bool is_held(void *context)
{
    ending_t *ending = context;

    return tern_replica_hold(ending->replicas, ending->key) != TERN_REFRESH_LATER;
}

static void describe_flush(void *context, char *text, size_t text_bytes)
{
    const ending_t *ending = context;

    snprintf(text, text_bytes, "the flush of the replica of key %llu",
             (unsigned long long)ending->key);
}

/* What was flushed and is not there yet would be missing in a row that comes first: readers would go back. */
static void hold_replicas(tern_table_t *table, size_t num_keys, const tern_key_t keys[])
{
    ending_t        ending = {.replicas = &table->replicas};
    tern_wait_for_t what   = {
          .is_done = is_held, .describe = describe_flush, .context = &ending};

    for (size_t i = 0; i < num_keys; i++) {
        ending.key = keys[i];
        if (tern_intents_row_is_absent(table, keys[i]) && !is_held(&ending))
            tern_waiter_wait(table->client->waiter, &what);
    }
}

static tern_status_t localize(tern_table_t *table, size_t num_keys,
                              const tern_key_t keys[], tern_request_t **request_p)
{
    tern_status_t status;

    if (table->replicas.header == NULL)
        return tern_access_relocate.localize(table, num_keys, keys, request_p);
    hold_replicas(table, num_keys, keys);
    status = tern_access_relocate.localize(table, num_keys, keys, request_p);
    tern_intents_let_absent_go(table, num_keys, keys);
    return status;
}

static tern_status_t intend(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                            uint64_t first_clock, uint64_t end_clock)
{
    tern_phases_t *phases = table->client->phases;
    tern_phase_t   before;
    tern_status_t  status;

    if (table->client->group->num_nodes == 1 || num_keys == 0)
        return TERN_OK;
    before = tern_phase_enter(phases, TERN_PHASE_PULL);
    status = tern_intents_announce(table, num_keys, keys, first_clock, end_clock);
    tern_phase_enter(phases, before);
    return status;
}

static tern_status_t before_clock(tern_table_t *table)
{
    tern_status_t status = is_bounded(table) ? tern_flush(table) : TERN_OK;

    return status == TERN_OK ? tern_intents_round(table) : status;
}

static tern_status_t before_leave(tern_table_t *table)
{
    tern_status_t status = tern_intents_end(table);

    return status == TERN_OK ? tern_flush(table) : status;
}

const tern_access_ops_t tern_access_adaptive = {
    .beneath           = &tern_access_relocate,
    .pull              = tern_replicated_pull,
    .change            = change,
    .push_pull         = tern_replicated_push_pull,
    .read_here         = tern_replicated_read_here,
    .has               = tern_replicated_has,
    .server_of         = server_of,
    .localize          = localize,
    .intend            = intend,
    .writes_out_ranges = true,
    .before_clock      = before_clock,
    .before_leave      = before_leave,
};
