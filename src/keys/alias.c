/** \file
 * Building: scale the weights so that their mean is 1. Each outcome below 1 fills its cell up with a piece of one
 * above, which may fall below 1 by that and then waits for a piece itself. The two kinds wait on two
 * stacks, which share one array from both ends.
 *
 * Rounding may leave outcomes of either kind over at the end; they are 1 but for that, and keep their cells. None of
 * them has weight zero: as long as one waits, those above 1 exceed it by the whole 1 that it lacks.
 */
#include "keys/alias.h"

#include <assert.h>

#include "base/alloc.h"

typedef struct waiting {
    uint32_t *
        outcomes; /* [num_outcomes] small ones from the left, large ones from the right */
    size_t num_small, first_large, num_outcomes;
} waiting_t;

static void enter(waiting_t *waiting, uint32_t outcome, double share)
{
    if (share < 1)
        waiting->outcomes[waiting->num_small++] = outcome;
    else
        waiting->outcomes[--waiting->first_large] = outcome;
}

static void keep(tern_alias_cell_t *cell, uint32_t outcome)
{
    *cell = (tern_alias_cell_t){.threshold = UINT32_MAX, .other = outcome};
}

static void fill(tern_alias_cell_t cells[], waiting_t *waiting, double shares[])
{
    while (waiting->num_small > 0 && waiting->first_large < waiting->num_outcomes) {
        uint32_t small = waiting->outcomes[--waiting->num_small];
        uint32_t large = waiting->outcomes[waiting->first_large++];

        cells[small].threshold = (uint32_t)(shares[small] * 4294967296.0);
        cells[small].other     = large;
        shares[large]          = (shares[large] + shares[small]) - 1;
        enter(waiting, large, shares[large]);
    }
    while (waiting->num_small > 0) {
        uint32_t left = waiting->outcomes[--waiting->num_small];

        keep(&cells[left], left);
    }
    while (waiting->first_large < waiting->num_outcomes) {
        uint32_t left = waiting->outcomes[waiting->first_large++];

        keep(&cells[left], left);
    }
}

/* Divided by the largest first, so that no sum overflows. */
static void scale(size_t num, const double weights[], double shares[])
{
    double largest = 0, sum = 0;

    for (size_t i = 0; i < num; i++)
        largest = weights[i] > largest ? weights[i] : largest;
    assert(largest > 0);
    for (size_t i = 0; i < num; i++)
        sum += weights[i] / largest;
    for (size_t i = 0; i < num; i++)
        shares[i] = weights[i] / largest / sum * (double)num;
}

tern_status_t tern_alias_init(tern_alias_t *alias, size_t num_outcomes,
                              const double weights[])
{
    double   *shares  = tern_alloc(TERN_LOG_KEYS, num_outcomes * sizeof *shares);
    waiting_t waiting = {.outcomes =
                             tern_alloc(TERN_LOG_KEYS, num_outcomes * sizeof(uint32_t)),
                         .first_large  = num_outcomes,
                         .num_outcomes = num_outcomes};

    assert(num_outcomes > 0 && num_outcomes <= UINT32_MAX);
    alias->num_outcomes = num_outcomes;
    alias->cells        = tern_alloc(TERN_LOG_KEYS, num_outcomes * sizeof *alias->cells);
    if (shares != NULL && waiting.outcomes != NULL && alias->cells != NULL) {
        scale(num_outcomes, weights, shares);
        for (size_t i = 0; i < num_outcomes; i++)
            enter(&waiting, (uint32_t)i, shares[i]);
        fill(alias->cells, &waiting, shares);
    } else {
        tern_alias_fini(alias);
    }
    tern_free(TERN_LOG_KEYS, shares);
    tern_free(TERN_LOG_KEYS, waiting.outcomes);
    return alias->cells != NULL ? TERN_OK : TERN_ERR_NO_MEMORY;
}

void tern_alias_fini(tern_alias_t *alias)
{
    tern_free(TERN_LOG_KEYS, alias->cells);
    alias->cells = NULL;
}
