/** \file
 * Rounds of random operations: what all workers do is a function of the seed, and the outcome does not depend on who comes first.
 */
#ifndef TERN_TESTS_ROUND_H
#define TERN_TESTS_ROUND_H

#include "tern/tern.h"

/* Why it does not. */
typedef enum round_mode {
    ROUND_COMMUTES, /* all workers push to any key of the tables that add */
    ROUND_DISJOINT, /* each worker does anything to keys that are its own for the round */
    ROUND_TURN,     /* one worker does anything, the others nothing */
    NUM_ROUND_MODES
} round_mode_t;

typedef struct round {
    uint64_t     seed, number;
    round_mode_t mode;
    uint32_t     num_workers, most_operations;
} round_t;

round_t round_of(uint64_t seed, uint64_t number, uint32_t num_workers,
                 uint32_t most_operations);

/* How many operations a worker has in it. */
uint32_t round_num_operations(const round_t *round, uint32_t worker);

#endif
