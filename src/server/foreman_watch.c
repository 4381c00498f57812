/** \file
 * Watching. A worker that dies is taken off at once (comm/lifeline.h), not at the deadline of what it was given. That is looked at
 * while there are orders, a thousand times a second at most.
 */
#include "base/timer.h"
#include "comm/mailbox.h"
#include "server/foreman_parts.h"

#include <string.h>

#define LOOK_NS 1000000u

void tern_foreman_watch(tern_foreman_t *foreman, int worker,
                        const tern_lifeline_address_t *address)
{
    const tern_group_t  *group  = tern_mailbox_group(foreman->mailbox);
    int                  rank   = group->worker_ranks[worker];
    const tern_member_t *member = &group->members[rank];

    if (rank == group->rank)
        return;
    if (tern_group_is_neighbour(group, rank))
        tern_lifelines_watch_process(foreman->lifelines, worker, member->pid);
    else if (address != NULL)
        tern_lifelines_watch(foreman->lifelines, worker, address,
                             strcmp(member->host, group->members[group->rank].host) == 0);
}

static tern_duty_t *oldest_of(const tern_foreman_t *foreman, int worker)
{
    tern_duty_t *part = foreman->given.first;

    while (part != NULL && part->worker != worker)
        part = part->next;
    return part;
}

/* Workers run their oldest part first: that may be what killed it, and counts as a failure, so that it cannot kill them all. */
static void count_death(tern_foreman_t *foreman, int worker)
{
    tern_duty_t *part = oldest_of(foreman, worker);

    if (part == NULL || ++part->num_failures < part->order->desc.max_attempts)
        return;
    tern_duty_take_out(&foreman->given, part);
    part->answered_attempt = part->attempt - 1;
    tern_foreman_answer(foreman, part, worker, TERN_ERR_PEER_LOST);
}

static void take_off(tern_foreman_t *foreman, int worker)
{
    const tern_group_t *group = tern_mailbox_group(foreman->mailbox);

    tern_log(TERN_LOG_TASK, TERN_LOG_WARN,
             "worker %d, rank %d on %s, is lost: others get what it was given", worker,
             group->worker_ranks[worker],
             group->members[group->worker_ranks[worker]].host);
    count_death(foreman, worker);
    tern_foreman_take_leave(foreman, worker, TERN_LAST_ROUND);
    tern_foreman_distribute(foreman);
}

bool tern_foreman_look_for_lost(tern_foreman_t *foreman)
{
    bool     did_something = false;
    uint64_t now_ns        = foreman->orders != NULL ? tern_timer_ns() : 0;
    int      worker;

    if (foreman->orders == NULL || now_ns < foreman->next_look_ns)
        return false;
    foreman->next_look_ns = now_ns + LOOK_NS;
    while ((worker = tern_lifelines_next_dead(foreman->lifelines)) >= 0) {
        take_off(foreman, worker);
        did_something = true;
    }
    return did_something;
}
