/** \file
 * Ranks that always sleep between looks are woken by every message: none is lost, and the job ends.
 *
 * The sleeps are longer than what a lost wake-up may cost here: a storm of thousands of small exchanges, each
 * of which would wait for the end of a sleep, runs into the time limit.
 */
#include "mpi_facts.h"
#include "session.h"

enum { NUM_KEYS = 64, NUM_EXCHANGES = 3000 };

static const char *const sleeping[] = {"wait", "sleep", "resend-ms", "0", NULL};

/* One key after the other from everywhere: request, sleep, answer, sleep. */
static void ask_all_around(session_t *session, tern_table_t *table)
{
    int first = tern_worker(session->runtime);

    for (int i = 0; i < NUM_EXCHANGES; i++) {
        tern_key_t key = (tern_key_t)(first + i) % NUM_KEYS;
        float      one = 1, row;

        CU_ASSERT_EQUAL(tern_push(table, 1, &key, &one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, &row, NULL), TERN_OK);
        CU_ASSERT(row >= 1);
    }
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
    };

    return mpi_facts_run("mpi/sleepers", facts, sizeof facts / sizeof *facts);
}
