/** \file
 * What goes between replicas and owners: refreshes, flushes, pushes of owners. replica.h says which answers count.
 */
#include <assert.h>
#include <string.h>

#include "store/replica.h"
#include "store/replica_row.h"

/* --- refresh --- */

tern_refresh_turn_t tern_replica_begin_refresh(tern_replicas_t *replicas, tern_key_t key,
                                               uint32_t server, tern_stamp_t *stamp)
{
    tern_replica_row_t *row;
    uint64_t            before;
    bool                is_in_flight;

    *stamp = (tern_stamp_t){.key = key, .slot = TERN_REPLICA_NONE};
    do { /* until it is not evicted in between */
        if (tern_replica_find_or_make(replicas, key, server) == TERN_REPLICA_NONE)
            return TERN_REFRESH_NO_ROOM;
        row = tern_replica_acquire(replicas, key, &before);
    } while (row == NULL);
    is_in_flight  = TERN_GET(row->is_in_flight);
    stamp->slot   = tern_replica_slot(replicas, row);
    stamp->events = TERN_GET(row->events);
    tern_latch_release_unchanged(&row->word, before);
    return is_in_flight ? TERN_REFRESH_LATER : TERN_REFRESH_NOW;
}

/* As the row keeps it: 0 is none. */
static uint64_t content_mark(uint64_t content)
{
    return content == UINT64_MAX ? content : content + 1;
}

/* The row's base is now that of clock `content`. */
static void install(tern_replicas_t *replicas, tern_replica_row_t *row, uint64_t content,
                    bool follows, const void *base)
{
    tern_copy_to_row(tern_replica_base(row), base, replicas->value_bytes);
    TERN_PUT(row->content, content_mark(content));
    TERN_PUT(row->follows, follows);
    TERN_PUT(row->events, row->events + 1);
}

bool tern_replica_end_refresh(tern_replicas_t *replicas, const tern_stamp_t *stamp,
                              uint64_t content, bool follows, const void *row,
                              void *value)
{
    tern_replica_row_t *replica = tern_replica_row(replicas, stamp->slot);
    uint64_t            before  = tern_latch_acquire(&replica->word, replicas->user);
    bool                counts  = tern_row_key((char *)replica) == stamp->key &&
                  TERN_GET(replica->events) == stamp->events;

    if (!counts) {
        tern_latch_release_unchanged(&replica->word, before);
        return false;
    }
    assert(!TERN_GET(replica->is_in_flight));
    install(replicas, replica, content, follows, row);
    if (value != NULL)
        tern_replica_copy_out(replicas, replica, value);
    tern_latch_release(&replica->word, before);
    return true;
}

bool tern_replica_follows(const tern_replicas_t *replicas, tern_key_t key,
                          uint32_t *server_p)
{
    uint32_t            slot = tern_replica_find(replicas, key);
    tern_replica_row_t *row;

    if (slot == TERN_REPLICA_NONE)
        return false;
    row       = tern_replica_row(replicas, slot);
    *server_p = TERN_GET(row->server);
    return TERN_GET(row->follows);
}

/* --- flush --- */

static bool try_claim(tern_replicas_t *replicas, uint32_t slot, tern_stamp_t *stamp,
                      bool *is_busy_p)
{
    tern_replica_row_t *row    = tern_replica_row(replicas, slot);
    uint64_t            before = tern_latch_acquire(&row->word, replicas->user);

    *is_busy_p = TERN_GET(row->is_in_flight);
    if (*is_busy_p || !TERN_GET(row->has_delta)) {
        tern_latch_release_unchanged(&row->word, before);
        return false;
    }
    TERN_PUT(row->is_in_flight, 1);
    TERN_PUT(row->flusher, (uint16_t)replicas->self);
    TERN_PUT(row->flush_sequence, UINT64_MAX);
    TERN_PUT(row->events, row->events + 1);
    if (!replicas->adds) {
        TERN_PUT(row->content, 0);
        TERN_PUT(row->follows, 0);
    }
    *stamp = (tern_stamp_t){
        .key = tern_row_key((char *)row), .slot = slot, .events = TERN_GET(row->events)};
    tern_latch_release(&row->word, before);
    return true;
}

/* What was pushed to since, another rank may have flushed; then there is nothing to claim. */
size_t tern_replicas_claim(tern_replicas_t *replicas, tern_stamp_t stamps[],
                           size_t *num_busy_p)
{
    size_t num_words = (tern_replicas_num_used(replicas) + 63) / 64, num_claimed = 0;

    *num_busy_p = 0;
    for (size_t w = 0; w < num_words && replicas->num_touched > *num_busy_p; w++)
        for (uint64_t marks = replicas->touched[w]; marks != 0; marks &= marks - 1) {
            uint32_t slot = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(marks);
            bool     is_busy;

            num_claimed += try_claim(replicas, slot, &stamps[num_claimed], &is_busy);
            *num_busy_p += is_busy;
            if (is_busy)
                continue;
            replicas->touched[w] &= ~(marks & -marks);
            replicas->num_touched--;
        }
    return num_claimed;
}

bool tern_replicas_are_busy(const tern_replicas_t *replicas)
{
    size_t num_words = (tern_replicas_num_used(replicas) + 63) / 64;

    for (size_t w = 0; w < num_words && replicas->num_touched > 0; w++)
        for (uint64_t marks = replicas->touched[w]; marks != 0; marks &= marks - 1) {
            uint32_t slot = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(marks);

            if (TERN_GET(tern_replica_row(replicas, slot)->is_in_flight))
                return true;
        }
    return false;
}

/* The row of a claim with its latch held; NULL: it was taken over meanwhile. */
static tern_replica_row_t *acquire_claimed(tern_replicas_t    *replicas,
                                           const tern_stamp_t *stamp, uint64_t *before_p)
{
    tern_replica_row_t *row = tern_replica_row(replicas, stamp->slot);

    *before_p = tern_latch_acquire(&row->word, replicas->user);
    if (tern_row_key((char *)row) == stamp->key && TERN_GET(row->is_in_flight) &&
        TERN_GET(row->flusher) == replicas->self)
        return row;
    tern_latch_release_unchanged(&row->word, *before_p);
    return NULL;
}

void tern_replica_take(tern_replicas_t *replicas, const tern_stamp_t *stamp, void *delta)
{
    uint64_t            before;
    tern_replica_row_t *row = acquire_claimed(replicas, stamp, &before);

    memset(delta, 0, replicas->value_bytes);
    if (row == NULL)
        return;
    if (TERN_GET(row->has_delta)) {
        tern_copy_from_row(delta, tern_replica_delta(replicas, row),
                           replicas->value_bytes);
        if (replicas->adds && TERN_GET(row->content) > 0)
            tern_replica_add_to(replicas, tern_replica_base(row), delta);
        TERN_PUT(row->has_delta, 0);
    }
    tern_latch_release(&row->word, before);
}

void tern_replica_sent(tern_replicas_t *replicas, const tern_stamp_t *stamp,
                       uint64_t sequence)
{
    uint64_t            before;
    tern_replica_row_t *row = acquire_claimed(replicas, stamp, &before);

    if (row == NULL)
        return;
    TERN_PUT(row->flush_sequence, sequence);
    tern_latch_release_unchanged(&row->word, before);
}

void tern_replica_unclaim(tern_replicas_t *replicas, const tern_stamp_t *stamp)
{
    tern_replica_end_flush(replicas, stamp, 0, NULL);
    tern_replica_touch(replicas, stamp->slot);
}

void tern_replica_end_flush(tern_replicas_t *replicas, const tern_stamp_t *stamp,
                            uint64_t content, const void *base)
{
    uint64_t            before;
    tern_replica_row_t *row = acquire_claimed(replicas, stamp, &before);

    if (row == NULL)
        return;
    if (base != NULL && TERN_GET(row->events) == stamp->events)
        install(replicas, row, content, false, base);
    TERN_PUT(row->is_in_flight, 0);
    tern_latch_release(&row->word, before);
}

/* --- changes from elsewhere --- */

bool tern_replica_invalidate(tern_replicas_t *replicas, tern_key_t key, uint64_t sequence)
{
    uint64_t            before;
    tern_replica_row_t *row = tern_replica_acquire(replicas, key, &before);

    if (row == NULL)
        return true;
    if (TERN_GET(row->is_in_flight)) {
        tern_latch_release_unchanged(&row->word, before);
        return false;
    }
    TERN_PUT(row->content, 0);
    TERN_PUT(row->follows, 0);
    TERN_PUT(row->flusher, (uint16_t)replicas->self);
    TERN_PUT(row->flush_sequence, sequence);
    TERN_PUT(row->events, row->events + 1);
    tern_latch_release(&row->word, before);
    return true;
}

/* What the row is up to now stays as it is, since the next push of its server will not be about this one. */
static void stop_following(const tern_replicas_t *replicas, tern_replica_row_t *row)
{
    uint64_t followed = TERN_GET(replicas->header->followed[TERN_GET(row->server)]);

    if (TERN_GET(row->follows) && followed > TERN_GET(row->content))
        TERN_PUT(row->content, followed);
    TERN_PUT(row->follows, 0);
}

bool tern_replica_install(tern_replicas_t *replicas, tern_key_t key, uint64_t content,
                          const uint64_t applied[], const void *row)
{
    uint64_t            before;
    tern_replica_row_t *replica = tern_replica_acquire(replicas, key, &before);
    bool                counts;

    if (replica == NULL)
        return false;
    counts = TERN_GET(replica->flush_sequence) < applied[TERN_GET(replica->flusher)] &&
             content_mark(content) > TERN_GET(replica->content);
    if (counts)
        install(replicas, replica, content, true, row);
    else
        stop_following(replicas, replica);
    tern_latch_release(&replica->word, before);
    return counts;
}

void tern_replicas_follow(tern_replicas_t *replicas, uint32_t server, uint64_t content)
{
    if (content + 1 > TERN_GET(replicas->header->followed[server]))
        TERN_PUT(replicas->header->followed[server], content + 1);
}

bool tern_replicas_have_followed(const tern_replicas_t *replicas, uint32_t server,
                                 uint64_t required)
{
    return TERN_GET(replicas->header->followed[server]) > required;
}
