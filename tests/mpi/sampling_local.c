/** \file
 * Sampling from what is on this node.
 */
#include <string.h>

#include "mpi_facts.h"
#include "sample_fixture.h"

/* What the distribution is where only rows of this node count. */
static void restrict_to_node(const tern_table_t *table, double weights[])
{
    for (size_t i = 0; i < SAMPLE_KEYS; i++)
        if (!tern_is_local(table, i))
            weights[i] = 0;
}

static void check_local(session_t *session, tern_table_t *table, const double weights[])
{
    enum { NUM = 200000 };

    static tern_key_t  keys[NUM];
    uint64_t           counts[SAMPLE_KEYS];
    double             here[SAMPLE_KEYS];
    tern_sample_desc_t desc    = {.weights = weights, .scheme = TERN_SAMPLE_LOCAL};
    tern_sampler_t    *sampler = sample_sampler(table, desc);
    tern_counters_t    before  = sample_counters(session), after;

    sample_pull(sampler, NUM, keys);
    after = sample_counters(session);
    CU_ASSERT_EQUAL(after.pull_keys - before.pull_keys, NUM);
    CU_ASSERT_EQUAL(after.local_keys - before.local_keys, NUM);
    memcpy(here, weights, sizeof here);
    restrict_to_node(table, here);
    sample_count(NUM, keys, counts);
    CU_ASSERT(sample_conforms(counts, here, 1));
    tern_sampler_destroy(&sampler);
}

static void local_draws_have_the_distribution_of_this_node(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = sample_table(&session, "static");

    if (tern_is_worker(session.runtime)) {
        check_local(&session, table, sample_zipf());
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

/* One row in a thousand, by weight, is here: rejection gives up and a census is taken. */
static void so_do_those_of_rows_that_are_rarely_here(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = sample_table(&session, "static");
    double        weights[SAMPLE_KEYS];

    if (tern_is_worker(session.runtime)) {
        memcpy(weights, sample_zipf(), sizeof weights);
        for (size_t i = 0; i < SAMPLE_KEYS; i++)
            weights[i] *= tern_is_local(table, i) ? 1 : 1000;
        check_local(&session, table, weights);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

/* Each worker pulls a few rows to its node, and others pull them away, between its draws. */
static void local_draws_stay_local_while_rows_move(void)
{
    session_t       session = session_begin(NULL);
    tern_table_t   *table   = sample_table(&session, "relocate");
    tern_counters_t before, after;

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sample_sampler(
            table, (tern_sample_desc_t){.scheme = TERN_SAMPLE_LOCAL, .seed = 2});

        before = sample_counters(&session);
        for (uint64_t round = 0; round < 300; round++) {
            tern_request_t *request = NULL;
            tern_key_t      wanted[10], keys[50];

            for (uint64_t i = 0; i < 10; i++)
                wanted[i] = tern_random_below(3, (uint64_t)tern_worker(session.runtime),
                                              10 * round + i, SAMPLE_KEYS);
            CU_ASSERT_EQUAL(tern_localize(table, 10, wanted, &request), TERN_OK);
            sample_pull(sampler, 50, keys);
            CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
        }
        after = sample_counters(&session);
        CU_ASSERT_EQUAL(after.pull_keys - before.pull_keys, 300 * 50);
        CU_ASSERT_EQUAL(after.local_keys - before.local_keys, 300 * 50);
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

/* A node without servers has no rows of a static table. */
static void where_nothing_is_here_local_draws_are_naive(void)
{
    enum { NUM = 20000 };

    static const char *const settings[] = {"roles", "scheduler+server,worker",
                                           "node-ranks", "1", NULL};
    tern_key_t               keys[NUM];
    uint64_t                 counts[SAMPLE_KEYS];
    MPI_Comm                 pair;
    session_t                session;
    tern_table_t            *table;
    int                      rank, size;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_split(MPI_COMM_WORLD, rank < 2 ? 0 : MPI_UNDEFINED, rank, &pair);
    if (size < 2)
        facts_skip("needs two ranks");
    if (size >= 2 && pair != MPI_COMM_NULL) {
        session = session_begin_on(pair, settings);
        table   = sample_table(&session, "static");
        if (tern_is_worker(session.runtime)) {
            tern_sampler_t *sampler =
                sample_sampler(table, (tern_sample_desc_t){.weights = sample_zipf(),
                                                           .scheme  = TERN_SAMPLE_LOCAL});

            sample_pull(sampler, NUM, keys);
            sample_count(NUM, keys, counts);
            CU_ASSERT(sample_conforms(counts, sample_zipf(), 1));
            tern_sampler_destroy(&sampler);
        } else {
            tern_sampler_t *sampler = NULL;

            CU_ASSERT_EQUAL(
                tern_sampler_create(table, &(tern_sample_desc_t){0}, &sampler),
                TERN_ERR_ARG);
        }
        session_end(&session);
    }
    if (pair != MPI_COMM_NULL)
        MPI_Comm_free(&pair);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(local_draws_have_the_distribution_of_this_node),
        FACT(so_do_those_of_rows_that_are_rarely_here),
        FACT(local_draws_stay_local_while_rows_move),
        FACT(where_nothing_is_here_local_draws_are_naive),
    };

    return mpi_facts_run("mpi/sampling_local", facts, sizeof facts / sizeof *facts);
}
