/** \file
 * Arrays of a lease, see lease.h.
 */
#include "lease.h"

#include "memory.h"

#include <stdlib.h>

void w2v_lease_add(w2v_lease_t *lease, tern_key_t key)
{
    if (lease->num_keys == lease->capacity) {
        size_t capacity = 2 * lease->capacity + 256;

        lease->keys      = app_resize(lease->keys, capacity, sizeof(tern_key_t));
        lease->values    = app_resize(lease->values, capacity, sizeof(float *));
        lease->lent      = app_resize(lease->lent, capacity, sizeof(uint32_t));
        lease->lent_keys = app_resize(lease->lent_keys, capacity, sizeof(tern_key_t));
        lease->borrowed  = app_resize(lease->borrowed, capacity, sizeof(tern_borrowed_t));
        lease->copied    = app_resize(lease->copied, capacity, sizeof(uint32_t));
        lease->copied_keys = app_resize(lease->copied_keys, capacity, sizeof(tern_key_t));
        lease->capacity    = capacity;
    }
    lease->keys[lease->num_keys++] = key;
}

void w2v_lease_reserve_copies(w2v_lease_t *lease, size_t num, size_t width)
{
    if (num <= lease->copies_capacity)
        return;
    lease->copies_capacity = num + num / 4;
    lease->now = app_resize(lease->now, lease->copies_capacity * width, sizeof(float));
    lease->before =
        app_resize(lease->before, lease->copies_capacity * width, sizeof(float));
}

void w2v_lease_fini(w2v_lease_t *lease)
{
    free(lease->keys);
    free(lease->values);
    free(lease->lent);
    free(lease->lent_keys);
    free(lease->borrowed);
    free(lease->copied);
    free(lease->copied_keys);
    free(lease->before);
    free(lease->now);
    *lease = (w2v_lease_t){.num_keys = 0};
}
