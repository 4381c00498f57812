/** \file
 * Seals: how a reader on another node knows that the bytes it fetched are one row.
 *
 * A one-sided read meets no latch: it may see one half of a row before a change and the other after it.
 * Version words at both ends do not help, since nothing orders the bytes of a fetch; so the row carries a
 * checksum over its word, its key and its values, in the column TERN_COLUMN_CHECKSUM:
 *
 * \code
 * column = low 16 bits of the word's counter | 48 bits of the checksum
 * \endcode
 * Who changes a row on its node pays nothing for this: the counter moves on, and the row is *unsealed* by
 * that alone. Its server seals it again. A reader tells three cases apart: good; unsealed, so that only the
 * server can say what the row is; and a mismatch (torn, being changed, another key), which another
 * fetch may cure.
 *
 * The checksum takes four lanes of XXH64's round (Collet) over 8-byte words, about 4 bytes a cycle. It is
 * our own loop and not the library of that name, so that every build computes the same: the two ends of
 * a job may have been configured differently.
 */
#ifndef TERN_STORE_SEAL_H
#define TERN_STORE_SEAL_H

#include "store/view.h"

typedef enum tern_seal_verdict {
    TERN_SEAL_GOOD,
    TERN_SEAL_UNSEALED,
    TERN_SEAL_MISMATCH,
} tern_seal_verdict_t;

/* Bytes of a row that a reader must have: all but the state, in whole 8-byte words. */
static inline uint32_t tern_seal_bytes(const tern_row_layout_t *layout)
{
    return (layout->value_offset + layout->value_bytes + 7) & ~7u;
}

/* What a copy of a row's first tern_seal_bytes() is worth to who asked for `key`. Rows without the column
 * (TERN_EVENTUAL) are good if key and latch are right, or mismatch. */
tern_seal_verdict_t tern_seal_check(const tern_row_layout_t *layout, const char *copy,
                                    tern_key_t key);

/* Seal a row unless it is, or somebody is changing it. True if it was not sealed and is now. A change that
 * comes while it is sealed leaves a seal of the past, which is as good as none. */
bool tern_seal_row(const tern_row_layout_t *layout, char *row);

/* Under the latch: a row that leaves is nobody's. */
static inline void tern_seal_clear(const tern_row_layout_t *layout, char *row)
{
    if (layout->checksum_offset != 0)
        __atomic_store_n((uint64_t *)(row + layout->checksum_offset), 0,
                         __ATOMIC_RELAXED);
}

/* Seal those of the rows of `keys` that are here and unsealed; returns how many. */
size_t tern_seal_keys(tern_view_t *view, size_t num_keys, const tern_key_t keys[]);

/* Seal the rows of slots [first, end). */
void tern_seal_slots(const tern_row_layout_t *layout, const tern_segment_t *segment,
                     uint64_t first, uint64_t end);

/* Go through up to `max_words` words of the segment's marks of change from `*word_p` on and seal the marked
 * rows; stops early after 64 that needed it. True when the end is reached, where `*word_p` becomes 0. */
bool tern_seal_walk(const tern_row_layout_t *layout, const tern_segment_t *segment,
                    uint64_t *word_p, uint64_t max_words);

#endif
