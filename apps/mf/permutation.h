/** \file
 * A pseudo-random permutation of 0 .. num - 1 that needs no table: a Feistel network (Luby and Rackoff, SIAM J.
 * Comput. 1988) over the next power of four; what falls outside is sent through again until it falls
 * inside (cycle walking; Black and Rogaway, CT-RSA 2002).
 */
#ifndef MF_PERMUTATION_H
#define MF_PERMUTATION_H

#include <stdint.h>

typedef struct mf_permutation {
    uint64_t num, seed;
    unsigned half_bits;
} mf_permutation_t;

mf_permutation_t mf_permutation_of(uint64_t num, uint64_t seed);

/* Where `i` < num goes. */
uint64_t mf_permutation_at(const mf_permutation_t *permutation, uint64_t i);

#endif
