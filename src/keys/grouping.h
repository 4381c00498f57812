/** \file
 * Grouping: which keys of a list are equal, so that what is meant for one key can be combined.
 *
 * One pass through a table of twice as many places as keys (open addressing, linear probing). The table
 * belongs to the caller and grows with the largest list so far.
 */
#ifndef TERN_KEYS_GROUPING_H
#define TERN_KEYS_GROUPING_H

#include "tern/types.h"

#define TERN_GROUP_END UINT32_MAX

typedef struct tern_grouping {
    uint32_t *
        places; /* [num_places], a power of two: number of a group; TERN_GROUP_END: free */
    size_t    num_places;
    uint32_t *first, *last; /* [capacity] of each group: positions in the list */
    uint32_t *next;         /* [capacity] of each position: the next of its group */
    size_t    capacity;
} tern_grouping_t;

void tern_grouping_init(tern_grouping_t *grouping);
void tern_grouping_fini(tern_grouping_t *grouping);

/** Group `keys` [num_keys], num_keys < TERN_GROUP_END / 2. Afterwards keys[g] is the key of group g, in the order of
 * first appearance, and first[g], next[first[g]], ... are its positions, rising, up to
 * TERN_GROUP_END. TERN_ERR_NO_MEMORY leaves `keys` as they were. */
tern_status_t tern_grouping_run(tern_grouping_t *grouping, size_t num_keys,
                                tern_key_t keys[], size_t *num_groups_p);

/** About how many of `keys` [num_keys] repeat an earlier one, to within a thirtieth of num_keys, in a fifth of the
 * time that grouping takes. TERN_ERR_NO_MEMORY.
 * Source: linear counting (Whang, Vander-Zanden, Taylor, TODS 1990). */
tern_status_t tern_grouping_estimate(tern_grouping_t *grouping, size_t num_keys,
                                     const tern_key_t keys[], size_t *num_repeats_p);

#endif
