/** \file
 * Hash: 64 well-mixed bits of a key. Where a key is kept follows from disjoint groups of them: the topmost say
 * which server has it (keys/ring.h), others where a server's index has it (store/hash_index.h).
 */
#ifndef TERN_BASE_HASH_H
#define TERN_BASE_HASH_H

#include "tern/random.h"

/** One-to-one. */
static inline uint64_t tern_hash_key(uint64_t key)
{
    return tern_random_mix(key + UINT64_C(0x9e3779b97f4a7c15));
}

#endif
