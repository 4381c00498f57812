/** \file
 * The policy `aggregate`: rows are where the partition says, but what is pushed goes to their servers, own node or not,
 * and waits there for the end of the step. tern_clock() posts that end to every server, behind the pushes in the same
 * stream, and waits for nothing. Pulls say how many of the worker's steps may be missing; they are served in node memory
 * if the servers here have applied the others, else they wait at the server.
 */
#include <stdio.h>

#include "base/log.h"
#include "client/access.h"
#include "client/direct.h"
#include "sync/tick.h"
#include "table/sparse.h"

/* Steps that this worker has ended since the table was created. */
static uint64_t steps_ended(const tern_table_t *table)
{
    return table->client->clock - table->first_clock;
}

/* Of these, how many must be applied where a row is read. */
static uint64_t steps_required(const tern_table_t *table)
{
    return table->sync->required_min(steps_ended(table), table->staleness);
}

/* What is done to rows of this node when no step is under way. */
static const tern_access_ops_t *beneath(const tern_table_t *table)
{
    return tern_table_is_sparse(table) ? &tern_access_sparse : &tern_access_static;
}

/* --- pull --- */

/* True if the servers of this node have applied enough steps for this worker, and none is applying one now. Then
 * *num_begun_p changes as soon as one begins the next. */
static bool is_fresh(const tern_table_t *table, uint64_t *num_begun_p)
{
    uint64_t required = steps_required(table);

    *num_begun_p = 0;
    for (uint32_t s = 0; s < table->view.num_segments; s++) {
        uint64_t applied = tern_tally_num_applied(table->tallies[s]);
        uint64_t begun   = tern_tally_num_begun(table->tallies[s]);

        if (applied < required || begun != applied)
            return false;
        *num_begun_p += begun;
    }
    return table->view.num_segments > 0;
}

/* The server of this node that has applied the fewest steps. */
static tern_tally_t *last_of(const tern_table_t *table)
{
    tern_tally_t *last = table->tallies[0];

    for (uint32_t s = 1; s < table->view.num_segments; s++)
        if (tern_tally_num_applied(table->tallies[s]) < tern_tally_num_applied(last))
            last = table->tallies[s];
    return last;
}

/* The servers of this node have given this worker rows of all steps that they have applied. */
static void note_seen(const tern_table_t *table)
{
    const tern_group_t *group  = table->client->group;
    int                 worker = group->members[group->rank].worker;

    for (uint32_t s = 0; s < table->view.num_segments; s++)
        tern_tally_show(table->tallies[s], worker,
                        tern_tally_num_applied(table->tallies[s]));
}

/* Rows of whole steps, or none: then the server is asked. */
static size_t read_here(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        void *values, uint32_t missing[])
{
    tern_client_t *client = table->client;
    uint64_t       before, after;
    size_t         num_missing;

    if (!client->uses_memory)
        return tern_direct_miss_all(num_keys, missing);
    if (!is_fresh(table, &before) && table->shard != NULL)
        tern_mailbox_progress(client->mailbox); /* this rank may have steps to apply */
    if (!is_fresh(table, &before))
        return tern_direct_miss_all(num_keys, missing);
    num_missing = beneath(table)->read_here(table, num_keys, keys, values, missing);
    if (!is_fresh(table, &after) || after != before)
        return tern_direct_miss_all(num_keys, missing);
    if (num_missing < num_keys) {
        tern_tally_count(last_of(table), steps_ended(table));
        note_seen(table);
    }
    return num_missing;
}

static bool has(const tern_table_t *table, tern_key_t key)
{
    uint64_t num_begun;

    return beneath(table)->has(table, key) && is_fresh(table, &num_begun);
}

/* --- push --- */

static size_t change_nothing_here(tern_table_t *table, tern_message_kind_t kind,
                                  size_t num_keys, const tern_key_t keys[],
                                  const void *rows, uint32_t missing[])
{
    (void)table;
    (void)kind;
    (void)keys;
    (void)rows;
    return tern_direct_miss_all(num_keys, missing);
}

static tern_status_t refuse_push_pull(tern_table_t *table, size_t num_keys,
                                      const tern_key_t keys[], const void *deltas,
                                      void *values, tern_request_t **request_p)
{
    (void)num_keys;
    (void)keys;
    (void)deltas;
    (void)values;
    (void)request_p;
    tern_log(
        TERN_LOG_CLIENT, TERN_LOG_ERROR,
        "table '%s': tern_push_pull() is not possible under policy 'aggregate', where a "
        "push is applied after its step; push, end the step, pull",
        table->record.name);
    return TERN_ERR_UNSUPPORTED;
}

static uint32_t server_of(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key)
{
    return beneath(table)->server_of(table, kind, key);
}

static void stamp(tern_table_t *table, tern_message_header_t *header)
{
    uint64_t ended  = steps_ended(table);
    uint64_t behind = ended - steps_required(table);

    switch (header->kind) {
    case TERN_MESSAGE_PUSH:
        header->clock = tern_tick(ended, ++table->num_contributions);
        header->shard = table->data_shard;
        break;
    case TERN_MESSAGE_STEP:
        header->clock = tern_tick(ended, TERN_TICK_END);
        break;
    default:
        header->clock     = tern_tick(ended, 0);
        header->staleness = behind < UINT32_MAX ? (uint32_t)behind : UINT32_MAX;
    }
}

/* --- steps --- */

/* Tell every server that the step, or, with `flags`, this worker has ended. */
static tern_status_t tell(tern_table_t *table, uint32_t flags, tern_request_t *request)
{
    tern_client_t       *client = table->client;
    const tern_keycode_t none   = {.width = 0};
    tern_status_t        status = TERN_OK;

    for (int s = 0; status == TERN_OK && s < client->group->num_servers; s++) {
        tern_part_t *part = tern_part_create(request, TERN_MESSAGE_STEP, 0, &none, NULL);

        if (part == NULL)
            return TERN_ERR_NO_MEMORY;
        tern_buffer_header(part->message)->flags |= (uint8_t)flags;
        status = tern_part_send(&client->streams[s], part);
    }
    return status;
}

static tern_status_t end_step(tern_table_t *table)
{
    tern_request_t *request =
        tern_request_create(table->client, table, TERN_MESSAGE_STEP, NULL);
    tern_status_t status;

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    status = tell(table, 0, request);
    if (status == TERN_OK)
        table->num_contributions = 0;
    tern_request_detach(request);
    return status;
}

/* What was pushed in a step that has not ended is applied with the others' step. */
static tern_status_t leave(tern_table_t *table)
{
    tern_request_t *request =
        tern_request_create(table->client, table, TERN_MESSAGE_STEP, NULL);

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    return tern_access_finish(request, tell(table, TERN_MESSAGE_LAST, request), NULL);
}

static void describe_wait(const tern_table_t *table, tern_message_kind_t kind, char *text,
                          size_t text_bytes)
{
    const tern_client_t *client  = table->client;
    int                  laggard = tern_client_laggard(client, TERN_LANE_CLOCK);
    uint64_t             slowest = tern_board_global_min(client->board, TERN_LANE_CLOCK);
    char                 who[32] = "";

    if (kind != TERN_MESSAGE_PULL)
        return;
    if (laggard >= 0)
        snprintf(who, sizeof who, ", rank %d,", laggard);
    snprintf(text, text_bytes,
             ", which needs %llu steps applied: the slowest worker%s has ended %llu",
             (unsigned long long)steps_required(table), who,
             (unsigned long long)(slowest - table->first_clock));
}

const tern_access_ops_t tern_access_aggregate = {
    .pull              = tern_direct_pull,
    .change            = tern_direct_change,
    .push_pull         = refuse_push_pull,
    .read_here         = read_here,
    .change_here       = change_nothing_here,
    .has               = has,
    .server_of         = server_of,
    .writes_out_ranges = true,
    .stamp             = stamp,
    .describe_wait     = describe_wait,
    .before_clock      = end_step,
    .before_leave      = leave,
};
