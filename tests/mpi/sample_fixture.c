/** \file
 * Distributions and samplers that the facts about sampling share.
 */
#include "sample_fixture.h"

#include <math.h>
#include <string.h>

#include "facts.h"

const tern_sample_scheme_t sample_schemes[SAMPLE_NUM_SCHEMES] = {
    TERN_SAMPLE_NAIVE, TERN_SAMPLE_PRELOCALIZED, TERN_SAMPLE_POOL, TERN_SAMPLE_LOCAL};

const double *sample_zipf(void)
{
    static double weights[SAMPLE_KEYS];

    for (size_t i = 0; i < SAMPLE_KEYS; i++)
        weights[i] = i % 7 == 3 ? 0 : 1.0 / (double)(i * 37 % SAMPLE_KEYS + 4);
    return weights;
}

/* Beyond what one in a million of sums of `freedom` squared standard normals exceeds (Wilson and Hilferty, PNAS 1931). */
static double limit(size_t freedom)
{
    double ninth = 2.0 / (9.0 * (double)freedom), root = 1 - ninth + 4.75 * sqrt(ninth);

    return (double)freedom * root * root * root;
}

bool sample_conforms(const uint64_t counts[], const double weights[], double bundle)
{
    double   sum = 0, square = 0;
    uint64_t num     = 0;
    size_t   freedom = 0;

    for (size_t i = 0; i < SAMPLE_KEYS; i++) {
        sum += weights[i];
        num += counts[i];
        freedom += weights[i] > 0;
        if (weights[i] == 0 && counts[i] > 0)
            return false;
    }
    for (size_t i = 0; i < SAMPLE_KEYS; i++)
        if (weights[i] > 0) {
            double expected = (double)num * weights[i] / sum;

            CU_ASSERT(expected / bundle >= 5); /* else the test is void */
            square += ((double)counts[i] - expected) * ((double)counts[i] - expected) /
                      expected;
        }
    return freedom == 1 || square / bundle < limit(freedom - 1);
}

tern_table_t *sample_table(session_t *session, const char *policy)
{
    tern_table_desc_t desc  = {.name   = policy,
                               .keys   = {0, SAMPLE_KEYS},
                               .width  = SAMPLE_WIDTH,
                               .sync   = TERN_SYNC_ASYNC,
                               .policy = policy};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    if (tern_worker(session->runtime) == 0)
        for (tern_key_t key = 0; key < SAMPLE_KEYS; key++) {
            const float row[SAMPLE_WIDTH] = {(float)key, (float)key, (float)key};

            CU_ASSERT_EQUAL(tern_set(table, 1, &key, row, NULL), TERN_OK);
        }
    if (tern_is_worker(session->runtime))
        CU_ASSERT_EQUAL(tern_barrier(session->runtime), TERN_OK);
    return table;
}

tern_sampler_t *sample_sampler(tern_table_t *table, tern_sample_desc_t desc)
{
    tern_sampler_t *sampler = NULL;

    CU_ASSERT_EQUAL_FATAL(tern_sampler_create(table, &desc, &sampler), TERN_OK);
    return sampler;
}

void sample_pull(tern_sampler_t *sampler, size_t num, tern_key_t keys[])
{
    float rows[64][SAMPLE_WIDTH];

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
                      rows[i][SAMPLE_WIDTH - 1] == (float)keys[done + i]);
    }
}

void sample_draw(tern_sampler_t *sampler, size_t num, tern_key_t keys[])
{
    CU_ASSERT_EQUAL(tern_sample_prepare(sampler, num), TERN_OK);
    CU_ASSERT_EQUAL(tern_pull_sample(sampler, num, keys, NULL, NULL), TERN_OK);
}

void sample_count(size_t num, const tern_key_t keys[], uint64_t counts[SAMPLE_KEYS])
{
    memset(counts, 0, SAMPLE_KEYS * sizeof *counts);
    for (size_t i = 0; i < num; i++)
        counts[keys[i]]++;
}

tern_counters_t sample_counters(const session_t *session)
{
    tern_counters_t counters;

    tern_get_counters(session->runtime, &counters);
    return counters;
}
