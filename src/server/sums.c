/** \file
 * A hash table of positions, at most half full, beside arrays of keys and rows. Most keys are not looked up: whoever
 * pushes the keys that another has pushed before, in the same order, or those of the step before, finds each behind
 * the one before.
 */
#include "server/sums.h"

#include <assert.h>
#include <string.h>

#include "base/add.h"
#include "base/alloc.h"
#include "store/copy.h"

#define AHEAD     16u /* keys whose slots are fetched beforehand */
#define SHORT_RUN 8u  /* rows that are better added one by one */
#define FORGETFUL 16u /* times that keys are not kept after they were of no use */

void tern_sums_init(tern_sums_t *sums, uint32_t width, tern_type_t type)
{
    *sums = (tern_sums_t){
        .width = width, .type = type, .row_bytes = width * tern_type_bytes(type)};
}

void tern_sums_fini(tern_sums_t *sums)
{
    tern_free(TERN_LOG_SERVER, sums->slots);
    tern_free(TERN_LOG_SERVER, sums->has_sum);
    tern_free(TERN_LOG_SERVER, sums->rows);
    tern_free(TERN_LOG_SERVER, sums->keys);
    tern_sums_init(sums, sums->width, sums->type);
}

void tern_sums_clear(tern_sums_t *sums)
{
    if (sums->num_keys == 0)
        return;
    if (sums->num_keys < sums->num_known)
        sums->num_forgetful = FORGETFUL;
    if (sums->num_forgetful == 0) {
        memset(sums->has_sum, 0, sums->num_known);
    } else {
        memset(sums->slots, 0, sums->num_slots * sizeof *sums->slots);
        sums->num_known = 0;
        sums->num_forgetful--;
    }
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
    for (size_t i = 0; i < sums->num_known; i++)
        *slot_of(sums, sums->keys[i]) = (uint32_t)i + 1;
    return true;
}

/* Room for `num_keys` in all. */
static tern_status_t reserve(tern_sums_t *sums, size_t num_keys)
{
    size_t      capacity = 2 * sums->capacity;
    tern_key_t *keys;
    char       *rows;
    bool       *has_sum;

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
    has_sum    = tern_realloc(TERN_LOG_SERVER, sums->has_sum, capacity * sizeof *has_sum);
    if (has_sum == NULL)
        return TERN_ERR_NO_MEMORY;
    sums->has_sum = has_sum;
    if (!grow_slots(sums, capacity))
        return TERN_ERR_NO_MEMORY;
    sums->capacity = capacity;
    return TERN_OK;
}

/* Position of a key, which is entered if it is new. */
static size_t look_up(tern_sums_t *sums, tern_key_t key)
{
    uint32_t *slot = slot_of(sums, key);

    if (*slot == 0) {
        sums->has_sum[sums->num_known] = false;
        sums->keys[sums->num_known]    = key;
        *slot                          = (uint32_t)++sums->num_known;
    }
    return *slot - 1;
}

/* How many of `keys` [most] are the same as `others`. */
static size_t common_run(size_t most, const tern_key_t keys[], const tern_key_t others[])
{
    size_t run = 0;

    while (run < most && keys[run] == others[run])
        run++;
    return run;
}

static void add_row(tern_sums_t *sums, size_t at, const char *row)
{
    char *sum = sums->rows + at * sums->row_bytes;

    /* The first says it for a step that began without keys, and reads nothing. */
    if (sums->num_keys == sums->num_known || sums->has_sum[at]) {
        tern_add_row(sums->type, sums->width, sum, row);
        return;
    }
    tern_copy_row(sum, row, (uint32_t)sums->row_bytes);
    sums->has_sum[at] = true;
    sums->num_keys++;
}

/* Add `rows` [num] to those from `at`: at once where all of them have a sum, or none has. */
static void add_run(tern_sums_t *sums, size_t at, size_t num, const char *rows)
{
    const bool *has_sum = sums->has_sum + at;
    size_t      bytes   = sums->row_bytes;

    if (num < SHORT_RUN || memchr(has_sum, !has_sum[0], num) != NULL) {
        for (size_t i = 0; i < num; i++)
            add_row(sums, at + i, rows + i * bytes);
    } else if (has_sum[0]) {
        tern_add(sums->type, num * sums->width, sums->rows + at * bytes, rows);
    } else {
        memcpy(sums->rows + at * bytes, rows, num * bytes);
        memset(sums->has_sum + at, true, num);
        sums->num_keys += num;
    }
}

/* Keys [num] will be looked up soon, some way behind the others. */
static void prefetch_slots(const tern_sums_t *sums, size_t num, const tern_key_t keys[])
{
    for (size_t i = 0; i < num; i++)
        __builtin_prefetch(&sums->slots[home_of(sums, keys[i])]);
}

tern_status_t tern_sums_add(tern_sums_t *sums, size_t num_keys, const tern_key_t keys[],
                            const void *rows)
{
    tern_status_t status = reserve(sums, sums->num_known + num_keys);
    size_t        next   = 0; /* where the next key is, if it follows the one before */

    if (status != TERN_OK)
        return status;
    for (size_t i = 0, run; i < num_keys; i += run, next += run) {
        size_t most = sums->num_known - next, left = num_keys - i;

        run = common_run(most < left ? most : left, keys + i, sums->keys + next);
        if (run == 0) {
            next = look_up(sums, keys[i]);
            run  = 1;
        }
        if (run < SHORT_RUN && i + AHEAD + run <= num_keys)
            prefetch_slots(sums, run, keys + i + AHEAD);
        add_run(sums, next, run, (const char *)rows + i * sums->row_bytes);
    }
    return TERN_OK;
}

/* Move the sums together; the table no longer says where keys are, and is cleared with them. */
void tern_sums_close(tern_sums_t *sums)
{
    size_t bytes = sums->row_bytes, num = 0;

    for (size_t i = 0; num < sums->num_keys; i++) {
        if (!sums->has_sum[i])
            continue;
        if (num < i) {
            sums->keys[num] = sums->keys[i];
            tern_copy_row(sums->rows + num * bytes, sums->rows + i * bytes,
                          (uint32_t)bytes);
        }
        num++;
    }
}
