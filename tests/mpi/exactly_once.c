/** \file
 * Messages are dropped, doubled and delayed on purpose; every push still counts once.
 */
#include "mpi_facts.h"
#include "session.h"
#include "tern/random.h"

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

/* --- a sparse store that is full --- */

enum { MAX_ROWS = 16, NUM_TRIED = 400, NUM_REFUSED = 40 };

/* Of these keys the store takes some, with the value 1, and refuses the others. */
typedef struct crowd {
    tern_key_t kept[NUM_TRIED], refused[NUM_TRIED];
    size_t     num_kept, num_refused;
} crowd_t;

static void fill_store(tern_table_t *table, crowd_t *crowd)
{
    static tern_key_t keys[NUM_TRIED];
    static float      rows[NUM_TRIED];

    for (size_t i = 0; i < NUM_TRIED; i++) {
        keys[i] = tern_random_u64(5, 0, i) >> 1;
        rows[i] = 1;
    }
    CU_ASSERT_EQUAL(tern_push(table, NUM_TRIED, keys, rows, NULL), TERN_ERR_NO_MEMORY);
    CU_ASSERT_EQUAL(tern_pull(table, NUM_TRIED, keys, rows, NULL), TERN_OK);
    *crowd = (crowd_t){.num_kept = 0};
    for (size_t i = 0; i < NUM_TRIED; i++)
        if (rows[i] == 1)
            crowd->kept[crowd->num_kept++] = keys[i];
        else
            crowd->refused[crowd->num_refused++] = keys[i];
}

/* Push to all that has a row and to one key that will get none, and that all over again. */
static void push_to_full_store(tern_table_t *table, const crowd_t *crowd)
{
    tern_key_t keys[NUM_TRIED];
    float      rows[NUM_TRIED];
    size_t     num = crowd->num_kept;

    for (size_t round = 0; round < NUM_REFUSED; round++) {
        for (size_t i = 0; i < num; i++)
            keys[i + 1] = crowd->kept[i];
        keys[0] = crowd->refused[round];
        for (size_t i = 0; i <= num; i++)
            rows[i] = 1;
        CU_ASSERT_EQUAL(round % 2 == 0
                            ? tern_push(table, num + 1, keys, rows, NULL)
                            : tern_push_pull(table, num + 1, keys, rows, rows, NULL),
                        TERN_ERR_NO_MEMORY);
    }
    CU_ASSERT_EQUAL(tern_pull(table, num, crowd->kept, rows, NULL), TERN_OK);
    for (size_t i = 0; i < num; i++)
        CU_ASSERT_EQUAL(rows[i], 1 + NUM_REFUSED);
}

static void a_refused_push_is_refused_whatever_is_lost(void)
{
    const char *const settings[] = {"fault", "drop:0.3,seed:6",   "resend-ms", "10",
                                    "roles", session_all_roles(), NULL};
    session_t         session    = session_begin(settings);
    tern_table_desc_t desc       = {.name     = "full",
                                    .keys     = {0, UINT64_MAX},
                                    .width    = 1,
                                    .index    = TERN_INDEX_HASH,
                                    .max_rows = MAX_ROWS};
    tern_table_t     *table      = NULL;
    crowd_t           crowd;

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    if (tern_worker(session.runtime) == 0) {
        fill_store(table, &crowd);
        push_to_full_store(table, &crowd);
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(dropped_messages_are_sent_again),
        FACT(doubled_pushes_are_applied_once),
        FACT(lost_doubled_and_reordered_messages_change_no_sum),
        FACT(a_refused_push_is_refused_whatever_is_lost),
    };

    return mpi_facts_run("mpi/exactly_once", facts, sizeof facts / sizeof *facts);
}
