/** \file
 * The whole structure of a shard, walked: for tests and for whoever distrusts it.
 */
#include "base/alloc.h"
#include "store/shard_parts.h"

/* Count slot `slot` as seen; false if it was, or was never used. */
static bool see(const tern_shard_t *shard, uint8_t *seen, uint64_t slot)
{
    return slot < shard->num_used && !seen[slot] && (seen[slot] = 1);
}

static bool check_index(const tern_shard_t *shard, uint8_t *seen)
{
    const tern_view_t *view = shard->view;
    uint64_t           mask = (UINT64_C(1) << view->slot_shift) - 1;

    for (tern_key_t key = view->keys.first; key < view->keys.end; key++) {
        uint32_t word = tern_row_index_get(view->index, key);
        uint64_t slot = word & mask;

        if (tern_shard_is_own(shard, word) &&
            (!see(shard, seen, slot) || tern_row_key(tern_shard_row(shard, slot)) != key))
            return false;
    }
    return true;
}

static bool check_arithmetic(const tern_shard_t *shard, uint8_t *seen)
{
    tern_key_t first = shard->view->segment_keys[shard->segment].first;

    for (uint64_t slot = 0; slot < shard->num_used; slot++)
        if (!see(shard, seen, slot) ||
            tern_row_key(tern_shard_row(shard, slot)) != first + slot)
            return false;
    return true;
}

/* Every used slot that has a key is found by it, and the index has no other keys. */
static bool check_hash(const tern_shard_t *shard, uint8_t *seen)
{
    uint64_t num_keys = 0;

    for (uint64_t slot = 0; slot < shard->num_used; slot++) {
        tern_key_t key = tern_row_key(tern_shard_row(shard, slot));

        if (key == TERN_KEY_NONE)
            continue;
        if (!see(shard, seen, slot) ||
            tern_hash_find(shard->hash, key, tern_hash_key(key)) != slot)
            return false;
        num_keys++;
    }
    return num_keys == shard->hash->index->num_keys &&
           num_keys == tern_shard_num_rows(shard);
}

static bool check_keys(const tern_shard_t *shard, uint8_t *seen)
{
    if (shard->hash != NULL)
        return check_hash(shard, seen);
    return shard->view->index != NULL ? check_index(shard, seen)
                                      : check_arithmetic(shard, seen);
}

static bool check_free_list(const tern_shard_t *shard, uint8_t *seen)
{
    for (size_t i = 0; i < shard->num_listed; i++) {
        uint64_t slot = shard->free_list[i];

        if (!see(shard, seen, slot) ||
            tern_row_key(tern_shard_row(shard, slot)) != TERN_KEY_NONE)
            return false;
    }
    return true;
}

bool tern_shard_check(const tern_shard_t *shard)
{
    const tern_segment_header_t *header = tern_shard_segment_of(shard)->header;
    uint8_t *seen = tern_alloc_zeroed(TERN_LOG_STORE, shard->num_used + 1);
    bool     is_sound;

    if (seen == NULL)
        return false;
    is_sound = shard->num_used <= header->committed_slots &&
               header->committed_slots <= header->num_slots &&
               check_keys(shard, seen) && check_free_list(shard, seen);
    for (size_t i = 0; is_sound && i < shard->limbo.num_slots; i++)
        is_sound = see(shard, seen, shard->limbo.slots[i]);
    for (uint64_t slot = 0; is_sound && slot < shard->num_used; slot++)
        is_sound = seen[slot];
    tern_free(TERN_LOG_STORE, seen);
    return is_sound;
}
