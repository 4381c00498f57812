/** \file
 * The blocked matrix product against the definition.
 */
#include "common/memory.h"
#include "kge/matrix.h"
#include "support/facts.h"
#include "tern/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static float *draw(size_t num, uint64_t stream)
{
    float *values = APP_NEW(float, num);

    for (size_t i = 0; i < num; i++)
        values[i] = (float)(2 * tern_random_unit(3, stream, i) - 1);
    return values;
}

/* Largest difference from the definition. */
static double error_of(const kge_product_t *p)
{
    double worst = 0;

    for (size_t i = 0; i < p->num_rows; i++)
        for (size_t j = 0; j < p->num_columns; j++) {
            double sum = 0;

            for (size_t k = 0; k < p->depth; k++)
                sum += (double)p->a[i * p->a_row + k * p->a_column] *
                       (double)p->b[k * p->b_stride + j];
            worst = fmax(worst, fabs(sum - (double)p->c[i * p->c_stride + j]));
        }
    return worst;
}

static void products_follow_the_definition_at_any_size(void)
{
    static const size_t rows[]    = {1, 2, 7, 8, 13, 64};
    static const size_t columns[] = {16, 32, 48, 112};
    float              *a = draw(64 * 31, 1), *b = draw(31 * 112, 2);
    float              *c = APP_NEW(float, 64 * 112);

    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 4; j++) {
            kge_product_t p = {rows[i], columns[j], 31, a, 31, 1, b, columns[j], c, 112};

            kge_multiply(&p);
            CU_ASSERT(error_of(&p) < 1e-5);
        }
    free(a);
    free(b);
    free(c);
}

static void the_left_factor_may_be_transposed(void)
{
    float *a = draw(20 * 31, 1), *b = draw(31 * 48, 2), *c = APP_NEW(float, 20 * 48);
    kge_product_t p = {20, 48, 31, a, 1, 20, b, 48, c, 48};

    kge_multiply(&p);
    CU_ASSERT(error_of(&p) < 1e-5);
    free(a);
    free(b);
    free(c);
}

static void grouping_rows_and_columns_changes_no_bit(void)
{
    float        *a = draw(19 * 57, 1), *b = draw(57 * 112, 2);
    float        *whole = APP_NEW(float, 19 * 112), *parts = APP_NEW(float, 19 * 112);
    kge_product_t p = {19, 112, 57, a, 57, 1, b, 112, whole, 112};

    kge_multiply(&p);
    for (size_t i = 0; i < 19; i++)
        for (size_t j = 0; j < 112; j += KGE_LANES) {
            kge_product_t one = {1, KGE_LANES, 57,  a + i * 57,          57,
                                 1, b + j,     112, parts + i * 112 + j, 112};

            kge_multiply(&one);
        }
    CU_ASSERT_EQUAL(memcmp(whole, parts, 19 * 112 * sizeof(float)), 0);
    free(a);
    free(b);
    free(whole);
    free(parts);
}

static void transposing_moves_every_value(void)
{
    float *from = draw(37 * 11, 1), *to = APP_NEW(float, 10 * 48);
    bool   equal = true;

    kge_transpose(37, 10, from, 11, to, 48);
    for (size_t i = 0; i < 37; i++)
        for (size_t j = 0; j < 10; j++)
            equal = equal && to[j * 48 + i] == from[i * 11 + j];
    CU_ASSERT(equal);
    free(from);
    free(to);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(products_follow_the_definition_at_any_size),
        FACT(the_left_factor_may_be_transposed),
        FACT(grouping_rows_and_columns_changes_no_bit),
        FACT(transposing_moves_every_value),
    };

    return facts_run("kge/matrix", facts, sizeof(facts) / sizeof(facts[0]));
}
