/** \file
 * Replicas that are wanted for a while, and that end when their rows come.
 */
#include "store/replica.h"

#include "facts.h"
#include "replica_node.h"

static void only_wanted_rows_have_replicas(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas, *other = &node.ranks[1].replicas;

    replica_node_create(&node, 1, 2);
    replicas->makes = other->makes = false;
    CU_ASSERT_FALSE(replica_push(replicas, REPLICA_FIRST_KEY, 1));
    CU_ASSERT_FALSE(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 1));
    CU_ASSERT(tern_replica_want(replicas, REPLICA_FIRST_KEY, 1));
    CU_ASSERT(tern_replica_want(other, REPLICA_FIRST_KEY, 1));
    CU_ASSERT_FALSE(
        tern_replica_want(other, REPLICA_FIRST_KEY + 1, 1)); /* there is no room */
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    tern_replica_unwant(replicas, REPLICA_FIRST_KEY);
    CU_ASSERT_FALSE(
        tern_replica_give_up(replicas, REPLICA_FIRST_KEY)); /* the other wants it */
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), 40);
    tern_replica_unwant(other, REPLICA_FIRST_KEY);
    CU_ASSERT(tern_replica_give_up(replicas, REPLICA_FIRST_KEY));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), -1);
    CU_ASSERT(tern_replica_want(other, REPLICA_FIRST_KEY + 1, 1)); /* in its place */
    replica_node_destroy(&node);
}

static void a_replica_stays_until_its_last_push_is_acknowledged(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            row[REPLICA_WIDTH], delta[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 3));
    CU_ASSERT_FALSE(tern_replica_give_up(replicas, REPLICA_FIRST_KEY));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &claimed, &num_busy), 1);
    tern_replica_take(replicas, &claimed, delta);
    CU_ASSERT_FALSE(tern_replica_give_up(replicas, REPLICA_FIRST_KEY));
    replica_fill(row, 13);
    tern_replica_end_flush(replicas, &claimed, 5, row);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 5, REPLICA_FIRST_KEY), 13);
    CU_ASSERT(tern_replica_give_up(replicas, REPLICA_FIRST_KEY));
    CU_ASSERT(tern_replica_give_up(replicas, REPLICA_FIRST_KEY));
    replica_node_destroy(&node);
}

static void a_held_replica_goes_on_and_hands_over_what_was_pushed(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     stamp;
    size_t           num_busy;
    float            delta[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT_EQUAL(tern_replica_hold(replicas, REPLICA_FIRST_KEY), TERN_REFRESH_NO_ROOM);
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 40));
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 1));
    CU_ASSERT_EQUAL(tern_replica_hold(replicas, REPLICA_FIRST_KEY), TERN_REFRESH_NOW);
    CU_ASSERT_EQUAL(tern_replica_hold(replicas, REPLICA_FIRST_KEY), TERN_REFRESH_NOW);
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 2));
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), 43);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &stamp, &num_busy), 0);
    CU_ASSERT_EQUAL(num_busy, 1);
    CU_ASSERT(tern_replica_take_over(replicas, REPLICA_FIRST_KEY, delta));
    CU_ASSERT_EQUAL(delta[0], 3);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), -1);
    CU_ASSERT_FALSE(tern_replica_take_over(replicas, REPLICA_FIRST_KEY, delta));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &stamp, &num_busy), 0);
    CU_ASSERT_EQUAL(num_busy, 0);
    replica_node_destroy(&node);
}

static void a_claim_does_not_outlive_its_row(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     claimed;
    size_t           num_busy;
    float            row[REPLICA_WIDTH], delta[REPLICA_WIDTH];

    replica_node_create(&node, 1, 1);
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY, 3));
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &claimed, &num_busy), 1);
    CU_ASSERT(tern_replica_take_over(replicas, REPLICA_FIRST_KEY, delta));
    CU_ASSERT_EQUAL(delta[0], 3);
    CU_ASSERT(replica_push(replicas, REPLICA_FIRST_KEY + 7, 50)); /* in the same slot */
    tern_replica_take(replicas, &claimed, delta);
    CU_ASSERT_EQUAL(delta[0], 0); /* it was handed over */
    replica_fill(row, 1000);
    tern_replica_end_flush(replicas, &claimed, 9, row);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY + 7), -1);
    CU_ASSERT_EQUAL(tern_replicas_claim(replicas, &claimed, &num_busy), 1);
    tern_replica_end_flush(replicas, &claimed, 0, NULL);
    replica_node_destroy(&node);
}

static void a_row_changed_past_its_replica_is_asked_for(void)
{
    replica_node_t   node;
    tern_replicas_t *replicas = &node.ranks[0].replicas;
    tern_stamp_t     stamp;
    float            row[REPLICA_WIDTH], value[REPLICA_WIDTH];

    replica_node_create(&node, 100, 1);
    CU_ASSERT_EQUAL(tern_replica_begin_refresh(replicas, REPLICA_FIRST_KEY, 1, &stamp),
                    TERN_REFRESH_NOW);
    tern_replica_forget(replicas, REPLICA_FIRST_KEY);
    replica_fill(row, 1);
    CU_ASSERT_FALSE(tern_replica_end_refresh(replicas, &stamp, 0, false, row, value));
    CU_ASSERT(replica_refresh(replicas, REPLICA_FIRST_KEY, 0, 2));
    tern_replica_forget(replicas, REPLICA_FIRST_KEY);
    CU_ASSERT_EQUAL(replica_read_at(replicas, 0, REPLICA_FIRST_KEY), -1);
    tern_replica_forget(replicas, REPLICA_FIRST_KEY + 1); /* which has none */
    replica_node_destroy(&node);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(only_wanted_rows_have_replicas),
        FACT(a_replica_stays_until_its_last_push_is_acknowledged),
        FACT(a_held_replica_goes_on_and_hands_over_what_was_pushed),
        FACT(a_claim_does_not_outlive_its_row),
        FACT(a_row_changed_past_its_replica_is_asked_for),
    };

    return facts_run("store/replica_move", facts, sizeof facts / sizeof *facts);
}
