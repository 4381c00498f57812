/** \file
 * What each policy promises of consistency, and what it does not, shown by histories (doc/consistency.md).
 *
 * Every rank serves and works; links between nodes take a time that varies, so that messages of different pairs overtake
 * each other.
 *
 * run_mpi: ranks 2 4; nodes 1 2
 */
#include "history/litmus.h"
#include "mpi_facts.h"

enum { NUM_STORMS = 4 };

static void survive_storms(ps_t ps)
{
    for (uint64_t seed = 1; seed <= NUM_STORMS; seed++)
        for (int way = 0; way < NUM_WAYS; way++)
            litmus_storm(ps, (way_t)way, seed);
}

static void classic_servers_keep_one_order_per_key(void)
{
    survive_storms(CLASSIC);
}

static void relocation_keeps_one_order_per_key(void)
{
    survive_storms(LAPSE);
}

static void location_caches_keep_it_for_synchronous_operations(void)
{
    survive_storms(LAPSE_WITH_CACHE);
}

/* Nodes of the job; every fact asks on all ranks. */
static int count_nodes(void)
{
    session_t session   = session_begin(NULL);
    int       num_nodes = tern_num_nodes(session.runtime);

    session_end(&session);
    return num_nodes;
}

static void asynchronous_pushes_to_two_keys_are_seen_in_any_order(void)
{
    if (count_nodes() < 3)
        facts_skip("needs three nodes");
    else
        CU_ASSERT(litmus_overtaking(CLASSIC) >> CAUSAL_ACROSS_KEYS & 1);
}

static void with_location_caches_a_worker_may_miss_its_own_push(void)
{
    if (count_nodes() < 3)
        facts_skip("needs three nodes");
    else
        CU_ASSERT(litmus_short_cut(LAPSE_WITH_CACHE) >> CONSISTENCY_PRAM & 1);
}

static void without_them_it_does_not(void)
{
    if (count_nodes() < 3)
        facts_skip("needs three nodes");
    else
        CU_ASSERT_EQUAL(litmus_short_cut(LAPSE) >> CONSISTENCY_PRAM & 1, 0);
}

static void stale_servers_keep_the_order_of_each_worker(void)
{
    survive_storms(SSP);
    survive_storms(ESSP);
}

static void so_do_rows_that_move_and_are_replicated(void)
{
    survive_storms(ADAPTIVE);
}

static void their_readers_disagree_on_an_order(void)
{
    if (count_nodes() < 2)
        facts_skip("needs two nodes");
    else
        for (int way = 0; way < NUM_WAYS; way++) {
            CU_ASSERT(litmus_disagreement(SSP, (way_t)way) >> CONSISTENCY_SEQUENTIAL & 1);
            CU_ASSERT(litmus_disagreement(ESSP, (way_t)way) >> CONSISTENCY_SEQUENTIAL &
                      1);
            CU_ASSERT(
                litmus_disagreement(ADAPTIVE, (way_t)way) >> CONSISTENCY_SEQUENTIAL & 1);
        }
}

static void they_show_an_effect_without_its_cause(void)
{
    if (count_nodes() < 3)
        facts_skip("needs three nodes");
    else
        for (int way = 0; way < NUM_WAYS; way++) {
            CU_ASSERT(litmus_cause_and_effect(SSP, (way_t)way) >> CAUSAL_ACROSS_KEYS & 1);
            CU_ASSERT(litmus_cause_and_effect(ESSP, (way_t)way) >> CAUSAL_ACROSS_KEYS &
                      1);
        }
}

static void others_do_not_where_operations_are_waited_for(void)
{
    for (int ps = CLASSIC; ps <= LAPSE_WITH_CACHE; ps++) {
        CU_ASSERT_EQUAL(litmus_disagreement((ps_t)ps, SYNCHRONOUS), 0);
        CU_ASSERT_EQUAL(litmus_cause_and_effect((ps_t)ps, SYNCHRONOUS), 0);
    }
}

/* Last: it tells of the facts before. */
static void the_table_is_printed(void)
{
    promises_print();
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(classic_servers_keep_one_order_per_key),
        FACT(asynchronous_pushes_to_two_keys_are_seen_in_any_order),
        FACT(relocation_keeps_one_order_per_key),
        FACT(location_caches_keep_it_for_synchronous_operations),
        FACT(with_location_caches_a_worker_may_miss_its_own_push),
        FACT(without_them_it_does_not),
        FACT(stale_servers_keep_the_order_of_each_worker),
        FACT(so_do_rows_that_move_and_are_replicated),
        FACT(their_readers_disagree_on_an_order),
        FACT(they_show_an_effect_without_its_cause),
        FACT(others_do_not_where_operations_are_waited_for),
        FACT(the_table_is_printed),
    };

    return mpi_facts_run("history/consistency_table", facts,
                         sizeof facts / sizeof *facts);
}
