/** \file
 * Source: what a server knows of one rank that sends it requests, so that each request is applied once
 * and in the order in which it was issued, however often and in whatever order its messages come.
 *
 * The requests of a source are numbered 1, 2, 3, ... The next one is applied; an earlier one has been
 * applied and is only answered again; one that came early is held until its turn. MPI neither loses
 * nor overtakes, so that holding happens after resends alone, and a source costs 40 bytes until then.
 */
#ifndef TERN_SERVER_SOURCE_H
#define TERN_SERVER_SOURCE_H

#include "server/shortfall.h"

/** A source has at most so many numbers under way. */
#define TERN_SOURCE_SPAN 1024u

typedef struct tern_source {
    uint64_t next; /* all smaller numbers are applied */
    void **
        held; /* [TERN_SOURCE_SPAN] by number modulo span; NULL before the first early one */
    tern_shortfalls_t shortfalls;
} tern_source_t;

typedef enum tern_turn {
    TERN_TURN_NOW,   /* it is the next one */
    TERN_TURN_PAST,  /* applied before */
    TERN_TURN_EARLY, /* hold it */
    TERN_TURN_NEVER, /* beyond the span: the source breaks the protocol */
} tern_turn_t;

void tern_source_init(tern_source_t *source);
void tern_source_fini(tern_source_t *source); /* nothing may be held */

tern_turn_t tern_source_turn(const tern_source_t *source, uint64_t sequence);

/** Keep an early request. False if that number is held already, or memory is exhausted: it comes again. */
bool tern_source_hold(tern_source_t *source, uint64_t sequence, void *request);

/** The next request was applied. Returns the held one whose turn it is now, NULL if there is none. */
void *tern_source_advance(tern_source_t *source);

/** Take out any held request, to give it up; NULL when none is left. */
void *tern_source_take_any(tern_source_t *source);

#endif
