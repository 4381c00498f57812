/** \file
 * Shortfall: the keys that a change of a source did not reach. It is kept so that the change, if its answer is lost and it
 * is sent again, gets the answer of the first time: it is not applied again, so nothing else could tell.
 *
 * A source has at most TERN_SOURCE_SPAN requests under way, so what is older than that has been answered.
 */
#ifndef TERN_SERVER_SHORTFALL_H
#define TERN_SERVER_SHORTFALL_H

#include "tern/types.h"

typedef struct tern_shortfall tern_shortfall_t;

/** Those of one source; all zero is none. */
typedef struct tern_shortfalls {
    tern_shortfall_t *first, **end_p; /* in the order of their sequences */
    uint64_t          unknown; /* the last one for which memory was exhausted; 0: none */
} tern_shortfalls_t;

/** Change number `sequence`, higher than all before, did not reach `missing` [num_missing]. */
void tern_shortfalls_add(tern_shortfalls_t *shortfalls, uint64_t sequence,
                         size_t num_missing, const uint32_t missing[]);

/** What change number `sequence`, of `num_keys` keys, did not reach: positions go to `missing`; returns how many. Where
 * that is not known any more, all. */
size_t tern_shortfalls_recall(const tern_shortfalls_t *shortfalls, uint64_t sequence,
                              size_t num_keys, uint32_t missing[]);

void tern_shortfalls_fini(tern_shortfalls_t *shortfalls);

#endif
