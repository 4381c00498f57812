#include "keys/alias.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "facts.h"
#include "tern/random.h"

/* The probability of each outcome as the cells say it. */
static void read_back(const tern_alias_t *alias, double probabilities[])
{
    double cell = 1.0 / (double)alias->num_outcomes;

    for (size_t i = 0; i < alias->num_outcomes; i++)
        probabilities[i] = 0;
    for (size_t i = 0; i < alias->num_outcomes; i++) {
        double own = alias->cells[i].threshold / 4294967296.0;

        probabilities[i] += cell * own;
        probabilities[alias->cells[i].other] += cell * (1 - own);
    }
}

/* The sum of the errors of a table for `weights`. */
static double error(size_t num, const double weights[])
{
    double      *probabilities = calloc(num, sizeof *probabilities);
    double       sum = 0, error = 0;
    tern_alias_t alias;

    CU_ASSERT_EQUAL_FATAL(tern_alias_init(&alias, num, weights), TERN_OK);
    read_back(&alias, probabilities);
    for (size_t i = 0; i < num; i++)
        sum += weights[i] / (double)num;
    for (size_t i = 0; i < num; i++)
        error += fabs(probabilities[i] - weights[i] / (double)num / sum);
    tern_alias_fini(&alias);
    free(probabilities);
    return error;
}

static void probabilities_are_in_proportion_to_weights(void)
{
    static double zipf[10000], random[10000], equal[777];
    const double  few[] = {1, 2, 3, 4}, one[] = {0.1};

    for (size_t i = 0; i < 10000; i++) {
        zipf[i]   = pow((double)(i + 1), -1.1);
        random[i] = tern_random_unit(1, 2, i);
    }
    for (size_t i = 0; i < 777; i++)
        equal[i] = 0.3;
    CU_ASSERT(error(10000, zipf) < ldexp(1, -31));
    CU_ASSERT(error(10000, random) < ldexp(1, -31));
    CU_ASSERT(error(777, equal) < ldexp(1, -31));
    CU_ASSERT(error(4, few) < ldexp(1, -31));
    CU_ASSERT(error(1, one) < ldexp(1, -31));
}

static void what_has_no_weight_has_no_probability(void)
{
    static double weights[10007], probabilities[10007];
    tern_alias_t  alias;

    for (size_t i = 0; i < 10007; i++)
        weights[i] = i % 3 == 0 ? 0.1 + tern_random_unit(3, 1, i) : 0;
    CU_ASSERT_EQUAL_FATAL(tern_alias_init(&alias, 10007, weights), TERN_OK);
    read_back(&alias, probabilities);
    for (size_t i = 0; i < 10007; i++)
        CU_ASSERT_EQUAL(probabilities[i] == 0, i % 3 != 0);
    tern_alias_fini(&alias);
}

static void huge_and_tiny_weights_do_not_overflow(void)
{
    const double huge[] = {DBL_MAX, DBL_MAX, DBL_MAX, DBL_MAX};
    const double tiny[] = {DBL_MIN, DBL_MIN};
    const double both[] = {DBL_MAX, DBL_MIN};

    CU_ASSERT(error(4, huge) < ldexp(1, -31));
    CU_ASSERT(error(2, tiny) < ldexp(1, -31));
    CU_ASSERT(error(2, both) < ldexp(1, -31));
}

/* The cells and their sides in order: the outcome is a function of the number alone. */
static void numbers_choose_cell_and_side(void)
{
    const double weights[]   = {1, 0, 2, 1};
    size_t       num_seen[4] = {0};
    tern_alias_t alias;

    CU_ASSERT_EQUAL_FATAL(tern_alias_init(&alias, 4, weights), TERN_OK);
    for (uint64_t i = 0; i < 1 << 16; i++)
        num_seen[tern_alias_outcome(&alias, i << 48)]++;
    CU_ASSERT(abs((int)num_seen[0] - (1 << 14)) <= 1);
    CU_ASSERT_EQUAL(num_seen[1], 0);
    CU_ASSERT(abs((int)num_seen[2] - (1 << 15)) <= 1);
    CU_ASSERT(tern_alias_outcome(&alias, UINT64_MAX) < 4);
    tern_alias_fini(&alias);
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_KEYS), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(probabilities_are_in_proportion_to_weights),
        FACT(what_has_no_weight_has_no_probability),
        FACT(huge_and_tiny_weights_do_not_overflow),
        FACT(numbers_choose_cell_and_side),
    };

    return facts_run("keys/alias", facts, sizeof facts / sizeof *facts);
}
