/** \file
 * Work of a rank (tern/work.h): its courier, its crew if it is a worker, the foreman if it is the scheduler.
 */
#ifndef TERN_RUNTIME_WORK_H
#define TERN_RUNTIME_WORK_H

#include "client/crew.h"
#include "client/tasks.h"
#include "server/foreman.h"

typedef struct tern_work {
    tern_courier_t *courier;
    tern_crew_t    *crew;    /* NULL: no worker */
    tern_foreman_t *foreman; /* NULL: not the scheduler */
} tern_work_t;

/** Registers its handlers. */
tern_status_t tern_work_create(tern_mailbox_t *mailbox, uint64_t resend_ns,
                               tern_work_t **work_p);
void          tern_work_destroy(tern_work_t **work_p);

/** No more work from this rank, and none for it. */
void tern_work_close(tern_work_t *work);

/** What an engine attends to on this rank beside its tasks. */
tern_sideline_t tern_work_sideline(tern_work_t *work);

#endif
