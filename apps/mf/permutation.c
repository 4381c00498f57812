/** \file
 * A permutation without a table, see permutation.h.
 */
#include "permutation.h"

#include "tern/random.h"

#include <assert.h>

enum { NUM_ROUNDS = 4 };

mf_permutation_t mf_permutation_of(uint64_t num, uint64_t seed)
{
    mf_permutation_t permutation = {num, seed, 1};

    while (permutation.half_bits < 32 && num > UINT64_C(1) << 2 * permutation.half_bits)
        permutation.half_bits++;
    return permutation;
}

static uint64_t mix_once(const mf_permutation_t *permutation, uint64_t i)
{
    const uint64_t mask  = (UINT64_C(1) << permutation->half_bits) - 1;
    uint64_t       left  = i >> permutation->half_bits;
    uint64_t       right = i & mask;

    for (uint64_t round = 0; round < NUM_ROUNDS; round++) {
        uint64_t next = left ^ (tern_random_u64(permutation->seed, round, right) & mask);

        left  = right;
        right = next;
    }
    return left << permutation->half_bits | right;
}

uint64_t mf_permutation_at(const mf_permutation_t *permutation, uint64_t i)
{
    assert(i < permutation->num);
    do
        i = mix_once(permutation, i);
    while (i >= permutation->num);
    return i;
}
