/** \file
 * A node's store in memory that threads and forked children share, for tests.
 */
#ifndef TERN_TESTS_STORE_H
#define TERN_TESTS_STORE_H

#include "store/shard.h"
#include "store/view.h"

enum { STORE_MAX_SEGMENTS = 2 };

typedef struct store_options {
    uint64_t        num_keys; /* of the table; keys begin at STORE_FIRST_KEY */
    uint32_t        width, state_width, columns;
    tern_type_t     type;
    uint32_t        num_segments; /* 0: one */
    bool            is_paged;
    bool            is_hashed;   /* sparse: rows come one by one, so none at first */
    uint64_t        num_slots;   /* of a paged or hashed segment; 0: num_keys */
    uint64_t        limit_bytes; /* of the ledger; 0: plenty */
    bool            is_empty;    /* no rows at first */
    tern_update_fn *apply;       /* NULL: add */
} store_options_t;

#define STORE_FIRST_KEY 1000u

/* One rank's way to the rows. */
typedef struct store_rank {
    tern_view_t      view;
    tern_hash_view_t hashes[STORE_MAX_SEGMENTS];
    tern_holders_t   holders;
    tern_counters_t  counters;
} store_rank_t;

typedef struct store {
    store_rank_t   rank; /* holder 1: the caller */
    tern_ledger_t *ledger;
    tern_segment_t segments[STORE_MAX_SEGMENTS];
    tern_range_t   segment_keys[STORE_MAX_SEGMENTS];
    tern_shard_t  *shards[STORE_MAX_SEGMENTS];
    void          *hash_memory[STORE_MAX_SEGMENTS];
    char          *memory;
    size_t         memory_bytes;
} store_t;

/* Rows are filled with their key and open at epoch 1; anything that fails ends the program. */
void store_create(store_t *store, const store_options_t *options);
void store_destroy(store_t *store);

/* The same rows for holder `self` of `num_holders`, whose processes are `pids`. */
void store_join(const store_t *store, store_rank_t *rank, uint32_t self,
                uint32_t num_holders, const pid_t pids[]);
void store_leave(store_rank_t *rank);

#endif
