/** \file
 * Agenda: things to do at a clock, the earliest first. A binary heap.
 */
#ifndef TERN_SYNC_AGENDA_H
#define TERN_SYNC_AGENDA_H

#include "tern/types.h"

typedef struct tern_agenda_entry {
    uint64_t clock;
    void    *thing;
} tern_agenda_entry_t;

/* All zero is an empty agenda. */
typedef struct tern_agenda {
    tern_agenda_entry_t *entries; /* [num]; the parent of i is (i - 1) / 2 */
    size_t               num, capacity;
} tern_agenda_t;

void tern_agenda_fini(tern_agenda_t *agenda); /* the things are the caller's */

/* TERN_ERR_NO_MEMORY. */
tern_status_t tern_agenda_add(tern_agenda_t *agenda, uint64_t clock, void *thing);

/* Take the earliest thing if its clock is `clock` or earlier; NULL: there is none. */
void *tern_agenda_take(tern_agenda_t *agenda, uint64_t clock);

#endif
