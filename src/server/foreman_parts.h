/** \file
 * What the files of the foreman share: foreman.c keeps orders and answers, foreman_give.c knows who is there and gives each
 * worker its duties, foreman_watch.c notices who dies.
 */
#ifndef TERN_SERVER_FOREMAN_PARTS_H
#define TERN_SERVER_FOREMAN_PARTS_H

#include "comm/lifeline.h"
#include "server/foreman.h"

#define TERN_NOBODY (-1)

typedef struct tern_order tern_order_t;

/* What one worker has to do for an order: a part of it. */
typedef struct tern_duty {
    struct tern_duty *next,
        **previous_p; /* in the list of its state, until its answer is handed out */
    tern_order_t *order;
    uint32_t      number;
    enum { TERN_DUTY_PENDING, TERN_DUTY_GIVEN, TERN_DUTY_ANSWERED } state;
    int      wanted; /* worker; TERN_NOBODY: whoever is free */
    int      worker; /* who got it last */
    uint32_t attempt, num_failures;
    uint64_t deadline_ns; /* UINT64_MAX: none */

    tern_status_t status;
    int           answered_by;
    uint32_t      answered_attempt;
    char         *bytes;
    size_t        num_bytes;
} tern_duty_t;

typedef struct tern_duty_list {
    tern_duty_t *first, **end_p;
} tern_duty_list_t;

struct tern_order {
    tern_order_t     *next, **previous_p;
    uint64_t          number;
    tern_task_t      *task; /* held */
    tern_order_desc_t desc;
    char             *letter; /* name and arguments, as they follow a note */
    size_t            letter_bytes, name_bytes;
    uint32_t          num_parts, num_left; /* not handed out */
    tern_status_t     status;
    tern_duty_t       parts[];
};

typedef struct tern_hand {
    uint32_t ready_for; /* the last round that it has begun, + 1 */
    uint32_t left;      /* the last round that it has left, + 1 */
    uint32_t num_given; /* parts that it has not answered */
} tern_hand_t;

struct tern_foreman {
    tern_mailbox_t   *mailbox;
    tern_courier_t   *courier;
    tern_hand_t      *hands; /* [num_workers] */
    int               num_workers, own_worker;
    int               next_hand; /* where the search for a free one begins */
    uint32_t          round;
    bool              is_closed;
    tern_order_t     *orders;
    uint64_t          num_orders; /* so far */
    tern_duty_list_t  pending, given, answered;
    tern_lifelines_t *lifelines; /* of the workers */
    uint64_t          next_look_ns;
};

static inline void tern_duty_list_init(tern_duty_list_t *list)
{
    *list = (tern_duty_list_t){.end_p = &list->first};
}

static inline void tern_duty_append(tern_duty_list_t *list, tern_duty_t *part)
{
    part->next       = NULL;
    part->previous_p = list->end_p;
    *list->end_p     = part;
    list->end_p      = &part->next;
}

static inline void tern_duty_take_out(tern_duty_list_t *list, tern_duty_t *part)
{
    *part->previous_p = part->next;
    if (part->next != NULL)
        part->next->previous_p = part->previous_p;
    else
        list->end_p = part->previous_p;
}

/** A part is at its end; it is in no list. */
void tern_foreman_answer(tern_foreman_t *foreman, tern_duty_t *part, int worker,
                         tern_status_t status);

/** A part is to be given, as soon as somebody is there; it is in no list. */
void tern_foreman_make_pending(tern_foreman_t *foreman, tern_duty_t *part);

/** Give what can be given. */
void tern_foreman_distribute(tern_foreman_t *foreman);

/** A worker has left a round: what it has been given is for others. */
void tern_foreman_take_leave(tern_foreman_t *foreman, int worker, uint32_t round);

/** A worker is there: watch it, behind this address if it is on another node (NULL: it gave none). */
void tern_foreman_watch(tern_foreman_t *foreman, int worker,
                        const tern_lifeline_address_t *address);

/** What the dead were given is for others. True if somebody was found dead. */
bool tern_foreman_look_for_lost(tern_foreman_t *foreman);

/** What is late is given to somebody else, too, if there is one. True if anything was given. */
bool tern_foreman_look_for_late(tern_foreman_t *foreman);

#endif
