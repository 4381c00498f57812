/** \file
 * Messages are dropped, doubled and delayed on purpose; every push still counts once.
 */
#include <stdlib.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_KEYS   64u
#define NUM_ROUNDS 200

static const char *const drops[] = {"fault", "drop:0.1,seed:3", "resend-ms", "20", NULL};
static const char *const doubles[] = {"fault", "duplicate:0.3,seed:4", "resend-ms", "20",
                                      NULL};
static const char *const mixed[]   = {"fault", "drop:0.05,duplicate:0.1,delay:0.1,seed:5",
                                      "resend-ms", "20", NULL};

/* Every worker pushes +1 to every key in every round, several requests under way; the sums are exact. */
static void push_under(const char *const settings[], double *num_remote_p,
                       tern_counters_t *total)
{
    session_t       session              = session_begin(settings);
    tern_table_t   *table                = session_table(&session, "t", NUM_KEYS, 1);
    tern_request_t *requests[NUM_ROUNDS] = {NULL};
    tern_key_t      keys[NUM_KEYS];
    float           ones[NUM_KEYS], rows[NUM_KEYS];
    double          num_remote = 0;

    for (uint32_t i = 0; i < NUM_KEYS; i++) {
        keys[i] = (i * 29) % NUM_KEYS;
        ones[i] = 1;
        if (tern_is_worker(session.runtime))
            num_remote += !tern_is_local(table, i);
    }
    if (tern_is_worker(session.runtime)) {
        float expected = (float)(NUM_ROUNDS * tern_num_workers(session.runtime));

        for (int round = 0; round < NUM_ROUNDS; round++)
            CU_ASSERT_EQUAL(tern_push(table, NUM_KEYS, keys, ones, &requests[round]),
                            TERN_OK);
        CU_ASSERT_EQUAL(tern_wait_all(NUM_ROUNDS, requests, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, NUM_KEYS, keys, rows, NULL), TERN_OK);
        for (uint32_t i = 0; i < NUM_KEYS; i++)
            CU_ASSERT_EQUAL(rows[i], expected);
        CU_ASSERT_EQUAL(tern_sum(session.runtime, 1, &num_remote), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    } else {
        CU_ASSERT_EQUAL(tern_serve(session.runtime), TERN_OK); /* till all is counted */
    }
    tern_get_counters(session.runtime, total);
    *num_remote_p = num_remote;
    session_end(&session);
    MPI_Allreduce(MPI_IN_PLACE, total, sizeof *total / sizeof(uint64_t), MPI_UINT64_T,
                  MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, num_remote_p, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
}

static void dropped_messages_are_sent_again(void)
{
    tern_counters_t total;
    double          num_remote;

    push_under(drops, &num_remote, &total);
    if (num_remote == 0)
        facts_skip("every row is in node memory");
    else
        CU_ASSERT(total.resends > 0);
}

static void doubled_pushes_are_applied_once(void)
{
    tern_counters_t total;
    double          num_remote;

    push_under(doubles, &num_remote, &total);
    if (num_remote == 0)
        facts_skip("every row is in node memory");
    else
        CU_ASSERT(total.duplicates_dropped > 0);
}

static void lost_doubled_and_reordered_messages_change_no_sum(void)
{
    tern_counters_t total;
    double          num_remote;

    push_under(mixed, &num_remote, &total);
    if (num_remote == 0)
        facts_skip("every row is in node memory");
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(dropped_messages_are_sent_again),
        FACT(doubled_pushes_are_applied_once),
        FACT(lost_doubled_and_reordered_messages_change_no_sum),
    };

    return mpi_facts_run("mpi/exactly_once", facts, sizeof facts / sizeof *facts);
}
