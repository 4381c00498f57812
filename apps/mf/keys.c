/** \file
 * Which key a row or column has, see keys.h.
 */
#include "keys.h"

#include "memory.h"

#include <stdlib.h>

void mf_keys_init(mf_keys_t *keys, size_t num, bool is_random, uint64_t seed,
                  uint32_t first, size_t num_near)
{
    *keys = (mf_keys_t){.num         = num,
                        .is_random   = is_random,
                        .permutation = mf_permutation_of(num, seed),
                        .first       = first,
                        .num_near    = num_near};
    if (!is_random)
        return;
    keys->known = APP_NEW(tern_key_t, num_near);
    for (size_t i = 0; i < num_near; i++)
        keys->known[i] = mf_permutation_at(&keys->permutation, first + i);
}

void mf_keys_fini(mf_keys_t *keys)
{
    free(keys->known);
    *keys = (mf_keys_t){0};
}

void mf_keys_of(const mf_keys_t *keys, size_t num, const uint32_t ids[], tern_key_t of[])
{
    if (!keys->is_random)
        for (size_t i = 0; i < num; i++)
            of[i] = ids[i];
    else
        for (size_t i = 0; i < num; i++) {
            size_t place = (size_t)ids[i] - keys->first; /* wraps below `first` */

            of[i] = place < keys->num_near
                        ? keys->known[place]
                        : mf_permutation_at(&keys->permutation, ids[i]);
        }
}
