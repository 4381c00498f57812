/** \file
 * A sequence of random numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), one mixing a number. Training draws dozens of
 * numbers per word, in an order that nobody else needs to know, so a counter for each would be wasted.
 */
#ifndef W2V_RANDOM_H
#define W2V_RANDOM_H

#include "tern/random.h"

typedef struct w2v_random {
    uint64_t state;
} w2v_random_t;

/* Another sequence for each pair of `stream` and `number`. */
static inline w2v_random_t w2v_random_start(uint64_t seed, uint64_t stream,
                                            uint64_t number)
{
    return (w2v_random_t){tern_random_u64(seed, stream, number)};
}

static inline uint64_t w2v_random_next(w2v_random_t *random)
{
    random->state += 0x9e3779b97f4a7c15ULL;
    return tern_random_mix(random->state);
}

/* Uniform in [0, bound). */
static inline uint32_t w2v_random_below(w2v_random_t *random, uint32_t bound)
{
    return (uint32_t)(((w2v_random_next(random) >> 32) * bound) >> 32);
}

#endif
