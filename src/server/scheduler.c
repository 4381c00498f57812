/** \file
 * The job's minimum is spread when it rises. Who holds it back may change while it stands still; that is
 * only of interest to stall reports and is spread at most once a second.
 */
#include "server/scheduler.h"

#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"

#define LOOK_NS 1000000000u

/* To the agent of every node, the own one included. */
static void spread(tern_scheduler_t *scheduler, tern_message_kind_t kind,
                   const void *payload, size_t payload_bytes, int status)
{
    const tern_group_t *group = tern_mailbox_group(scheduler->mailbox);

    for (int n = 0; n < group->num_nodes; n++) {
        tern_buffer_t *message =
            tern_mailbox_compose(scheduler->mailbox, kind, payload_bytes);

        if (message == NULL)
            return;
        tern_buffer_header(message)->status = status;
        if (payload_bytes > 0)
            memcpy(tern_buffer_payload(message), payload, payload_bytes);
        if (tern_mailbox_post(scheduler->mailbox, group->agents[n], message) != TERN_OK)
            tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot reach node %d", n);
    }
}

static tern_node_clock_t *node_clock(const tern_scheduler_t *scheduler, int worker_group,
                                     int node)
{
    return &scheduler
                ->nodes[worker_group * tern_mailbox_group(scheduler->mailbox)->num_nodes +
                        node];
}

/* Of the workers of a group. */
static tern_clock_note_t minimum_of(const tern_scheduler_t *scheduler, int worker_group,
                                    int lane)
{
    tern_clock_note_t note = {TERN_CLOCK_LEFT, (uint16_t)lane, (uint16_t)worker_group,
                              -1};

    for (int n = 0; n < tern_mailbox_group(scheduler->mailbox)->num_nodes; n++) {
        const tern_node_clock_t *node = node_clock(scheduler, worker_group, n);

        if (node->minimum[lane] < note.clock) {
            note.clock   = node->minimum[lane];
            note.laggard = node->laggard[lane];
        }
    }
    return note;
}

static void spread_minimum(tern_scheduler_t *scheduler, const tern_clock_note_t *note)
{
    scheduler->spread[note->worker_group][note->lane] = *note;
    spread(scheduler, TERN_MESSAGE_MINIMUM, note, sizeof *note, 0);
}

static void handle_clock(void *context, const tern_message_t *message)
{
    tern_scheduler_t   *scheduler = context;
    const tern_group_t *group     = tern_mailbox_group(scheduler->mailbox);
    tern_clock_note_t   note;
    tern_node_clock_t  *node;

    if (message->payload_bytes != sizeof note ||
        message->header->source >= (uint32_t)group->size)
        return;
    memcpy(&note, message->payload, sizeof note);
    if (note.lane >= TERN_NUM_LANES || note.worker_group >= group->num_worker_groups)
        return;
    node = node_clock(scheduler, note.worker_group,
                      group->members[message->header->source].node);
    if (note.clock >= node->minimum[note.lane]) {
        node->minimum[note.lane] = note.clock;
        node->laggard[note.lane] = note.laggard;
    }
    note = minimum_of(scheduler, note.worker_group, note.lane);
    if (note.clock > scheduler->spread[note.worker_group][note.lane].clock)
        spread_minimum(scheduler, &note);
}

static bool spread_laggard(tern_scheduler_t *scheduler, int worker_group, int lane)
{
    tern_clock_note_t note = minimum_of(scheduler, worker_group, lane);

    if (note.laggard == scheduler->spread[worker_group][lane].laggard)
        return false;
    spread_minimum(scheduler, &note);
    return true;
}

/* A tern_poll_fn. */
static bool look_for_laggards(void *context)
{
    tern_scheduler_t *scheduler     = context;
    bool              did_something = false;
    uint64_t          now_ns        = tern_timer_ns();

    if (now_ns < scheduler->next_look_ns)
        return false;
    scheduler->next_look_ns = now_ns + LOOK_NS;
    for (int g = 0; g < tern_mailbox_group(scheduler->mailbox)->num_worker_groups; g++)
        for (int lane = 0; lane < TERN_NUM_LANES; lane++)
            did_something |= spread_laggard(scheduler, g, lane);
    return did_something;
}

static void handle_stop(void *context, const tern_message_t *message)
{
    tern_scheduler_t *scheduler = context;

    tern_node_request_stop(tern_mailbox_node(scheduler->mailbox),
                           message->header->status);
    if (scheduler->stop_spread)
        return;
    scheduler->stop_spread = true;
    spread(scheduler, TERN_MESSAGE_STOP, NULL, 0, message->header->status);
}

/* Before a node reports, its first worker stands for it. */
static void expect_first_workers(tern_scheduler_t *scheduler)
{
    const tern_group_t *group = tern_mailbox_group(scheduler->mailbox);

    for (int lane = 0; lane < TERN_NUM_LANES; lane++) {
        for (int g = 0; g < group->num_worker_groups; g++)
            scheduler->spread[g][lane] =
                (tern_clock_note_t){0, (uint16_t)lane, (uint16_t)g, -1};
        for (int w = group->num_workers; w-- > 0;) {
            const tern_member_t *member = &group->members[group->worker_ranks[w]];

            node_clock(scheduler, member->worker_group, member->node)->laggard[lane] =
                group->worker_ranks[w];
        }
    }
}

tern_status_t tern_scheduler_create(tern_mailbox_t    *mailbox,
                                    tern_scheduler_t **scheduler_p)
{
    size_t            num_nodes  = (size_t)tern_mailbox_group(mailbox)->num_nodes;
    size_t            num_groups = (size_t)tern_mailbox_group(mailbox)->num_worker_groups;
    tern_scheduler_t *scheduler  = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *scheduler);

    if (scheduler == NULL)
        return TERN_ERR_NO_MEMORY;
    scheduler->mailbox = mailbox;
    scheduler->nodes   = tern_alloc_zeroed(TERN_LOG_SERVER, num_groups * num_nodes *
                                                                sizeof *scheduler->nodes);
    scheduler->spread =
        tern_alloc_zeroed(TERN_LOG_SERVER, num_groups * sizeof *scheduler->spread);
    if (scheduler->nodes == NULL || scheduler->spread == NULL) {
        tern_scheduler_destroy(&scheduler);
        return TERN_ERR_NO_MEMORY;
    }
    expect_first_workers(scheduler);
    tern_mailbox_add_poll(mailbox, look_for_laggards, scheduler);
    tern_mailbox_handle(mailbox, TERN_MESSAGE_CLOCK, handle_clock, scheduler);
    tern_mailbox_handle(mailbox, TERN_MESSAGE_STOP, handle_stop, scheduler);
    *scheduler_p = scheduler;
    return TERN_OK;
}

void tern_scheduler_destroy(tern_scheduler_t **scheduler_p)
{
    if (*scheduler_p == NULL)
        return;
    tern_free(TERN_LOG_SERVER, (*scheduler_p)->spread);
    tern_free(TERN_LOG_SERVER, (*scheduler_p)->nodes);
    tern_free(TERN_LOG_SERVER, *scheduler_p);
    *scheduler_p = NULL;
}
