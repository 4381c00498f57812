/** \file
 * Storms on the replicas of a node: an owner is played by an array. No push is lost or counted twice, whatever crosses what, and
 * a reader always sees its own.
 */
#include "store/replica.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "facts.h"
#include "replica_node.h"
#include "tern/random.h"

enum { STORM_KEYS = 24, STORM_SLOTS = 16 };

typedef struct storm {
    replica_node_t    node;
    pthread_mutex_t   latch;
    bool              owner_pushes;
    double            owned[STORM_KEYS];
    uint64_t          sequence[REPLICA_MAX_RANKS]; /* applied, by worker */
    uint64_t          clock;
    _Atomic(uint64_t) num_pushed[STORM_KEYS];
    _Atomic(uint64_t) num_bad;
} storm_t;

typedef struct sailor {
    storm_t *storm;
    uint32_t number;
} sailor_t;

static void flush(storm_t *storm, uint32_t self)
{
    tern_replicas_t *replicas = &storm->node.ranks[self].replicas;
    tern_stamp_t     stamps[STORM_KEYS];
    size_t           num_busy, num = tern_replicas_claim(replicas, stamps, &num_busy);

    for (size_t i = 0; i < num; i++) {
        float delta[REPLICA_WIDTH];

        tern_replica_take(replicas, &stamps[i], delta);
        pthread_mutex_lock(&storm->latch);
        tern_replica_sent(replicas, &stamps[i], storm->sequence[self]);
        storm->owned[stamps[i].key - REPLICA_FIRST_KEY] += delta[0];
        storm->sequence[self]++;
        pthread_mutex_unlock(&storm->latch);
        tern_replica_end_flush(replicas, &stamps[i], 0, NULL);
    }
}

static bool ask(storm_t *storm, uint32_t self, tern_key_t key, float value[REPLICA_WIDTH])
{
    tern_replicas_t *replicas = &storm->node.ranks[self].replicas;
    float            row[REPLICA_WIDTH];
    tern_stamp_t     stamp;
    uint64_t         clock;

    if (tern_replica_begin_refresh(replicas, key, 1, &stamp) != TERN_REFRESH_NOW)
        return false;
    pthread_mutex_lock(&storm->latch);
    replica_fill(row, (float)storm->owned[key - REPLICA_FIRST_KEY]);
    clock = storm->clock;
    pthread_mutex_unlock(&storm->latch);
    return tern_replica_end_refresh(replicas, &stamp, clock, true, row, value);
}

static void owner_pushes(storm_t *storm, uint32_t self, tern_key_t key)
{
    uint64_t applied[REPLICA_MAX_RANKS], clock;
    float    row[REPLICA_WIDTH];

    pthread_mutex_lock(&storm->latch);
    replica_fill(row, (float)storm->owned[key - REPLICA_FIRST_KEY]);
    memcpy(applied, storm->sequence, sizeof applied);
    clock = ++storm->clock;
    pthread_mutex_unlock(&storm->latch);
    (void)tern_replica_install(&storm->node.ranks[self].replicas, key, clock, applied,
                               row);
}

/* The row comes here and goes away again at once: what the replica has not sent goes in. */
static void row_visits(storm_t *storm, uint32_t self, tern_key_t key)
{
    tern_replicas_t *replicas = &storm->node.ranks[self].replicas;
    float            delta[REPLICA_WIDTH];

    if (tern_replica_hold(replicas, key) != TERN_REFRESH_NOW)
        return;
    pthread_mutex_lock(&storm->latch);
    if (tern_replica_take_over(replicas, key, delta))
        storm->owned[key - REPLICA_FIRST_KEY] += delta[0];
    pthread_mutex_unlock(&storm->latch);
}

/* One worker: what it reads has all that it pushed, never less than it has read, and never more than was pushed in all. Rank 0 is the one that takes in what the
 * owner sends, as on a node. */
static void *sail(void *argument)
{
    sailor_t        *sailor           = argument;
    storm_t         *storm            = sailor->storm;
    tern_replicas_t *replicas         = &storm->node.ranks[sailor->number].replicas;
    float            mine[STORM_KEYS] = {0}, seen[STORM_KEYS] = {0};
    uint64_t         num_steps = 30000;

    for (uint64_t step = 0; step < num_steps; step++) {
        uint64_t   what = tern_random_below(sailor->number, 1, step, 8);
        uint64_t   k    = tern_random_below(sailor->number, 2, step, STORM_KEYS);
        tern_key_t key  = REPLICA_FIRST_KEY + k;
        float      value[REPLICA_WIDTH];

        if (what < 3) {
            atomic_fetch_add(&storm->num_pushed[k], 1);
            if (replica_push(replicas, key, 1))
                mine[k]++;
            else
                atomic_fetch_sub(&storm->num_pushed[k], 1);
        } else if (what == 3) {
            flush(storm, sailor->number);
        } else if (what == 7 && !storm->owner_pushes) {
            row_visits(storm, sailor->number, key);
        } else if (what == 4 && storm->owner_pushes && sailor->number == 0) {
            owner_pushes(storm, 0, key);
        } else if (tern_replica_read(replicas, 0, key, value) ||
                   ask(storm, sailor->number, key, value)) {
            bool is_good = value[0] >= mine[k] && value[0] >= seen[k] &&
                           value[0] == value[REPLICA_WIDTH - 1] &&
                           value[0] <= (float)atomic_load(&storm->num_pushed[k]);

            seen[k] = value[0];
            atomic_fetch_add(&storm->num_bad, !is_good);
        }
    }
    while (replicas->num_touched > 0)
        flush(storm, sailor->number);
    return NULL;
}

static void run_storm(bool evicts)
{
    static storm_t storm;
    pthread_t      threads[REPLICA_MAX_RANKS];
    sailor_t       sailors[REPLICA_MAX_RANKS];

    memset(&storm, 0, sizeof storm);
    pthread_mutex_init(&storm.latch, NULL);
    replica_node_create(&storm.node, evicts ? STORM_SLOTS : STORM_KEYS,
                        REPLICA_MAX_RANKS);
    storm.owner_pushes = !evicts; /* who follows does not evict */
    for (uint32_t r = 0; r < REPLICA_MAX_RANKS; r++) {
        storm.sequence[r]                   = 1;
        storm.node.ranks[r].replicas.evicts = evicts;
        sailors[r]                          = (sailor_t){&storm, r};
    }
    for (uint32_t r = 0; r < REPLICA_MAX_RANKS; r++)
        CU_ASSERT_FATAL(pthread_create(&threads[r], NULL, sail, &sailors[r]) == 0);
    for (uint32_t r = 0; r < REPLICA_MAX_RANKS; r++)
        pthread_join(threads[r], NULL);
    CU_ASSERT_EQUAL(storm.num_bad, 0);
    for (uint64_t k = 0; k < STORM_KEYS; k++)
        CU_ASSERT_EQUAL(storm.owned[k], (double)storm.num_pushed[k]);
    replica_node_destroy(&storm.node);
    pthread_mutex_destroy(&storm.latch);
}

static void in_a_storm_of_flushes_and_answers_every_push_counts_once(void)
{
    run_storm(false);
}

static void and_so_it_does_while_replicas_are_evicted_and_end(void)
{
    run_storm(true);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(in_a_storm_of_flushes_and_answers_every_push_counts_once),
        FACT(and_so_it_does_while_replicas_are_evicted_and_end),
    };

    return facts_run("store/replica_storm", facts, sizeof facts / sizeof *facts);
}
