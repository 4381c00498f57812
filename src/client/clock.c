/** \file
 * The worker's clock and the barrier are two lanes of its group's board: publish a count, wait until the group's
 * minimum allows to go on. A clock is published only after the owners have acknowledged every push of the
 * step, else it would overtake data.
 */
#include <stdio.h>

#include "base/log.h"
#include "client/filtering.h"
#include "client/policy.h"

typedef struct lane_wait {
    tern_client_t *client;
    tern_lane_t    lane;
    uint64_t       required;
} lane_wait_t;

static bool is_reached(void *context)
{
    const lane_wait_t *wait = context;

    return tern_board_global_min(wait->client->board, wait->lane) >= wait->required ||
           tern_node_stop_signal(tern_mailbox_node(wait->client->mailbox)) != 0;
}

static void sleep_on_board(void *context, uint64_t timeout_ns)
{
    lane_wait_t *wait = context;

    tern_board_wait(wait->client->board, wait->lane, wait->required, timeout_ns);
}

int tern_client_laggard(const tern_client_t *client, tern_lane_t lane)
{
    uint32_t slot = 0;

    if (client->group->num_nodes > 1)
        return tern_board_laggard(client->board, lane);
    tern_board_node_min(client->board, lane, &slot);
    return tern_group_node_worker(client->group,
                                  tern_group_own_worker_group(client->group), slot);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const lane_wait_t   *wait    = context;
    const tern_client_t *client  = wait->client;
    int                  laggard = tern_client_laggard(client, wait->lane);

    snprintf(text, text_bytes, "%s %llu of the slowest worker: rank %d stands at %llu",
             wait->lane == TERN_LANE_CLOCK ? "clock" : "barrier",
             (unsigned long long)wait->required, laggard,
             (unsigned long long)tern_board_global_min(client->board, wait->lane));
}

/* Workers of its own node have something for a server, too. */
static bool collects(const tern_client_t *client)
{
    for (uint32_t t = 0; t < client->catalogue->num_tables; t++)
        if (client->catalogue->tables[t]->policy->collects ||
            client->catalogue->tables[t]->policy->exchanges_wholes)
            return true;
    return false;
}

/* True if nobody sends this rank a message while it has no request under way. */
static bool is_left_alone(const tern_client_t *client)
{
    return (client->group->num_nodes == 1 && !collects(client)) ||
           (!tern_group_has(client->group, TERN_ROLE_SERVER | TERN_ROLE_SCHEDULER) &&
            !tern_group_is_agent(client->group));
}

static tern_status_t wait_on_lane(tern_client_t *client, tern_lane_t lane,
                                  uint64_t required)
{
    lane_wait_t     wait = {client, lane, required};
    tern_wait_for_t what = {
        .is_done  = is_reached,
        .describe = describe,
        .sleep = is_left_alone(client) && client->num_parts == 0 ? sleep_on_board : NULL,
        .context = &wait};
    tern_phase_t before;

    tern_waiter_check_signals(client->waiter);
    if (!is_reached(&wait)) {
        before = tern_phase_enter(client->phases, TERN_PHASE_WAIT);
        tern_waiter_wait(client->waiter, &what);
        tern_phase_enter(client->phases, before);
    }
    return tern_node_stop_signal(tern_mailbox_node(client->mailbox)) != 0
               ? TERN_ERR_STOPPED
               : TERN_OK;
}

static void publish(tern_client_t *client, tern_lane_t lane, uint64_t count)
{
    const tern_group_t *group = client->group;

    if (!tern_board_publish(client->board, lane, client->board_slot, count) ||
        group->num_nodes == 1)
        return;
    if (tern_group_is_agent(group))
        tern_mailbox_progress(client->mailbox); /* its poll tells the scheduler */
    else
        tern_node_ring(tern_mailbox_node(client->mailbox), group->agents[group->node]);
}

static bool has_no_changes(void *context)
{
    return ((tern_client_t *)context)->num_changes == 0;
}

static void describe_changes(void *context, char *text, size_t text_bytes)
{
    const tern_client_t *client = context;

    for (int s = 0; s < client->group->num_servers; s++)
        for (const tern_part_t *part = client->streams[s].first; part != NULL;
             part                    = part->next)
            if (tern_part_is_change(part)) {
                                   tern_part_describe(part, &client->streams[s], text, text_bytes);
                                   return;
            }
    snprintf(text, text_bytes, "nothing");
}

static void wait_for_changes(tern_client_t *client)
{
    tern_wait_for_t what = {
        .is_done = has_no_changes, .describe = describe_changes, .context = client};
    tern_phase_t before;

    if (client->num_changes == 0)
        return;
    before = tern_phase_enter(client->phases, TERN_PHASE_PUSH);
    tern_waiter_wait(client->waiter, &what);
    tern_phase_enter(client->phases, before);
}

/* The strictest bound over the tables of the worker; those of other groups have no client here. Where pushes are
 * collected it is pulls that wait, at the server. */
static uint64_t required_clock(const tern_client_t *client)
{
    uint64_t required = 0;

    for (uint32_t t = 0; t < client->catalogue->num_tables; t++) {
        const tern_table_t *table = client->catalogue->tables[t];
        uint64_t bound = table->sync->required_min(client->clock, table->staleness);

        if (table->client != NULL && !table->policy->collects && bound > required)
            required = bound;
    }
    return required;
}

/* What the others must see by this clock leaves the node. */
static tern_status_t send_before_clock(const tern_client_t *client)
{
    tern_status_t status = TERN_OK;

    for (uint32_t t = 0; t < client->catalogue->num_tables && status == TERN_OK; t++) {
        tern_table_t *table = client->catalogue->tables[t];

        if (table->client != NULL && table->access->before_clock != NULL)
            status = table->access->before_clock(table);
    }
    return status;
}

static tern_status_t refresh_after_clock(const tern_client_t *client)
{
    tern_status_t status = TERN_OK;

    for (uint32_t t = 0; t < client->catalogue->num_tables && status == TERN_OK; t++) {
        tern_table_t *table = client->catalogue->tables[t];

        if (table->client != NULL && table->access->after_clock != NULL)
            status = table->access->after_clock(table);
    }
    return status;
}

static void end_step(const tern_client_t *client, bool is_last)
{
    for (uint32_t t = 0; t < client->catalogue->num_tables; t++) {
        tern_table_t *table = client->catalogue->tables[t];

        if (table->client != NULL && table->access->end_step != NULL)
            table->access->end_step(table, is_last);
    }
}

tern_status_t tern_client_clock(tern_client_t *client)
{
    tern_status_t status = send_before_clock(client);

    if (status != TERN_OK)
        return status;
    wait_for_changes(client);
    end_step(client, false);
    publish(client, TERN_LANE_CLOCK, ++client->clock);
    if (client->group->num_nodes > 1)
        tern_mailbox_progress(client->mailbox);
    status = wait_on_lane(client, TERN_LANE_CLOCK, required_clock(client));
    return status == TERN_OK ? refresh_after_clock(client) : status;
}

tern_status_t tern_client_barrier(tern_client_t *client)
{
    wait_for_changes(client);
    publish(client, TERN_LANE_BARRIER, ++client->barrier);
    return wait_on_lane(client, TERN_LANE_BARRIER, client->barrier);
}

void tern_client_leave(tern_client_t *client)
{
    tern_client_push_held(client);
    for (uint32_t t = 0; t < client->catalogue->num_tables; t++) {
        tern_table_t *table = client->catalogue->tables[t];

        if (table->client != NULL && table->access->before_leave != NULL &&
            table->access->before_leave(table) != TERN_OK)
            tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                     "what was pushed to table '%s' since the last clock has not reached "
                     "its owners",
                     table->record.name);
    }
    wait_for_changes(client);
    end_step(client, true);
    publish(client, TERN_LANE_CLOCK, TERN_CLOCK_LEFT);
    publish(client, TERN_LANE_BARRIER, TERN_CLOCK_LEFT);
}
