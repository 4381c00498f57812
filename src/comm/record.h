/** \file
 * Records: messages that MPI has in hand, in lists of the order in which they began.
 */
#ifndef TERN_COMM_RECORD_H
#define TERN_COMM_RECORD_H

#include <mpi.h>

#include "comm/buffer.h"

typedef struct tern_record {
    struct tern_record *next;
    tern_buffer_t      *buffer;
    MPI_Request         head, tail; /* MPI_REQUEST_NULL: finished, or none */
    int                 peer;
    int                 delay; /* fault injection: not sent yet, progress calls to go */
    bool     awaits_tail;      /* received: a tail is to come that has no place yet */
    uint64_t arrived_ns;       /* over emulated links */
} tern_record_t;

typedef struct tern_record_list {
    tern_record_t  *first;
    tern_record_t **end_p;
    size_t          length;
} tern_record_list_t;

void tern_record_list_init(tern_record_list_t *list);
void tern_record_list_append(tern_record_list_t *list, tern_record_t *record);

/** Unlink *record_p; afterwards *record_p is its successor. */
tern_record_t *tern_record_list_take(tern_record_list_t *list, tern_record_t **record_p);

/** Ask MPI which requests of the list have finished, and let it go on with the others: one look at its
 * connections, however long the list is. */
void tern_record_list_test(tern_record_list_t *list);

static inline bool tern_record_is_finished(const tern_record_t *record)
{
    return record->head == MPI_REQUEST_NULL && record->tail == MPI_REQUEST_NULL &&
           record->delay == 0 && !record->awaits_tail;
}

#endif
