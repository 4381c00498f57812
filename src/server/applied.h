/** \file
 * Applied window: which of a source's requests this server has applied, so that one sent twice is
 * applied once.
 *
 * Sequence numbers of a stream are consecutive and at most TERN_APPLIED_SPAN of them are under way, so
 * the smallest one that is missing and a bit for each of the next suffice: 136 bytes a source, for ever.
 */
#ifndef TERN_SERVER_APPLIED_H
#define TERN_SERVER_APPLIED_H

#include "tern/types.h"

#define TERN_APPLIED_SPAN 1024u

typedef struct tern_applied {
    uint64_t next; /* all sequence numbers below are applied; they start at 1 */
    uint64_t bits[TERN_APPLIED_SPAN /
                  64]; /* bit s % SPAN: next <= s < next + SPAN is applied */
} tern_applied_t;

typedef enum tern_applied_answer {
    TERN_APPLIED_NEW,     /* now marked: apply it */
    TERN_APPLIED_BEFORE,  /* applied already: acknowledge again */
    TERN_APPLIED_REFUSED, /* beyond the window: the source breaks the protocol */
} tern_applied_answer_t;

void                  tern_applied_init(tern_applied_t *applied);
tern_applied_answer_t tern_applied_mark(tern_applied_t *applied, uint64_t sequence);

#endif
