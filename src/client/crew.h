/** \file
 * Crew: a worker's side of work (tern/work.h): the functions that it knows, and what it has been given to run.
 */
#ifndef TERN_CLIENT_CREW_H
#define TERN_CLIENT_CREW_H

#include "comm/courier.h"
#include "comm/lifeline.h"
#include "comm/work_note.h"
#include "tern/work.h"

struct tern_assignment {
    struct tern_assignment *next;
    tern_work_note_t        note;
    char                   *name; /* ends with a 0 */
    char                   *args; /* aligned to 16 */
    size_t                  args_bytes;
    char                   *answer;
    size_t                  answer_bytes, max_answer_bytes;
};

typedef struct tern_crew {
    tern_courier_t       *courier;
    int                   scheduler; /* its rank */
    tern_work_function_t *functions; /* [num_functions] */
    size_t                num_functions;
    tern_assignment_t    *first, **end_p; /* to be run, oldest first */
    uint32_t              num_calls;      /* of tern_work() */
    uint32_t              round;          /* that it is in, + 1; 0: in none */
    uint32_t              num_left;   /* rounds below are left, by it or by a function */
    uint32_t              num_ended;  /* rounds below are over */
    bool                  is_running; /* a function */
    bool            wants_watch; /* the scheduler, on another node, is to learn where */
    tern_lifeline_t lifeline;
} tern_crew_t;

/** `is_far`: the scheduler is on another node. */
tern_status_t tern_crew_create(tern_courier_t *courier, int scheduler, bool is_far,
                               tern_crew_t **crew_p);
void          tern_crew_destroy(tern_crew_t **crew_p);

tern_status_t tern_crew_register(tern_crew_t *crew, const tern_work_function_t *function);

/** Begin a round; `tells`: the scheduler does not know by itself. */
tern_status_t tern_crew_enter(tern_crew_t *crew, uint32_t round, bool tells);

/** Run nothing more of this round: forget what was given. */
tern_status_t tern_crew_leave(tern_crew_t *crew);

/** Leave for good, if the crew has ever been ready for work. */
tern_status_t tern_crew_disband(tern_crew_t *crew);

/** A tern_poll_fn: let the scheduler watch. */
bool tern_crew_poll(void *context);

/** There is something to run, and nothing is being run. */
bool tern_crew_has_work(const tern_crew_t *crew);

/** Run the oldest assignment and answer. */
tern_status_t tern_crew_run_next(tern_crew_t *crew);

/** An order or an end has come. See tern_letter_fn. */
bool tern_crew_take_note(tern_crew_t *crew, const tern_work_note_t *note,
                         const char *bytes, size_t num_bytes);

#endif
