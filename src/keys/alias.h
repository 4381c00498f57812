/** \file
 * Alias table: draws from a discrete distribution in constant time, one memory access each.
 *
 * With n outcomes, each cell stands for 1 / n of the probability, and has at most two outcomes: its own, below
 * the cell's threshold, and one other. One random number chooses both the cell and the side.
 *
 * Source: Walker, Electronics Letters 1974; built in linear time as by Vose, IEEE Transactions on Software Engineering
 * 1991.
 */
#ifndef TERN_KEYS_ALIAS_H
#define TERN_KEYS_ALIAS_H

#include "tern/types.h"

typedef struct tern_alias_cell {
    uint32_t threshold; /* in 2^-32: below it the cell's own outcome */
    uint32_t other;
} tern_alias_cell_t;

typedef struct tern_alias {
    size_t             num_outcomes; /* below 2^32 */
    tern_alias_cell_t *cells;        /* [num_outcomes] */
} tern_alias_t;

/** Outcome i has a probability in proportion to weights[i] [num_outcomes], which are finite, not negative, and
 * not all zero. All errors together are below 2^-32; what has weight zero is never drawn. TERN_ERR_NO_MEMORY. */
tern_status_t tern_alias_init(tern_alias_t *alias, size_t num_outcomes,
                              const double weights[]);
void          tern_alias_fini(tern_alias_t *alias);

/** The outcome that 64 random bits stand for. */
static inline size_t tern_alias_outcome(const tern_alias_t *alias, uint64_t random)
{
    unsigned __int128        product = (unsigned __int128)random * alias->num_outcomes;
    size_t                   own     = (size_t)(product >> 64);
    const tern_alias_cell_t *cell    = &alias->cells[own];

    return (uint32_t)(product >> 32) < cell->threshold ? own : cell->other;
}

#endif
