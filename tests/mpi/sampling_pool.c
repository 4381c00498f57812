/** \file
 * Sampling by pools: how often each row is used, and when.
 */
#include <stdlib.h>
#include <string.h>

#include "client/policy.h"
#include "mpi_facts.h"
#include "sample_fixture.h"
#include "table/table.h"

enum { POOL = 50, REUSE = 4 };

/* True if each pool's draws are REUSE times those of POOL rows. */
static bool are_whole_pools(size_t num_pools, const tern_key_t keys[])
{
    for (size_t p = 0; p < num_pools; p++) {
        uint64_t counts[SAMPLE_KEYS];

        sample_count(POOL * REUSE, keys + p * POOL * REUSE, counts);
        for (size_t i = 0; i < SAMPLE_KEYS; i++)
            if (counts[i] % REUSE != 0)
                return false;
    }
    return true;
}

static tern_sample_desc_t pool_desc(uint64_t seed)
{
    return (tern_sample_desc_t){.weights   = sample_zipf(),
                                .scheme    = TERN_SAMPLE_POOL,
                                .pool_size = POOL,
                                .reuse     = REUSE,
                                .seed      = seed};
}

static void a_pool_uses_each_of_its_rows_as_often(void)
{
    enum { NUM = 10 * POOL * REUSE };

    session_t     session = session_begin(NULL);
    tern_table_t *table   = sample_table(&session, "static");
    tern_key_t    keys[NUM];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sample_sampler(table, pool_desc(3));

        sample_pull(sampler, NUM, keys);
        CU_ASSERT(are_whole_pools(10, keys));
        CU_ASSERT(!are_whole_pools(9, keys + 1)); /* the test could fail */
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

static void pools_have_the_distribution(void)
{
    enum { NUM = 5000 * POOL * REUSE };

    session_t     session = session_begin(NULL);
    tern_table_t *table   = sample_table(&session, "static");
    tern_key_t   *keys    = malloc(NUM * sizeof *keys);
    uint64_t      counts[SAMPLE_KEYS];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sample_sampler(table, pool_desc(4));

        sample_draw(sampler, NUM, keys);
        sample_count(NUM, keys, counts);
        CU_ASSERT(sample_conforms(counts, sample_zipf(), REUSE));
        tern_sampler_destroy(&sampler);
    }
    free(keys);
    session_end(&session);
}

/* Draw number n of many samplers of different seeds. */
static void every_draw_of_a_pool_has_the_distribution(void)
{
    enum { NUM_SEEDS = 20000, NUM = POOL * REUSE };

    static const size_t numbers[] = {0, 1, POOL - 1, POOL, NUM - 1};
    session_t           session   = session_begin(NULL);
    tern_table_t       *table     = sample_table(&session, "static");
    uint64_t            counts[sizeof numbers / sizeof *numbers][SAMPLE_KEYS];

    memset(counts, 0, sizeof counts);
    for (uint64_t seed = 1; seed <= NUM_SEEDS && tern_worker(session.runtime) == 0;
         seed++) {
        tern_sampler_t *sampler = sample_sampler(table, pool_desc(seed));
        tern_key_t      keys[NUM];

        sample_draw(sampler, NUM, keys);
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
            counts[n][keys[numbers[n]]]++;
        tern_sampler_destroy(&sampler);
    }
    for (size_t n = 0;
         n < sizeof numbers / sizeof *numbers && tern_worker(session.runtime) == 0; n++)
        CU_ASSERT(sample_conforms(counts[n], sample_zipf(), 1));
    session_end(&session);
}

/* A policy under which rows come late and leave again, as often as this says; hints are counted. */
static uint64_t num_looks, num_localized;

static bool comes_and_goes(const tern_table_t *table, tern_key_t key)
{
    (void)table;
    return tern_random_unit(1, key, num_looks++ / 50) < 0.4;
}

static tern_status_t note(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                          tern_request_t **request_p)
{
    (void)table;
    (void)keys;
    num_localized += num_keys;
    *request_p = NULL;
    return TERN_OK;
}

static void postponing_changes_the_order_of_a_pool_alone(void)
{
    enum { NUM = 20 * POOL * REUSE };

    session_t         session = session_begin(NULL);
    tern_table_t     *table   = sample_table(&session, "static");
    tern_access_ops_t moody   = *table->access;
    tern_key_t        plain[NUM], postponed[NUM];
    uint64_t          counts[2][SAMPLE_KEYS];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sample_sampler(table, pool_desc(6));

        sample_draw(sampler, NUM, plain);
        tern_sampler_destroy(&sampler);
        moody.has      = comes_and_goes;
        moody.localize = note;
        table->access  = &moody;
        num_localized  = 0;
        sampler        = sample_sampler(table, pool_desc(6));
        sample_pull(sampler, NUM, postponed);
        tern_sampler_destroy(&sampler);
        CU_ASSERT(num_localized > 21 * POOL); /* some were called back */
        CU_ASSERT(are_whole_pools(20, postponed));
        CU_ASSERT_NOT_EQUAL(memcmp(plain, postponed, sizeof plain), 0);
        for (size_t p = 0; p < 20; p++) {
            sample_count(POOL * REUSE, plain + p * POOL * REUSE, counts[0]);
            sample_count(POOL * REUSE, postponed + p * POOL * REUSE, counts[1]);
            CU_ASSERT_EQUAL(memcmp(counts[0], counts[1], sizeof counts[0]), 0);
        }
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    table->access = tern_access_ops_of(table->policy, TERN_INDEX_AUTO);
    session_end(&session);
}

/* All workers want all rows. */
static void pools_stay_whole_while_rows_move(void)
{
    enum { NUM = 50 * POOL * REUSE };

    session_t     session = session_begin(NULL);
    tern_table_t *still   = sample_table(&session, "static"),
                 *moving  = sample_table(&session, "relocate");
    tern_key_t *plain = malloc(NUM * sizeof *plain), *keys = malloc(NUM * sizeof *keys);
    uint64_t    counts[2][SAMPLE_KEYS];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *a = sample_sampler(still, pool_desc(7));
        tern_sampler_t *b = sample_sampler(moving, pool_desc(7));

        sample_draw(a, NUM, plain);
        sample_pull(b, NUM, keys);
        for (size_t p = 0; p < 50; p++) {
            sample_count(POOL * REUSE, plain + p * POOL * REUSE, counts[0]);
            sample_count(POOL * REUSE, keys + p * POOL * REUSE, counts[1]);
            CU_ASSERT_EQUAL(memcmp(counts[0], counts[1], sizeof counts[0]), 0);
        }
        tern_sampler_destroy(&a);
        tern_sampler_destroy(&b);
    }
    free(plain);
    free(keys);
    session_end(&session);
}

/* A node without servers keeps no rows: its pools are used in their order. */
static void nothing_is_postponed_where_nothing_can_come(void)
{
    enum { NUM = 3 * POOL * REUSE };

    static const char *const settings[] = {"roles", "scheduler+server,worker",
                                           "node-ranks", "1", NULL};
    tern_key_t               plain[NUM], keys[NUM];
    MPI_Comm                 pair;
    int                      rank, size;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_split(MPI_COMM_WORLD, rank < 2 ? 0 : MPI_UNDEFINED, rank, &pair);
    if (size < 2)
        facts_skip("needs two ranks");
    if (size >= 2 && pair != MPI_COMM_NULL) {
        session_t     session = session_begin_on(pair, settings);
        tern_table_t *still   = sample_table(&session, "static");
        tern_table_t *moving  = sample_table(&session, "relocate");

        if (tern_is_worker(session.runtime)) {
            tern_sampler_t *a = sample_sampler(still, pool_desc(5));
            tern_sampler_t *b = sample_sampler(moving, pool_desc(5));

            sample_draw(a, NUM, plain);
            sample_pull(b, NUM, keys);
            CU_ASSERT_EQUAL(memcmp(plain, keys, sizeof keys), 0);
            tern_sampler_destroy(&a);
            tern_sampler_destroy(&b);
        }
        session_end(&session);
    }
    if (pair != MPI_COMM_NULL)
        MPI_Comm_free(&pair);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_pool_uses_each_of_its_rows_as_often),
        FACT(pools_have_the_distribution),
        FACT(every_draw_of_a_pool_has_the_distribution),
        FACT(postponing_changes_the_order_of_a_pool_alone),
        FACT(pools_stay_whole_while_rows_move),
        FACT(nothing_is_postponed_where_nothing_can_come),
    };

    return mpi_facts_run("mpi/sampling_pool", facts, sizeof facts / sizeof *facts);
}
