/** \file
 * A replica's row and its arithmetic; for the files of replica.h.
 */
#ifndef TERN_STORE_REPLICA_ROW_H
#define TERN_STORE_REPLICA_ROW_H

#include "store/copy.h"
#include "store/layout.h"
#include "store/replica.h"

/* Word and key are where every row has them (layout.h). */
typedef struct tern_replica_row {
    uint64_t word, inverted_key;
    uint64_t content; /* clock + 1; 0: none */
    uint64_t
        flush_sequence; /* of the last flush; UINT64_MAX: not sent yet; 0: there was none */
    uint32_t events; /* flushes claimed, contents installed and dropped; never restarts */
    uint32_t server; /* owner */
    uint16_t flusher; /* worker of this node that flushed last */
    uint8_t  has_delta, is_in_flight;
    uint8_t  follows;     /* its server sends what changes */
    uint8_t  is_used;     /* read or pushed to since the hand passed */
    uint16_t num_wanting; /* workers of this node */
} tern_replica_row_t;

_Static_assert(sizeof(tern_replica_row_t) == 48, "values are aligned to 16");

#define TERN_GET(field)        __atomic_load_n(&(field), __ATOMIC_ACQUIRE)
#define TERN_PUT(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELEASE)

static inline tern_replica_row_t *tern_replica_row(const tern_replicas_t *replicas,
                                                   uint32_t               slot)
{
    return (tern_replica_row_t *)tern_replica_at(replicas, slot);
}

static inline char *tern_replica_base(tern_replica_row_t *row)
{
    return (char *)(row + 1);
}

static inline char *tern_replica_delta(const tern_replicas_t *replicas,
                                       tern_replica_row_t    *row)
{
    return (char *)(row + 1) + (replicas->stride - sizeof *row) / 2;
}

/* The slot of a key, TERN_REPLICA_NONE: it has no replica. A hint, as every index word. */
static inline uint32_t tern_replica_find(const tern_replicas_t *replicas, tern_key_t key)
{
    uint32_t word = tern_index_view_get(&replicas->words, key);

    return tern_index_state(word) == TERN_ROW_REPLICA ? word & TERN_INDEX_SLOT_MASK
                                                      : TERN_REPLICA_NONE;
}

/* The slot of a key, made if need be and accesses may; TERN_REPLICA_NONE: there is no room. */
uint32_t tern_replica_find_or_make(tern_replicas_t *replicas, tern_key_t key,
                                   uint32_t server);

/* The same whether accesses may or not; the caller holds the store's latch. */
uint32_t tern_replica_make(tern_replicas_t *replicas, tern_key_t key, uint32_t server);

/* Take the row, whose latch is held, out of the store; the caller holds the store's latch, too. */
void tern_replica_remove(tern_replicas_t *replicas, tern_replica_row_t *row);

/* The row of `key` with its latch held, *before_p the word before; NULL: it has no replica. */
tern_replica_row_t *tern_replica_acquire(tern_replicas_t *replicas, tern_key_t key,
                                         uint64_t *before_p);

static inline uint32_t tern_replica_slot(const tern_replicas_t    *replicas,
                                         const tern_replica_row_t *row)
{
    return (uint32_t)((size_t)((const char *)row - replicas->rows) / replicas->stride);
}

/* This rank has pushed to the row and will flush it. */
static inline void tern_replica_touch(tern_replicas_t *replicas, uint32_t slot)
{
    uint64_t mark = UINT64_C(1) << slot % 64;

    replicas->num_touched += !(replicas->touched[slot / 64] & mark);
    replicas->touched[slot / 64] |= mark;
}

/* base + delta as a reader sees it; the caller validates, or holds the latch. */
void tern_replica_copy_out(const tern_replicas_t *replicas, tern_replica_row_t *row,
                           void *value);

/* row[] += amount[]; the caller holds the latch. */
void tern_replica_add_to(const tern_replicas_t *replicas, char *row, const void *amount);

#endif
