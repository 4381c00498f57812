/** \file
 * The replicas of a node in memory that threads share, for tests whose owners are played by the test. Rows are of
 * float32, all columns alike, and belong to server 1.
 */
#ifndef TERN_TESTS_REPLICA_NODE_H
#define TERN_TESTS_REPLICA_NODE_H

#include "store/replica.h"

enum {
    REPLICA_WIDTH     = 4,
    REPLICA_NUM_KEYS  = 5000,
    REPLICA_FIRST_KEY = 70,
    REPLICA_MAX_RANKS = 3
};

typedef struct replica_rank {
    tern_holders_t    holders;
    tern_counters_t   counters;
    tern_latch_user_t user;
    tern_replicas_t   replicas;
} replica_rank_t;

typedef struct replica_node {
    tern_replica_shape_t shape;
    char                *memory;
    size_t               bytes;
    tern_ledger_t        ledger;
    uint32_t             num_ranks;
    replica_rank_t       ranks[REPLICA_MAX_RANKS];
} replica_node_t;

void replica_node_create(replica_node_t *node, uint64_t num_slots, uint32_t num_ranks);
void replica_node_destroy(replica_node_t *node);
void replica_fill(float row[REPLICA_WIDTH], float number);
bool replica_push(tern_replicas_t *replicas, tern_key_t key, float number);
/* -1: not fresh enough. */
float replica_read_at(tern_replicas_t *replicas, uint64_t required, tern_key_t key);
/* The owner answers at once. */
bool replica_refresh(tern_replicas_t *replicas, tern_key_t key, uint64_t content,
                     float owned);

#endif
