/** \file
 * What scheduler and workers write to each other in letters (comm/courier.h).
 *
 * | note   | from → to          | then follow                        |
 * |--------|--------------------|------------------------------------|
 * | ready  | worker → scheduler | where it can be watched (comm/lifeline.h), or nothing: it has begun round `round` |
 * | leave  | worker → scheduler | nothing: it has left that round, and runs nothing more of it |
 * | order  | scheduler → worker | the function's name; the arguments, from a multiple of 16 on |
 * | answer | worker → scheduler | the answer's bytes                 |
 * | end    | scheduler → worker | nothing: round `round` is over     |
 */
#ifndef TERN_COMM_WORK_NOTE_H
#define TERN_COMM_WORK_NOTE_H

#include <assert.h>

#include "tern/types.h"

typedef enum tern_work_note_kind {
    TERN_NOTE_READY,
    TERN_NOTE_LEAVE,
    TERN_NOTE_ORDER,
    TERN_NOTE_ANSWER,
    TERN_NOTE_END,
} tern_work_note_kind_t;

typedef struct tern_work_note {
    uint32_t kind;
    uint32_t round;
    uint64_t order; /* number of it */
    uint32_t part, num_parts;
    uint32_t attempt;
    int32_t  status;     /* answer: tern_status_t */
    uint32_t name_bytes; /* order */
    uint32_t unused[7];
} tern_work_note_t;

static_assert(sizeof(tern_work_note_t) == 64, "what follows a note is aligned");

/** Where the arguments of an order begin behind its note. */
static inline size_t tern_work_args_at(const tern_work_note_t *note)
{
    return ((size_t)note->name_bytes + 15) & ~(size_t)15;
}

/* The last round there can be: a worker that leaves it leaves for good, a scheduler that ends it ends all. */
#define TERN_LAST_ROUND UINT32_MAX

#endif
