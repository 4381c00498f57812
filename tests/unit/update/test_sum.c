/** \file
 * Sums of what several pushed.
 */
#include <string.h>

#include "facts.h"
#include "update/sum.h"

enum { NUM_ROWS = 5, WIDTH = 3 };

static const tern_sum_shape_t shape = {TERN_FLOAT32, WIDTH, NUM_ROWS};

/* Row i is all `base` + i. */
static void fill(float rows[NUM_ROWS][WIDTH], float base)
{
    for (uint32_t i = 0; i < NUM_ROWS; i++)
        for (uint32_t j = 0; j < WIDTH; j++)
            rows[i][j] = base + (float)i;
}

static void whole_addends_are_added_in_order(void)
{
    float a[NUM_ROWS][WIDTH], b[NUM_ROWS][WIDTH], c[NUM_ROWS][WIDTH],
        sum[NUM_ROWS][WIDTH];
    const char *addends[] = {(char *)a, (char *)b, (char *)c};

    fill(a, 1e8f);
    fill(b, 1);
    fill(c, -1e8f);
    for (size_t num = 1; num <= 3; num++) {
        tern_sum_whole(&shape, num, addends, (char *)sum);
        for (uint32_t i = 0; i < NUM_ROWS; i++) {
            float expected = a[i][0];

            if (num > 1)
                expected += b[i][0];
            if (num > 2)
                expected += c[i][0];
            CU_ASSERT_EQUAL(sum[i][WIDTH - 1], expected);
        }
    }
}

static void doubles_are_added_as_doubles(void)
{
    const tern_sum_shape_t one = {TERN_FLOAT64, 1, 1};
    double                 a = 1, b = 1e-12, sum;
    const char            *addends[] = {(char *)&a, (char *)&b};

    tern_sum_whole(&one, 2, addends, (char *)&sum);
    CU_ASSERT_EQUAL(sum, 1 + 1e-12);
}

static void rows_are_touched_by_who_has_them(void)
{
    const tern_sum_run_t ends[] = {{0, 1}, {4, 5}}, middle[] = {{1, 2}}, all[] = {{0, 2}};
    float                a[NUM_ROWS][WIDTH], packed[2][WIDTH], b[NUM_ROWS][WIDTH];
    float                sum[NUM_ROWS][WIDTH];
    bool                 touched[NUM_ROWS];
    const tern_addend_t  addends[] = {{(char *)packed, ends, 2, true},
                                      {(char *)a, middle, 1, false},
                                      {(char *)b, all, 1, false}};

    fill(a, 10);
    fill(b, 100);
    for (uint32_t j = 0; j < WIDTH; j++) {
        packed[0][j] = 1;
        packed[1][j] = 2;
    }
    CU_ASSERT_EQUAL(tern_sum_rows(&shape, 3, addends, (char *)sum, touched), 3);
    CU_ASSERT(touched[0] && touched[1] && !touched[2] && !touched[3] && touched[4]);
    CU_ASSERT_EQUAL(sum[0][0], 101);
    CU_ASSERT_EQUAL(sum[1][0], 11 + 101);
    CU_ASSERT_EQUAL(sum[4][WIDTH - 1], 2);
}

static void an_addend_is_whole_if_one_run_covers_all(void)
{
    const tern_sum_run_t all[] = {{0, 5}}, halves[] = {{0, 2}, {2, 5}}, tail[] = {{1, 5}};

    CU_ASSERT(tern_addend_is_whole(&(tern_addend_t){.runs = all, .num_runs = 1}, 5));
    CU_ASSERT(!tern_addend_is_whole(&(tern_addend_t){.runs = all, .num_runs = 1}, 6));
    CU_ASSERT(!tern_addend_is_whole(&(tern_addend_t){.runs = halves, .num_runs = 2}, 5));
    CU_ASSERT(!tern_addend_is_whole(&(tern_addend_t){.runs = tail, .num_runs = 1}, 5));
    CU_ASSERT(!tern_addend_is_whole(&(tern_addend_t){.num_runs = 0}, 5));
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(whole_addends_are_added_in_order),
        FACT(doubles_are_added_as_doubles),
        FACT(rows_are_touched_by_who_has_them),
        FACT(an_addend_is_whole_if_one_run_covers_all),
    };

    return facts_run("update/sum", facts, sizeof facts / sizeof *facts);
}
