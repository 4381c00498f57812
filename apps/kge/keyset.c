/** \file
 * Distinct keys: open addressing; an entry counts only if it carries the current generation, so that
 * forgetting all of them is one addition.
 */
#include "keyset.h"

#include "memory.h"
#include "tern/random.h"

#include <assert.h>
#include <stdlib.h>

typedef struct entry {
    uint32_t generation, key, slot;
} entry_t;

struct kge_keyset {
    entry_t    *entries; /* [num_entries], a power of two */
    size_t      num_entries;
    tern_key_t *keys; /* [max_keys] */
    size_t      num_keys, max_keys;
    uint32_t    generation; /* never 0 */
};

kge_keyset_t *kge_keyset_create(size_t max_keys)
{
    kge_keyset_t *set = APP_NEW(kge_keyset_t, 1);

    set->num_entries = 16;
    while (set->num_entries < 2 * max_keys)
        set->num_entries *= 2;
    set->entries    = APP_NEW(entry_t, set->num_entries);
    set->keys       = APP_NEW(tern_key_t, max_keys);
    set->max_keys   = max_keys;
    set->generation = 1;
    return set;
}

void kge_keyset_destroy(kge_keyset_t **set_p)
{
    if (*set_p == NULL)
        return;
    free((*set_p)->entries);
    free((*set_p)->keys);
    free(*set_p);
    *set_p = NULL;
}

void kge_keyset_clear(kge_keyset_t *set)
{
    set->num_keys = 0;
    set->generation++;
    if (set->generation == 0) { /* after 2^32 batches */
        for (size_t i = 0; i < set->num_entries; i++)
            set->entries[i].generation = 0;
        set->generation = 1;
    }
}

uint32_t kge_keyset_add(kge_keyset_t *set, uint32_t key)
{
    size_t mask = set->num_entries - 1;
    size_t i    = (size_t)tern_random_mix(key) & mask;

    while (set->entries[i].generation == set->generation) {
        if (set->entries[i].key == key)
            return set->entries[i].slot;
        i = (i + 1) & mask;
    }
    assert(set->num_keys < set->max_keys);
    set->entries[i]            = (entry_t){set->generation, key, (uint32_t)set->num_keys};
    set->keys[set->num_keys++] = key;
    return set->entries[i].slot;
}

size_t kge_keyset_count(const kge_keyset_t *set)
{
    return set->num_keys;
}

const tern_key_t *kge_keyset_keys(const kge_keyset_t *set)
{
    return set->keys;
}
