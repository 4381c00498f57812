#include "server/foreman.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"

#define DEFAULT_ATTEMPTS 3u
#define NOBODY           (-1)

typedef struct order order_t;

/* What one worker has to do for an order. */
typedef struct part {
    struct part *next,
        **previous_p; /* in the list of its state; answered parts with an answer to hand out are in one, too */
    order_t *order;
    uint32_t number;
    enum { PENDING, GIVEN, ANSWERED } state;
    int      wanted; /* worker; NOBODY: whoever is free */
    int      worker; /* who got it last */
    uint32_t attempt, num_failures;
    uint64_t deadline_ns; /* UINT64_MAX: none */

    tern_status_t status;
    int           answered_by;
    uint32_t      answered_attempt;
    char         *bytes;
    size_t        num_bytes;
} part_t;

typedef struct part_list {
    part_t *first, **end_p;
} part_list_t;

struct order {
    order_t          *next, **previous_p;
    uint64_t          number;
    tern_task_t      *task; /* held */
    tern_order_desc_t desc;
    char             *letter; /* name and arguments, as they follow a note */
    size_t            letter_bytes, name_bytes;
    uint32_t          num_parts, num_left; /* not handed out */
    tern_status_t     status;
    part_t            parts[];
};

typedef struct hand {
    uint32_t ready_for; /* the last round that it has begun, + 1 */
    uint32_t left;      /* the last round that it has left, + 1 */
    uint32_t num_given; /* parts that it has not answered */
} hand_t;

struct tern_foreman {
    tern_mailbox_t *mailbox;
    tern_courier_t *courier;
    hand_t         *hands; /* [num_workers] */
    int             num_workers, own_worker;
    int             next_hand; /* where the search for a free one begins */
    uint32_t        round;
    bool            is_closed;
    order_t        *orders;
    uint64_t        num_orders; /* so far */
    part_list_t     pending, given, answered;
};

/* --- lists --- */

static void list_init(part_list_t *list)
{
    *list = (part_list_t){.end_p = &list->first};
}

static void append(part_list_t *list, part_t *part)
{
    part->next       = NULL;
    part->previous_p = list->end_p;
    *list->end_p     = part;
    list->end_p      = &part->next;
}

static void take_out(part_list_t *list, part_t *part)
{
    *part->previous_p = part->next;
    if (part->next != NULL)
        part->next->previous_p = part->previous_p;
    else
        list->end_p = part->previous_p;
}

/* --- who is there --- */

static bool is_there(const tern_foreman_t *foreman, int worker)
{
    const hand_t *hand = &foreman->hands[worker];

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
    if (foreman->own_worker != NOBODY && foreman->own_worker != but &&
        is_free(foreman, foreman->own_worker))
        return foreman->own_worker;
    return but != NOBODY && is_free(foreman, but) ? but : NOBODY;
}

/* --- giving --- */

static void answer(tern_foreman_t *foreman, part_t *part, int worker,
                   tern_status_t status)
{
    part->state       = ANSWERED;
    part->status      = status;
    part->answered_by = worker;
    append(&foreman->answered, part);
}

static uint64_t deadline_of(const order_t *order)
{
    return order->desc.deadline_seconds > 0
               ? tern_timer_ns() + (uint64_t)(order->desc.deadline_seconds * 1e9)
               : UINT64_MAX;
}

/* `part` is in no list. */
static void give(tern_foreman_t *foreman, part_t *part, int worker)
{
    const order_t   *order = part->order;
    tern_work_note_t note  = {.kind       = TERN_NOTE_ORDER,
                              .round      = foreman->round,
                              .order      = order->number,
                              .part       = part->number,
                              .num_parts  = order->num_parts,
                              .attempt    = part->attempt,
                              .name_bytes = (uint32_t)order->name_bytes};
    int              rank  = tern_mailbox_group(foreman->mailbox)->worker_ranks[worker];

    if (tern_courier_send(foreman->courier, rank, &note, sizeof note, order->letter,
                          order->letter_bytes) != TERN_OK) {
        answer(foreman, part, worker, TERN_ERR_NO_MEMORY);
        return;
    }
    part->state       = GIVEN;
    part->worker      = worker;
    part->deadline_ns = deadline_of(order);
    part->attempt++;
    foreman->hands[worker].num_given++;
    foreman->next_hand = (worker + 1) % foreman->num_workers;
    append(&foreman->given, part);
}

/* Who is to run a pending part now; NOBODY: it waits. */
static int choose(const tern_foreman_t *foreman, const part_t *part)
{
    if (part->wanted == NOBODY)
        return find_free(foreman, part->num_failures > 0 ? part->worker : NOBODY);
    return is_there(foreman, part->wanted) ? part->wanted : NOBODY;
}

/* Its worker will not come; true if the part is bound to it, and has failed. */
static bool let_others(tern_foreman_t *foreman, part_t *part)
{
    if (part->wanted == NOBODY || !has_left(foreman, part->wanted))
        return all_have_left(foreman);
    if (part->order->desc.is_bound)
        return true;
    part->wanted = NOBODY;
    return all_have_left(foreman);
}

/* Give what can be given. */
static void distribute(tern_foreman_t *foreman)
{
    part_t *part = foreman->pending.first, *next;

    for (; part != NULL; part = next) {
        bool is_lost = let_others(foreman, part);
        int  worker  = choose(foreman, part);

        next = part->next;
        if (!is_lost && worker == NOBODY)
            continue;
        take_out(&foreman->pending, part);
        if (is_lost)
            answer(foreman, part, part->worker, TERN_ERR_PEER_LOST);
        else
            give(foreman, part, worker);
    }
}

static void make_pending(tern_foreman_t *foreman, part_t *part)
{
    part->state = PENDING;
    append(&foreman->pending, part);
}

/* --- orders --- */

static tern_status_t copy_letter(order_t *order, const tern_order_desc_t *desc)
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

static void create_parts(tern_foreman_t *foreman, order_t *order)
{
    for (uint32_t p = 0; p < order->num_parts; p++) {
        part_t *part = &order->parts[p];

        *part = (part_t){.order = order, .number = p, .wanted = NOBODY, .worker = NOBODY};
        if (order->desc.to == TERN_TO_EACH)
            part->wanted = (int)p;
        else if (order->desc.to == TERN_TO_WORKER)
            part->wanted = order->desc.worker;
        make_pending(foreman, part);
    }
}

tern_status_t tern_foreman_order(tern_foreman_t *foreman, tern_task_t *task,
                                 const tern_order_desc_t *desc)
{
    uint32_t num_parts = desc->to == TERN_TO_EACH ? (uint32_t)foreman->num_workers : 1;
    order_t *order;

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
    distribute(foreman);
    return TERN_OK;
}

static void free_order(order_t *order)
{
    *order->previous_p = order->next;
    if (order->next != NULL)
        order->next->previous_p = order->previous_p;
    for (uint32_t p = 0; p < order->num_parts; p++)
        tern_free(TERN_LOG_TASK, order->parts[p].bytes);
    tern_free(TERN_LOG_TASK, order->letter);
    tern_free(TERN_LOG_TASK, order);
}

static order_t *find_order(const tern_foreman_t *foreman, uint64_t number)
{
    order_t *order = foreman->orders;

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
    part_t       *part  = foreman->answered.first;
    order_t      *order = part->order;
    tern_answer_t told  = {.status    = part->status,
                           .worker    = part->answered_by,
                           .part      = part->number,
                           .num_parts = order->num_parts,
                           .attempt   = part->answered_attempt,
                           .bytes     = part->bytes,
                           .num_bytes = part->num_bytes};

    take_out(&foreman->answered, part);
    if (order->desc.take != NULL)
        order->desc.take(&told, order->desc.context);
    if (order->status == TERN_OK)
        order->status = part->status;
    if (--order->num_left > 0)
        return;
    tern_graph_release(order->task, order->status);
    free_order(order);
}

static void take_failure(tern_foreman_t *foreman, part_t *part,
                         const tern_work_note_t *note, int worker)
{
    if (part->attempt != note->attempt + 1 || part->state != GIVEN)
        return; /* somebody else is at it */
    take_out(&foreman->given, part);
    part->num_failures++;
    if (part->num_failures >= part->order->desc.max_attempts) {
        part->answered_attempt = note->attempt;
        answer(foreman, part, worker, note->status);
        return;
    }
    if (!part->order->desc.is_bound)
        part->wanted = NOBODY;
    make_pending(foreman, part);
}

/* The first answer of a part counts, whoever it is from. */
static bool take_answer(tern_foreman_t *foreman, int worker, const tern_work_note_t *note,
                        const char *bytes, size_t num_bytes)
{
    order_t *order = find_order(foreman, note->order);
    part_t  *part;
    char    *copy;

    if (order == NULL || note->part >= order->num_parts ||
        order->parts[note->part].state == ANSWERED)
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
    take_out(part->state == GIVEN ? &foreman->given : &foreman->pending, part);
    part->bytes            = copy;
    part->num_bytes        = num_bytes;
    part->answered_attempt = note->attempt;
    answer(foreman, part, worker, TERN_OK);
    return true;
}

/* What it has been given is for others. */
static void take_leave(tern_foreman_t *foreman, int worker, uint32_t round)
{
    hand_t *hand = &foreman->hands[worker];
    part_t *part = foreman->given.first, *next;

    hand->left      = round == TERN_LAST_ROUND ? TERN_LAST_ROUND : round + 1;
    hand->num_given = 0;
    for (; part != NULL; part = next) {
        next = part->next;
        if (part->worker != worker)
            continue;
        take_out(&foreman->given, part);
        make_pending(foreman, part);
    }
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
    hand_t *hand = &foreman->hands[worker];

    switch (note->kind) {
    case TERN_NOTE_READY:
        hand->ready_for = note->round + 1;
        return !foreman->is_closed ||
               send_end(foreman, worker, TERN_LAST_ROUND) == TERN_OK;
    case TERN_NOTE_LEAVE:
        take_leave(foreman, worker, note->round);
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
    distribute(foreman);
    return true;
}

/* A tern_poll_fn: what is late is given to somebody else, too, if there is one. */
static bool look_for_late(void *context)
{
    tern_foreman_t *foreman       = context;
    bool            did_something = false;
    part_t         *part          = foreman->given.first, *next;
    uint64_t        now_ns        = part != NULL ? tern_timer_ns() : 0;

    for (; part != NULL; part = next) {
        int worker;

        next = part->next;
        if (now_ns < part->deadline_ns || part->order->desc.is_bound)
            continue;
        worker = find_free(foreman, NOBODY);
        if (worker == NOBODY)
            break;
        take_out(&foreman->given, part);
        give(foreman, part, worker);
        did_something = true;
    }
    return did_something;
}

void tern_foreman_describe(const tern_foreman_t *foreman, char *text, size_t text_bytes)
{
    const part_t *part =
        foreman->given.first != NULL ? foreman->given.first : foreman->pending.first;
    const order_t *order = part != NULL ? part->order : NULL;

    text[0] = '\0';
    if (part == NULL)
        return;
    snprintf(text, text_bytes, "; part %u of order %llu '%.*s' ", part->number,
             (unsigned long long)order->number, (int)order->name_bytes, order->letter);
    text_bytes -= strlen(text);
    text += strlen(text);
    if (part->state == GIVEN)
        snprintf(text, text_bytes, "is with worker %d", part->worker);
    else if (part->wanted != NOBODY)
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
    assert(foreman->own_worker != NOBODY);
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
    if (foreman->hands == NULL) {
        tern_free(TERN_LOG_TASK, foreman);
        return TERN_ERR_NO_MEMORY;
    }
    list_init(&foreman->pending);
    list_init(&foreman->given);
    list_init(&foreman->answered);
    tern_mailbox_add_poll(mailbox, look_for_late, foreman);
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
    tern_free(TERN_LOG_TASK, foreman->hands);
    tern_free(TERN_LOG_TASK, foreman);
    *foreman_p = NULL;
}
