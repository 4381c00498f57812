/** \file
 * What filters save, to the byte: rank 0 serves, the others work, each rank on a node of its own.
 *
 * run_mpi: ranks 2; nodes 0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter_libraries.h"
#include "mpi_facts.h"
#include "session.h"

enum {
    NUM_KEYS   = 20000,
    NUM_ROUNDS = 20,
    HEADER     = 64,
    ENVELOPE   = 16,
    NUMBER     = 4,
    HASH       = 16
};

static const char *const apart[] = {
    "roles", "scheduler+server,worker", "node-ranks", "1", "chunk-kb", "65536", NULL};

typedef struct bench {
    session_t     session;
    tern_table_t *table;
    bool          is_worker;
    tern_key_t   *keys;   /* [NUM_KEYS] */
    void         *values; /* [NUM_KEYS] rows */
} bench_t;

/* A sparse table, so that keys may be any 64 bits. */
static bench_t begin(const char *push_filters, const char *pull_filters, tern_type_t type,
                     uint32_t width)
{
    bench_t           bench = {.session = session_begin(apart)};
    tern_table_desc_t desc  = {.name         = "t",
                               .keys         = {0, UINT64_MAX},
                               .index        = TERN_INDEX_HASH,
                               .width        = width,
                               .type         = type,
                               .sync         = TERN_SYNC_ASYNC,
                               .push_filters = push_filters,
                               .pull_filters = pull_filters};

    CU_ASSERT_EQUAL(tern_table_create(bench.session.runtime, &desc, &bench.table),
                    TERN_OK);
    bench.is_worker = tern_is_worker(bench.session.runtime);
    bench.keys      = malloc(NUM_KEYS * sizeof *bench.keys);
    bench.values    = calloc(NUM_KEYS, width * tern_type_bytes(type));
    for (size_t i = 0; i < NUM_KEYS; i++)
        bench.keys[i] = tern_random_u64(1, 2, i) - 1;
    return bench;
}

static void end(bench_t *bench)
{
    free(bench->keys);
    free(bench->values);
    session_end(&bench->session);
}

static tern_traffic_t sent(const bench_t *bench, tern_flow_t flow)
{
    tern_traffic_t traffic;

    tern_table_traffic(bench->table, flow, true, &traffic);
    return traffic;
}

static double share_saved(const tern_traffic_t *traffic)
{
    double raw = (double)(traffic->raw_key_bytes + traffic->raw_value_bytes);

    return 1 - (double)traffic->wire_bytes / raw;
}

static void push_rounds(const bench_t *bench, size_t num_keys, int num_rounds)
{
    for (int round = 0; round < num_rounds; round++)
        CU_ASSERT_EQUAL(
            tern_push(bench->table, num_keys, bench->keys, bench->values, NULL), TERN_OK);
}

/* Keys of 8 bytes and one value of 8: half; of one value of 4: two thirds; of rows of n doubles:
 * 1 / (1 + n). */
static void check_key_cache(tern_type_t type, uint32_t width)
{
    bench_t bench = begin("key-cache", NULL, type, width);

    if (bench.is_worker) {
        double         row_bytes = (double)(width * tern_type_bytes(type));
        tern_traffic_t traffic;

        push_rounds(&bench, NUM_KEYS, NUM_ROUNDS);
        traffic = sent(&bench, TERN_FLOW_PUSH);
        CU_ASSERT_EQUAL(traffic.raw_key_bytes, (uint64_t)8 * NUM_KEYS * NUM_ROUNDS);
        CU_ASSERT_EQUAL(traffic.coded_key_bytes, traffic.raw_key_bytes);
        CU_ASSERT_EQUAL(traffic.cached_keys, (uint64_t)NUM_KEYS * (NUM_ROUNDS - 1));
        CU_ASSERT_EQUAL(traffic.key_misses, 0);
        CU_ASSERT_EQUAL(traffic.after[0].key_bytes,
                        8 * NUM_KEYS + HASH * (NUM_ROUNDS - 1));
        CU_ASSERT_EQUAL(traffic.after[0].value_bytes, traffic.raw_value_bytes);
        CU_ASSERT_EQUAL(traffic.wire_bytes,
                        traffic.after[0].key_bytes + traffic.after[0].value_bytes +
                            NUM_ROUNDS * (HEADER + ENVELOPE + NUMBER) + NUMBER);
        CU_ASSERT(fabs(share_saved(&traffic) -
                       8 / (8 + row_bytes) * (NUM_ROUNDS - 1) / NUM_ROUNDS) < 0.002);
    }
    end(&bench);
}

static void key_caching_saves_half_of_keys_with_one_double(void)
{
    check_key_cache(TERN_FLOAT64, 1);
}

static void key_caching_saves_the_share_of_the_keys(void)
{
    check_key_cache(TERN_FLOAT32, 1);
    check_key_cache(TERN_FLOAT64, 2);
    check_key_cache(TERN_FLOAT32, 16);
}

static void pulls_and_pushes_share_a_list_of_keys(void)
{
    bench_t bench = begin("key-cache", "key-cache", TERN_FLOAT64, 1);

    if (bench.is_worker) {
        push_rounds(&bench, 1000, 1);
        CU_ASSERT_EQUAL(tern_pull(bench.table, 1000, bench.keys, bench.values, NULL),
                        TERN_OK);
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PULL).cached_keys, 1000);
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PULL).wire_bytes,
                        HEADER + ENVELOPE + HASH);
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PULL).raw_key_bytes, 8000);
    }
    end(&bench);
}

/* Cuts of long calls are the same lists again; neither is a small list hashed. */
static void short_lists_are_sent(void)
{
    bench_t bench = begin("key-cache", NULL, TERN_FLOAT64, 1);

    if (bench.is_worker) {
        push_rounds(&bench, 3, 5);
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PUSH).cached_keys, 0);
        push_rounds(&bench, 4, 5);
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PUSH).cached_keys, 16);
    }
    end(&bench);
}

/* Lists of more than the cache's size are forgotten by both ends alike: nobody asks for them. */
static void a_full_cache_costs_no_questions(void)
{
    bench_t bench = begin("key-cache:1", NULL, TERN_FLOAT32, 1);

    if (bench.is_worker) {
        for (uint64_t round = 0; round < 200; round++) {
            uint64_t which = tern_random_u64(1, 3, round) % 20; /* of 80 to 118 kB */

            CU_ASSERT_EQUAL(tern_push(bench.table, NUM_KEYS / 2 + 250 * which,
                                      bench.keys + which, bench.values, NULL),
                            TERN_OK);
        }
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PUSH).key_misses, 0);
        CU_ASSERT(sent(&bench, TERN_FLOW_PUSH).cached_keys > 0);
    }
    end(&bench);
}

/* The server has forgotten: each list is asked for once, and the call completes. */
static void forgotten_keys_are_asked_for(void)
{
    bench_t bench = begin("key-cache", "key-cache", TERN_FLOAT64, 1);

    for (size_t i = 0; i < NUM_KEYS; i++)
        ((double *)bench.values)[i] = 1;
    if (bench.is_worker)
        push_rounds(&bench, 1000, 3);
    CU_ASSERT_EQUAL(tern_agree(bench.session.runtime, TERN_OK), TERN_OK);
    if (!bench.is_worker)
        tern_table_forget_keys(bench.table);
    CU_ASSERT_EQUAL(tern_agree(bench.session.runtime, TERN_OK), TERN_OK);
    if (bench.is_worker) {
        tern_request_t *requests[8] = {NULL};

        for (int r = 0; r < 8; r++) /* all at once */
            CU_ASSERT_EQUAL(
                tern_push(bench.table, 1000, bench.keys, bench.values, &requests[r]),
                TERN_OK);
        CU_ASSERT_EQUAL(tern_wait_all(8, requests, NULL), TERN_OK);
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PUSH).key_misses, 1);
        CU_ASSERT_EQUAL(tern_pull(bench.table, 1000, bench.keys, bench.values, NULL),
                        TERN_OK);
        for (size_t i = 0; i < 1000; i++)
            CU_ASSERT_EQUAL(((double *)bench.values)[i], 11);
        CU_ASSERT_EQUAL(sent(&bench, TERN_FLOW_PULL).key_misses, 0);
    }
    end(&bench);
}

static void each_filter_says_what_it_left(void)
{
    bench_t bench =
        begin("zero,key-cache,fixed:1,zstd", "zero,fixed:2,lz4", TERN_FLOAT64, 1);

    if (bench.is_worker) {
        tern_traffic_t push, pull, answer;
        double        *values = bench.values;

        for (size_t i = 0; i < NUM_KEYS; i++)
            values[i] = i % 4 == 0 ? 1 + (double)(i % 16) : 0;
        push_rounds(&bench, NUM_KEYS, 2);
        CU_ASSERT_EQUAL(tern_pull(bench.table, NUM_KEYS, bench.keys, values, NULL),
                        TERN_OK);
        push = sent(&bench, TERN_FLOW_PUSH);
        CU_ASSERT_EQUAL(push.num_filters, 4);
        CU_ASSERT_STRING_EQUAL(push.after[0].name, "zero");
        CU_ASSERT_EQUAL(push.raw_value_bytes, 2 * NUM_KEYS * 8);
        CU_ASSERT_EQUAL(push.after[0].value_bytes, 2 * NUM_KEYS / 4 * 8);
        CU_ASSERT_EQUAL(push.after[0].key_bytes, 2 * NUM_KEYS / 4 * 8);
        CU_ASSERT_EQUAL(push.after[1].key_bytes, NUM_KEYS / 4 * 8 + HASH);
        CU_ASSERT_EQUAL(push.after[2].value_bytes, 2 * (NUM_KEYS / 4 + 16 + NUMBER));
        CU_ASSERT(push.after[3].value_bytes < push.after[2].value_bytes / 2);
        pull = sent(&bench, TERN_FLOW_PULL);
        CU_ASSERT_EQUAL(pull.raw_key_bytes, NUM_KEYS * 8);
        CU_ASSERT_EQUAL(pull.raw_value_bytes, 0);
        tern_table_traffic(bench.table, TERN_FLOW_ANSWER, false, &answer);
        CU_ASSERT_EQUAL(answer.raw_value_bytes, NUM_KEYS * 8);
        CU_ASSERT_EQUAL(answer.after[0].value_bytes,
                        NUM_KEYS / 4 * 8 + NUM_KEYS / 8 + NUMBER);
        CU_ASSERT_EQUAL(answer.after[1].value_bytes,
                        NUM_KEYS / 4 * 2 + 16 + NUMBER + NUM_KEYS / 8 + NUMBER);
        CU_ASSERT(answer.after[2].value_bytes < answer.after[1].value_bytes);
    }
    end(&bench);
}

static void both_ends_count_the_same(void)
{
    bench_t        bench = begin("key-cache,fixed:2", "zero,bf16,zstd", TERN_FLOAT32, 3);
    tern_traffic_t mine[TERN_NUM_FLOWS], theirs[TERN_NUM_FLOWS];

    if (bench.is_worker) {
        push_rounds(&bench, NUM_KEYS, 3);
        CU_ASSERT_EQUAL(tern_pull(bench.table, NUM_KEYS, bench.keys, bench.values, NULL),
                        TERN_OK);
    }
    CU_ASSERT_EQUAL(tern_agree(bench.session.runtime, TERN_OK), TERN_OK);
    for (int flow = 0; flow < TERN_NUM_FLOWS; flow++)
        tern_table_traffic(bench.table, (tern_flow_t)flow,
                           bench.is_worker != (flow == TERN_FLOW_ANSWER), &mine[flow]);
    MPI_Sendrecv(mine, sizeof mine, MPI_BYTE, bench.is_worker ? 0 : 1, 0, theirs,
                 sizeof theirs, MPI_BYTE, bench.is_worker ? 0 : 1, 0, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
    CU_ASSERT_EQUAL(memcmp(mine, theirs, sizeof mine), 0);
    CU_ASSERT(mine[TERN_FLOW_PUSH].wire_bytes > 0);
    end(&bench);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(key_caching_saves_half_of_keys_with_one_double),
        FACT(key_caching_saves_the_share_of_the_keys),
        FACT(pulls_and_pushes_share_a_list_of_keys),
        FACT(short_lists_are_sent),
        FACT(a_full_cache_costs_no_questions),
        FACT(forgotten_keys_are_asked_for),
        FACT(each_filter_says_what_it_left),
        FACT(both_ends_count_the_same),
    };
    static const fact_t no_facts[] = {FACT(filters_need_their_libraries)};

    if (!has_filter_libraries())
        return mpi_facts_run("filters", no_facts, 1);
    return mpi_facts_run("bytes that filters save", facts, sizeof facts / sizeof *facts);
}
