#include "server/agent.h"

#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"

#define TELL_NS 1000000000u

/* Where pushes are collected it is servers that know whose step is missing: no worker waits for another's clock. */
static bool is_urgent(const tern_agent_t *agent, const tern_clock_note_t *note)
{
    const tern_catalogue_t *catalogue = agent->catalogue;

    return note->lane != TERN_LANE_CLOCK || note->clock == TERN_CLOCK_LEFT ||
           catalogue->num_collecting < catalogue->num_tables;
}

/* News: the minimum rose, and somebody may wait for it; or, for stall reports and at most once a second, anything else. */
static bool is_news(const tern_agent_t *agent, const tern_clock_note_t *note)
{
    const tern_clock_note_t *told = &agent->told[note->worker_group][note->lane];

    if (note->clock > told->clock && is_urgent(agent, note))
        return true;
    return (note->clock > told->clock || note->laggard != told->laggard) &&
           note->clock != TERN_CLOCK_LEFT && tern_timer_ns() - agent->told_ns > TELL_NS;
}

static bool tell_clock(tern_agent_t *agent, int worker_group, tern_lane_t lane)
{
    uint32_t slot    = 0;
    uint64_t minimum = tern_board_node_min(agent->boards[worker_group], lane, &slot);
    tern_clock_note_t note = {
        minimum, (uint16_t)lane, (uint16_t)worker_group,
        tern_group_node_worker(tern_mailbox_group(agent->mailbox), worker_group, slot)};
    tern_buffer_t *message;

    if (!is_news(agent, &note))
        return false;
    message = tern_mailbox_compose(agent->mailbox, TERN_MESSAGE_CLOCK, sizeof note);
    if (message == NULL)
        return false;
    memcpy(tern_buffer_payload(message), &note, sizeof note);
    if (tern_mailbox_post(agent->mailbox, tern_mailbox_group(agent->mailbox)->scheduler,
                          message) == TERN_OK)
        agent->told[worker_group][lane] = note;
    agent->told_ns = tern_timer_ns();
    return true;
}

static bool tell_stop(tern_agent_t *agent)
{
    int            number = tern_node_stop_signal(tern_mailbox_node(agent->mailbox));
    tern_buffer_t *message;

    if (number == 0 || agent->stop_told)
        return false;
    message = tern_mailbox_compose(agent->mailbox, TERN_MESSAGE_STOP, 0);
    if (message == NULL)
        return false;
    tern_buffer_header(message)->status = number;
    agent->stop_told =
        tern_mailbox_post(agent->mailbox, tern_mailbox_group(agent->mailbox)->scheduler,
                          message) == TERN_OK;
    return true;
}

static bool poll_node(void *context)
{
    tern_agent_t *agent         = context;
    bool          did_something = tell_stop(agent);

    for (int g = 0; g < tern_mailbox_group(agent->mailbox)->num_worker_groups; g++)
        for (int lane = 0; lane < TERN_NUM_LANES; lane++)
            did_something |= tell_clock(agent, g, (tern_lane_t)lane);
    return did_something;
}

/* Servers have something to do when the minimum rises: they send what followers wait for. */
static void ring_servers(const tern_agent_t *agent)
{
    const tern_group_t *group = tern_mailbox_group(agent->mailbox);

    for (int i = 0; i < group->node_size; i++) {
        int rank = group->node_members[i];

        if (rank != group->rank && group->members[rank].server >= 0)
            tern_node_ring(tern_mailbox_node(agent->mailbox), rank);
    }
}

static void handle_minimum(void *context, const tern_message_t *message)
{
    tern_agent_t     *agent = context;
    tern_clock_note_t note;

    if (message->payload_bytes != sizeof note)
        return;
    memcpy(&note, message->payload, sizeof note);
    if (note.lane >= TERN_NUM_LANES ||
        note.worker_group >= tern_mailbox_group(agent->mailbox)->num_worker_groups)
        return;
    tern_board_raise_global(agent->boards[note.worker_group], (tern_lane_t)note.lane,
                            note.clock, note.laggard);
    if (note.lane == TERN_LANE_CLOCK)
        ring_servers(agent);
}

static void handle_stop(void *context, const tern_message_t *message)
{
    tern_agent_t *agent = context;

    tern_node_request_stop(tern_mailbox_node(agent->mailbox), message->header->status);
}

tern_status_t tern_agent_create(tern_mailbox_t *mailbox, tern_board_t **boards,
                                const tern_catalogue_t *catalogue, tern_agent_t **agent_p)
{
    size_t        num   = (size_t)tern_mailbox_group(mailbox)->num_worker_groups;
    tern_agent_t *agent = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *agent);

    if (agent == NULL)
        return TERN_ERR_NO_MEMORY;
    agent->mailbox   = mailbox;
    agent->boards    = boards;
    agent->catalogue = catalogue;
    agent->told      = tern_alloc_zeroed(TERN_LOG_SERVER, num * sizeof *agent->told);
    if (agent->told == NULL) {
        tern_agent_destroy(&agent);
        return TERN_ERR_NO_MEMORY;
    }
    tern_mailbox_handle(mailbox, TERN_MESSAGE_MINIMUM, handle_minimum, agent);
    if (!tern_group_has(tern_mailbox_group(mailbox), TERN_ROLE_SCHEDULER))
        tern_mailbox_handle(mailbox, TERN_MESSAGE_STOP, handle_stop, agent);
    tern_mailbox_add_poll(mailbox, poll_node, agent);
    *agent_p = agent;
    return TERN_OK;
}

void tern_agent_destroy(tern_agent_t **agent_p)
{
    if (*agent_p == NULL)
        return;
    tern_free(TERN_LOG_SERVER, (*agent_p)->told);
    tern_free(TERN_LOG_SERVER, *agent_p);
    *agent_p = NULL;
}
