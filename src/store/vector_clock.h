/** \file
 * Vector clock over ranges of keys: for each node (here: each worker that pushes) the time up to which its changes of
 * each key have been taken in. Keys with equal times form a range, so that what it costs is the number of ranges that
 * differ, not of keys.
 *
 * Source: Li et al., OSDI 2014, section 4.1. A clock starts as one range at time 0. Setting a range splits those at its borders, into
 * three at most. Ours differs: neighbours of equal time become one range again, so that a clock shrinks when a
 * node has caught up everywhere; and each node has ranges of its own, so that one node's borders do not split the others'.
 *
 * A time is accepted once: what comes again has a time that is not above the stored one. When part of the keys goes to
 * another server, its times go along (export, import), so that a repetition is recognised there, too.
 */
#ifndef TERN_STORE_VECTOR_CLOCK_H
#define TERN_STORE_VECTOR_CLOCK_H

#include "tern/types.h"

/* Keys from `first` to the next piece's have this time. */
typedef struct tern_clock_piece {
    tern_key_t first;
    uint64_t   time;
} tern_clock_piece_t;

typedef struct tern_node_clock {
    tern_clock_piece_t *pieces; /* [num_pieces], rising; neighbours differ in time */
    size_t              num_pieces, capacity;
} tern_node_clock_t;

typedef struct tern_vector_clock {
    tern_range_t       keys;
    uint32_t           num_nodes;
    tern_node_clock_t *nodes; /* [num_nodes] */
} tern_vector_clock_t;

/* How a time compares with what is stored for a range. */
typedef enum tern_novelty {
    TERN_NOVELTY_ALL,  /* above all that is stored there */
    TERN_NOVELTY_PART, /* above some of it: ask for each key */
    TERN_NOVELTY_NONE, /* a repetition */
} tern_novelty_t;

/* All keys at time 0 for every node. `keys` is not empty. TERN_ERR_NO_MEMORY. */
tern_status_t tern_vector_clock_init(tern_vector_clock_t *clock, tern_range_t keys,
                                     uint32_t num_nodes);
void          tern_vector_clock_fini(tern_vector_clock_t *clock);

/* The node's time of a key. */
uint64_t tern_vector_clock_get(const tern_vector_clock_t *clock, uint32_t node,
                               tern_key_t key);

/* The smallest time over all nodes and the keys of a range that is not empty. */
uint64_t tern_vector_clock_min(const tern_vector_clock_t *clock, tern_range_t range);

tern_novelty_t tern_vector_clock_compare(const tern_vector_clock_t *clock, uint32_t node,
                                         tern_range_t range, uint64_t time);

/* Room for one range to be raised, which then cannot fail. TERN_ERR_NO_MEMORY. */
tern_status_t tern_vector_clock_reserve(tern_vector_clock_t *clock, uint32_t node);

/* Keys of `range` below `time` get it; later ones stay. TERN_ERR_NO_MEMORY: nothing has changed. */
tern_status_t tern_vector_clock_raise(tern_vector_clock_t *clock, uint32_t node,
                                      tern_range_t range, uint64_t time);

/* Initialise `part` with the times of a range of this clock's keys. */
tern_status_t tern_vector_clock_export(const tern_vector_clock_t *clock,
                                       tern_range_t range, tern_vector_clock_t *part);

/* Take in the times of `part`, whose keys this clock has: the later of both holds. */
tern_status_t tern_vector_clock_import(tern_vector_clock_t       *clock,
                                       const tern_vector_clock_t *part);

/* Over all nodes. */
size_t tern_vector_clock_num_ranges(const tern_vector_clock_t *clock);

#endif
