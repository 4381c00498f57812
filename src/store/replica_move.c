/** \file
 * Replicas that come and go because workers want them for a while, and that end when the row itself comes.
 *
 * A row that is asked to move here is *held*: claimed as for a flush, but not taken. Readers and pushers go on with base and delta, nothing
 * leaves, so that the row which comes lacks the delta and nothing else.
 */
#include "store/replica.h"
#include "store/replica_row.h"

/* In the place of the flusher stands who holds a row; no flush ends this. */
#define FIRST_HOLDER 0x8000u

static uint16_t holder(const tern_replicas_t *replicas)
{
    return (uint16_t)(FIRST_HOLDER + replicas->self);
}

bool tern_replica_want(tern_replicas_t *replicas, tern_key_t key, uint32_t server)
{
    uint64_t whole = tern_latch_acquire(&replicas->header->latch, replicas->user);
    uint32_t slot  = tern_replica_make(replicas, key, server);

    if (slot != TERN_REPLICA_NONE) {
        tern_replica_row_t *row = tern_replica_row(replicas, slot);

        TERN_PUT(row->num_wanting, (uint16_t)(row->num_wanting + 1));
    }
    tern_latch_release(&replicas->header->latch, whole);
    return slot != TERN_REPLICA_NONE;
}

/* Wanting is counted under the store's latch. */
void tern_replica_unwant(tern_replicas_t *replicas, tern_key_t key)
{
    uint64_t whole = tern_latch_acquire(&replicas->header->latch, replicas->user);
    uint32_t slot  = tern_replica_find(replicas, key);

    if (slot != TERN_REPLICA_NONE) {
        tern_replica_row_t *row = tern_replica_row(replicas, slot);

        if (row->num_wanting > 0) /* it may be a later one: the row was here in between */
            TERN_PUT(row->num_wanting, (uint16_t)(row->num_wanting - 1));
    }
    tern_latch_release(&replicas->header->latch, whole);
}

bool tern_replica_give_up(tern_replicas_t *replicas, tern_key_t key)
{
    uint64_t whole = tern_latch_acquire(&replicas->header->latch, replicas->user);
    uint64_t before;
    tern_replica_row_t *row     = tern_replica_acquire(replicas, key, &before);
    bool                is_gone = true;

    if (row != NULL) {
        is_gone = row->num_wanting == 0 && !TERN_GET(row->has_delta) &&
                  !TERN_GET(row->is_in_flight);
        if (is_gone)
            tern_replica_remove(replicas, row);
        tern_latch_release(&row->word, before);
    }
    tern_latch_release(&replicas->header->latch, whole);
    return is_gone;
}

tern_refresh_turn_t tern_replica_hold(tern_replicas_t *replicas, tern_key_t key)
{
    uint64_t            before;
    tern_replica_row_t *row = tern_replica_acquire(replicas, key, &before);

    if (row == NULL)
        return TERN_REFRESH_NO_ROOM;
    if (TERN_GET(row->is_in_flight)) {
        bool is_held = TERN_GET(row->flusher) >= FIRST_HOLDER;

        tern_latch_release_unchanged(&row->word, before);
        return is_held ? TERN_REFRESH_NOW : TERN_REFRESH_LATER;
    }
    TERN_PUT(row->is_in_flight, 1);
    TERN_PUT(row->flusher, holder(replicas));
    TERN_PUT(row->events, row->events + 1);
    tern_latch_release(&row->word, before);
    return TERN_REFRESH_NOW;
}

void tern_replica_let_go(tern_replicas_t *replicas, tern_key_t key)
{
    uint64_t            before;
    tern_replica_row_t *row = tern_replica_acquire(replicas, key, &before);

    if (row == NULL)
        return;
    if (TERN_GET(row->flusher) == holder(replicas))
        TERN_PUT(row->is_in_flight, 0);
    tern_latch_release(&row->word, before);
}

bool tern_replica_take_over(tern_replicas_t *replicas, tern_key_t key, void *delta)
{
    uint64_t            whole, before;
    tern_replica_row_t *row;
    bool                has_delta = false;

    if (tern_replica_find(replicas, key) == TERN_REPLICA_NONE)
        return false;
    whole = tern_latch_acquire(&replicas->header->latch, replicas->user);
    row   = tern_replica_acquire(replicas, key, &before);
    if (row != NULL) {
        has_delta = TERN_GET(row->has_delta);
        if (has_delta)
            tern_copy_from_row(delta, tern_replica_delta(replicas, row),
                               replicas->value_bytes);
        tern_replica_remove(replicas, row);
        tern_latch_release(&row->word, before);
    }
    tern_latch_release(&replicas->header->latch, whole);
    return has_delta;
}

void tern_replica_forget(tern_replicas_t *replicas, tern_key_t key)
{
    uint64_t            before;
    tern_replica_row_t *row = tern_replica_acquire(replicas, key, &before);

    if (row == NULL)
        return;
    TERN_PUT(row->content, 0);
    TERN_PUT(row->events, row->events + 1);
    tern_latch_release(&row->word, before);
}
