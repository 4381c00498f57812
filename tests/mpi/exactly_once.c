/** \file
 * Messages are dropped, doubled and delayed on purpose; every push still counts once.
 */
#include "mpi_facts.h"
#include "session.h"

#define NUM_KEYS   64u
#define NUM_ROUNDS 200

static const char *const drops[] = {"fault", "drop:0.1,seed:3", "resend-ms", "20", NULL};
static const char *const doubles[] = {"fault", "duplicate:0.3,seed:4", "resend-ms", "20",
                                      NULL};
static const char *const mixed[]   = {"fault", "drop:0.05,duplicate:0.1,delay:0.1,seed:5",
                                      "resend-ms", "20", NULL};

/* Sums of ones are exact; how many rows a worker has on other nodes, and everybody's counters. */
static void count_under(const char *const settings[], double *num_remote_p,
                        tern_counters_t *total)
{
    session_t     session    = session_begin(settings);
    tern_table_t *table      = session_table(&session, "t", NUM_KEYS, 1);
    double        num_remote = 0;

    if (tern_is_worker(session.runtime)) {
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            num_remote += !tern_is_local(table, key);
        session_count(&session, table, NUM_ROUNDS);
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

    count_under(drops, &num_remote, &total);
    if (num_remote == 0)
        facts_skip("every row is in node memory");
    else
        CU_ASSERT(total.resends > 0);
}

static void doubled_pushes_are_applied_once(void)
{
    tern_counters_t total;
    double          num_remote;

    count_under(doubles, &num_remote, &total);
    if (num_remote == 0)
        facts_skip("every row is in node memory");
    else
        CU_ASSERT(total.duplicates_dropped > 0);
}

static void lost_doubled_and_reordered_messages_change_no_sum(void)
{
    tern_counters_t total;
    double          num_remote;

    count_under(mixed, &num_remote, &total);
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
