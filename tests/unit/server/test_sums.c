#include "server/sums.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "facts.h"
#include "tern/random.h"

#define NUM_KEYS 500u

/* Batches of random keys, in and out of order, far apart and near. */
static tern_key_t key_of(uint64_t batch, uint32_t i)
{
    uint64_t key = tern_random_below(1, batch, i, NUM_KEYS);

    return batch % 2 == 0 ? key : (key * 0x9e3779b97f4a7c15u);
}

static void sums_are_those_of_each_key(void)
{
    static double expected[2 * NUM_KEYS];
    static bool   is_there[2 * NUM_KEYS];
    tern_sums_t   sums;
    tern_key_t    keys[300];
    double        rows[300];
    size_t        num_keys = 0;

    tern_sums_init(&sums, 1, TERN_FLOAT64);
    for (uint64_t batch = 0; batch < 20; batch++) {
        for (uint32_t i = 0; i < 300; i++) {
            uint64_t at = tern_random_below(1, batch, i, NUM_KEYS) + batch % 2 * NUM_KEYS;

            keys[i] = key_of(batch, i);
            rows[i] = (double)i;
            if (at == NUM_KEYS)
                at = 0; /* both kinds have key 0 */
            num_keys += !is_there[at];
            is_there[at] = true;
            expected[at] += (double)i;
        }
        CU_ASSERT_EQUAL(tern_sums_add(&sums, 300, keys, rows), TERN_OK);
    }
    CU_ASSERT_EQUAL(sums.num_keys, num_keys);
    for (size_t i = 0; i < sums.num_keys; i++)
        for (uint64_t k = 0; k < NUM_KEYS; k++) {
            if (sums.keys[i] == k)
                CU_ASSERT_EQUAL(((double *)sums.rows)[i], expected[k]);
            if (k > 0 && sums.keys[i] == k * 0x9e3779b97f4a7c15u)
                CU_ASSERT_EQUAL(((double *)sums.rows)[i], expected[NUM_KEYS + k]);
        }
    tern_sums_fini(&sums);
    CU_ASSERT_EQUAL(tern_alloc_report(), 0);
}

static void the_first_row_of_a_key_is_taken_bit_by_bit(void)
{
    tern_sums_t sums;
    tern_key_t  keys[] = {4, 2};
    float       rows[] = {-0.0f, NAN, 1.5f, INFINITY};

    tern_sums_init(&sums, 2, TERN_FLOAT32);
    CU_ASSERT_EQUAL(tern_sums_add(&sums, 2, keys, rows), TERN_OK);
    CU_ASSERT_EQUAL(memcmp(sums.rows, rows, sizeof rows), 0);
    CU_ASSERT_EQUAL(tern_sums_add(&sums, 2, keys, rows), TERN_OK);
    CU_ASSERT(isnan(((float *)sums.rows)[1]));
    CU_ASSERT_EQUAL(((float *)sums.rows)[2], 3);
    CU_ASSERT(isinf(((float *)sums.rows)[3]));
    tern_sums_fini(&sums);
}

static void what_is_forgotten_is_gone(void)
{
    tern_sums_t sums;
    tern_key_t  key = 12;
    double      row = 3;

    tern_sums_init(&sums, 1, TERN_FLOAT64);
    tern_sums_clear(&sums); /* of nothing */
    for (int round = 0; round < 3; round++) {
        CU_ASSERT_EQUAL(tern_sums_add(&sums, 1, &key, &row), TERN_OK);
        CU_ASSERT_EQUAL(sums.num_keys, 1);
        CU_ASSERT_EQUAL(((double *)sums.rows)[0], 3);
        tern_sums_clear(&sums);
        CU_ASSERT_EQUAL(sums.num_keys, 0);
    }
    tern_sums_fini(&sums);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(sums_are_those_of_each_key),
        FACT(the_first_row_of_a_key_is_taken_bit_by_bit),
        FACT(what_is_forgotten_is_gone),
    };

    return facts_run("server/sums", facts, sizeof facts / sizeof *facts);
}
