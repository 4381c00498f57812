/** \file
 * Replicas: copies of other nodes' rows, in memory that the ranks of a node share.
 *
 * \code
 * store = header | index (one word per key, paged) | rows
 * row   = word 8 B | key 8 B | content 8 B | what is on its way 16 B | base[width] | delta[width]
 * \endcode
 * `base` is what the owner answered or sent, `delta` what this node has pushed since and not yet sent. A reader
 * sees base + delta: its own pushes and those of its neighbours at once (read my writes). `content` says how fresh the base is: a
 * row whose content is clock c has every push of clocks below c, of all workers (Ho et al., NIPS 2013, section 3).
 *
 * **A flush** sends the delta to the owner. It is *claimed* (no other rank may flush the row now), *taken* (delta
 * added to base, copied into the message) and *acknowledged*; between claim and acknowledgement nobody here knows whether the owner's
 * row has it. So at most one flush of a row is on its way, and an answer counts only if it is known to have it:
 *  - a *refresh* (this node asks) notes the row's event number; it begins only while nothing is on its way, and its
 *    answer is dropped if a flush was claimed or another answer installed meanwhile (the number has changed). The caller asks
 *    again or finds the row fresh.
 *  - a *push* of the owner carries how many requests of each worker of this node it had applied; it counts if the row's last flush is among
 *    them and its clock is newer than the row's content. With the same clock an answer may have overtaken it, and readers would go
 *    back.
 * So no push is lost or counted twice.
 *
 * Rules that are not additive keep no base + delta: raw pushes are summed, a reader sees the base alone, and a flush
 * drops the content, so that the next read asks for what the owner's rule made of it.
 *
 * Every field of a row is atomic; it changes under the row's latch and is read between two looks at the word. A
 * row is made and evicted under the store's latch.
 */
#ifndef TERN_STORE_REPLICA_H
#define TERN_STORE_REPLICA_H

#include "store/index.h"
#include "store/latch.h"

#define TERN_REPLICA_NONE UINT32_MAX

typedef struct tern_replica_shape {
    tern_range_t keys; /* of the table */
    uint32_t     width;
    tern_type_t  type;
    uint32_t     num_servers;
    uint64_t     num_slots; /* most replicas */
} tern_replica_shape_t;

/* In the shared memory, followed by what it names. */
typedef struct tern_replica_header {
    uint64_t latch;     /* who makes or evicts rows */
    uint64_t num_slots; /* capacity */
    uint64_t num_used;  /* atomic; slots that ever held a row: [0, num_used) */
    uint64_t num_committed;
    uint64_t hand; /* where the search for a victim stands */
    uint64_t
        free_slot; /* + 1; the first of those given back, chained by flush_sequence; 0: none */
    uint32_t is_full; /* atomic; no further slot can be had but by eviction */
    uint32_t num_servers;
    uint64_t index_offset, rows_offset;
    uint64_t followed
        []; /* [num_servers]; atomic; clock + 1 up to which a server's pushes have come */
} tern_replica_header_t;

/* A rank's handle. */
typedef struct tern_replicas {
    tern_replica_header_t *header;
    tern_row_index_t      *index;
    tern_index_view_t      words;
    char                  *rows;
    uint32_t               stride, width, value_bytes;
    tern_type_t            type;
    bool                   adds;   /* a reader sees base + delta */
    bool                   evicts; /* rows may make room for others */
    bool                   makes; /* accesses make rows; else tern_replica_want() alone */
    uint32_t               self;  /* number of this worker on its node */
    const tern_latch_user_t *user;
    tern_ledger_t           *ledger;
    uint64_t *touched; /* bit per slot: pushed to by this rank, not yet claimed */
    size_t    num_touched;
    void     *staged; /* [width]; scratch */
} tern_replicas_t;

/* Bytes of shared memory to reserve; committed row by row as they come. */
size_t   tern_replicas_bytes(const tern_replica_shape_t *shape);
uint32_t tern_replicas_stride(uint32_t width, tern_type_t type);

/* Once per node, on zeroed page-aligned memory. */
void tern_replicas_format(void *memory, const tern_replica_shape_t *shape);

/* By each rank, after that. `user` and `ledger` are borrowed. TERN_ERR_NO_MEMORY. */
tern_status_t tern_replicas_init(tern_replicas_t *replicas, void *memory,
                                 const tern_replica_shape_t *shape,
                                 const tern_latch_user_t *user, tern_ledger_t *ledger);
void          tern_replicas_fini(tern_replicas_t *replicas);

/* --- access: of keys[positions[i]], i < num; values and deltas are at the same positions --- */

/* Read the rows whose content is at least clock `required`. Positions of the others go to the front of `positions`;
 * returns how many. */
size_t tern_replicas_read(tern_replicas_t *replicas, uint64_t required, size_t num,
                          uint32_t positions[], const tern_key_t keys[], void *values);
bool   tern_replica_read(tern_replicas_t *replicas, uint64_t required, tern_key_t key,
                         void *value);
bool   tern_replicas_has(const tern_replicas_t *replicas, uint64_t required,
                         tern_key_t key);

/* Add to the deltas, making rows without content where there are none. Positions for whose rows there is no room go to the front;
 * returns how many. `servers[i]` owns keys[positions[i]]. */
size_t tern_replicas_add(tern_replicas_t *replicas, size_t num, uint32_t positions[],
                         const tern_key_t keys[], const uint32_t servers[],
                         const void *deltas);

/* --- refresh --- */

typedef struct tern_stamp {
    tern_key_t key;
    uint32_t   slot; /* TERN_REPLICA_NONE: the answer is for the caller alone */
    uint32_t   events;
} tern_stamp_t;

typedef enum tern_refresh_turn {
    TERN_REFRESH_NOW,
    TERN_REFRESH_LATER,   /* a flush of the row is on its way */
    TERN_REFRESH_NO_ROOM, /* ask, but nothing will be kept */
} tern_refresh_turn_t;

/* Before a row of `server` is asked for; makes it where there is none. */
tern_refresh_turn_t tern_replica_begin_refresh(tern_replicas_t *replicas, tern_key_t key,
                                               uint32_t server, tern_stamp_t *stamp);

/* The answer: install it and give base + delta to `value`, unless that is NULL. False: it may lack or have something twice; drop it. `follows`: from
 * now on its server sends what changes. */
bool tern_replica_end_refresh(tern_replicas_t *replicas, const tern_stamp_t *stamp,
                              uint64_t content, bool follows, const void *row,
                              void *value);

/* True if the row of `key` is kept up by pushes of its server; then *server_p is that. */
bool tern_replica_follows(const tern_replicas_t *replicas, tern_key_t key,
                          uint32_t *server_p);

/* --- flush --- */

/* Claim the rows that this rank has pushed to: what they are known by to `stamps` [num_touched]. *num_busy_p: how many others are on
 * their way by a neighbour, and must be claimed again when they have arrived. */
size_t tern_replicas_claim(tern_replicas_t *replicas, tern_stamp_t stamps[],
                           size_t *num_busy_p);

/* True while a row that this rank has pushed to is on its way. */
bool tern_replicas_are_busy(const tern_replicas_t *replicas);

static inline char *tern_replica_at(const tern_replicas_t *replicas, uint32_t slot)
{
    return replicas->rows + (uint64_t)slot * replicas->stride;
}

/* The claimed row's delta goes to `delta` and, for readers here, into the base. It is zero if the row itself has come here since it was
 * claimed. */
void tern_replica_take(tern_replicas_t *replicas, const tern_stamp_t *stamp, void *delta);

/* It was sent as request number `sequence` of this rank to the row's server. */
void tern_replica_sent(tern_replicas_t *replicas, const tern_stamp_t *stamp,
                       uint64_t sequence);

/* It was not taken, and will be claimed again. */
void tern_replica_unclaim(tern_replicas_t *replicas, const tern_stamp_t *stamp);

/* The owner has it. With `row`: and answered with what the row is now, of clock `content`. */
void tern_replica_end_flush(tern_replicas_t *replicas, const tern_stamp_t *stamp,
                            uint64_t content, const void *row);

/* --- changes from elsewhere --- */

/* The row was changed at its owner, by this rank's request `sequence`, past the replica: drop the content. False: a flush of it is on its
 * way, try again when it has arrived. */
bool tern_replica_invalidate(tern_replicas_t *replicas, tern_key_t key,
                             uint64_t sequence);

/* `server` sent a row as of clock `content`, after it had applied the requests below applied[w] of each worker w of this node.
 * False: there is no replica; or the row may lack a flush, or an answer that was given later may have come first (it has
 * another way): then the replica stays as it is and no longer follows. */
bool tern_replica_install(tern_replicas_t *replicas, tern_key_t key, uint64_t content,
                          const uint64_t applied[], const void *row);

/* All that `server` had to send up to clock `content` has come. */
void tern_replicas_follow(tern_replicas_t *replicas, uint32_t server, uint64_t content);
bool tern_replicas_have_followed(const tern_replicas_t *replicas, uint32_t server,
                                 uint64_t required);

/* --- rows that are replicated for a while, where rows move --- */

/* A worker of this node wants a replica from now on: make it if there is none. False: there is no room. */
bool tern_replica_want(tern_replicas_t *replicas, tern_key_t key, uint32_t server);

/* It wants it no longer. */
void tern_replica_unwant(tern_replicas_t *replicas, tern_key_t key);

/* Give the row up if nobody wants it and its owner has all that was pushed to it. True: there is none (any more). */
bool tern_replica_give_up(tern_replicas_t *replicas, tern_key_t key);

/* The row is asked to move here: let nobody flush or refresh it until it is taken over. TERN_REFRESH_LATER: a flush of it is on its
 * way, try again. TERN_REFRESH_NOW: it is held, by this rank or a neighbour. TERN_REFRESH_NO_ROOM: it has no replica. */
tern_refresh_turn_t tern_replica_hold(tern_replicas_t *replicas, tern_key_t key);

/* It does not come. */
void tern_replica_let_go(tern_replicas_t *replicas, tern_key_t key);

/* It has come: the replica ends. True: this node has pushed `delta` to it, which the row does not have yet. */
bool tern_replica_take_over(tern_replicas_t *replicas, tern_key_t key, void *delta);

/* The row was read or changed at its owner past the replica: drop the content, whatever is on its way. */
void tern_replica_forget(tern_replicas_t *replicas, tern_key_t key);

uint64_t tern_replicas_num_used(const tern_replicas_t *replicas);

/* Walk the whole structure: every index word points at a row with its key, no slot twice. */
bool tern_replicas_check(const tern_replicas_t *replicas);

#endif
