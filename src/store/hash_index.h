/** \file
 * Hash index: finds the slots of any 64-bit keys in one segment; in memory that the node shares.
 *
 * \code
 * index  = header | directory | blocks of 1024 buckets
 * bucket = 12 tags of 1 B | how many keys went past 4 B | 12 slots of 4 B      one cache line
 * \endcode
 * Extendible hashing (Fagin et al., TODS 1979): the low bits of a key's hash say, by the directory, which block it is
 * in, other bits which bucket of that, and a tag of eight more bits tells the entries of a bucket apart. So a look-up
 * touches one line here and then the row, whose own key confirms what was found. Keys that find their bucket full go to its
 * neighbour and further; the buckets that they passed count them, so that a search knows when to end and a removal leaves
 * no tombstone.
 *
 * A block that is three quarters full, at 7.1 bytes a key, splits in two: nothing is ever copied as a whole, no
 * memory is given up, and an insertion waits for one block at most (about 0.3 ms). Blocks are committed as they come.
 *
 * Only the segment's server changes the index. Readers of all ranks of the node take no lock. A split fills the new
 * block, then lets the directory name it, then takes the moved keys out of the old one; so a reader that finds
 * nothing looks at the directory again: if it says the same as before, the key was not there. The directory doubles
 * into memory of its own; its depth is the index's generation.
 */
#ifndef TERN_STORE_HASH_INDEX_H
#define TERN_STORE_HASH_INDEX_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/hash.h"
#include "store/layout.h"
#include "store/ledger.h"

enum {
    TERN_HASH_BUCKET_KEYS   = 12,
    TERN_HASH_BLOCK_BUCKETS = 1024,
    TERN_HASH_BLOCK_FULL    = 9 * TERN_HASH_BLOCK_BUCKETS, /* keys with which it splits */
    TERN_HASH_MAX_DEPTH     = 24,
    /* Bits of the hash: the directory has those below BUCKET_SHIFT; the topmost place keys on servers. */
    TERN_HASH_BUCKET_SHIFT = 24,
    TERN_HASH_TAG_SHIFT    = 40,
};

#define TERN_HASH_NONE UINT64_MAX

typedef struct tern_hash_bucket {
    uint64_t
        tags[2]; /* atomic; bytes 0 to 11: tags, 0: free; 12 to 15: keys that went past */
    uint32_t slots[TERN_HASH_BUCKET_KEYS]; /* atomic */
} tern_hash_bucket_t;

/* Lives in the shared memory; position-independent. */
typedef struct tern_hash_index {
    uint64_t num_keys; /* atomic */
    uint32_t depth;    /* atomic; the directory has 2^depth entries */
    uint32_t max_depth;
    uint32_t num_blocks, committed_blocks, max_blocks; /* the server's */
    uint32_t padding;
    uint64_t blocks_offset; /* from this struct; the directory's levels lie behind it */
} tern_hash_index_t;

/* A rank's way to the index and to the rows that confirm what it says. */
typedef struct tern_hash_view {
    tern_hash_index_t *index;
    uint32_t *levels; /* atomic; 2^d entries of depth d from 2^d - 1 on: block numbers */
    tern_hash_bucket_t *buckets;
    const char         *rows;
    uint32_t            stride;
    const uint32_t     *directory; /* of the depth seen last */
    uint64_t            mask;
} tern_hash_view_t;

/* Address space for as many keys. */
size_t tern_hash_index_bytes(uint64_t max_keys);

/* By the server, on zeroed page-aligned memory. TERN_ERR_NO_MEMORY, logged. */
tern_status_t tern_hash_index_format(void *memory, uint64_t max_keys,
                                     tern_ledger_t *ledger);

/* By every rank, after that. Slot i's row is at rows + i * stride. */
void tern_hash_view_init(tern_hash_view_t *view, void *memory, const char *rows,
                         uint32_t stride);

/* By the server: the row of `key`, which has none yet, is in `slot` and has its key. TERN_ERR_NO_MEMORY, logged: the
 * index is as it was. */
tern_status_t tern_hash_index_insert(tern_hash_view_t *view, tern_key_t key,
                                     uint32_t slot, tern_ledger_t *ledger);

/* By the server: the key of `slot` is not found any more. */
void tern_hash_index_remove(tern_hash_view_t *view, tern_key_t key, uint32_t slot);

/* The slot of `key`, confirmed by its row; TERN_HASH_NONE: there was none. Lock-free. */
uint64_t tern_hash_find(const tern_hash_view_t *view, tern_key_t key, uint64_t hash);

/* Further than the bucket, for tern_hash_guess(). */
uint64_t tern_hash_guess_further(const tern_hash_bucket_t *bucket, uint64_t hash);

/* Bytes committed. */
uint64_t tern_hash_index_committed(const tern_hash_index_t *index);

/* --- the fast path --- */

/* Take the directory as it is now. */
static inline void tern_hash_view_refresh(tern_hash_view_t *view)
{
    uint32_t depth = __atomic_load_n(&view->index->depth, __ATOMIC_ACQUIRE);

    view->mask      = (UINT64_C(1) << depth) - 1;
    view->directory = view->levels + view->mask;
}

static inline tern_hash_bucket_t *tern_hash_bucket(const tern_hash_view_t *view,
                                                   uint64_t                hash)
{
    uint32_t block =
        __atomic_load_n(&view->directory[hash & view->mask], __ATOMIC_ACQUIRE);

    return &view->buckets[(uint64_t)block * TERN_HASH_BLOCK_BUCKETS +
                          (hash >> TERN_HASH_BUCKET_SHIFT) % TERN_HASH_BLOCK_BUCKETS];
}

/* A tag is never zero. */
static inline uint64_t tern_hash_tag(uint64_t hash)
{
    uint64_t tag = hash >> TERN_HASH_TAG_SHIFT & 0xff;

    return tag + (tag == 0);
}

/* The entries of a bucket with `tag`, a bit each, for tern_hash_first() and tern_hash_rest(). Most of a look-up that finds
 * its lines in the cache is this: 9 ns with a vector comparison, 11 without. */
#ifdef __SSE2__

static inline uint32_t tern_hash_matches(const uint64_t tags[2], uint64_t tag)
{
    __m128i bytes = _mm_set_epi64x((long long)tags[1], (long long)tags[0]);
    __m128i equal = _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)tag));

    return (uint32_t)_mm_movemask_epi8(equal) & ((1u << TERN_HASH_BUCKET_KEYS) - 1);
}

#else

/* The bytes of `word` that are `tag` (Warren, Hacker's Delight, 6-1); the product brings their bits together. */
static inline uint32_t tern_hash_equal_bytes(uint64_t word, uint64_t tag)
{
    const uint64_t low  = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t       rest = word ^ tag * UINT64_C(0x0101010101010101);
    uint64_t       tops = ~(((rest & low) + low) | rest | low);

    return (uint32_t)((tops >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

static inline uint32_t tern_hash_matches(const uint64_t tags[2], uint64_t tag)
{
    uint32_t matches =
        tern_hash_equal_bytes(tags[0], tag) | tern_hash_equal_bytes(tags[1], tag) << 8;

    return matches & ((1u << TERN_HASH_BUCKET_KEYS) - 1);
}

#endif

static inline uint32_t tern_hash_first(uint32_t matches)
{
    return (uint32_t)__builtin_ctz(matches);
}

static inline uint32_t tern_hash_rest(uint32_t matches)
{
    return matches & (matches - 1);
}

/* The entries of a bucket that may be the one of `hash`; *is_last_p: no key of its own went past it. */
static inline uint32_t tern_hash_candidates(const tern_hash_bucket_t *bucket,
                                            uint64_t hash, bool *is_last_p)
{
    const uint64_t tags[2] = {
        __atomic_load_n(&bucket->tags[0], __ATOMIC_ACQUIRE),
        __atomic_load_n(&bucket->tags[1], __ATOMIC_ACQUIRE),
    };

    *is_last_p = tags[1] >> 32 == 0;
    return tern_hash_matches(tags, tern_hash_tag(hash));
}

static inline uint32_t tern_hash_slot(const tern_hash_bucket_t *bucket, uint32_t matches)
{
    return __atomic_load_n(&bucket->slots[tern_hash_first(matches)], __ATOMIC_RELAXED);
}

/* Where the row of a key probably is, by the tags: its own key must confirm it, else tern_hash_find() knows more. `bucket`
 * is where its search begins. Touches no row. */
static inline uint64_t tern_hash_guess(const tern_hash_bucket_t *bucket, uint64_t hash)
{
    bool     is_last;
    uint32_t matches = tern_hash_candidates(bucket, hash, &is_last);

    if (__builtin_expect(matches != 0, 1))
        return tern_hash_slot(bucket, matches);
    return is_last ? TERN_HASH_NONE : tern_hash_guess_further(bucket, hash);
}

#endif
