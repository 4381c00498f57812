#include "comm/emulate.h"

#include <math.h>

#include "facts.h"

enum { NUM_RANKS = 8, NUM_NODES = 4 };

/* Four nodes of two ranks, as rank 0 sees them. */
typedef struct link {
    tern_member_t  members[NUM_RANKS];
    tern_group_t   group;
    uint64_t       uplink_free_ns;
    tern_emulate_t emulate;
} link_t;

static void link_init(link_t *link, const char *specification)
{
    *link = (link_t){
        .group = {.size = NUM_RANKS, .num_nodes = NUM_NODES, .members = link->members}};
    for (int r = 0; r < NUM_RANKS; r++)
        link->members[r].node = r / 2;
    CU_ASSERT_EQUAL(tern_emulate_parse(&link->emulate, specification), TERN_OK);
    CU_ASSERT_EQUAL(
        tern_emulate_init(&link->emulate, &link->group, &link->uplink_free_ns), TERN_OK);
}

static void parts_are_read(void)
{
    tern_emulate_t emulate;
    char           text[160];

    CU_ASSERT_EQUAL(
        tern_emulate_parse(
            &emulate, "groups:2,delay:5ms,rate:100mbit,loss:0.01,jitter:250us,seed:7"),
        TERN_OK);
    CU_ASSERT(emulate.is_active);
    CU_ASSERT_EQUAL(emulate.num_groups, 2);
    CU_ASSERT_EQUAL(emulate.delay_ns, 5000000);
    CU_ASSERT_EQUAL(emulate.jitter_ns, 250000);
    CU_ASSERT_EQUAL(emulate.ns_per_byte, 80);
    CU_ASSERT_EQUAL(emulate.loss, 0.01);
    CU_ASSERT_EQUAL(emulate.seed, 7);
    tern_emulate_describe(&emulate, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "2 groups, 5 ms + 0 to 250 us, 100 Mbit/s, loss 1 %");
    CU_ASSERT_EQUAL(tern_emulate_parse(&emulate, "delay:1.5s,jitter:0"), TERN_OK);
    CU_ASSERT_EQUAL(emulate.delay_ns, 1500000000);
    CU_ASSERT_EQUAL(emulate.ns_per_byte, 0);
    CU_ASSERT_EQUAL(tern_emulate_parse(&emulate, NULL), TERN_OK);
    CU_ASSERT(!emulate.is_active);
}

static void nonsense_is_refused(void)
{
    static const char *const bad[] = {
        "delay",       "delay:",           "delay:5",
        "delay:5mss",  "delay:-1ms",       "delay:1e9s",
        "rate:0",      "rate:100",         "rate:5ms",
        "loss:1",      "loss:-0.1",        "loss:0.1%",
        "groups:0",    "groups:1.5",       "seed:half",
        "speed:1mbit", "delay:1ms;seed:1", "delay:1ms,,seed:1",
        "delay:1ms,",  "delay:nanms",      "delay:infs"};
    tern_emulate_t emulate;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_EQUAL(tern_emulate_parse(&emulate, bad[i]), TERN_ERR_USAGE);
}

static void nodes_are_spread_over_the_groups_in_blocks(void)
{
    link_t link;

    link_init(&link, "groups:2,delay:1ms");
    for (int r = 0; r < NUM_RANKS; r++)
        CU_ASSERT_EQUAL(tern_emulate_is_across(&link.emulate, r), r >= 4);
    tern_emulate_fini(&link.emulate);
    link_init(&link, "delay:1ms"); /* every node is a group */
    for (int r = 0; r < NUM_RANKS; r++)
        CU_ASSERT_EQUAL(tern_emulate_is_across(&link.emulate, r), r >= 2);
    tern_emulate_fini(&link.emulate);
    link_init(&link, "");
    for (int r = 0; r < NUM_RANKS; r++)
        CU_ASSERT(!tern_emulate_is_across(&link.emulate, r));
    tern_emulate_fini(&link.emulate);
}

static void messages_wait_for_the_uplink_of_their_node(void)
{
    link_t   link;
    uint32_t hold_us = 0;

    link_init(&link, "rate:8mbit,delay:1ms"); /* a microsecond a byte */
    CU_ASSERT(
        tern_emulate_depart(&link.emulate, 2, TERN_MESSAGE_PULL, 1000, 5000, &hold_us));
    CU_ASSERT_EQUAL(hold_us, 1000);
    CU_ASSERT(
        tern_emulate_depart(&link.emulate, 7, TERN_MESSAGE_PULL, 500, 5000, &hold_us));
    CU_ASSERT_EQUAL(hold_us, 1500); /* behind the first, though it goes elsewhere */
    CU_ASSERT(
        tern_emulate_depart(&link.emulate, 2, TERN_MESSAGE_PULL, 10, 2000000, &hold_us));
    CU_ASSERT_EQUAL(hold_us, 10); /* the uplink is free again */
    tern_emulate_fini(&link.emulate);
}

static void a_message_is_due_after_hold_and_delay_and_its_predecessors(void)
{
    link_t link;

    link_init(&link, "delay:1ms");
    CU_ASSERT_EQUAL(tern_emulate_due_ns(&link.emulate, 2, 50, 1000), 1051000);
    CU_ASSERT_EQUAL(tern_emulate_due_ns(&link.emulate, 2, 10, 2000), 1051000);
    CU_ASSERT_EQUAL(tern_emulate_due_ns(&link.emulate, 4, 10, 2000), 1012000);
    CU_ASSERT_EQUAL(tern_emulate_due_ns(&link.emulate, 2, 0, 90000), 1090000);
    tern_emulate_fini(&link.emulate);
}

static void jitter_stays_within_its_bound(void)
{
    link_t   link;
    uint32_t hold_us = 0, most = 0;

    link_init(&link, "jitter:1ms");
    for (int i = 0; i < 1000; i++) {
        CU_ASSERT(
            tern_emulate_depart(&link.emulate, 2, TERN_MESSAGE_CLOCK, 64, 0, &hold_us));
        CU_ASSERT(hold_us <= 1000);
        most = hold_us > most ? hold_us : most;
    }
    CU_ASSERT(most > 900);
    tern_emulate_fini(&link.emulate);
}

static void losses_follow_the_probability_and_the_seed(void)
{
    link_t   link, same, other;
    uint32_t hold_us;
    int      num_lost = 0, num_different = 0;

    link_init(&link, "loss:0.1,seed:3");
    link_init(&same, "loss:0.1,seed:3");
    link_init(&other, "loss:0.1,seed:4");
    for (int i = 0; i < 100000; i++) {
        int  rank = 2 + i % 3;
        bool has_left =
            tern_emulate_depart(&link.emulate, rank, TERN_MESSAGE_PUSH, 64, 0, &hold_us);

        num_lost += !has_left;
        CU_ASSERT_EQUAL(
            has_left,
            tern_emulate_depart(&same.emulate, rank, TERN_MESSAGE_PUSH, 64, 0, &hold_us));
        num_different +=
            has_left !=
            tern_emulate_depart(&other.emulate, rank, TERN_MESSAGE_PUSH, 64, 0, &hold_us);
    }
    CU_ASSERT(fabs(num_lost - 10000.0) < 500);
    CU_ASSERT(num_different > 0);
    tern_emulate_fini(&link.emulate);
    tern_emulate_fini(&same.emulate);
    tern_emulate_fini(&other.emulate);
}

static void clocks_and_stops_are_never_lost(void)
{
    static const tern_message_kind_t kinds[] = {TERN_MESSAGE_CLOCK, TERN_MESSAGE_MINIMUM,
                                                TERN_MESSAGE_STOP};
    link_t                           link;
    uint32_t                         hold_us;

    link_init(&link, "loss:0.99");
    for (int i = 0; i < 300; i++)
        CU_ASSERT(tern_emulate_depart(&link.emulate, 2, kinds[i % 3], 64, 0, &hold_us));
    tern_emulate_fini(&link.emulate);
}

static void a_round_trip_takes_both_ways_and_the_reply_bytes(void)
{
    link_t   link;
    uint64_t first_ns, second_ns;

    link_init(&link, "delay:1ms,rate:8mbit");
    first_ns  = tern_emulate_round_trip_ns(&link.emulate, 2, 1000, 0);
    second_ns = tern_emulate_round_trip_ns(&link.emulate, 2, 1000, 0);
    CU_ASSERT(first_ns >= 2000000 + 1000000);
    CU_ASSERT(first_ns < 2000000 + 1000000 + 200000); /* and a small request */
    CU_ASSERT_EQUAL(second_ns - first_ns, 1000000);   /* behind the first reply */
    tern_emulate_fini(&link.emulate);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(parts_are_read),
        FACT(nonsense_is_refused),
        FACT(nodes_are_spread_over_the_groups_in_blocks),
        FACT(messages_wait_for_the_uplink_of_their_node),
        FACT(a_message_is_due_after_hold_and_delay_and_its_predecessors),
        FACT(jitter_stays_within_its_bound),
        FACT(losses_follow_the_probability_and_the_seed),
        FACT(clocks_and_stops_are_never_lost),
        FACT(a_round_trip_takes_both_ways_and_the_reply_bytes),
    };

    return facts_run("comm/emulate", facts, sizeof facts / sizeof *facts);
}
