/** \file
 * Ranks of different nodes talk through emulated links: the way takes its time, what is lost is sent again, and
 * what arrives keeps its order.
 */
#include "base/timer.h"
#include "mpi_facts.h"
#include "session.h"

enum { NUM_KEYS = 64, NUM_ROUNDS = 100, DELAY_MS = 3 };

static const char *const delayed[] = {"emulate", "delay:3ms", NULL};
static const char *const slow[]    = {"emulate", "rate:8mbit", NULL};
static const char *const lossy[]   = {"emulate",
                                      "delay:1ms,rate:50mbit,loss:0.05,jitter:2ms,seed:3",
                                      "resend-ms", "30", NULL};

/* A key that is not on the caller's node; NUM_KEYS if all are. */
static tern_key_t far_key(tern_table_t *table)
{
    tern_key_t key = 0;

    while (key < NUM_KEYS && tern_is_local(table, key))
        key++;
    return key;
}

/* The shortest of several pulls of `width` values from another node; 0 if none is elsewhere. */
static double pull_seconds(const char *const settings[], uint32_t width)
{
    session_t     session = session_begin(settings);
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, width);
    double        best    = 0, seconds;
    static float  row[4096];

    if (tern_is_worker(session.runtime)) {
        tern_key_t key = far_key(table);

        for (int i = 0; key < NUM_KEYS && i < 5; i++) {
            seconds = -1e-9 * (double)tern_timer_ns();
            CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
            seconds += 1e-9 * (double)tern_timer_ns();
            best = i == 0 || seconds < best ? seconds : best;
        }
    }
    session_end(&session);
    return best;
}

static bool is_anywhere(double seconds)
{
    MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return seconds > 0;
}

static void a_round_trip_takes_at_least_two_delays(void)
{
    double seconds = pull_seconds(delayed, 1);

    CU_ASSERT(seconds == 0 || seconds >= 2e-3 * DELAY_MS);
    if (!is_anywhere(seconds))
        facts_skip("every row is in node memory");
}

static void a_row_takes_as_long_as_its_bytes_need_on_the_link(void)
{
    double seconds = pull_seconds(slow, 4096);

    CU_ASSERT(seconds == 0 || seconds >= 16384 * 1e-6);
    if (!is_anywhere(seconds))
        facts_skip("every row is in node memory");
}

static void sums_are_exact_on_a_lossy_link(void)
{
    session_t     session = session_begin(lossy);
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, 1);

    if (tern_is_worker(session.runtime))
        session_count(&session, table, NUM_ROUNDS);
    session_end(&session);
}

/* With several requests under way, a pull sees every push that the same worker issued before it and none of
 * those after: messages arrive, and are applied, in the order in which they were sent. Each worker has
 * a key of its own. */
static void jitter_does_not_change_the_order(void)
{
    static const char *const jittery[] = {"emulate", "delay:1ms,jitter:3ms", NULL};
    session_t                session   = session_begin(jittery);
    tern_table_t            *table     = session_table(&session, "t", NUM_KEYS, 1);

    if (tern_is_worker(session.runtime)) {
        tern_key_t      key = NUM_KEYS - 1 - (tern_key_t)tern_worker(session.runtime);
        tern_request_t *requests[2 * NUM_ROUNDS] = {NULL};
        float           one                      = 1, seen[NUM_ROUNDS];

        for (int round = 0; round < NUM_ROUNDS; round++) {
            CU_ASSERT_EQUAL(tern_push(table, 1, &key, &one, &requests[2 * round]),
                            TERN_OK);
            CU_ASSERT_EQUAL(
                tern_pull(table, 1, &key, &seen[round], &requests[2 * round + 1]),
                TERN_OK);
        }
        CU_ASSERT_EQUAL(tern_wait_all(2 * NUM_ROUNDS, requests, NULL), TERN_OK);
        for (int round = 0; round < NUM_ROUNDS; round++)
            CU_ASSERT_EQUAL(seen[round], (float)(round + 1));
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_round_trip_takes_at_least_two_delays),
        FACT(a_row_takes_as_long_as_its_bytes_need_on_the_link),
        FACT(sums_are_exact_on_a_lossy_link),
        FACT(jitter_does_not_change_the_order),
    };

    return mpi_facts_run("mpi/emulated_links", facts, sizeof facts / sizeof *facts);
}
