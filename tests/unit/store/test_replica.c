/** \file
 * Replicas alone: an owner is played by an array. What must hold is that no push is lost or counted twice,
 * whatever crosses what, and that a reader always sees its own.
 */
#include "store/replica.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "facts.h"
#include "tern/random.h"

enum { WIDTH = 4, NUM_KEYS = 5000, FIRST_KEY = 70, MAX_RANKS = 3 };

typedef struct rank {
    tern_holders_t    holders;
    tern_counters_t   counters;
    tern_latch_user_t user;
    tern_replicas_t   replicas;
} rank_t;

typedef struct node {
    tern_replica_shape_t shape;
    char                *memory;
    size_t               bytes;
    tern_ledger_t        ledger;
    uint32_t             num_ranks;
    rank_t               ranks[MAX_RANKS];
} node_t;

static void node_create(node_t *node, uint64_t num_slots, uint32_t num_ranks)
{
    pid_t pids[MAX_RANKS] = {getpid(), getpid(), getpid()};

    memset(node, 0, sizeof *node);
    node->shape     = (tern_replica_shape_t){.keys        = {FIRST_KEY, FIRST_KEY + NUM_KEYS},
                                             .width       = WIDTH,
                                             .num_servers = 2,
                                             .num_slots   = num_slots};
    node->bytes     = tern_replicas_bytes(&node->shape);
    node->num_ranks = num_ranks;
    node->memory    = mmap(NULL, node->bytes, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CU_ASSERT_FATAL(node->memory != MAP_FAILED);
    tern_ledger_init(&node->ledger, 1u << 30);
    tern_replicas_format(node->memory, &node->shape);
    for (uint32_t r = 0; r < num_ranks; r++) {
        rank_t *rank = &node->ranks[r];

        CU_ASSERT_EQUAL(tern_holders_init(&rank->holders, num_ranks, pids, r + 1),
                        TERN_OK);
        tern_latch_user_init(&rank->user, &rank->holders, &rank->counters);
        CU_ASSERT_EQUAL(tern_replicas_init(&rank->replicas, node->memory, &node->shape,
                                           &rank->user, &node->ledger),
                        TERN_OK);
        rank->replicas.self = r;
    }
}

static void node_destroy(node_t *node)
{
    CU_ASSERT(tern_replicas_check(&node->ranks[0].replicas));
    for (uint32_t r = 0; r < node->num_ranks; r++) {
        tern_replicas_fini(&node->ranks[r].replicas);
        tern_holders_fini(&node->ranks[r].holders);
    }
    munmap(node->memory, node->bytes);
}

static void fill(float row[WIDTH], float number)
{
    for (int j = 0; j < WIDTH; j++)
        row[j] = number;
}

static bool push(tern_replicas_t *replicas, tern_key_t key, float number)
{
    uint32_t position = 0, server = 1;
    float    delta[WIDTH];

    fill(delta, number);
    return tern_replicas_add(replicas, 1, &position, &key, &server, delta) == 0;
}

/* -1: not fresh enough. */
static float read_at(tern_replicas_t *replicas, uint64_t required, tern_key_t key)
{
    float value[WIDTH] = {0};

    if (!tern_replica_read(replicas, required, key, value))
        return -1;
    CU_ASSERT_EQUAL(value[0], value[WIDTH - 1]);
    return value[0];
}

/* The owner answers at once. */
static bool refresh(tern_replicas_t *replicas, tern_key_t key, uint64_t content,
                    float owned)
{
    tern_stamp_t stamp;
    float        row[WIDTH], value[WIDTH];

    fill(row, owned);
    return tern_replica_begin_refresh(replicas, key, 1, &stamp) == TERN_REFRESH_NOW &&
           tern_replica_end_refresh(replicas, &stamp, content, false, row, value);
}

static void a_row_is_read_as_long_as_it_is_fresh_enough(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    node_create(&node, 100, 1);
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY), -1);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 7, 40));
    CU_ASSERT_EQUAL(read_at(replicas, 6, FIRST_KEY), 40);
    CU_ASSERT_EQUAL(read_at(replicas, 7, FIRST_KEY), 40);
    CU_ASSERT_EQUAL(read_at(replicas, 8, FIRST_KEY), -1);
    CU_ASSERT_FALSE(tern_replicas_has(replicas, 0, FIRST_KEY + 1));
    node_destroy(&node);
}

static void all_ranks_of_the_node_read_what_one_of_them_pushed(void)
{
    node_t node;

    node_create(&node, 100, 2);
    CU_ASSERT(refresh(&node.ranks[0].replicas, FIRST_KEY, 0, 40));
    CU_ASSERT(push(&node.ranks[1].replicas, FIRST_KEY, 1));
    CU_ASSERT(push(&node.ranks[1].replicas, FIRST_KEY, 2));
    CU_ASSERT_EQUAL(read_at(&node.ranks[0].replicas, 0, FIRST_KEY), 43);
    node_destroy(&node);
}

static void a_push_needs_no_content(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    node_create(&node, 100, 1);
    CU_ASSERT(push(replicas, FIRST_KEY + 5, 3));
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY + 5), -1);
    CU_ASSERT(refresh(replicas, FIRST_KEY + 5, 0, 10));
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY + 5), 13);
    node_destroy(&node);
}

static void what_is_flushed_stays_readable_and_leaves_once(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     stamps[2];
    size_t           num_busy;
    float            delta[WIDTH];

    node_create(&node, 100, 1);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 0, 40));
    CU_ASSERT(push(replicas, FIRST_KEY, 2));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps, &num_busy), 1);
    CU_ASSERT_EQUAL(stamps[0].key, FIRST_KEY);
    tern_replica_take(replicas, &stamps[0], delta);
    CU_ASSERT_EQUAL(delta[0], 2);
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY), 42);
    CU_ASSERT(push(replicas, FIRST_KEY, 100));
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY), 142);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps + 1, &num_busy), 0);
    CU_ASSERT_EQUAL(num_busy, 1);
    tern_replica_end_flush(replicas, &stamps[0], 0, NULL);
    CU_ASSERT_FALSE(tern_replicas_are_busy(replicas));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps, &num_busy), 1);
    tern_replica_take(replicas, &stamps[0], delta);
    CU_ASSERT_EQUAL(delta[0], 100);
    tern_replica_end_flush(replicas, &stamps[0], 0, NULL);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps, &num_busy), 0);
    node_destroy(&node);
}

static void a_refresh_that_crosses_a_flush_is_dropped(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas, *other = &node.ranks[1].replicas;
    tern_stamp_t     stamp;
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            row[WIDTH], value[WIDTH], delta[WIDTH];

    node_create(&node, 100, 2);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 0, 40));
    CU_ASSERT(push(other, FIRST_KEY, 2));
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, FIRST_KEY, 1, &stamp),
                    TERN_REFRESH_NOW);
    CU_ASSERT_EQUAL(tern_replicas_claim(other, &claimed, &num_busy), 1);
    tern_replica_take(other, &claimed, delta);
    fill(row, 40); /* may or may not have the 2 */
    CU_ASSERT_FALSE(tern_replica_end_refresh(replicas, &stamp, 9, false, row, value));
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, FIRST_KEY, 1, &stamp),
                    TERN_REFRESH_LATER);
    tern_replica_end_flush(other, &claimed, 0, NULL);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 9, 42));
    CU_ASSERT_EQUAL(read_at(other, 9, FIRST_KEY), 42);
    node_destroy(&node);
}

static void of_two_refreshes_the_first_to_arrive_counts(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     first, second;
    float            row[WIDTH], value[WIDTH];

    node_create(&node, 100, 1);
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, FIRST_KEY, 1, &first),
                    TERN_REFRESH_NOW);
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, FIRST_KEY, 1, &second),
                    TERN_REFRESH_NOW);
    fill(row, 8);
    CU_ASSERT(tern_replica_end_refresh(replicas, &second, 3, false, row, value));
    fill(row, 5);
    CU_ASSERT_FALSE(tern_replica_end_refresh(replicas, &first, 2, false, row, value));
    CU_ASSERT_EQUAL(read_at(replicas, 3, FIRST_KEY), 8);
    node_destroy(&node);
}

static void a_push_of_the_owner_counts_if_it_has_the_last_flush(void)
{
    node_t           node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {5, 1};
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            row[WIDTH], delta[WIDTH];

    node_create(&node, 100, 1);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 0, 40));
    CU_ASSERT(push(replicas, FIRST_KEY, 2));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &claimed, &num_busy), 1);
    tern_replica_take(replicas, &claimed, delta);
    fill(row, 1000);
    CU_ASSERT_FALSE(tern_replica_install(replicas, FIRST_KEY, 4, applied, row));
    tern_replica_sent(replicas, &claimed, 5); /* those below 5 are applied */
    CU_ASSERT_FALSE(tern_replica_install(replicas, FIRST_KEY, 4, applied, row));
    tern_replica_end_flush(replicas, &claimed, 0, NULL);
    CU_ASSERT_FALSE(tern_replica_install(replicas, FIRST_KEY, 4, applied, row));
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY), 42);
    applied[0] = 6;
    CU_ASSERT(tern_replica_install(replicas, FIRST_KEY, 4, applied, row));
    CU_ASSERT_EQUAL(read_at(replicas, 4, FIRST_KEY), 1000);
    CU_ASSERT_FALSE(tern_replica_install(replicas, FIRST_KEY + 9, 4, applied, row));
    node_destroy(&node);
}

/* Both are of clock 4; which was made first is not known. */
static void a_push_that_an_answer_may_have_overtaken_does_not_count(void)
{
    node_t           node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {1, 1};
    float            row[WIDTH];

    node_create(&node, 100, 1);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 4, 40));
    fill(row, 30);
    CU_ASSERT_FALSE(tern_replica_install(replicas, FIRST_KEY, 4, applied, row));
    tern_replicas_follow(replicas, 1, 5);
    CU_ASSERT_EQUAL(read_at(replicas, 4, FIRST_KEY), 40);
    CU_ASSERT_EQUAL(read_at(replicas, 5, FIRST_KEY), -1); /* asked for again */
    fill(row, 50);
    CU_ASSERT(tern_replica_install(replicas, FIRST_KEY, 5, applied, row));
    CU_ASSERT_EQUAL(read_at(replicas, 5, FIRST_KEY), 50);
    node_destroy(&node);
}

static void unchanged_rows_stay_fresh_as_their_server_tells(void)
{
    node_t           node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {1, 1};
    float            row[WIDTH];

    node_create(&node, 100, 1);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 0, 40));
    CU_ASSERT(refresh(replicas, FIRST_KEY + 1, 0, 50));
    fill(row, 60);
    CU_ASSERT(tern_replica_install(replicas, FIRST_KEY, 1, applied, row));
    tern_replicas_follow(replicas, 1, 6);
    CU_ASSERT_EQUAL(read_at(replicas, 6, FIRST_KEY), 60);
    CU_ASSERT_EQUAL(read_at(replicas, 7, FIRST_KEY), -1);
    CU_ASSERT_EQUAL(read_at(replicas, 6, FIRST_KEY + 1), -1); /* nobody sends it */
    node_destroy(&node);
}

static void an_invalidated_row_is_asked_for_again(void)
{
    node_t           node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {8, 1};
    tern_stamp_t     stamp;
    float            row[WIDTH], value[WIDTH];

    node_create(&node, 100, 1);
    CU_ASSERT(refresh(replicas, FIRST_KEY, 0, 40));
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, FIRST_KEY, 1, &stamp),
                    TERN_REFRESH_NOW);
    CU_ASSERT(tern_replica_invalidate(replicas, FIRST_KEY, 8));
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY), -1);
    fill(row, 40);
    CU_ASSERT_FALSE(tern_replica_end_refresh(replicas, &stamp, 3, false, row, value));
    CU_ASSERT_FALSE(tern_replica_install(replicas, FIRST_KEY, 3, applied, row));
    CU_ASSERT(refresh(replicas, FIRST_KEY, 3, 77));
    CU_ASSERT_EQUAL(read_at(replicas, 3, FIRST_KEY), 77);
    node_destroy(&node);
}

static void sums_that_are_not_additive_show_after_their_refresh_only(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            delta[WIDTH];

    node_create(&node, 100, 1);
    replicas->adds = false;
    CU_ASSERT(refresh(replicas, FIRST_KEY, 0, 40));
    CU_ASSERT(push(replicas, FIRST_KEY, 2));
    CU_ASSERT(push(replicas, FIRST_KEY, 3));
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY), 40);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &claimed, &num_busy), 1);
    tern_replica_take(replicas, &claimed, delta);
    CU_ASSERT_EQUAL(delta[0], 5);
    CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY), -1);
    tern_replica_end_flush(replicas, &claimed, 0, NULL);
    node_destroy(&node);
}

static void a_full_store_refuses_or_evicts_what_is_not_in_use(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    node_create(&node, 10, 1);
    for (tern_key_t k = 0; k < 10; k++)
        CU_ASSERT(refresh(replicas, FIRST_KEY + k, 0, (float)k));
    CU_ASSERT_FALSE(push(replicas, FIRST_KEY + 10, 1));
    CU_ASSERT_FALSE(refresh(replicas, FIRST_KEY + 10, 0, 1));
    CU_ASSERT(push(replicas, FIRST_KEY + 3, 1)); /* must stay */
    replicas->evicts = true;
    for (tern_key_t k = 10; k < 40; k++) {
        CU_ASSERT(refresh(replicas, FIRST_KEY + k, 0, (float)k));
        CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY + k), k);
        CU_ASSERT_EQUAL(read_at(replicas, 0, FIRST_KEY + 3), 4);
    }
    CU_ASSERT_EQUAL(tern_replicas_num_used(replicas), 10);
    for (tern_key_t k = 0; k < 10; k++)
        push(replicas, FIRST_KEY + 100 + k, 1);
    CU_ASSERT_FALSE(push(replicas, FIRST_KEY + 200, 1)); /* each has a delta */
    node_destroy(&node);
}

static void memory_that_ends_refuses_rows_and_nothing_else(void)
{
    node_t           node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    node_create(&node, NUM_KEYS, 1);
    tern_ledger_init(&node.ledger, 300000);
    for (tern_key_t k = 0; k < NUM_KEYS; k++)
        (void)refresh(replicas, FIRST_KEY + k, 0, (float)k);
    CU_ASSERT(tern_replicas_num_used(replicas) < NUM_KEYS);
    CU_ASSERT(node.ledger.committed_bytes <= 300000);
    node_destroy(&node);
}

/* --- a storm --- */

enum { STORM_KEYS = 24, STORM_SLOTS = 16 };

typedef struct storm {
    node_t            node;
    pthread_mutex_t   latch;
    bool              owner_pushes;
    double            owned[STORM_KEYS];
    uint64_t          sequence[MAX_RANKS]; /* applied, by worker */
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
        float delta[WIDTH];

        tern_replica_take(replicas, &stamps[i], delta);
        pthread_mutex_lock(&storm->latch);
        tern_replica_sent(replicas, &stamps[i], storm->sequence[self]);
        storm->owned[stamps[i].key - FIRST_KEY] += delta[0];
        storm->sequence[self]++;
        pthread_mutex_unlock(&storm->latch);
        tern_replica_end_flush(replicas, &stamps[i], 0, NULL);
    }
}

static bool ask(storm_t *storm, uint32_t self, tern_key_t key, float value[WIDTH])
{
    tern_replicas_t *replicas = &storm->node.ranks[self].replicas;
    float            row[WIDTH];
    tern_stamp_t     stamp;
    uint64_t         clock;

    if (tern_replica_begin_refresh(replicas, key, 1, &stamp) != TERN_REFRESH_NOW)
        return false;
    pthread_mutex_lock(&storm->latch);
    fill(row, (float)storm->owned[key - FIRST_KEY]);
    clock = storm->clock;
    pthread_mutex_unlock(&storm->latch);
    return tern_replica_end_refresh(replicas, &stamp, clock, true, row, value);
}

static void owner_pushes(storm_t *storm, uint32_t self, tern_key_t key)
{
    uint64_t applied[MAX_RANKS], clock;
    float    row[WIDTH];

    pthread_mutex_lock(&storm->latch);
    fill(row, (float)storm->owned[key - FIRST_KEY]);
    memcpy(applied, storm->sequence, sizeof applied);
    clock = ++storm->clock;
    pthread_mutex_unlock(&storm->latch);
    (void)tern_replica_install(&storm->node.ranks[self].replicas, key, clock, applied,
                               row);
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
        tern_key_t key  = FIRST_KEY + k;
        float      value[WIDTH];

        if (what < 3) {
            atomic_fetch_add(&storm->num_pushed[k], 1);
            if (push(replicas, key, 1))
                mine[k]++;
            else
                atomic_fetch_sub(&storm->num_pushed[k], 1);
        } else if (what == 3) {
            flush(storm, sailor->number);
        } else if (what == 4 && storm->owner_pushes && sailor->number == 0) {
            owner_pushes(storm, 0, key);
        } else if (tern_replica_read(replicas, 0, key, value) ||
                   ask(storm, sailor->number, key, value)) {
            bool is_good = value[0] >= mine[k] && value[0] >= seen[k] &&
                           value[0] == value[WIDTH - 1] &&
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
    pthread_t      threads[MAX_RANKS];
    sailor_t       sailors[MAX_RANKS];

    memset(&storm, 0, sizeof storm);
    pthread_mutex_init(&storm.latch, NULL);
    node_create(&storm.node, evicts ? STORM_SLOTS : STORM_KEYS, MAX_RANKS);
    storm.owner_pushes = !evicts; /* who follows does not evict */
    for (uint32_t r = 0; r < MAX_RANKS; r++) {
        storm.sequence[r]                   = 1;
        storm.node.ranks[r].replicas.evicts = evicts;
        sailors[r]                          = (sailor_t){&storm, r};
    }
    for (uint32_t r = 0; r < MAX_RANKS; r++)
        CU_ASSERT_FATAL(pthread_create(&threads[r], NULL, sail, &sailors[r]) == 0);
    for (uint32_t r = 0; r < MAX_RANKS; r++)
        pthread_join(threads[r], NULL);
    CU_ASSERT_EQUAL(storm.num_bad, 0);
    for (uint64_t k = 0; k < STORM_KEYS; k++)
        CU_ASSERT_EQUAL(storm.owned[k], (double)storm.num_pushed[k]);
    node_destroy(&storm.node);
    pthread_mutex_destroy(&storm.latch);
}

static void in_a_storm_of_flushes_and_answers_every_push_counts_once(void)
{
    run_storm(false);
}

static void and_so_it_does_while_rows_are_evicted(void)
{
    run_storm(true);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_row_is_read_as_long_as_it_is_fresh_enough),
        FACT(all_ranks_of_the_node_read_what_one_of_them_pushed),
        FACT(a_push_needs_no_content),
        FACT(what_is_flushed_stays_readable_and_leaves_once),
        FACT(a_refresh_that_crosses_a_flush_is_dropped),
        FACT(of_two_refreshes_the_first_to_arrive_counts),
        FACT(a_push_of_the_owner_counts_if_it_has_the_last_flush),
        FACT(a_push_that_an_answer_may_have_overtaken_does_not_count),
        FACT(unchanged_rows_stay_fresh_as_their_server_tells),
        FACT(an_invalidated_row_is_asked_for_again),
        FACT(sums_that_are_not_additive_show_after_their_refresh_only),
        FACT(a_full_store_refuses_or_evicts_what_is_not_in_use),
        FACT(memory_that_ends_refuses_rows_and_nothing_else),
        FACT(in_a_storm_of_flushes_and_answers_every_push_counts_once),
        FACT(and_so_it_does_while_rows_are_evicted),
    };

    return facts_run("store/replica", facts, sizeof facts / sizeof *facts);
}
