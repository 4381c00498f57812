/** \file
 * What goes over the wire, to the byte: rank 0 serves, the others work, each rank on a node of its own.
 *
 * run_mpi: ranks 2 4; nodes 0
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "mpi_facts.h"
#include "session.h"

enum { NUM_KEYS = 100000, HEADER = 64, RUN = 16 /* padded */ };

/* Nothing that depends on time changes the counts: no rows by windows, no request sent again on a busy machine. */
static const char *const *apart(const char *chunk_kb)
{
    static const char *settings[] = {
        "roles",      "scheduler+server,worker,worker,worker",
        "node-ranks", "1",
        "chunk-kb",   "512",
        "pull",       "message",
        "resend-ms",  "0",
        NULL};
    static char roles[64];
    int         size;

    MPI_Comm_size(MPI_COMM_WORLD, &size);
    strcpy(roles, "scheduler+server");
    for (int rank = 1; rank < size; rank++)
        strcat(roles, ",worker");
    settings[1] = roles;
    settings[5] = chunk_kb;
    return settings;
}

static tern_counters_t difference(const tern_runtime_t *runtime, tern_counters_t before)
{
    tern_counters_t after;

    tern_get_counters(runtime, &after);
    after.messages_sent -= before.messages_sent;
    after.messages_received -= before.messages_received;
    after.bytes_sent -= before.bytes_sent;
    after.bytes_received -= before.bytes_received;
    after.combined_keys -= before.combined_keys;
    return after;
}

/* What pulls of one worker cost. */
static tern_counters_t cost_of_pull(session_t *session, tern_table_t *table, size_t num,
                                    const tern_key_t keys[], float *values)
{
    tern_counters_t before;

    tern_get_counters(session->runtime, &before);
    CU_ASSERT_EQUAL(tern_pull(table, num, keys, values, NULL), TERN_OK);
    return difference(session->runtime, before);
}

static void sorted_keys_take_one_byte_consecutive_ones_none(void)
{
    session_t     session = session_begin(apart("512"));
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, 1);

    if (tern_worker(session.runtime) == 0) {
        tern_key_t      keys[256];
        float           values[256];
        tern_counters_t cost;

        for (size_t i = 0; i < 256; i++)
            keys[i] = 5000 + i;
        cost = cost_of_pull(&session, table, 256, keys, values);
        CU_ASSERT_EQUAL(cost.messages_sent, 1);
        CU_ASSERT_EQUAL(cost.bytes_sent, HEADER);
        CU_ASSERT_EQUAL(cost.messages_received, 1);
        CU_ASSERT_EQUAL(cost.bytes_received, HEADER + RUN + 256 * sizeof(float));
        for (size_t i = 0; i < 256; i++)
            keys[i] = 5000 + 200 * i;
        cost = cost_of_pull(&session, table, 256, keys, values);
        CU_ASSERT_EQUAL(cost.bytes_sent, HEADER + 256);
        keys[0] = 99999; /* no longer sorted, but all within four bytes */
        cost    = cost_of_pull(&session, table, 256, keys, values);
        CU_ASSERT_EQUAL(cost.bytes_sent, HEADER + 4 * 256);
    }
    session_end(&session);
}

static void pushes_to_one_key_are_summed_before_they_leave(void)
{
    session_t     session = session_begin(apart("512"));
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, 2);

    if (tern_worker(session.runtime) == 0) {
        const tern_key_t keys[] = {9, 4, 9, 9, 70000, 4};
        float            rows[6][2];
        tern_counters_t  before, cost;

        for (int i = 0; i < 6; i++)
            rows[i][0] = rows[i][1] = (float)(1 << i);
        tern_get_counters(session.runtime, &before);
        CU_ASSERT_EQUAL(tern_push(table, 6, keys, rows, NULL), TERN_OK);
        cost = difference(session.runtime, before);
        CU_ASSERT_EQUAL(cost.combined_keys, 3);
        CU_ASSERT_EQUAL(cost.bytes_sent, HEADER + 16 + 3 * sizeof rows[0]);
        CU_ASSERT_EQUAL(tern_pull(table, 6, keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(rows[0][0], 1 + 4 + 8);
        CU_ASSERT_EQUAL(rows[1][1], 2 + 32);
        CU_ASSERT_EQUAL(rows[4][1], 16);
    }
    session_end(&session);
}

static void what_is_not_additive_is_never_summed(void)
{
    session_t         session = session_begin(apart("512"));
    tern_table_t     *table   = NULL;
    tern_table_desc_t desc    = {
           .name = "last", .keys = {0, 100}, .width = 1, .update = "assign"};

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    if (tern_worker(session.runtime) == 0) {
        const tern_key_t keys[] = {7, 7, 7};
        float            rows[] = {1, 2, 3};
        tern_counters_t  before;

        tern_get_counters(session.runtime, &before);
        CU_ASSERT_EQUAL(tern_push(table, 3, keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(difference(session.runtime, before).combined_keys, 0);
        CU_ASSERT_EQUAL(session_value(table, 7), 3);
    }
    session_end(&session);
}

static void pushpull_takes_one_message_each_way(void)
{
    session_t     session = session_begin(apart("512"));
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, 1);

    if (tern_worker(session.runtime) == 0) {
        const tern_key_t keys[]   = {17, 99999, 3};
        const float      deltas[] = {1, 10, 100};
        float            values[3];
        tern_counters_t  before, cost;

        for (int round = 1; round <= 3; round++) {
            tern_get_counters(session.runtime, &before);
            CU_ASSERT_EQUAL(tern_push_pull(table, 3, keys, deltas, values, NULL),
                            TERN_OK);
            cost = difference(session.runtime, before);
            CU_ASSERT_EQUAL(cost.messages_sent, 1);
            CU_ASSERT_EQUAL(cost.messages_received, 1);
            for (int i = 0; i < 3; i++)
                CU_ASSERT_EQUAL(values[i], (float)round * deltas[i]);
        }
    }
    session_end(&session);
}

/* 1000 rows of 64 B are 62.5 KiB: 16 chunks of at most 4 KiB, which are 64 rows. */
static void long_calls_travel_in_chunks(void)
{
    session_t       session = session_begin(apart("4"));
    tern_table_t   *table   = session_table(&session, "t", NUM_KEYS, 16);
    tern_key_t      keys[1000];
    float          *rows = calloc(1000 * 16, sizeof *rows);
    tern_counters_t before, cost;

    if (tern_worker(session.runtime) == 0) {
        for (size_t i = 0; i < 1000; i++) {
            keys[i] = (i * 7919) % NUM_KEYS;
            for (size_t j = 0; j < 16; j++)
                rows[i * 16 + j] = (float)(i + j);
        }
        tern_get_counters(session.runtime, &before);
        CU_ASSERT_EQUAL(tern_push(table, 1000, keys, rows, NULL), TERN_OK);
        cost = difference(session.runtime, before);
        CU_ASSERT_EQUAL(cost.messages_sent, 16);
        CU_ASSERT_EQUAL(cost.messages_received, 16);
        memset(rows, 0, 1000 * 16 * sizeof *rows);
        cost = cost_of_pull(&session, table, 1000, keys, rows);
        CU_ASSERT_EQUAL(cost.messages_sent, 1);
        CU_ASSERT_EQUAL(cost.messages_received, 16);
        for (size_t i = 0; i < 1000; i++)
            for (size_t j = 0; j < 16; j++)
                CU_ASSERT_EQUAL(rows[i * 16 + j], (float)(i + j));
    }
    free(rows);
    session_end(&session);
}

static size_t blocks_held(void)
{
    return tern_alloc_num_held(TERN_LOG_KEYS) + tern_alloc_num_held(TERN_LOG_COMM) +
           tern_alloc_num_held(TERN_LOG_CLIENT) + tern_alloc_num_held(TERN_LOG_SERVER);
}

/* A call of 300 rows of 64 B takes at most 6 messages of 4 KiB, each a block and its place in a queue. */
enum { DEPTH = 8, WARM_UP = 200, ROUNDS = 2000, MOST_UNDER_WAY = DEPTH * 6 * 2 };

static void run_pipeline(tern_table_t *table, int num_rounds, float *rows)
{
    static tern_key_t keys[DEPTH][300];
    tern_request_t   *requests[DEPTH] = {NULL};

    for (int round = 0; round < num_rounds; round++) {
        int    slot = round % DEPTH;
        size_t num  = 1 + (size_t)round * 37 % 300;
        float *own  = rows + slot * 300 * 16;

        CU_ASSERT_EQUAL(tern_wait(&requests[slot]), TERN_OK);
        for (size_t i = 0; i < num; i++)
            keys[slot][i] = (i * 7919 + (size_t)round) % NUM_KEYS;
        CU_ASSERT_EQUAL(round % 2
                            ? tern_push(table, num, keys[slot], own, &requests[slot])
                            : tern_pull(table, num, keys[slot], own, &requests[slot]),
                        TERN_OK);
    }
    CU_ASSERT_EQUAL(tern_wait_all(DEPTH, requests, NULL), TERN_OK);
}

static void a_steady_stream_of_requests_allocates_nothing(void)
{
    session_t     session = session_begin(apart("4"));
    tern_table_t *table   = session_table(&session, "t", NUM_KEYS, 16);
    float        *rows    = calloc(DEPTH * 300 * 16, sizeof *rows);

    if (tern_worker(session.runtime) == 0) {
        size_t held;

        run_pipeline(table, WARM_UP, rows);
        held = blocks_held();
        run_pipeline(table, ROUNDS, rows);
        /* a worker that had to wait for its core finds all its answers at once */
        CU_ASSERT(blocks_held() <= held + MOST_UNDER_WAY);
    }
    free(rows);
    session_end(&session);
}

/* 200 pulls of 640 KB are four times what may be under way; so a quarter of the parts is enough. */
static void no_more_than_32_mib_are_under_way_to_a_server(void)
{
    enum { NUM_PULLS = 200, PULL_KEYS = 10000, LIMIT = 32 << 20 };

    session_t       session = session_begin(apart("64"));
    tern_table_t   *table   = session_table(&session, "t", NUM_KEYS, 16);
    size_t          bytes   = PULL_KEYS * 16 * sizeof(float);
    char           *rows    = malloc(NUM_PULLS * bytes);
    tern_key_t     *keys    = malloc(PULL_KEYS * sizeof *keys);
    tern_request_t *requests[NUM_PULLS];

    for (size_t i = 0; i < PULL_KEYS; i++)
        keys[i] = i * 7919 % NUM_KEYS;
    if (tern_worker(session.runtime) == 0) {
        size_t before = tern_alloc_num_held(TERN_LOG_CLIENT);

        for (size_t r = 0; r < NUM_PULLS; r++)
            CU_ASSERT_EQUAL(
                tern_pull(table, PULL_KEYS, keys, rows + r * bytes, &requests[r]),
                TERN_OK);
        CU_ASSERT_EQUAL(tern_wait_all(NUM_PULLS, requests, NULL), TERN_OK);
        CU_ASSERT(tern_alloc_num_held(TERN_LOG_CLIENT) - before <=
                  NUM_PULLS + LIMIT / bytes + 16);
    }
    free(keys);
    free(rows);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(sorted_keys_take_one_byte_consecutive_ones_none),
        FACT(pushes_to_one_key_are_summed_before_they_leave),
        FACT(what_is_not_additive_is_never_summed),
        FACT(pushpull_takes_one_message_each_way),
        FACT(long_calls_travel_in_chunks),
        FACT(no_more_than_32_mib_are_under_way_to_a_server),
        FACT(a_steady_stream_of_requests_allocates_nothing),
    };

    return mpi_facts_run("mpi/batching", facts, sizeof facts / sizeof *facts);
}
