/** \file
 * Giving. A part that is meant for a worker goes to it as soon as it is there, and waits there for its turn; others go to
 * whoever has nothing to do. The scheduler's own worker is asked last: it works only while the scheduler waits, and keeps it from
 * giving others more.
 */
#include "base/timer.h"
#include "server/foreman_parts.h"

/* --- who is there --- */

static bool is_there(const tern_foreman_t *foreman, int worker)
{
    const tern_hand_t *hand = &foreman->hands[worker];

    return hand->ready_for == foreman->round + 1 && hand->left <= foreman->round;
}

static bool has_left(const tern_foreman_t *foreman, int worker)
{
    return foreman->hands[worker].left > foreman->round;
}

static bool all_have_left(const tern_foreman_t *foreman)
{
    for (int w = 0; w < foreman->num_workers; w++)
        if (!has_left(foreman, w))
            return false;
    return true;
}

static bool is_free(const tern_foreman_t *foreman, int worker)
{
    return is_there(foreman, worker) && foreman->hands[worker].num_given == 0;
}

/* In turn; `but` only if there is nobody else, and after it the own worker, who works only while the scheduler waits. */
static int find_free(const tern_foreman_t *foreman, int but)
{
    for (int i = 0; i < foreman->num_workers; i++) {
        int w = (foreman->next_hand + i) % foreman->num_workers;

        if (w != but && w != foreman->own_worker && is_free(foreman, w))
            return w;
    }
    if (foreman->own_worker != TERN_NOBODY && foreman->own_worker != but &&
        is_free(foreman, foreman->own_worker))
        return foreman->own_worker;
    return but != TERN_NOBODY && is_free(foreman, but) ? but : TERN_NOBODY;
}

/* --- giving --- */

void tern_foreman_answer(tern_foreman_t *foreman, tern_duty_t *part, int worker,
                         tern_status_t status)
{
    part->state       = TERN_DUTY_ANSWERED;
    part->status      = status;
    part->answered_by = worker;
    tern_duty_append(&foreman->answered, part);
}

static uint64_t deadline_of(const tern_order_t *order)
{
    return order->desc.deadline_seconds > 0
               ? tern_timer_ns() + (uint64_t)(order->desc.deadline_seconds * 1e9)
               : UINT64_MAX;
}

/* `part` is in no list. */
static void give(tern_foreman_t *foreman, tern_duty_t *part, int worker)
{
    const tern_order_t *order = part->order;
    tern_work_note_t    note  = {.kind       = TERN_NOTE_ORDER,
                                 .round      = foreman->round,
                                 .order      = order->number,
                                 .part       = part->number,
                                 .num_parts  = order->num_parts,
                                 .attempt    = part->attempt,
                                 .name_bytes = (uint32_t)order->name_bytes};
    int                 rank = tern_mailbox_group(foreman->mailbox)->worker_ranks[worker];

    if (tern_courier_send(foreman->courier, rank, &note, sizeof note, order->letter,
                          order->letter_bytes) != TERN_OK) {
        tern_foreman_answer(foreman, part, worker, TERN_ERR_NO_MEMORY);
        return;
    }
    part->state       = TERN_DUTY_GIVEN;
    part->worker      = worker;
    part->deadline_ns = deadline_of(order);
    part->attempt++;
    foreman->hands[worker].num_given++;
    foreman->next_hand = (worker + 1) % foreman->num_workers;
    tern_duty_append(&foreman->given, part);
}

/* Who is to run a pending part now; TERN_NOBODY: it waits. */
static int choose(const tern_foreman_t *foreman, const tern_duty_t *part)
{
    if (part->wanted == TERN_NOBODY)
        return find_free(foreman, part->num_failures > 0 ? part->worker : TERN_NOBODY);
    return is_there(foreman, part->wanted) ? part->wanted : TERN_NOBODY;
}

/* Its worker will not come; true if the part is bound to it, and has failed. */
static bool let_others(tern_foreman_t *foreman, tern_duty_t *part)
{
    if (part->wanted == TERN_NOBODY || !has_left(foreman, part->wanted))
        return all_have_left(foreman);
    if (part->order->desc.is_bound)
        return true;
    part->wanted = TERN_NOBODY;
    return all_have_left(foreman);
}

void tern_foreman_distribute(tern_foreman_t *foreman)
{
    tern_duty_t *part = foreman->pending.first, *next;

    for (; part != NULL; part = next) {
        bool is_lost = let_others(foreman, part);
        int  worker  = choose(foreman, part);

        next = part->next;
        if (!is_lost && worker == TERN_NOBODY)
            continue;
        tern_duty_take_out(&foreman->pending, part);
        if (is_lost)
            tern_foreman_answer(foreman, part, part->worker, TERN_ERR_PEER_LOST);
        else
            give(foreman, part, worker);
    }
}

void tern_foreman_make_pending(tern_foreman_t *foreman, tern_duty_t *part)
{
    part->state = TERN_DUTY_PENDING;
    tern_duty_append(&foreman->pending, part);
}

/* --- who leaves, and who is late --- */

void tern_foreman_take_leave(tern_foreman_t *foreman, int worker, uint32_t round)
{
    tern_hand_t *hand = &foreman->hands[worker];
    tern_duty_t *part = foreman->given.first, *next;

    hand->left      = round == TERN_LAST_ROUND ? TERN_LAST_ROUND : round + 1;
    hand->num_given = 0;
    for (; part != NULL; part = next) {
        next = part->next;
        if (part->worker != worker)
            continue;
        tern_duty_take_out(&foreman->given, part);
        tern_foreman_make_pending(foreman, part);
    }
}

bool tern_foreman_look_for_late(tern_foreman_t *foreman)
{
    bool         did_something = false;
    tern_duty_t *part          = foreman->given.first, *next;
    uint64_t     now_ns        = part != NULL ? tern_timer_ns() : 0;

    for (; part != NULL; part = next) {
        int worker;

        next = part->next;
        if (now_ns < part->deadline_ns || part->order->desc.is_bound)
            continue;
        worker = find_free(foreman, TERN_NOBODY);
        if (worker == TERN_NOBODY)
            break;
        tern_duty_take_out(&foreman->given, part);
        give(foreman, part, worker);
        did_something = true;
    }
    return did_something;
}
