/** \file
 * Sampling access: draws that are independent, what all schemes have in common, errors.
 */
#include <math.h>
#include <string.h>

#include "mpi_facts.h"
#include "sample_fixture.h"

static void names_are_those_of_the_schemes(void)
{
    static const char *const names[] = {"naive", "prelocalized", "pool", "local"};
    tern_sample_scheme_t     scheme;

    for (size_t i = 0; i < 4; i++)
        CU_ASSERT(tern_sample_scheme_parse(names[i], &scheme) &&
                  scheme == sample_schemes[i]);
    CU_ASSERT(!tern_sample_scheme_parse("pools", &scheme));
}

static void independent_draws_have_the_distribution(void)
{
    enum { NUM = 200000 };

    session_t         session = session_begin(NULL);
    tern_table_t     *table   = sample_table(&session, "static");
    static tern_key_t keys[NUM];
    uint64_t          counts[SAMPLE_KEYS];

    for (int s = 0; s < 2 && tern_is_worker(session.runtime); s++) {
        tern_sampler_t *sampler =
            sample_sampler(table, (tern_sample_desc_t){.weights = sample_zipf(),
                                                       .scheme  = sample_schemes[s]});

        sample_draw(sampler, NUM, keys);
        sample_count(NUM, keys, counts);
        CU_ASSERT(sample_conforms(counts, sample_zipf(), 1));
        CU_ASSERT(
            !sample_conforms(counts, sample_zipf(), 1.0 / 16)); /* the test could fail */
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

static void without_weights_draws_are_uniform_in_their_range(void)
{
    enum { NUM = 100000, FIRST = 100, END = 150 };

    session_t         session = session_begin(NULL);
    tern_table_t     *table   = sample_table(&session, "static");
    static tern_key_t keys[NUM];
    uint64_t          counts[SAMPLE_KEYS];
    double            weights[SAMPLE_KEYS] = {0};

    if (tern_is_worker(session.runtime)) {
        tern_sampler_t *sampler =
            sample_sampler(table, (tern_sample_desc_t){.keys = {FIRST, END}, .seed = 5});

        for (size_t i = FIRST; i < END; i++)
            weights[i] = 1;
        sample_draw(sampler, NUM, keys);
        sample_count(NUM, keys, counts);
        CU_ASSERT(sample_conforms(counts, weights, 1));
        tern_sampler_destroy(&sampler);
    }
    session_end(&session);
}

static void draws_are_a_function_of_seed_worker_and_number(void)
{
    enum { NUM = 1000 };

    session_t     session = session_begin(NULL);
    tern_table_t *table   = sample_table(&session, "static");
    tern_key_t    one[NUM], other[NUM];

    if (tern_is_worker(session.runtime)) {
        tern_sample_desc_t naive = {.weights = sample_zipf(), .seed = 9};
        tern_sample_desc_t ahead = {
            .weights = sample_zipf(), .seed = 9, .scheme = TERN_SAMPLE_PRELOCALIZED};
        tern_sample_desc_t another = {.weights = sample_zipf(), .seed = 10};
        tern_sampler_t    *a       = sample_sampler(table, naive),
                       *b          = sample_sampler(table, ahead);
        tern_sampler_t *c          = sample_sampler(table, another);
        double          first;

        sample_draw(a, NUM, one);
        sample_pull(b, NUM, other);
        CU_ASSERT_EQUAL(memcmp(one, other, sizeof one), 0);
        sample_draw(c, NUM, other);
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
    static const char *const policies[] = {"static", "relocate", "ssp", "essp"};
    session_t                session    = session_begin(NULL);
    tern_key_t               keys[3000];

    for (size_t p = 0; p < sizeof policies / sizeof *policies; p++) {
        tern_table_t *table = sample_table(&session, policies[p]);

        for (int s = 0; s < 4 && tern_is_worker(session.runtime); s++) {
            tern_sampler_t *sampler =
                sample_sampler(table, (tern_sample_desc_t){.weights = sample_zipf(),
                                                           .scheme  = sample_schemes[s]});

            sample_pull(sampler, 3000, keys);
            tern_sampler_destroy(&sampler);
        }
    }
    session_end(&session);
}

static void keys_alone_send_nothing(void)
{
    session_t     session = session_begin(NULL);
    tern_table_t *table   = sample_table(&session, "static");
    tern_key_t    keys[1000];

    for (int s = 0; s < 4 && tern_worker(session.runtime) == 0; s++) {
        tern_sampler_t *sampler =
            sample_sampler(table, (tern_sample_desc_t){.weights = sample_zipf(),
                                                       .scheme  = sample_schemes[s]});
        tern_counters_t before = sample_counters(&session);

        sample_draw(sampler, 1000, keys);
        CU_ASSERT_EQUAL(sample_counters(&session).pull_keys, before.pull_keys);
        CU_ASSERT_EQUAL(sample_counters(&session).messages_sent, before.messages_sent);
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

    return (tern_range_t){next * SAMPLE_KEYS / n, (next + 1) * SAMPLE_KEYS / n};
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
    tern_table_t   *table   = sample_table(&session, "relocate");
    tern_key_t      keys[NUM], pulled[NUM];
    float           rows[NUM][SAMPLE_WIDTH];
    tern_counters_t before, after;

    if (tern_is_worker(session.runtime)) {
        tern_sample_desc_t desc    = {.keys = neighbours_keys(&session), .seed = 8};
        tern_sampler_t    *foresee = sample_sampler(table, desc), *sampler;

        sample_draw(foresee, NUM, keys);
        desc.scheme = TERN_SAMPLE_PRELOCALIZED;
        sampler     = sample_sampler(table, desc);
        CU_ASSERT_EQUAL(tern_sample_prepare(sampler, NUM), TERN_OK);
        wait_until_local(&session, table, NUM, keys);
        before = sample_counters(&session);
        CU_ASSERT_EQUAL(tern_pull_sample(sampler, NUM, pulled, rows, NULL), TERN_OK);
        after = sample_counters(&session);
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
    tern_table_t *table   = sample_table(&session, "static");
    const double  none[4] = {0}, negative[4] = {1, -1, 1, 1},
                 huge[4]    = {1, INFINITY, 1, 1};
    const double unknown[4] = {1, 1, NAN, 1};

    if (tern_is_worker(session.runtime)) {
        refuses(table, (tern_sample_desc_t){.keys = {0, SAMPLE_KEYS + 1}});
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
    tern_table_t *table   = sample_table(&session, "static");
    tern_key_t    keys[8];

    for (int s = 0; s < 4 && tern_is_worker(session.runtime); s++) {
        tern_sampler_t *sampler =
            sample_sampler(table, (tern_sample_desc_t){.scheme = sample_schemes[s]});

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
        FACT(bad_descriptions_are_refused),
        FACT(what_is_not_prepared_cannot_be_pulled),
    };

    return mpi_facts_run("mpi/sampling", facts, sizeof facts / sizeof *facts);
}
