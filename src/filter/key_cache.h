/** \file
 * Key cache: lists of keys that a peer has had, under a hash of all their bytes and their number.
 *
 * Both ends of a stream keep one of the same size: the sender the hashes, the receiver the lists,
 * too. Both see the same lists in the same order and forget the longest unused one first, so that
 * they agree on what is there; where they do not (a message was lost, a cache was emptied), the
 * receiver asks for the keys.
 */
#ifndef TERN_FILTER_KEY_CACHE_H
#define TERN_FILTER_KEY_CACHE_H

#include "keys/keycode.h"

/** XXH3, 128 bits: two lists of one hash are not met by accident (2^64 lists for an even
 * chance). */
typedef struct tern_key_hash {
    uint64_t low, high;
} tern_key_hash_t;

/** Of keys as a message writes them: `bytes` [tern_keycode_bytes()]. */
tern_key_hash_t tern_key_hash(const tern_keycode_t *code, uint32_t num_keys,
                              const void *bytes);

typedef struct tern_key_cache tern_key_cache_t;

/** NULL when memory is exhausted. */
tern_key_cache_t *tern_key_cache_create(size_t max_bytes);
void              tern_key_cache_destroy(tern_key_cache_t **cache_p);

/** Is it there? Then it is the last one used. */
bool tern_key_cache_touch(tern_key_cache_t *cache, tern_key_hash_t hash);

/** The list of a hash, used last now; NULL: not there. `bytes_p` gets its length. */
const void *tern_key_cache_get(tern_key_cache_t *cache, tern_key_hash_t hash,
                               size_t *bytes_p);

/** Enter a list of `num_bytes`: copied, or with NULL only its hash and size. What does not fit
 * at all is not entered, nor what there is no memory for. */
void tern_key_cache_put(tern_key_cache_t *cache, tern_key_hash_t hash, const void *bytes,
                        size_t num_bytes);

void   tern_key_cache_remove(tern_key_cache_t *cache, tern_key_hash_t hash);
size_t tern_key_cache_bytes(const tern_key_cache_t *cache);

#endif
