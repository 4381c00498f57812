/** \file
 * Range: questions about half-open intervals of keys.
 */
#ifndef TERN_KEYS_RANGE_H
#define TERN_KEYS_RANGE_H

#include "tern/types.h"

/** True if every one of `keys` [num_keys] lies in `range`. */
bool tern_range_has_all(tern_range_t range, size_t num_keys, const tern_key_t keys[]);

/** True if none of `keys` [num_keys] lies in `range`. */
bool tern_range_has_none(tern_range_t range, size_t num_keys, const tern_key_t keys[]);

/** The position of the first key that lies outside; num_keys if there is none. */
size_t tern_range_first_outside(tern_range_t range, size_t num_keys,
                                const tern_key_t keys[]);

/** What two ranges have in common; empty (first == end) if nothing. */
static inline tern_range_t tern_range_overlap(tern_range_t a, tern_range_t b)
{
    tern_range_t both = {a.first > b.first ? a.first : b.first,
                         a.end < b.end ? a.end : b.end};

    if (both.end < both.first)
        both.end = both.first;
    return both;
}

#endif
