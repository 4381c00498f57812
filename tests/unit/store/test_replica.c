/** \file
 * Replicas alone: which reads, answers and pushes count.
 */
#include "store/replica.h"

#include "facts.h"
#include "replica_node.h"

static void a_row_is_read_as_long_as_it_is_fresh_enough(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    replica_node_create(&node, 100, 1);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), -1);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 7, 40));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 6, REPLICA_FIRST_KEY), 40);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 7, REPLICA_FIRST_KEY), 40);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 8, REPLICA_FIRST_KEY), -1);
    CU_ASSERT_FALSE(tern_replicas_has(replicas, 0, REPLICA_FIRST_KEY + 1));
    replica_node_destroy(&node);
}

static void all_ranks_of_the_node_read_what_one_of_them_pushed(void)
{
    replica_node_t node;

    replica_node_create(&node, 100, 2);
    CU_ASSERT(replica_refresh(&node.ranks[0].replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT(replica_push(&node.ranks[1].replicas, REPLICA_FIRST_KEY, 1));
    CU_ASSERT(replica_push(&node.ranks[1].replicas, REPLICA_FIRST_KEY, 2));
    CU_ASSERT_EQUAL(replica_read_at(&node.ranks[0].replicas, 0, REPLICA_FIRST_KEY), 43);
    replica_node_destroy(&node);
}

static void a_push_needs_no_content(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    replica_node_create(&node, 100, 1);
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY + 5, 3));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY + 5), -1);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY + 5, 0, 10));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY + 5), 13);
    replica_node_destroy(&node);
}

static void what_is_flushed_stays_readable_and_leaves_once(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     stamps[2];
    size_t           num_busy;
    float            delta[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 2));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps, &num_busy), 1);
    CU_ASSERT_EQUAL(stamps[0].key, REPLICA_FIRST_KEY);
    tern_replica_take(replicas, &stamps[0], delta);
    CU_ASSERT_EQUAL(delta[0], 2);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), 42);
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 100));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), 142);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps + 1, &num_busy), 0);
    CU_ASSERT_EQUAL(num_busy, 1);
    tern_replica_end_flush(replicas, &stamps[0], 0, NULL);
    CU_ASSERT_FALSE(tern_replicas_are_busy(replicas));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps, &num_busy), 1);
    tern_replica_take(replicas, &stamps[0], delta);
    CU_ASSERT_EQUAL(delta[0], 100);
    tern_replica_end_flush(replicas, &stamps[0], 0, NULL);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, stamps, &num_busy), 0);
    replica_node_destroy(&node);
}

static void a_refresh_that_crosses_a_flush_is_dropped(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas, *other = &node.ranks[1].replicas;
    tern_stamp_t     stamp;
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            row[REPLICA_WIDTH], value[REPLICA_WIDTH], delta[REPLICA_WIDTH];

    replica_node_create(&node, 100, 2);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT(replica_push(other, REPLICA_FIRST_KEY, 2));
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, REPLICA_FIRST_KEY, 1, &stamp),
                    TERN_REFRESH_NOW);
    CU_ASSERT_EQUAL(tern_replicas_claim(other, &claimed, &num_busy), 1);
    tern_replica_take(other, &claimed, delta);
    replica_fill(row, 40); /* may or may not have the 2 */
    CU_ASSERT_FALSE(tern_replica_end_refresh(replicas, &stamp, 9, false, row, value));
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, REPLICA_FIRST_KEY, 1, &stamp),
                    TERN_REFRESH_LATER);
    tern_replica_end_flush(other, &claimed, 0, NULL);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 9, 42));
    CU_ASSERT_EQUAL(replica_read_at(other, 9, REPLICA_FIRST_KEY), 42);
    replica_node_destroy(&node);
}

static void of_two_refreshes_the_first_to_arrive_counts(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     first, second;
    float            row[REPLICA_WIDTH], value[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, REPLICA_FIRST_KEY, 1, &first),
                    TERN_REFRESH_NOW);
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, REPLICA_FIRST_KEY, 1, &second),
                    TERN_REFRESH_NOW);
    replica_fill(row, 8);
    CU_ASSERT(tern_replica_end_refresh(replicas, &second, 3, false, row, value));
    replica_fill(row, 5);
    CU_ASSERT_FALSE(tern_replica_end_refresh(replicas, &first, 2, false, row, value));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 3, REPLICA_FIRST_KEY), 8);
    replica_node_destroy(&node);
}

static void a_push_of_the_owner_counts_if_it_has_the_last_flush(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {5, 1};
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            row[REPLICA_WIDTH], delta[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 2));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &claimed, &num_busy), 1);
    tern_replica_take(replicas, &claimed, delta);
    replica_fill(row, 1000);
    CU_ASSERT_FALSE(tern_replica_install(replicas, REPLICA_FIRST_KEY, 4, applied, row));
    tern_replica_sent(replicas, &claimed, 5); /* those below 5 are applied */
    CU_ASSERT_FALSE(tern_replica_install(replicas, REPLICA_FIRST_KEY, 4, applied, row));
    tern_replica_end_flush(replicas, &claimed, 0, NULL);
    CU_ASSERT_FALSE(tern_replica_install(replicas, REPLICA_FIRST_KEY, 4, applied, row));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), 42);
    applied[0] = 6;
    CU_ASSERT(tern_replica_install(replicas, REPLICA_FIRST_KEY, 4, applied, row));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 4, REPLICA_FIRST_KEY), 1000);
    CU_ASSERT_FALSE(
        tern_replica_install(replicas, REPLICA_FIRST_KEY + 9, 4, applied, row));
    replica_node_destroy(&node);
}

/* Both are of clock 4; which was made first is not known. */
static void a_push_that_an_answer_may_have_overtaken_does_not_count(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {1, 1};
    float            row[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 4, 40));
    replica_fill(row, 30);
    CU_ASSERT_FALSE(tern_replica_install(replicas, REPLICA_FIRST_KEY, 4, applied, row));
    tern_replicas_follow(replicas, 1, 5);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 4, REPLICA_FIRST_KEY), 40);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 5, REPLICA_FIRST_KEY),
                    -1); /* asked for again */
    replica_fill(row, 50);
    CU_ASSERT(tern_replica_install(replicas, REPLICA_FIRST_KEY, 5, applied, row));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 5, REPLICA_FIRST_KEY), 50);
    replica_node_destroy(&node);
}

static void unchanged_rows_stay_fresh_as_their_server_tells(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {1, 1};
    float            row[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY + 1, 0, 50));
    replica_fill(row, 60);
    CU_ASSERT(tern_replica_install(replicas, REPLICA_FIRST_KEY, 1, applied, row));
    tern_replicas_follow(replicas, 1, 6);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 6, REPLICA_FIRST_KEY), 60);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 7, REPLICA_FIRST_KEY), -1);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 6, REPLICA_FIRST_KEY + 1),
                    -1); /* nobody sends it */
    replica_node_destroy(&node);
}

static void an_invalidated_row_is_asked_for_again(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas  = &node.ranks[0].replicas;
    uint64_t         applied[] = {8, 1};
    tern_stamp_t     stamp;
    float            row[REPLICA_WIDTH], value[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, REPLICA_FIRST_KEY, 1, &stamp),
                    TERN_REFRESH_NOW);
    CU_ASSERT(tern_replica_invalidate(replicas, REPLICA_FIRST_KEY, 8));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), -1);
    replica_fill(row, 40);
    CU_ASSERT_FALSE(tern_replica_end_refresh(replicas, &stamp, 3, false, row, value));
    CU_ASSERT_FALSE(tern_replica_install(replicas, REPLICA_FIRST_KEY, 3, applied, row));
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 3, 77));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 3, REPLICA_FIRST_KEY), 77);
    replica_node_destroy(&node);
}

static void sums_that_are_not_additive_show_after_their_refresh_only(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            delta[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    replicas->adds = false;
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 2));
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 3));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), 40);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &claimed, &num_busy), 1);
    tern_replica_take(replicas, &claimed, delta);
    CU_ASSERT_EQUAL(delta[0], 5);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), -1);
    tern_replica_end_flush(replicas, &claimed, 0, NULL);
    replica_node_destroy(&node);
}

static void a_full_store_refuses_or_evicts_what_is_not_in_use(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    replica_node_create(&node, 10, 1);
    for (tern_key_t k = 0; k < 10; k++)
        CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY + k, 0, (float)k));
    CU_ASSERT_FALSE(replica_push(replicas, REPLICA_FIRST_KEY + 10, 1));
    CU_ASSERT_FALSE(replica_refresh(replicas, REPLICA_FIRST_KEY + 10, 0, 1));
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY + 3, 1)); /* must stay */
    replicas->evicts = true;
    for (tern_key_t k = 10; k < 40; k++) {
        CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY + k, 0, (float)k));
        CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY + k), k);
        CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY + 3), 4);
    }
    CU_ASSERT_EQUAL(tern_replicas_num_used(replicas), 10);
    for (tern_key_t k = 0; k < 10; k++)
        replica_push(replicas, REPLICA_FIRST_KEY + 100 + k, 1);
    CU_ASSERT_FALSE(
        replica_push(replicas, REPLICA_FIRST_KEY + 200, 1)); /* each has a delta */
    replica_node_destroy(&node);
}

static void memory_that_ends_refuses_rows_and_nothing_else(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;

    replica_node_create(&node, REPLICA_NUM_KEYS, 1);
    tern_ledger_init(&node.ledger, 300000);
    for (tern_key_t k = 0; k < REPLICA_NUM_KEYS; k++)
        (void)replica_refresh(replicas, REPLICA_FIRST_KEY + k, 0, (float)k);
    CU_ASSERT(tern_replicas_num_used(replicas) < REPLICA_NUM_KEYS);
    CU_ASSERT(node.ledger.committed_bytes <= 300000);
    replica_node_destroy(&node);
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
    };

    return facts_run("store/replica", facts, sizeof facts / sizeof *facts);
}
