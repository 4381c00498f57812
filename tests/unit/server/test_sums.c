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

/* --- step after step --- */

enum { NUM_LISTS = 6, WIDTH = 3 };

/* Key i of a list; 0 and 1 have the same keys, in opposite order, 2 half of them, 3 more, the others others. */
static tern_key_t listed(unsigned list, uint32_t i)
{
    switch (list) {
    case 0:
    case 3:
        return 3 * i;
    case 1:
        return 3 * (199 - i);
    case 2:
        return 6 * i;
    default:
        return tern_random_below(list, 1, i, 1000);
    }
}

static uint32_t length_of(unsigned list)
{
    static const uint32_t lengths[NUM_LISTS] = {200, 200, 100, 300, 150, 30};

    return lengths[list];
}

typedef struct model {
    float rows[1000][WIDTH];
    bool  is_there[1000];
} model_t;

static void push_list(tern_sums_t *sums, model_t *model, unsigned list, uint64_t draw)
{
    tern_key_t keys[300];
    float      rows[300][WIDTH];

    for (uint32_t i = 0; i < length_of(list); i++) {
        tern_key_t key = keys[i] = listed(list, i);

        for (uint32_t j = 0; j < WIDTH; j++) {
            rows[i][j] = (float)tern_random_unit(5, draw, i * WIDTH + j);
            model->rows[key][j] =
                model->is_there[key] ? model->rows[key][j] + rows[i][j] : rows[i][j];
        }
        model->is_there[key] = true;
    }
    CU_ASSERT_EQUAL(tern_sums_add(sums, length_of(list), keys, rows), TERN_OK);
}

static void compare(const tern_sums_t *sums, const model_t *model)
{
    size_t num_there = 0;

    for (size_t k = 0; k < 1000; k++)
        num_there += model->is_there[k];
    CU_ASSERT_EQUAL_FATAL(sums->num_keys, num_there);
    for (size_t i = 0; i < sums->num_keys; i++) {
        CU_ASSERT(model->is_there[sums->keys[i]]);
        CU_ASSERT_EQUAL(memcmp(sums->rows + i * sizeof model->rows[0],
                               model->rows[sums->keys[i]], sizeof model->rows[0]),
                        0);
    }
}

/* What is remembered of the step before does not show, whatever follows it: the same keys most times. */
static void steps_know_nothing_of_one_another(void)
{
    tern_sums_t sums;

    tern_sums_init(&sums, WIDTH, TERN_FLOAT32);
    for (uint64_t step = 0; step < 300; step++) {
        model_t  model = {.is_there = {false}};
        uint64_t num   = tern_random_below(3, 0, step, 4);

        tern_sums_clear(&sums);
        for (uint64_t n = 0; n < num; n++)
            push_list(&sums, &model,
                      step % 25 < 20 ? (unsigned)(n % 2)
                                     : (unsigned)tern_random_below(3, n, step, NUM_LISTS),
                      4 * step + n);
        tern_sums_close(&sums);
        compare(&sums, &model);
    }
    tern_sums_fini(&sums);
    CU_ASSERT_EQUAL(tern_alloc_report(), 0);
}

static void keys_that_come_in_every_step_stay_where_they_are(void)
{
    tern_sums_t sums;
    model_t     model = {.is_there = {false}};

    tern_sums_init(&sums, WIDTH, TERN_FLOAT32);
    push_list(&sums, &model, 0, 0);
    tern_sums_close(&sums);
    tern_sums_clear(&sums);
    CU_ASSERT_EQUAL(sums.num_keys, 0);
    CU_ASSERT_EQUAL(sums.num_known, 200);
    push_list(&sums, &model, 2, 1); /* half of them: the others are forgotten */
    tern_sums_close(&sums);
    tern_sums_clear(&sums);
    CU_ASSERT_EQUAL(sums.num_known, 0);
    tern_sums_fini(&sums);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(sums_are_those_of_each_key),
        FACT(the_first_row_of_a_key_is_taken_bit_by_bit),
        FACT(what_is_forgotten_is_gone),
        FACT(steps_know_nothing_of_one_another),
        FACT(keys_that_come_in_every_step_stay_where_they_are),
    };

    return facts_run("server/sums", facts, sizeof facts / sizeof *facts);
}
