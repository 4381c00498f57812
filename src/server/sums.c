/** \file
 * A hash table of positions, at most half full, beside arrays of keys and rows. Most keys are not looked up: whoever
 * pushes the keys that another has pushed before, in the same order, finds each behind the one before.
 */
#include "server/sums.h"

#include <assert.h>
#include <string.h>

#include "base/add.h"
#include "base/alloc.h"
#include "store/copy.h"

#define AHEAD 16u /* keys whose slots are fetched beforehand */

void tern_sums_init(tern_sums_t *sums, uint32_t width, tern_type_t type)
{
    *sums = (tern_sums_t){
        .width = width, .type = type, .row_bytes = width * tern_type_bytes(type)};
}

void tern_sums_fini(tern_sums_t *sums)
{
    tern_free(TERN_LOG_SERVER, sums->slots);
    tern_free(TERN_LOG_SERVER, sums->rows);
    tern_free(TERN_LOG_SERVER, sums->keys);
    tern_sums_init(sums, sums->width, sums->type);
}

void tern_sums_clear(tern_sums_t *sums)
{
    if (sums->num_keys > 0)
        memset(sums->slots, 0, sums->num_slots * sizeof *sums->slots);
    sums->num_keys = 0;
}

/* Where the search for a key begins. Fibonacci hashing (Knuth, volume 3, 6.4). */
static size_t home_of(const tern_sums_t *sums, tern_key_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15u >> sums->shift);
}

/* The slot of a key, or the free one where it would go. */
static uint32_t *slot_of(const tern_sums_t *sums, tern_key_t key)
{
    size_t slot = home_of(sums, key);

    while (sums->slots[slot] != 0 && sums->keys[sums->slots[slot] - 1] != key)
        slot = (slot + 1) & (sums->num_slots - 1);
    return &sums->slots[slot];
}

static bool grow_slots(tern_sums_t *sums, size_t num_keys)
{
    size_t    num_slots = sums->num_slots < 64 ? 64 : sums->num_slots;
    uint32_t *slots;

    while (num_slots < 2 * num_keys)
        num_slots *= 2;
    if (num_slots == sums->num_slots)
        return true;
    slots = tern_alloc_zeroed(TERN_LOG_SERVER, num_slots * sizeof *slots);
    if (slots == NULL)
        return false;
    tern_free(TERN_LOG_SERVER, sums->slots);
    sums->slots     = slots;
    sums->num_slots = num_slots;
    sums->shift     = 64u - (unsigned)__builtin_ctzll(num_slots);
    for (size_t i = 0; i < sums->num_keys; i++)
        *slot_of(sums, sums->keys[i]) = (uint32_t)i + 1;
    return true;
}

/* Room for `num_keys` in all. */
static tern_status_t reserve(tern_sums_t *sums, size_t num_keys)
{
    size_t      capacity = 2 * sums->capacity;
    tern_key_t *keys;
    char       *rows;

    if (num_keys <= sums->capacity)
        return TERN_OK;
    if (num_keys >= UINT32_MAX)
        return TERN_ERR_NO_MEMORY;
    capacity = capacity < num_keys ? num_keys : capacity;
    keys     = tern_realloc(TERN_LOG_SERVER, sums->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return TERN_ERR_NO_MEMORY;
    sums->keys = keys;
    rows       = tern_realloc(TERN_LOG_SERVER, sums->rows, capacity * sums->row_bytes);
    if (rows == NULL)
        return TERN_ERR_NO_MEMORY;
    sums->rows = rows;
    if (!grow_slots(sums, capacity))
        return TERN_ERR_NO_MEMORY;
    sums->capacity = capacity;
    return TERN_OK;
}

/* Position of a key, which is entered if it is new; `guess` is where it may be. */
static size_t position_of(tern_sums_t *sums, tern_key_t key, size_t guess, bool *is_new_p)
{
    uint32_t *slot;

    *is_new_p = false;
    if (guess < sums->num_keys && sums->keys[guess] == key)
        return guess;
    slot = slot_of(sums, key);
    if (*slot == 0) {
        *is_new_p                  = true;
        sums->keys[sums->num_keys] = key;
        *slot                      = (uint32_t)++sums->num_keys;
    }
    return *slot - 1;
}

tern_status_t tern_sums_add(tern_sums_t *sums, size_t num_keys, const tern_key_t keys[],
                            const void *rows)
{
    tern_status_t status = reserve(sums, sums->num_keys + num_keys);
    size_t        bytes  = sums->row_bytes;
    size_t        guess  = 0;

    if (status != TERN_OK)
        return status;
    for (size_t i = 0; i < num_keys; i++) {
        const char *row = (const char *)rows + i * bytes;
        bool        is_new;
        size_t      at;

        if (i + AHEAD < num_keys)
            __builtin_prefetch(&sums->slots[home_of(sums, keys[i + AHEAD])]);
        at = position_of(sums, keys[i], guess, &is_new);
        if (is_new)
            tern_copy_row(sums->rows + at * bytes, row, (uint32_t)bytes);
        else
            tern_add(sums->type, sums->width, sums->rows + at * bytes, row);
        guess = at + 1;
    }
    return TERN_OK;
}
