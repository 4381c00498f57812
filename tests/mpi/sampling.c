/** \file
 * Sampling access: what each scheme promises about its draws, and where it reads.
 *
 * Distributions are judged by Pearson's chi-square. Draws are functions of seeds, so a fact holds always or never; a
 * correct sampler would fail with a probability of one in a million.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client/policy.h"
#include "mpi_facts.h"
#include "session.h"
#include "table/table.h"

enum { NUM_KEYS = 400, WIDTH = 3 };

static const tern_sample_scheme_t schemes[] = {
    TERN_SAMPLE_NAIVE, TERN_SAMPLE_PRELOCALIZED, TERN_SAMPLE_POOL, TERN_SAMPLE_LOCAL};

/* --- distributions --- */

/* About the weight of the i-th word of a language; every seventh key has none. */
static const double *zipf(void)
{
    static double weights[NUM_KEYS];

    for (size_t i = 0; i < NUM_KEYS; i++)
        weights[i] = i % 7 == 3 ? 0 : 1.0 / (double)(i * 37 % NUM_KEYS + 4);
    return weights;
}

/* Beyond what one in a million of sums of `freedom` squared standard normals exceeds (Wilson and Hilferty, PNAS 1931). */
static double limit(size_t freedom)
{
    double ninth = 2.0 / (9.0 * (double)freedom), root = 1 - ninth + 4.75 * sqrt(ninth);

    return (double)freedom * root * root * root;
}

/* True if `counts` of events, which come in bundles of `bundle` equal ones, are in proportion to `weights`. */
static bool conforms(const uint64_t counts[], const double weights[], double bundle)
{
    double   sum = 0, square = 0;
    uint64_t num     = 0;
    size_t   freedom = 0;

    for (size_t i = 0; i < NUM_KEYS; i++) {
        sum += weights[i];
        num += counts[i];
        freedom += weights[i] > 0;
        if (weights[i] == 0 && counts[i] > 0)
            return false;
    }
    for (size_t i = 0; i < NUM_KEYS; i++)
        if (weights[i] > 0) {
            double expected = (double)num * weights[i] / sum;

            CU_ASSERT(expected / bundle >= 5); /* else the test is void */
            square += ((double)counts[i] - expected) * ((double)counts[i] - expected) /
                      expected;
        }
    return freedom == 1 || square / bundle < limit(freedom - 1);
}

/* --- samplers --- */

/* Keys 0 to NUM_KEYS; each value of row k is k. */
static tern_table_t *table_of(session_t *session, const char *policy)
{
    tern_table_desc_t desc  = {.name   = policy,
                               .keys   = {0, NUM_KEYS},
                               .width  = WIDTH,
                               .sync   = TERN_SYNC_ASYNC,
                               .policy = policy};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    if (tern_worker(session->runtime) == 0)
        for (tern_key_t key = 0; key < NUM_KEYS; key++) {
            const float row[WIDTH] = {(float)key, (float)key, (float)key};

            CU_ASSERT_EQUAL(tern_set(table, 1, &key, row, NULL), TERN_OK);
        }
    if (tern_is_worker(session->runtime))
        CU_ASSERT_EQUAL(tern_barrier(session->runtime), TERN_OK);
    return table;
}

static tern_table_t *filled_table(session_t *session)
{
    return table_of(session, "static");
}

static tern_sampler_t *sampler_of(tern_table_t *table, tern_sample_desc_t desc)
{
    tern_sampler_t *sampler = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_sampler_create(table, &desc, &sampler), TERN_OK);
    return sampler;
}

/* The next `num` draws, pulled a few at a time; values are checked. */
static void pull_draws(tern_sampler_t *sampler, size_t num, tern_key_t keys[])
{
    float rows[64][WIDTH];

    for (size_t done = 0, part; done < num; done += part) {
        tern_request_t *request = NULL;

        part = 1 + done * 31 % 64;
        part = part < num - done ? part : num - done;
        CU_ASSERT_EQUAL(tern_sample_prepare(sampler, part), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_sample(sampler, part, keys + done, rows, &request),
                        TERN_OK);
        CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
        for (size_t i = 0; i < part; i++)
            CU_ASSERT(rows[i][0] == (float)keys[done + i] &&
                      rows[i][WIDTH - 1] == (float)keys[done + i]);
    }
}

/* The next `num` draws without values. */
static void draw(tern_sampler_t *sampler, size_t num, tern_key_t keys[])
{
    CU_ASSERT_EQUAL(tern_sample_prepare(sampler, num), TERN_OK);
    CU_ASSERT_EQUAL(tern_pull_sample(sampler, num, keys, NULL, NULL), TERN_OK);
}

static void count(size_t num, const tern_key_t keys[], uint64_t counts[NUM_KEYS])
{
    memset(counts, 0, NUM_KEYS * sizeof *counts);
    for (size_t i = 0; i < num; i++)
        counts[keys[i]]++;
}

static tern_counters_t counters_of(const session_t *session)
{
    tern_counters_t counters;

    tern_get_counters(session->runtime, &counters);
    return counters;
}

/* --- facts --- */

static void names_are_those_of_the_schemes(void)
{
    static const char *const names[] = {"naive", "prelocalized", "pool", "local"};
    tern_sample_scheme_t     scheme;

    for (size_t i = 0; i < 4; i++)
        CU_ASSERT(tern_sample_scheme_parse(names[i], &scheme) && scheme == schemes[i]);
    CU_ASSERT(!tern_sample_scheme_parse("pools", &scheme));
}

static void independent_draws_have_the_distribution(void)
{
    enum { NUM = 200000 };

    session_t         session = session_begin(NULL);
    tern_table_t     *table   = filled_table(&session);
    static tern_key_t keys[NUM];
    uint64_t          counts[NUM_KEYS];

    for (int s = 0; s < 2 && tern_is_worker(session.runtime); s++) {
        tern_sampler_t *sampler = sampler_of(
            table, (tern_sample_desc_t){.weights = zipf(), .scheme = schemes[s]});

        draw(sampler, NUM, keys);
        count(NUM, keys, counts);
        CU_ASSERT(conforms(counts, zipf(), 1));
        CU_ASSERT(!conforms(counts, zipf(), 1.0 / 16)); /* the test could fail */
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

static void without_weights_draws_are_uniform_in_their_range(void)
{
    enum { NUM = 100000, FIRST = 100, END = 150 };

    session_t         session = session_begin(NULL);
    tern_table_t     *table   = filled_table(&session);
    static tern_key_t keys[NUM];
    uint64_t          counts[NUM_KEYS];
    double            weights[NUM_KEYS] = {0};

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler =
            sampler_of(table, (tern_sample_desc_t){.keys = {FIRST, END}, .seed = 5});

        for (size_t i = FIRST; i < END; i++)
            weights[i] = 1;
        draw(sampler, NUM, keys);
        count(NUM, keys, counts);
        CU_ASSERT(conforms(counts, weights, 1));
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

static void draws_are_a_function_of_seed_worker_and_number(void)
{
    enum { NUM = 1000 };

    session_t     session = session_begin(NULL);
    tern_table_t *table   = filled_table(&session);
    tern_key_t    one[NUM], other[NUM];

    if (tern_is_worker(session.runtime)) {
        tern_sample_desc_t naive = {.weights = zipf(), .seed = 9};
        tern_sample_desc_t ahead = {
            .weights = zipf(), .seed = 9, .scheme = TERN_SAMPLE_PRELOCALIZED};
        tern_sample_desc_t another = {.weights = zipf(), .seed = 10};
        tern_sampler_t    *a = sampler_of(table, naive), *b = sampler_of(table, ahead);
        tern_sampler_t    *c = sampler_of(table, another);
        double             first;

        draw(a, NUM, one);
        pull_draws(b, NUM, other);
        CU_ASSERT_EQUAL(memcmp(one, other, sizeof one), 0);
        draw(c, NUM, other);
        CU_ASSERT_NOT_EQUAL(memcmp(one, other, sizeof one), 0);
        first = (double)one[0] * 1e6 + (double)one[1] * 1e3 + (double)one[2];
        first *= tern_worker(session.runtime) == 0 ? 1 : 0;
        CU_ASSERT_EQUAL(tern_sum(session.runtime, 1, &first), TERN_OK);
        if (tern_worker(session.runtime) != 0)
            CU_ASSERT_NOT_EQUAL(first, (double)one[0] * 1e6 + (double)one[1] * 1e3 +
                                           (double)one[2]);
        tern_sampler_destroy(&a);
        tern_sampler_destroy(&b);
        tern_sampler_destroy(&c);
    }
    session_end(&session);
}

static void every_scheme_brings_the_rows_that_it_drew(void)
{
    static const char *const policies[] = {"static", "relocate"};
    session_t                session    = session_begin(NULL);
    tern_key_t               keys[3000];

    for (int p = 0; p < 2; p++) {
        tern_table_t *table = table_of(&session, policies[p]);

        for (int s = 0; s < 4 && tern_is_worker(session.runtime); s++) {
            tern_sampler_t *sampler = sampler_of(
                table, (tern_sample_desc_t){.weights = zipf(), .scheme = schemes[s]});

            pull_draws(sampler, 3000, keys);
            tern_sampler_destroy(&sampler);
        }
    }
    session_end(&session);
}

static void keys_alone_send_nothing(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = filled_table(&session);
    tern_key_t    keys[1000];

    for (int s = 0; s < 4 && tern_worker(session.runtime) == 0; s++) {
        tern_sampler_t *sampler = sampler_of(
            table, (tern_sample_desc_t){.weights = zipf(), .scheme = schemes[s]});
        tern_counters_t before = counters_of(&session);

        draw(sampler, 1000, keys);
        CU_ASSERT_EQUAL(counters_of(&session).pull_keys, before.pull_keys);
        CU_ASSERT_EQUAL(counters_of(&session).messages_sent, before.messages_sent);
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

/* --- prelocalized --- */

/* The keys of a worker's neighbour, whom nobody else asks for them. */
static tern_range_t neighbours_keys(const session_t *session)
{
    uint64_t n    = (uint64_t)tern_num_workers(session->runtime);
    uint64_t next = ((uint64_t)tern_worker(session->runtime) + 1) % n;

    return (tern_range_t){next * NUM_KEYS / n, (next + 1) * NUM_KEYS / n};
}

static void wait_until_local(session_t *session, const tern_table_t *table, size_t num,
                             const tern_key_t keys[])
{
    for (size_t i = 0; i < num; i++)
        while (!tern_is_local(table, keys[i]))
            tern_progress(session->runtime);
}

static void what_was_localized_ahead_is_pulled_in_node_memory(void)
{
    enum { NUM = 500 }; /* with repeated keys */

    session_t       session = session_begin(NULL);
    tern_table_t   *table   = table_of(&session, "relocate");
    tern_key_t      keys[NUM], pulled[NUM];
    float           rows[NUM][WIDTH];
    tern_counters_t before, after;

    if (tern_is_worker(session.runtime)) {
        tern_sample_desc_t desc    = {.keys = neighbours_keys(&session), .seed = 8};
        tern_sampler_t    *foresee = sampler_of(table, desc), *sampler;

        draw(foresee, NUM, keys);
        desc.scheme = TERN_SAMPLE_PRELOCALIZED;
        sampler     = sampler_of(table, desc);
        CU_ASSERT_EQUAL(tern_sample_prepare(sampler, NUM), TERN_OK);
        wait_until_local(&session, table, NUM, keys);
        before = counters_of(&session);
        CU_ASSERT_EQUAL(tern_pull_sample(sampler, NUM, pulled, rows, NULL), TERN_OK);
        after = counters_of(&session);
        CU_ASSERT_EQUAL(after.local_keys - before.local_keys, NUM);
        CU_ASSERT_EQUAL(after.localized_keys > 0, tern_num_nodes(session.runtime) > 1);
        CU_ASSERT_EQUAL(memcmp(keys, pulled, sizeof keys), 0);
        for (size_t i = 0; i < NUM; i++)
            CU_ASSERT_EQUAL(rows[i][1], (float)keys[i]);
        tern_sampler_destroy(&foresee);
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

/* --- pool --- */

enum { POOL = 50, REUSE = 4 };

/* True if each pool's draws are REUSE times those of POOL rows. */
static bool are_whole_pools(size_t num_pools, const tern_key_t keys[])
{
    for (size_t p = 0; p < num_pools; p++) {
        uint64_t counts[NUM_KEYS];

        count(POOL * REUSE, keys + p * POOL * REUSE, counts);
        for (size_t i = 0; i < NUM_KEYS; i++)
            if (counts[i] % REUSE != 0)
                return false;
    }
    return true;
}

static tern_sample_desc_t pool_desc(uint64_t seed)
{
    return (tern_sample_desc_t){.weights   = zipf(),
                                .scheme    = TERN_SAMPLE_POOL,
                                .pool_size = POOL,
                                .reuse     = REUSE,
                                .seed      = seed};
}

static void a_pool_uses_each_of_its_rows_as_often(void)
{
    enum { NUM = 10 * POOL * REUSE };

    session_t     session = session_begin(NULL);
    tern_table_t *table   = filled_table(&session);
    tern_key_t    keys[NUM];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sampler_of(table, pool_desc(3));

        pull_draws(sampler, NUM, keys);
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
    tern_table_t *table   = filled_table(&session);
    tern_key_t   *keys    = malloc(NUM * sizeof *keys);
    uint64_t      counts[NUM_KEYS];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sampler_of(table, pool_desc(4));

        draw(sampler, NUM, keys);
        count(NUM, keys, counts);
        CU_ASSERT(conforms(counts, zipf(), REUSE));
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
    tern_table_t       *table     = filled_table(&session);
    uint64_t            counts[sizeof numbers / sizeof *numbers][NUM_KEYS];

    memset(counts, 0, sizeof counts);
    for (uint64_t seed = 1; seed <= NUM_SEEDS && tern_worker(session.runtime) == 0;
         seed++) {
        tern_sampler_t *sampler = sampler_of(table, pool_desc(seed));
        tern_key_t      keys[NUM];

        draw(sampler, NUM, keys);
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
            counts[n][keys[numbers[n]]]++;
        tern_sampler_destroy(&sampler);
    }
    for (size_t n = 0;
         n < sizeof numbers / sizeof *numbers && tern_worker(session.runtime) == 0; n++)
        CU_ASSERT(conforms(counts[n], zipf(), 1));
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
    tern_table_t     *table   = filled_table(&session);
    tern_access_ops_t moody   = *table->access;
    tern_key_t        plain[NUM], postponed[NUM];
    uint64_t          counts[2][NUM_KEYS];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sampler_of(table, pool_desc(6));

        draw(sampler, NUM, plain);
        tern_sampler_destroy(&sampler);
        moody.has      = comes_and_goes;
        moody.localize = note;
        table->access  = &moody;
        num_localized  = 0;
        sampler        = sampler_of(table, pool_desc(6));
        pull_draws(sampler, NUM, postponed);
        tern_sampler_destroy(&sampler);
        CU_ASSERT(num_localized > 21 * POOL); /* some were called back */
        CU_ASSERT(are_whole_pools(20, postponed));
        CU_ASSERT_NOT_EQUAL(memcmp(plain, postponed, sizeof plain), 0);
        for (size_t p = 0; p < 20; p++) {
            count(POOL * REUSE, plain + p * POOL * REUSE, counts[0]);
            count(POOL * REUSE, postponed + p * POOL * REUSE, counts[1]);
            CU_ASSERT_EQUAL(memcmp(counts[0], counts[1], sizeof counts[0]), 0);
        }
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    table->access = tern_access_ops_of(table->policy);
    session_end(&session);
}

/* All workers want all rows. */
static void pools_stay_whole_while_rows_move(void)
{
    enum { NUM = 50 * POOL * REUSE };

    session_t     session = session_begin(NULL);
    tern_table_t *still   = filled_table(&session),
                 *moving  = table_of(&session, "relocate");
    tern_key_t *plain = malloc(NUM * sizeof *plain), *keys = malloc(NUM * sizeof *keys);
    uint64_t    counts[2][NUM_KEYS];

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *a = sampler_of(still, pool_desc(7));
        tern_sampler_t *b = sampler_of(moving, pool_desc(7));

        draw(a, NUM, plain);
        pull_draws(b, NUM, keys);
        for (size_t p = 0; p < 50; p++) {
            count(POOL * REUSE, plain + p * POOL * REUSE, counts[0]);
            count(POOL * REUSE, keys + p * POOL * REUSE, counts[1]);
            CU_ASSERT_EQUAL(memcmp(counts[0], counts[1], sizeof counts[0]), 0);
        }
        tern_sampler_destroy(&a);
        tern_sampler_destroy(&b);
    }
    free(plain);
    free(keys);
    session_end(&session);
}

/* --- local --- */

/* What the distribution is where only rows of this node count. */
static void restrict_to_node(const tern_table_t *table, double weights[])
{
    for (size_t i = 0; i < NUM_KEYS; i++)
        if (!tern_is_local(table, i))
            weights[i] = 0;
}

static void check_local(session_t *session, tern_table_t *table, const double weights[])
{
    enum { NUM = 200000 };

    static tern_key_t  keys[NUM];
    uint64_t           counts[NUM_KEYS];
    double             here[NUM_KEYS];
    tern_sample_desc_t desc    = {.weights = weights, .scheme = TERN_SAMPLE_LOCAL};
    tern_sampler_t    *sampler = sampler_of(table, desc);
    tern_counters_t    before  = counters_of(session), after;

    pull_draws(sampler, NUM, keys);
    after = counters_of(session);
    CU_ASSERT_EQUAL(after.pull_keys - before.pull_keys, NUM);
    CU_ASSERT_EQUAL(after.local_keys - before.local_keys, NUM);
    memcpy(here, weights, sizeof here);
    restrict_to_node(table, here);
    count(NUM, keys, counts);
    CU_ASSERT(conforms(counts, here, 1));
    tern_sampler_destroy(&sampler);
}

static void local_draws_have_the_distribution_of_this_node(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = filled_table(&session);

    if (tern_is_worker(session.runtime)) {
        check_local(&session, table, zipf());
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

/* One row in a thousand, by weight, is here: rejection gives up and a census is taken. */
static void so_do_those_of_rows_that_are_rarely_here(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = filled_table(&session);
    double        weights[NUM_KEYS];

    if (tern_is_worker(session.runtime)) {
        memcpy(weights, zipf(), sizeof weights);
        for (size_t i = 0; i < NUM_KEYS; i++)
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
    tern_table_t   *table   = table_of(&session, "relocate");
    tern_counters_t before, after;

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler = sampler_of(
            table, (tern_sample_desc_t){.scheme = TERN_SAMPLE_LOCAL, .seed = 2});

        before = counters_of(&session);
        for (uint64_t round = 0; round < 300; round++) {
            tern_request_t *request = NULL;
            tern_key_t      wanted[10], keys[50];

            for (uint64_t i = 0; i < 10; i++)
                wanted[i] = tern_random_below(3, (uint64_t)tern_worker(session.runtime),
                                              10 * round + i, NUM_KEYS);
            CU_ASSERT_EQUAL(tern_localize(table, 10, wanted, &request), TERN_OK);
            pull_draws(sampler, 50, keys);
            CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
        }
        after = counters_of(&session);
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
    uint64_t                 counts[NUM_KEYS];
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
        table   = filled_table(&session);
        if (tern_is_worker(session.runtime)) {
            tern_sampler_t *sampler =
                sampler_of(table, (tern_sample_desc_t){.weights = zipf(),
                                                       .scheme  = TERN_SAMPLE_LOCAL});

            pull_draws(sampler, NUM, keys);
            count(NUM, keys, counts);
            CU_ASSERT(conforms(counts, zipf(), 1));
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

/* --- errors --- */

static void refuses(tern_table_t *table, tern_sample_desc_t desc)
{
    tern_sampler_t *sampler = NULL;

    CU_ASSERT_EQUAL(tern_sampler_create(table, &desc, &sampler), TERN_ERR_ARG);
    CU_ASSERT_PTR_NULL(sampler);
}

static void bad_descriptions_are_refused(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = filled_table(&session);
    const double  none[4] = {0}, negative[4] = {1, -1, 1, 1},
                 huge[4]    = {1, INFINITY, 1, 1};
    const double unknown[4] = {1, 1, NAN, 1};

    if (tern_is_worker(session.runtime)) {
        refuses(table, (tern_sample_desc_t){.keys = {0, NUM_KEYS + 1}});
        refuses(table, (tern_sample_desc_t){.keys = {5, 4}});
        refuses(table, (tern_sample_desc_t){.keys = {0, 4}, .weights = none});
        refuses(table, (tern_sample_desc_t){.keys = {0, 4}, .weights = negative});
        refuses(table, (tern_sample_desc_t){.keys = {0, 4}, .weights = huge});
        refuses(table, (tern_sample_desc_t){.keys = {0, 4}, .weights = unknown});
        refuses(table, (tern_sample_desc_t){.scheme = (tern_sample_scheme_t)4});
        refuses(NULL, (tern_sample_desc_t){0});
    }
    session_end(&session);
}

static void what_is_not_prepared_cannot_be_pulled(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = filled_table(&session);
    tern_key_t    keys[8];

    for (int s = 0; s < 4 && tern_is_worker(session.runtime); s++) {
        tern_sampler_t *sampler =
            sampler_of(table, (tern_sample_desc_t){.scheme = schemes[s]});

        CU_ASSERT_EQUAL(tern_pull_sample(sampler, 1, keys, NULL, NULL), TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_sample_prepare(sampler, 7), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_sample(sampler, 8, keys, NULL, NULL), TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_pull_sample(sampler, 7, keys, NULL, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_sample(sampler, 0, keys, NULL, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_sample(sampler, 1, keys, NULL, NULL), TERN_ERR_ARG);
        tern_sampler_destroy(&sampler);
        CU_ASSERT_PTR_NULL(sampler);
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(names_are_those_of_the_schemes),
        FACT(independent_draws_have_the_distribution),
        FACT(without_weights_draws_are_uniform_in_their_range),
        FACT(draws_are_a_function_of_seed_worker_and_number),
        FACT(every_scheme_brings_the_rows_that_it_drew),
        FACT(keys_alone_send_nothing),
        FACT(what_was_localized_ahead_is_pulled_in_node_memory),
        FACT(a_pool_uses_each_of_its_rows_as_often),
        FACT(pools_have_the_distribution),
        FACT(every_draw_of_a_pool_has_the_distribution),
        FACT(postponing_changes_the_order_of_a_pool_alone),
        FACT(pools_stay_whole_while_rows_move),
        FACT(local_draws_have_the_distribution_of_this_node),
        FACT(so_do_those_of_rows_that_are_rarely_here),
        FACT(local_draws_stay_local_while_rows_move),
        FACT(where_nothing_is_here_local_draws_are_naive),
        FACT(bad_descriptions_are_refused),
        FACT(what_is_not_prepared_cannot_be_pulled),
    };

    return mpi_facts_run("mpi/sampling", facts, sizeof facts / sizeof *facts);
}
