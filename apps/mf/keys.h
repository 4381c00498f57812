/** \file
 * Which key a row or column has. With clustering a key is the id, so that neighbouring ids, which one worker
 * has, are keys of one server. At random it is a permutation of the ids, so that rows of a worker lie
 * on all servers alike.
 */
#ifndef MF_KEYS_H
#define MF_KEYS_H

#include "permutation.h"
#include "tern/tern.h"

typedef struct mf_keys {
    size_t           num;
    bool             is_random;
    mf_permutation_t permutation;
    uint32_t         first; /* the ids that this worker has to do with */
    size_t           num_near;
    tern_key_t      *known; /* [num_near] their keys; NULL: not needed */
} mf_keys_t;

/* Keys of the ids below `num`; [first, first + num_near) are those that this worker has to do with. */
void mf_keys_init(mf_keys_t *keys, size_t num, bool is_random, uint64_t seed,
                  uint32_t first, size_t num_near);
void mf_keys_fini(mf_keys_t *keys);

void mf_keys_of(const mf_keys_t *keys, size_t num, const uint32_t ids[], tern_key_t of[]);

#endif
