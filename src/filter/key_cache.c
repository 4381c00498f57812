/** \file
 * A list in order of use, and a hash table with chains. Lists are long and few: entries are
 * allocated one by one.
 */
#include "filter/key_cache.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "config.h"

#ifdef TERN_HAVE_XXHASH
#define XXH_INLINE_ALL
#include <xxhash.h>
#endif

enum { NUM_CHAINS = 1024 };

typedef struct entry {
    struct entry   *next_in_chain;
    struct entry   *before, *behind; /* in the order of use */
    tern_key_hash_t hash;
    size_t          num_bytes;
    bool            has_bytes;
    char            bytes[];
} entry_t;

struct tern_key_cache {
    size_t   max_bytes, num_bytes;
    entry_t *last, *first; /* used last; used the longest time ago */
    entry_t *chains[NUM_CHAINS];
};

/* How the bytes are to be read comes first, so that equal bytes of other keys differ. */
tern_key_hash_t tern_key_hash(const tern_keycode_t *code, uint32_t num_keys,
                              const void *bytes)
{
    tern_key_hash_t result = {0, 0};
#ifdef TERN_HAVE_XXHASH
    uint64_t      head[] = {code->base, num_keys, code->width, code->has_steps};
    XXH3_state_t  state;
    XXH128_hash_t hash;

    XXH3_128bits_reset(&state);
    XXH3_128bits_update(&state, head, sizeof head);
    XXH3_128bits_update(&state, bytes, tern_keycode_bytes(code, num_keys));
    hash   = XXH3_128bits_digest(&state);
    result = (tern_key_hash_t){hash.low64, hash.high64};
#else
    (void)code, (void)num_keys, (void)bytes;
    assert(!"chains with key-cache are refused");
#endif
    return result;
}

tern_key_cache_t *tern_key_cache_create(size_t max_bytes)
{
    tern_key_cache_t *cache = tern_alloc_zeroed(TERN_LOG_FILTER, sizeof *cache);

    if (cache != NULL)
        cache->max_bytes = max_bytes;
    return cache;
}

/* --- the order of use --- */

static void unlink_entry(tern_key_cache_t *cache, entry_t *entry)
{
    if (entry->before != NULL)
        entry->before->behind = entry->behind;
    else
        cache->last = entry->behind;
    if (entry->behind != NULL)
        entry->behind->before = entry->before;
    else
        cache->first = entry->before;
}

static void link_entry(tern_key_cache_t *cache, entry_t *entry)
{
    entry->before = NULL;
    entry->behind = cache->last;
    if (cache->last != NULL)
        cache->last->before = entry;
    else
        cache->first = entry;
    cache->last = entry;
}

/* --- the table --- */

/* The place that points to the entry of a hash, or to NULL at the end of its chain. */
static entry_t **find(tern_key_cache_t *cache, tern_key_hash_t hash)
{
    entry_t **entry_p = &cache->chains[hash.low % NUM_CHAINS];

    while (*entry_p != NULL &&
           ((*entry_p)->hash.low != hash.low || (*entry_p)->hash.high != hash.high))
        entry_p = &(*entry_p)->next_in_chain;
    return entry_p;
}

static entry_t *use(tern_key_cache_t *cache, tern_key_hash_t hash)
{
    entry_t *entry = *find(cache, hash);

    if (entry != NULL) {
        unlink_entry(cache, entry);
        link_entry(cache, entry);
    }
    return entry;
}

void tern_key_cache_remove(tern_key_cache_t *cache, tern_key_hash_t hash)
{
    entry_t **entry_p = find(cache, hash);
    entry_t  *entry   = *entry_p;

    if (entry == NULL)
        return;
    *entry_p = entry->next_in_chain;
    unlink_entry(cache, entry);
    cache->num_bytes -= entry->num_bytes;
    tern_free(TERN_LOG_FILTER, entry);
}

void tern_key_cache_destroy(tern_key_cache_t **cache_p)
{
    tern_key_cache_t *cache = *cache_p;

    if (cache == NULL)
        return;
    while (cache->first != NULL)
        tern_key_cache_remove(cache, cache->first->hash);
    tern_free(TERN_LOG_FILTER, cache);
    *cache_p = NULL;
}

bool tern_key_cache_touch(tern_key_cache_t *cache, tern_key_hash_t hash)
{
    return use(cache, hash) != NULL;
}

const void *tern_key_cache_get(tern_key_cache_t *cache, tern_key_hash_t hash,
                               size_t *bytes_p)
{
    const entry_t *entry = use(cache, hash);

    if (entry == NULL || !entry->has_bytes)
        return NULL;
    *bytes_p = entry->num_bytes;
    return entry->bytes;
}

void tern_key_cache_put(tern_key_cache_t *cache, tern_key_hash_t hash, const void *bytes,
                        size_t num_bytes)
{
    entry_t **entry_p;
    entry_t  *entry;

    if (num_bytes > cache->max_bytes)
        return;
    tern_key_cache_remove(cache, hash);
    while (cache->num_bytes + num_bytes > cache->max_bytes)
        tern_key_cache_remove(cache, cache->first->hash);
    entry = tern_alloc(TERN_LOG_FILTER, sizeof *entry + (bytes != NULL ? num_bytes : 0));
    if (entry == NULL)
        return;
    *entry  = (entry_t){.hash = hash, .num_bytes = num_bytes, .has_bytes = bytes != NULL};
    entry_p = find(cache, hash);
    *entry_p = entry;
    link_entry(cache, entry);
    if (bytes != NULL)
        memcpy(entry->bytes, bytes, num_bytes);
    cache->num_bytes += num_bytes;
}

size_t tern_key_cache_bytes(const tern_key_cache_t *cache)
{
    return cache->num_bytes;
}
