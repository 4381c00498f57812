#include "server/foreman.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "server/foreman_parts.h"

#define DEFAULT_ATTEMPTS 3u

/* --- orders --- */

static tern_status_t copy_letter(tern_order_t *order, const tern_order_desc_t *desc)
{
    size_t args_at;

    order->name_bytes   = strlen(desc->function);
    args_at             = (order->name_bytes + 15) & ~(size_t)15;
    order->letter_bytes = args_at + desc->args_bytes;
    order->letter       = tern_alloc_zeroed(TERN_LOG_TASK, order->letter_bytes);
    if (order->letter == NULL)
        return TERN_ERR_NO_MEMORY;
    memcpy(order->letter, desc->function, order->name_bytes);
    if (desc->args_bytes > 0)
        memcpy(order->letter + args_at, desc->args, desc->args_bytes);
    return TERN_OK;
}

static void create_parts(tern_foreman_t *foreman, tern_order_t *order)
{
    for (uint32_t p = 0; p < order->num_parts; p++) {
        tern_duty_t *part = &order->parts[p];

        *part = (tern_duty_t){
            .order = order, .number = p, .wanted = TERN_NOBODY, .worker = TERN_NOBODY};
        if (order->desc.to == TERN_TO_EACH)
            part->wanted = (int)p;
        else if (order->desc.to == TERN_TO_WORKER)
            part->wanted = order->desc.worker;
        tern_foreman_make_pending(foreman, part);
    }
}

tern_status_t tern_foreman_order(tern_foreman_t *foreman, tern_task_t *task,
                                 const tern_order_desc_t *desc)
{
    uint32_t num_parts = desc->to == TERN_TO_EACH ? (uint32_t)foreman->num_workers : 1;
    tern_order_t *order;

    if (desc->to == TERN_TO_WORKER &&
        (desc->worker < 0 || desc->worker >= foreman->num_workers)) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
                 "tern_order: '%s' is for worker %d, but there are %d", desc->function,
                 desc->worker, foreman->num_workers);
        return TERN_ERR_ARG;
    }
    order = tern_alloc_zeroed(TERN_LOG_TASK,
                              sizeof *order + num_parts * sizeof order->parts[0]);
    if (order == NULL || copy_letter(order, desc) != TERN_OK) {
        tern_free(TERN_LOG_TASK, order);
        return TERN_ERR_NO_MEMORY;
    }
    order->number    = foreman->num_orders++;
    order->task      = task;
    order->desc      = *desc;
    order->num_parts = order->num_left = num_parts;
    if (order->desc.max_attempts == 0)
        order->desc.max_attempts = DEFAULT_ATTEMPTS;
    order->next = foreman->orders;
    if (order->next != NULL)
        order->next->previous_p = &order->next;
    order->previous_p = &foreman->orders;
    foreman->orders   = order;
    tern_graph_hold(task);
    create_parts(foreman, order);
    tern_foreman_distribute(foreman);
    return TERN_OK;
}

static void free_order(tern_order_t *order)
{
    *order->previous_p = order->next;
    if (order->next != NULL)
        order->next->previous_p = order->previous_p;
    for (uint32_t p = 0; p < order->num_parts; p++)
        tern_free(TERN_LOG_TASK, order->parts[p].bytes);
    tern_free(TERN_LOG_TASK, order->letter);
    tern_free(TERN_LOG_TASK, order);
}

static tern_order_t *find_order(const tern_foreman_t *foreman, uint64_t number)
{
    tern_order_t *order = foreman->orders;

    while (order != NULL && order->number != number)
        order = order->next;
    return order;
}

/* --- answers --- */

bool tern_foreman_has_answers(const tern_foreman_t *foreman)
{
    return foreman->answered.first != NULL;
}

void tern_foreman_hand_out(tern_foreman_t *foreman)
{
    tern_duty_t  *part  = foreman->answered.first;
    tern_order_t *order = part->order;
    tern_answer_t told  = {.status    = part->status,
                           .worker    = part->answered_by,
                           .part      = part->number,
                           .num_parts = order->num_parts,
                           .attempt   = part->answered_attempt,
                           .bytes     = part->bytes,
                           .num_bytes = part->num_bytes};

    tern_duty_take_out(&foreman->answered, part);
    if (order->desc.take != NULL)
        order->desc.take(&told, order->desc.context);
    if (order->status == TERN_OK)
        order->status = part->status;
    if (--order->num_left > 0)
        return;
    tern_graph_release(order->task, order->status);
    free_order(order);
}

static void take_failure(tern_foreman_t *foreman, tern_duty_t *part,
                         const tern_work_note_t *note, int worker)
{
    if (part->attempt != note->attempt + 1 || part->state != TERN_DUTY_GIVEN)
        return; /* somebody else is at it */
    tern_duty_take_out(&foreman->given, part);
    part->num_failures++;
    if (part->num_failures >= part->order->desc.max_attempts) {
        part->answered_attempt = note->attempt;
        tern_foreman_answer(foreman, part, worker, note->status);
        return;
    }
    if (!part->order->desc.is_bound)
        part->wanted = TERN_NOBODY;
    tern_foreman_make_pending(foreman, part);
}

/* The first answer of a part counts, whoever it is from. */
static bool take_answer(tern_foreman_t *foreman, int worker, const tern_work_note_t *note,
                        const char *bytes, size_t num_bytes)
{
    tern_order_t *order = find_order(foreman, note->order);
    tern_duty_t  *part;
    char         *copy;

    if (order == NULL || note->part >= order->num_parts ||
        order->parts[note->part].state == TERN_DUTY_ANSWERED)
        return true;
    part = &order->parts[note->part];
    if (note->status < 0) {
        take_failure(foreman, part, note, worker);
        return true;
    }
    copy = tern_alloc(TERN_LOG_TASK, num_bytes);
    if (copy == NULL)
        return false;
    memcpy(copy, bytes, num_bytes);
    tern_duty_take_out(
        part->state == TERN_DUTY_GIVEN ? &foreman->given : &foreman->pending, part);
    part->bytes            = copy;
    part->num_bytes        = num_bytes;
    part->answered_attempt = note->attempt;
    tern_foreman_answer(foreman, part, worker, TERN_OK);
    return true;
}

static tern_status_t send_end(tern_foreman_t *foreman, int worker, uint32_t round)
{
    tern_work_note_t note = {.kind = TERN_NOTE_END, .round = round};
    int              rank = tern_mailbox_group(foreman->mailbox)->worker_ranks[worker];

    return tern_courier_send(foreman->courier, rank, &note, sizeof note, NULL, 0);
}

static bool take_note(tern_foreman_t *foreman, int worker, const tern_work_note_t *note,
                      const char *bytes, size_t num_bytes)
{
    tern_hand_t *hand = &foreman->hands[worker];

    switch (note->kind) {
    case TERN_NOTE_READY:
        hand->ready_for = note->round + 1;
        tern_foreman_watch(foreman, worker,
                           num_bytes >= sizeof(tern_lifeline_address_t)
                               ? (const tern_lifeline_address_t *)bytes
                               : NULL);
        return !foreman->is_closed ||
               send_end(foreman, worker, TERN_LAST_ROUND) == TERN_OK;
    case TERN_NOTE_LEAVE:
        tern_foreman_take_leave(foreman, worker, note->round);
        return true;
    case TERN_NOTE_ANSWER:
        if (!take_answer(foreman, worker, note, bytes, num_bytes))
            return false;
        if (note->round == foreman->round && hand->num_given > 0)
            hand->num_given--;
        return true;
    default:
        return true;
    }
}

bool tern_foreman_take_note(tern_foreman_t *foreman, int rank,
                            const tern_work_note_t *note, const char *bytes,
                            size_t num_bytes)
{
    int worker = tern_mailbox_group(foreman->mailbox)->members[rank].worker;

    if (worker < 0)
        return true;
    if (!take_note(foreman, worker, note, bytes, num_bytes))
        return false;
    tern_foreman_distribute(foreman);
    return true;
}

void tern_foreman_describe(const tern_foreman_t *foreman, char *text, size_t text_bytes)
{
    const tern_duty_t *part =
        foreman->given.first != NULL ? foreman->given.first : foreman->pending.first;
    const tern_order_t *order = part != NULL ? part->order : NULL;

    text[0] = '\0';
    if (part == NULL)
        return;
    snprintf(text, text_bytes, "; part %u of order %llu '%.*s' ", part->number,
             (unsigned long long)order->number, (int)order->name_bytes, order->letter);
    text_bytes -= strlen(text);
    text += strlen(text);
    if (part->state == TERN_DUTY_GIVEN)
        snprintf(text, text_bytes, "is with worker %d", part->worker);
    else if (part->wanted != TERN_NOBODY)
        snprintf(text, text_bytes, "waits for worker %d to call tern_work()",
                 part->wanted);
    else
        snprintf(text, text_bytes, "waits for a worker that is free");
}

/* --- rounds --- */

uint32_t tern_foreman_round(const tern_foreman_t *foreman)
{
    return foreman->round;
}

void tern_foreman_count_self(tern_foreman_t *foreman)
{
    assert(foreman->own_worker != TERN_NOBODY);
    foreman->hands[foreman->own_worker].ready_for = foreman->round + 1;
}

tern_status_t tern_foreman_end(tern_foreman_t *foreman)
{
    tern_status_t status = TERN_OK;

    if (foreman->orders != NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
                 "tern_work_end: order %llu of task '%s' is not answered",
                 (unsigned long long)foreman->orders->number,
                 foreman->orders->task->name);
        return TERN_ERR_ARG;
    }
    for (int w = 0; w < foreman->num_workers && status == TERN_OK; w++)
        status = send_end(foreman, w, foreman->round);
    foreman->round++;
    for (int w = 0; w < foreman->num_workers; w++)
        foreman->hands[w].num_given = 0;
    return status;
}

void tern_foreman_close(tern_foreman_t *foreman)
{
    foreman->is_closed = true;
    for (int w = 0; w < foreman->num_workers; w++)
        if (foreman->hands[w].ready_for > 0 &&
            send_end(foreman, w, TERN_LAST_ROUND) != TERN_OK)
            tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
                     "worker %d cannot be told that there is no more work", w);
}

/* --- begin and end --- */

/* A tern_poll_fn. */
static bool look_around(void *context)
{
    bool has_lost = tern_foreman_look_for_lost(context);

    return tern_foreman_look_for_late(context) || has_lost;
}

tern_status_t tern_foreman_create(tern_mailbox_t *mailbox, tern_courier_t *courier,
                                  tern_foreman_t **foreman_p)
{
    const tern_group_t *group   = tern_mailbox_group(mailbox);
    tern_foreman_t     *foreman = tern_alloc_zeroed(TERN_LOG_TASK, sizeof *foreman);

    if (foreman == NULL)
        return TERN_ERR_NO_MEMORY;
    foreman->mailbox     = mailbox;
    foreman->courier     = courier;
    foreman->num_workers = group->num_workers;
    foreman->own_worker  = group->members[group->rank].worker;
    foreman->hands       = tern_alloc_zeroed(TERN_LOG_TASK, (size_t)group->num_workers *
                                                                sizeof *foreman->hands);
    if (foreman->hands == NULL ||
        tern_lifelines_create(group->num_workers, &foreman->lifelines) != TERN_OK) {
        tern_free(TERN_LOG_TASK, foreman->hands);
        tern_free(TERN_LOG_TASK, foreman);
        return TERN_ERR_NO_MEMORY;
    }
    tern_duty_list_init(&foreman->pending);
    tern_duty_list_init(&foreman->given);
    tern_duty_list_init(&foreman->answered);
    tern_mailbox_add_poll(mailbox, look_around, foreman);
    *foreman_p = foreman;
    return TERN_OK;
}

void tern_foreman_destroy(tern_foreman_t **foreman_p)
{
    tern_foreman_t *foreman = *foreman_p;

    if (foreman == NULL)
        return;
    while (foreman->orders != NULL)
        free_order(foreman->orders);
    tern_lifelines_destroy(&foreman->lifelines);
    tern_free(TERN_LOG_TASK, foreman->hands);
    tern_free(TERN_LOG_TASK, foreman);
    *foreman_p = NULL;
}
