/** \file
 * Ranks that sleep between looks, always: every message and every barrier still gets through, and where peers
 * are on other hosts it is the sockets that wake.
 */
#include "mpi_facts.h"
#include "runtime/runtime.h"
#include "session.h"

enum { NUM_KEYS = 64, NUM_EXCHANGES = 3000 };

static const char *const sleeping[] = {"wait", "sleep",   "resend-ms", "0",
                                       "pull", "message", NULL};

/* One key after the other from everywhere: request, sleep, answer, sleep. True if trust in sockets rose meanwhile. */
static bool ask_all_around(session_t *session, tern_table_t *table)
{
    const tern_waiter_t *waiter = &session->runtime->waiter;
    int  first = tern_worker(session->runtime), trust = waiter->sockets.trust;
    bool has_risen = false;

    for (int i = 0; i < NUM_EXCHANGES; i++) {
        tern_key_t key = (tern_key_t)(first + i) % NUM_KEYS;
        float      one = 1, row;

        CU_ASSERT_EQUAL(tern_push(table, 1, &key, &one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, &row, NULL), TERN_OK);
        CU_ASSERT(row >= 1);
        has_risen = has_risen || waiter->sockets.trust > trust;
        trust     = waiter->sockets.trust;
    }
    return has_risen;
}

/* Trust rises with messages after sleeps that a socket has ended, and falls with such as nothing announced; on a
 * busy machine a rank may see mostly what has come before it slept, and trust is lost again. */
static void sockets_announce_what_comes_from_other_hosts(void)
{
    session_t            session     = session_begin(sleeping);
    tern_table_t        *table       = session_table(&session, "t", NUM_KEYS, 1);
    const tern_waiter_t *waiter      = &session.runtime->waiter;
    int                  has_sockets = waiter->has_sockets, has_risen = 0;

    if (tern_is_worker(session.runtime)) {
        has_risen = ask_all_around(&session, table) && has_sockets;
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
    MPI_Allreduce(MPI_IN_PLACE, &has_risen, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, &has_sockets, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    CU_ASSERT(has_risen || !has_sockets);
    if (!has_sockets)
        facts_skip("all ranks are on one host");
}

static void no_wake_up_is_lost_in_a_storm_of_messages(void)
{
    session_t     session = session_begin(sleeping);
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, 1);

    if (tern_is_worker(session.runtime)) {
        double sum = 0, expected;

        ask_all_around(&session, table);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            sum += session_value(table, key);
        expected = (double)NUM_EXCHANGES * tern_num_workers(session.runtime);
        CU_ASSERT_EQUAL(sum, expected);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

static void no_wake_up_is_lost_between_barriers(void)
{
    session_t session = session_begin(sleeping);

    if (tern_is_worker(session.runtime))
        for (int i = 0; i < 300; i++)
            CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(no_wake_up_is_lost_in_a_storm_of_messages),
        FACT(no_wake_up_is_lost_between_barriers),
        FACT(sockets_announce_what_comes_from_other_hosts),
    };

    return mpi_facts_run("mpi/sleepers", facts, sizeof facts / sizeof *facts);
}
