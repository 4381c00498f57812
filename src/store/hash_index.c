/** \file
 * Searching, inserting, removing and splitting.
 *
 * The search for a key goes from its bucket to the other of the same pair of lines, which the processor tends to fetch
 * along, and on to the next pairs. It ends at a bucket that no key of its own has gone past.
 */
#include "store/hash_index.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "store/pages.h"

enum {
    BUCKET_BYTES = sizeof(tern_hash_bucket_t),
    BLOCK_BYTES  = TERN_HASH_BLOCK_BUCKETS * BUCKET_BYTES,
    SLAB_BLOCKS  = 32, /* most blocks that are committed at once: 2 MiB */
    ROWS_AHEAD   = 2,  /* buckets whose rows a split asks for ahead of their turn */
};

static_assert(BUCKET_BYTES == 64, "a bucket is a line");

#define ONE_PASSED (UINT64_C(1) << 32)

/* --- shape --- */

/* After a split a block is at least nearly half as full as one that splits. */
static uint32_t max_blocks_of(uint64_t max_keys)
{
    uint64_t num = max_keys / (TERN_HASH_BLOCK_FULL * 4 / 9) + 2;

    assert(num <= UINT32_MAX);
    return (uint32_t)num;
}

/* Twice as many entries as blocks, since hashes are not spread quite evenly. */
static uint32_t max_depth_of(uint64_t max_keys)
{
    uint32_t depth = 1;

    while (depth < TERN_HASH_MAX_DEPTH &&
           UINT32_C(1) << depth < 2 * (uint64_t)max_blocks_of(max_keys))
        depth++;
    return depth;
}

static size_t levels_bytes(uint32_t max_depth)
{
    return ((size_t)2 << max_depth) * sizeof(uint32_t);
}

/* Local depth and number of keys of each block. */
typedef struct block {
    uint32_t num_keys;
    uint32_t depth;
} block_t;

static size_t blocks_offset(uint64_t max_keys)
{
    return tern_pages_round(sizeof(tern_hash_index_t) +
                            levels_bytes(max_depth_of(max_keys)) +
                            max_blocks_of(max_keys) * sizeof(block_t));
}

size_t tern_hash_index_bytes(uint64_t max_keys)
{
    return blocks_offset(max_keys) + (size_t)max_blocks_of(max_keys) * BLOCK_BYTES;
}

static block_t *block_of(const tern_hash_view_t *view, uint32_t number)
{
    uint32_t *end = view->levels + ((size_t)2 << view->index->max_depth);

    return (block_t *)end + number;
}

static uint32_t *directory_of(const tern_hash_view_t *view, uint32_t depth)
{
    return view->levels + (UINT64_C(1) << depth) - 1;
}

/* --- memory --- */

/* The area's bytes from `begin` to `end`. */
static tern_status_t commit(void *area, size_t begin, size_t end, tern_ledger_t *ledger,
                            tern_log_level_t level)
{
    size_t bytes = end - begin;
    int    error = 0;

    if (tern_ledger_commit(ledger, bytes)) {
        error = tern_pages_extend(area, begin, end);
        if (error == 0)
            return TERN_OK;
        tern_ledger_uncommit(ledger, bytes);
    }
    tern_log(TERN_LOG_STORE, level,
             "cannot commit %zu bytes of shared memory for an index: %s (%llu bytes on "
             "this node); enlarge /dev/shm or use more nodes",
             bytes, error == 0 ? "beyond the limit" : strerror(error),
             (unsigned long long)ledger->limit_bytes);
    return TERN_ERR_NO_MEMORY;
}

/* As many blocks again as there are, within a slab; fewer where memory ends. */
static tern_status_t commit_blocks(const tern_hash_view_t *view, tern_ledger_t *ledger)
{
    tern_hash_index_t *index = view->index;
    uint32_t           num   = index->committed_blocks;
    size_t             page  = tern_pages_bytes(), begin;

    num = num < SLAB_BLOCKS ? num : SLAB_BLOCKS;
    if (num == 0 || num > index->max_blocks - index->committed_blocks ||
        page > BLOCK_BYTES)
        num = 1;
    if (index->committed_blocks == index->max_blocks) {
        tern_log(TERN_LOG_STORE, TERN_LOG_DEBUG, "all %u blocks of an index are taken",
                 index->max_blocks);
        return TERN_ERR_NO_MEMORY;
    }
    begin = index->blocks_offset + (size_t)index->committed_blocks * BLOCK_BYTES;
    if (commit(index, begin, begin + (size_t)num * BLOCK_BYTES, ledger, TERN_LOG_DEBUG) !=
        TERN_OK)
        return TERN_ERR_NO_MEMORY;
    index->committed_blocks += num;
    return TERN_OK;
}

uint64_t tern_hash_index_committed(const tern_hash_index_t *index)
{
    return index->blocks_offset +
           (uint64_t)__atomic_load_n(&index->committed_blocks, __ATOMIC_RELAXED) *
               BLOCK_BYTES;
}

/* Fresh memory is an empty block. */
static tern_status_t new_block(const tern_hash_view_t *view, uint32_t depth,
                               tern_ledger_t *ledger, uint32_t *number_p)
{
    tern_hash_index_t *index = view->index;

    if (index->num_blocks == index->committed_blocks &&
        commit_blocks(view, ledger) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    *number_p                  = index->num_blocks++;
    *block_of(view, *number_p) = (block_t){.depth = depth};
    return TERN_OK;
}

void tern_hash_view_init(tern_hash_view_t *view, void *memory, const char *rows,
                         uint32_t stride)
{
    tern_hash_index_t *index = memory;

    *view = (tern_hash_view_t){
        .index   = index,
        .levels  = (uint32_t *)(index + 1),
        .buckets = (tern_hash_bucket_t *)((char *)memory + index->blocks_offset),
        .rows    = rows,
        .stride  = stride,
    };
    tern_hash_view_refresh(view);
}

tern_status_t tern_hash_index_format(void *memory, uint64_t max_keys,
                                     tern_ledger_t *ledger)
{
    tern_hash_index_t *index = memory;
    tern_hash_view_t   view;
    uint32_t           first;

    assert((uintptr_t)memory % tern_pages_bytes() == 0);

    if (commit(memory, 0, blocks_offset(max_keys), ledger, TERN_LOG_ERROR) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    index->max_depth     = max_depth_of(max_keys);
    index->max_blocks    = max_blocks_of(max_keys);
    index->blocks_offset = blocks_offset(max_keys);
    tern_hash_view_init(&view, memory, NULL, 0);
    return new_block(&view, 0, ledger, &first); /* its number, 0, is in the directory */
}

/* --- searching --- */

/* Bucket number `step` of the search that begins at `home`. */
static uint32_t probe(uint32_t home, uint32_t step)
{
    return (home ^ (step & 1)) + (step & ~1u);
}

static tern_hash_bucket_t *bucket_at(const tern_hash_view_t *view, uint32_t block,
                                     uint32_t home, uint32_t step)
{
    return &view->buckets[(uint64_t)block * TERN_HASH_BLOCK_BUCKETS +
                          probe(home, step) % TERN_HASH_BLOCK_BUCKETS];
}

static uint32_t home_of(uint64_t hash)
{
    return (hash >> TERN_HASH_BUCKET_SHIFT) % TERN_HASH_BLOCK_BUCKETS;
}

/* Where an entry is. */
typedef struct entry {
    tern_hash_bucket_t *bucket; /* NULL: nowhere */
    uint32_t            place, step;
} entry_t;

static tern_key_t key_of(const tern_hash_view_t *view, uint32_t slot)
{
    return tern_row_key(view->rows + (uint64_t)slot * view->stride);
}

/* The slot of `key` in a block. */
static uint64_t find_in_block(const tern_hash_view_t *view, uint32_t block,
                              tern_key_t key, uint64_t hash)
{
    bool is_last = false;

    for (uint32_t step = 0; step < TERN_HASH_BLOCK_BUCKETS && !is_last; step++) {
        const tern_hash_bucket_t *bucket  = bucket_at(view, block, home_of(hash), step);
        uint32_t                  matches = tern_hash_candidates(bucket, hash, &is_last);

        for (; matches != 0; matches = tern_hash_rest(matches)) {
            uint32_t slot = tern_hash_slot(bucket, matches);

            if (key_of(view, slot) == key)
                return slot;
        }
    }
    return TERN_HASH_NONE;
}

uint64_t tern_hash_guess_further(const tern_hash_bucket_t *bucket, uint64_t hash)
{
    const uint32_t            home    = home_of(hash);
    const tern_hash_bucket_t *block   = bucket - home;
    bool                      is_last = false;

    for (uint32_t step = 1; step < TERN_HASH_BLOCK_BUCKETS && !is_last; step++) {
        uint32_t matches;

        bucket  = &block[probe(home, step) % TERN_HASH_BLOCK_BUCKETS];
        matches = tern_hash_candidates(bucket, hash, &is_last);
        if (matches != 0)
            return tern_hash_slot(bucket, matches);
    }
    return TERN_HASH_NONE;
}

uint64_t tern_hash_find(const tern_hash_view_t *view, tern_key_t key, uint64_t hash)
{
    tern_hash_view_t now = *view;

    for (;;) {
        const uint32_t *entry;
        uint32_t        block;
        uint64_t        slot;

        tern_hash_view_refresh(&now);
        entry = &now.directory[hash & now.mask];
        block = __atomic_load_n(entry, __ATOMIC_ACQUIRE);
        slot  = find_in_block(&now, block, key, hash);
        if (slot != TERN_HASH_NONE ||
            (__atomic_load_n(entry, __ATOMIC_ACQUIRE) == block &&
             __atomic_load_n(&now.index->depth, __ATOMIC_ACQUIRE) ==
                 (uint32_t)__builtin_popcountll(now.mask)))
            return slot;
    }
}

/* --- changing: the server alone, which may therefore load as it likes --- */

static void add_passed(const tern_hash_view_t *view, uint32_t block, uint64_t hash,
                       uint32_t num_steps, uint64_t amount)
{
    for (uint32_t step = 0; step < num_steps; step++) {
        tern_hash_bucket_t *bucket = bucket_at(view, block, home_of(hash), step);

        __atomic_store_n(&bucket->tags[1], bucket->tags[1] + amount, __ATOMIC_RELEASE);
    }
}

static void set_tag(tern_hash_bucket_t *bucket, uint32_t place, uint64_t tag)
{
    uint64_t *word  = &bucket->tags[place / 8];
    unsigned  shift = place % 8 * 8;

    __atomic_store_n(word, (*word & ~(UINT64_C(0xff) << shift)) | tag << shift,
                     __ATOMIC_RELEASE);
}

/* False: the block is full to the last place. */
static bool put(const tern_hash_view_t *view, uint32_t block, uint64_t hash,
                uint32_t slot)
{
    for (uint32_t step = 0; step < TERN_HASH_BLOCK_BUCKETS; step++) {
        tern_hash_bucket_t *bucket = bucket_at(view, block, home_of(hash), step);
        uint32_t            places = tern_hash_matches(bucket->tags, 0);

        if (places == 0)
            continue;
        add_passed(view, block, hash, step, ONE_PASSED);
        __atomic_store_n(&bucket->slots[tern_hash_first(places)], slot, __ATOMIC_RELAXED);
        set_tag(bucket, tern_hash_first(places), tern_hash_tag(hash));
        block_of(view, block)->num_keys++;
        return true;
    }
    return false;
}

static entry_t find_entry(const tern_hash_view_t *view, uint32_t block, uint64_t hash,
                          uint32_t slot)
{
    for (uint32_t step = 0; step < TERN_HASH_BLOCK_BUCKETS; step++) {
        tern_hash_bucket_t *bucket = bucket_at(view, block, home_of(hash), step);
        uint32_t matches           = tern_hash_matches(bucket->tags, tern_hash_tag(hash));

        for (; matches != 0; matches = tern_hash_rest(matches))
            if (bucket->slots[tern_hash_first(matches)] == slot)
                return (entry_t){bucket, tern_hash_first(matches), step};
    }
    return (entry_t){NULL, 0, 0};
}

static void take_out(const tern_hash_view_t *view, uint32_t block, uint64_t hash,
                     uint32_t slot)
{
    entry_t entry = find_entry(view, block, hash, slot);

    assert(entry.bucket != NULL);
    set_tag(entry.bucket, entry.place, 0);
    add_passed(view, block, hash, entry.step, -ONE_PASSED);
    block_of(view, block)->num_keys--;
}

/* --- splitting --- */

/* What happens to each entry of a block that splits. */
typedef void visit_fn(const tern_hash_view_t *view, uint32_t from, uint32_t to,
                      uint64_t hash, uint32_t slot);

static void copy_entry(const tern_hash_view_t *view, uint32_t from, uint32_t to,
                       uint64_t hash, uint32_t slot)
{
    (void)from;
    if (!put(view, to, hash, slot))
        assert(!"half of a block fits into one");
}

static void take_out_entry(const tern_hash_view_t *view, uint32_t from, uint32_t to,
                           uint64_t hash, uint32_t slot)
{
    (void)to;
    take_out(view, from, hash, slot);
}

static void prefetch_rows(const tern_hash_view_t *view, const tern_hash_bucket_t *bucket)
{
    for (uint32_t i = 0; i < TERN_HASH_BUCKET_KEYS; i++)
        __builtin_prefetch(view->rows + (uint64_t)bucket->slots[i] * view->stride);
}

/* Visit the entries of block `from` whose hash has bit number `depth`. */
static void visit_moving(const tern_hash_view_t *view, uint32_t from, uint32_t to,
                         uint32_t depth, visit_fn *visit)
{
    tern_hash_bucket_t *buckets =
        &view->buckets[(uint64_t)from * TERN_HASH_BLOCK_BUCKETS];

    for (uint32_t b = 0; b < TERN_HASH_BLOCK_BUCKETS; b++) {
        if (b + ROWS_AHEAD < TERN_HASH_BLOCK_BUCKETS)
            prefetch_rows(view, &buckets[b + ROWS_AHEAD]);
        for (uint32_t i = 0; i < TERN_HASH_BUCKET_KEYS; i++) {
            uint64_t hash;

            if ((buckets[b].tags[i / 8] >> i % 8 * 8 & 0xff) == 0)
                continue;
            hash = tern_hash_key(key_of(view, buckets[b].slots[i]));
            if (hash >> depth & 1)
                visit(view, from, to, hash, buckets[b].slots[i]);
        }
    }
}

/* A directory of twice as many entries, each block in it twice; readers see it with the new depth. */
static void deepen(tern_hash_view_t *view)
{
    uint32_t  depth = view->index->depth;
    uint32_t *old = directory_of(view, depth), *new = directory_of(view, depth + 1);
    uint64_t  num = UINT64_C(1) << depth;

    for (uint64_t i = 0; i < 2 * num; i++)
        __atomic_store_n(&new[i], old[i & (num - 1)], __ATOMIC_RELAXED);
    __atomic_store_n(&view->index->depth, depth + 1, __ATOMIC_RELEASE);
}

/* From here on the directory names `block` for the hashes that end as `hash` does in depth + 1 bits. */
static void name_block(tern_hash_view_t *view, uint32_t block, uint64_t hash,
                       uint32_t depth)
{
    uint64_t  step      = UINT64_C(2) << depth;
    uint32_t *directory = directory_of(view, view->index->depth);

    for (uint64_t i = hash & (step - 1); i < UINT64_C(1) << view->index->depth; i += step)
        __atomic_store_n(&directory[i], block, __ATOMIC_RELEASE);
}

/* Split the block that has `hash`. TERN_ERR_NO_MEMORY: it stays as it is. */
static tern_status_t split(tern_hash_view_t *view, uint32_t from, uint64_t hash,
                           tern_ledger_t *ledger)
{
    uint32_t      depth = block_of(view, from)->depth, to;
    tern_status_t status;

    if (depth == view->index->max_depth)
        return TERN_ERR_NO_MEMORY;
    status = new_block(view, depth + 1, ledger, &to);
    if (status != TERN_OK)
        return status;
    if (depth == view->index->depth)
        deepen(view);
    visit_moving(view, from, to, depth, copy_entry);
    name_block(view, to, hash | UINT64_C(1) << depth, depth);
    visit_moving(view, from, to, depth, take_out_entry);
    block_of(view, from)->depth = depth + 1;
    return TERN_OK;
}

static uint32_t block_with(tern_hash_view_t *view, uint64_t hash)
{
    tern_hash_view_refresh(view);
    return view->directory[hash & view->mask];
}

tern_status_t tern_hash_index_insert(tern_hash_view_t *view, tern_key_t key,
                                     uint32_t slot, tern_ledger_t *ledger)
{
    uint64_t hash  = tern_hash_key(key);
    uint32_t block = block_with(view, hash);

    while (block_of(view, block)->num_keys >= TERN_HASH_BLOCK_FULL &&
           split(view, block, hash, ledger) == TERN_OK)
        block = block_with(view, hash);
    if (!put(view, block, hash, slot)) {
        tern_log(TERN_LOG_STORE, TERN_LOG_ERROR,
                 "the index of a sparse table is full with %llu keys in %u of %u blocks; "
                 "raise max_rows or enlarge /dev/shm",
                 (unsigned long long)view->index->num_keys, view->index->num_blocks,
                 view->index->max_blocks);
        return TERN_ERR_NO_MEMORY;
    }
    __atomic_store_n(&view->index->num_keys, view->index->num_keys + 1, __ATOMIC_RELAXED);
    return TERN_OK;
}

void tern_hash_index_remove(tern_hash_view_t *view, tern_key_t key, uint32_t slot)
{
    uint64_t hash = tern_hash_key(key);

    take_out(view, block_with(view, hash), hash, slot);
    __atomic_store_n(&view->index->num_keys, view->index->num_keys - 1, __ATOMIC_RELAXED);
}
