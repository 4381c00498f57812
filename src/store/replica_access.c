/** \file
 * Reading replicas and pushing to them.
 */
#include "base/add.h"
#include "store/replica.h"
#include "store/replica_row.h"

enum {
    ROWS_AHEAD   = 8,   /* prefetched while one is read */
    PREFETCH_MAX = 512, /* bytes of a row; the hardware goes on by itself */
};

/* --- arithmetic --- */

#ifdef __SANITIZE_THREAD__

/* By atomic words, as copy.h has it. */
void tern_replica_copy_out(const tern_replicas_t *replicas, tern_replica_row_t *row,
                           void *value)
{
    tern_copy_from_row(value, tern_replica_base(row), replicas->value_bytes);
    if (!replicas->adds || !TERN_GET(row->has_delta))
        return;
    tern_copy_from_row(replicas->staged, tern_replica_delta(replicas, row),
                       replicas->value_bytes);
    tern_add(replicas->type, replicas->width, value, replicas->staged);
}

void tern_replica_add_to(const tern_replicas_t *replicas, char *row, const void *amount)
{
    tern_copy_from_row(replicas->staged, row, replicas->value_bytes);
    tern_add(replicas->type, replicas->width, replicas->staged, amount);
    tern_copy_to_row(row, replicas->staged, replicas->value_bytes);
}

#else

void tern_replica_copy_out(const tern_replicas_t *replicas, tern_replica_row_t *row,
                           void *value)
{
    if (!replicas->adds || !TERN_GET(row->has_delta))
        tern_copy_row(value, tern_replica_base(row), replicas->value_bytes);
    else
        tern_add_two(replicas->type, replicas->width, value, tern_replica_base(row),
                     tern_replica_delta(replicas, row));
}

void tern_replica_add_to(const tern_replicas_t *replicas, char *row, const void *amount)
{
    tern_add(replicas->type, replicas->width, row, amount);
}

#endif

/* --- access --- */

static void note_use(tern_replica_row_t *row)
{
    if (!TERN_GET(row->is_used))
        TERN_PUT(row->is_used, 1);
}

/* As between two looks at the word. */
static bool is_fresh(const tern_replicas_t *replicas, tern_replica_row_t *row,
                     uint64_t required)
{
    uint64_t content = TERN_GET(row->content);

    if (content == 0 || content > required)
        return content > 0;
    return TERN_GET(row->follows) &&
           tern_replicas_have_followed(replicas, TERN_GET(row->server), required);
}

/* With `value`: give it the row. */
static bool look(const tern_replicas_t *replicas, uint64_t required, tern_key_t key,
                 void *value)
{
    for (;;) {
        uint32_t            slot = tern_replica_find(replicas, key);
        tern_replica_row_t *row;
        uint64_t            begin;
        bool                has_key, has_value;

        if (slot == TERN_REPLICA_NONE)
            return false;
        row       = tern_replica_row(replicas, slot);
        begin     = tern_latch_read_begin(&row->word, replicas->user);
        has_key   = tern_row_key((char *)row) == key;
        has_value = has_key && is_fresh(replicas, row, required);
        if (has_value && value != NULL)
            tern_replica_copy_out(replicas, row, value);
        if (!tern_latch_read_validate(&row->word, begin)) {
            replicas->user->counters->read_retries++;
            continue;
        }
        if (has_key) {
            note_use(row);
            return has_value;
        }
        if (tern_replica_find(replicas, key) == slot)
            return false; /* it is being evicted */
    }
}

bool tern_replicas_has(const tern_replicas_t *replicas, uint64_t required, tern_key_t key)
{
    return look(replicas, required, key, NULL);
}

/* What will be read or pushed to soon. */
static void prefetch(const tern_replicas_t *replicas, tern_key_t key)
{
    uint32_t    slot = tern_replica_find(replicas, key);
    const char *row;

    if (slot == TERN_REPLICA_NONE)
        return;
    row = tern_replica_at(replicas, slot);
    for (uint32_t at = 0; at < replicas->stride && at < PREFETCH_MAX; at += 64)
        __builtin_prefetch(row + at, 0, 2);
}

static void prefetch_ahead(const tern_replicas_t *replicas, size_t i, size_t num,
                           const uint32_t positions[], const tern_key_t keys[])
{
    if (i + 2 * ROWS_AHEAD < num)
        tern_index_view_prefetch(&replicas->words, keys[positions[i + 2 * ROWS_AHEAD]]);
    if (i + ROWS_AHEAD < num)
        prefetch(replicas, keys[positions[i + ROWS_AHEAD]]);
}

bool tern_replica_read(tern_replicas_t *replicas, uint64_t required, tern_key_t key,
                       void *value)
{
    return look(replicas, required, key, value);
}

size_t tern_replicas_read(tern_replicas_t *replicas, uint64_t required, size_t num,
                          uint32_t positions[], const tern_key_t keys[], void *values)
{
    size_t num_left = 0;

    for (size_t i = 0; i < num; i++) {
        uint32_t at = positions[i];

        prefetch_ahead(replicas, i, num, positions, keys);
        if (!look(replicas, required, keys[at],
                  (char *)values + (size_t)at * replicas->value_bytes))
            positions[num_left++] = at;
    }
    return num_left;
}

tern_replica_row_t *tern_replica_acquire(tern_replicas_t *replicas, tern_key_t key,
                                         uint64_t *before_p)
{
    for (;;) {
        uint32_t            slot = tern_replica_find(replicas, key);
        tern_replica_row_t *row;

        if (slot == TERN_REPLICA_NONE)
            return NULL;
        row       = tern_replica_row(replicas, slot);
        *before_p = tern_latch_acquire(&row->word, replicas->user);
        if (tern_row_key((char *)row) == key)
            return row;
        tern_latch_release_unchanged(&row->word, *before_p);
    }
}

static bool add_to_delta(tern_replicas_t *replicas, tern_key_t key, uint32_t server,
                         const void *amount)
{
    tern_replica_row_t *row;
    uint64_t            before;

    do { /* until it is not evicted in between */
        if (tern_replica_find_or_make(replicas, key, server) == TERN_REPLICA_NONE)
            return false;
        row = tern_replica_acquire(replicas, key, &before);
    } while (row == NULL);
    if (TERN_GET(row->has_delta))
        tern_replica_add_to(replicas, tern_replica_delta(replicas, row), amount);
    else
        tern_copy_to_row(tern_replica_delta(replicas, row), amount,
                         replicas->value_bytes);
    TERN_PUT(row->has_delta, 1);
    note_use(row);
    tern_latch_release(&row->word, before);
    tern_replica_touch(replicas, tern_replica_slot(replicas, row));
    return true;
}

size_t tern_replicas_add(tern_replicas_t *replicas, size_t num, uint32_t positions[],
                         const tern_key_t keys[], const uint32_t servers[],
                         const void *deltas)
{
    size_t num_left = 0;

    for (size_t i = 0; i < num; i++) {
        uint32_t at = positions[i];

        prefetch_ahead(replicas, i, num, positions, keys);
        if (!add_to_delta(replicas, keys[at], servers[i],
                          (const char *)deltas + (size_t)at * replicas->value_bytes))
            positions[num_left++] = at;
    }
    return num_left;
}
