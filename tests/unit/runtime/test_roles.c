#include "runtime/roles.h"

#include <stdio.h>
#include <string.h>

#include "facts.h"

#define MAX_RANKS 16

/* The roles of `num_ranks` ranks in nodes of `node_ranks`, as text. */
static const char *roles_of(int num_ranks, int node_ranks, tern_roles_request_t request)
{
    static char text[512];
    int         nodes[MAX_RANKS], scratch[MAX_RANKS];
    uint32_t    roles[MAX_RANKS];
    char        one[64];

    text[0] = '\0';
    for (int r = 0; r < num_ranks; r++)
        nodes[r] = r / node_ranks;
    if (tern_roles_assign(&request, num_ranks, nodes, scratch, roles) != TERN_OK)
        return "refused";
    for (int r = 0; r < num_ranks; r++) {
        strcat(text, r > 0 ? "," : "");
        strcat(text, tern_roles_text(roles[r], one, sizeof one));
    }
    return text;
}

static const tern_roles_request_t one_server = {.servers_per_node = 1};

static void one_rank_does_everything(void)
{
    CU_ASSERT_STRING_EQUAL(roles_of(1, 1, one_server), "scheduler+server+worker");
}

static void roles_have_ranks_of_their_own_where_there_are_enough(void)
{
    CU_ASSERT_STRING_EQUAL(roles_of(2, 2, one_server), "scheduler+server,worker");
    CU_ASSERT_STRING_EQUAL(roles_of(3, 3, one_server), "scheduler,server,worker");
    CU_ASSERT_STRING_EQUAL(roles_of(4, 4, one_server), "scheduler,server,worker,worker");
    CU_ASSERT_STRING_EQUAL(roles_of(5, 5, (tern_roles_request_t){.servers_per_node = 2}),
                           "scheduler,server,server,worker,worker");
}

static void every_node_serves_and_works(void)
{
    CU_ASSERT_STRING_EQUAL(roles_of(4, 2, one_server),
                           "scheduler+server,worker,server,worker");
    CU_ASSERT_STRING_EQUAL(roles_of(2, 1, one_server),
                           "scheduler+server+worker,server+worker");
    CU_ASSERT_STRING_EQUAL(roles_of(6, 3, one_server),
                           "scheduler,server,worker,server,worker,worker");
}

static void spares_are_the_last_of_each_node(void)
{
    CU_ASSERT_STRING_EQUAL(
        roles_of(6, 3,
                 (tern_roles_request_t){.servers_per_node = 1, .spares_per_node = 1}),
        "scheduler+server,worker,spare,server,worker,spare");
    CU_ASSERT_STRING_EQUAL(
        roles_of(2, 2,
                 (tern_roles_request_t){.servers_per_node = 1, .spares_per_node = 2}),
        "refused");
}

static void more_servers_than_ranks_work_as_well(void)
{
    CU_ASSERT_STRING_EQUAL(roles_of(2, 2, (tern_roles_request_t){.servers_per_node = 9}),
                           "scheduler+server+worker,server+worker");
}

static tern_roles_request_t explicit_roles(const char *text)
{
    return (tern_roles_request_t){.servers_per_node = 1, .explicit_roles = text};
}

static void roles_may_be_listed(void)
{
    CU_ASSERT_STRING_EQUAL(
        roles_of(3, 3, explicit_roles("worker,scheduler+server,worker")),
        "worker,scheduler+server,worker");
}

static void a_bad_list_is_refused(void)
{
    static const char *const bad[] = {
        "worker,server",
        "scheduler+server,cook",
        "scheduler+server,worker,worker",
        "scheduler+server",
        "scheduler+server,worker+spare",
        "scheduler+server,scheduler+worker",
        "scheduler,worker",
        "scheduler+server,",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_STRING_EQUAL(roles_of(2, 2, explicit_roles(bad[i])), "refused");
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(one_rank_does_everything),
        FACT(roles_have_ranks_of_their_own_where_there_are_enough),
        FACT(every_node_serves_and_works),
        FACT(spares_are_the_last_of_each_node),
        FACT(more_servers_than_ranks_work_as_well),
        FACT(roles_may_be_listed),
        FACT(a_bad_list_is_refused),
    };

    return facts_run("runtime/roles", facts, sizeof facts / sizeof *facts);
}
