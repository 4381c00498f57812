/** \file
 * The seed of a run of random operations.
 */
#ifndef TERN_TESTS_SEED_H
#define TERN_TESTS_SEED_H

#include "tern/tern.h"

/* TERN_SEED, else a new one; worker 0's is everybody's, and printed. By all workers. */
uint64_t seed_agree(tern_runtime_t *runtime);

/* MODEL_ROUNDS, if it is less: where a round is slow. */
uint64_t seed_limit_rounds(uint64_t num_rounds);

/* Random numbers in a row. */
typedef struct dice {
    uint64_t seed, stream, counter;
} dice_t;

uint64_t roll(dice_t *dice, uint64_t bound);

#endif
