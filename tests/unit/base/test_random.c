/* Random numbers: pure functions, and random enough. The seeds are fixed, so the results are too. */
#include "facts.h"
#include "tern/random.h"

static void numbers_do_not_depend_on_the_order_of_asking(void)
{
    enum { NUM = 1000 };
    static uint64_t forward[NUM];

    for (uint64_t i = 0; i < NUM; i++)
        forward[i] = tern_random_u64(3, 4, i);
    for (uint64_t i = NUM; i-- > 0;)
        CU_ASSERT_EQUAL(tern_random_u64(3, 4, i), forward[i]);
}

/* Result files and initial models depend on these values: a change must not go unnoticed. */
static void numbers_are_the_same_in_every_release(void)
{
    CU_ASSERT_EQUAL(tern_random_u64(0, 0, 0), 0xa706dd2f4d197e6fu);
    CU_ASSERT_EQUAL(tern_random_u64(1, 2, 3), 0x0ee3bb459e9e297bu);
}

static void seed_stream_and_counter_all_matter(void)
{
    uint64_t number = tern_random_u64(1, 2, 3);

    CU_ASSERT_NOT_EQUAL(tern_random_u64(2, 2, 3), number);
    CU_ASSERT_NOT_EQUAL(tern_random_u64(1, 3, 3), number);
    CU_ASSERT_NOT_EQUAL(tern_random_u64(1, 2, 4), number);
    CU_ASSERT_NOT_EQUAL(tern_random_u64(2, 1, 3), number);
}

/* Chi-square of 256 equally likely cells against the 0.1 % point of 255 degrees of freedom, 330.5. */
enum { NUM_CELLS = 256, NUM_DRAWS = 256 * 1000 };

static double chi_square(const unsigned counts[])
{
    double expected = (double)NUM_DRAWS / NUM_CELLS;
    double sum      = 0;

    for (int i = 0; i < NUM_CELLS; i++)
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    return sum;
}

static void units_are_uniform_along_counters_and_streams(void)
{
    unsigned along_counters[NUM_CELLS] = {0}, along_streams[NUM_CELLS] = {0};

    for (uint64_t i = 0; i < NUM_DRAWS; i++) {
        double u = tern_random_unit(1, 0, i);
        double v = tern_random_unit(1, i, 0);

        CU_ASSERT_TRUE(u >= 0.0 && u < 1.0 && v >= 0.0 && v < 1.0);
        along_counters[(int)(u * NUM_CELLS)]++;
        along_streams[(int)(v * NUM_CELLS)]++;
    }
    CU_ASSERT_TRUE(chi_square(along_counters) < 330.5);
    CU_ASSERT_TRUE(chi_square(along_streams) < 330.5);
}

static void neighbouring_numbers_are_independent(void)
{
    unsigned pairs[NUM_CELLS] = {0};

    for (uint64_t i = 0; i < NUM_DRAWS; i++) {
        uint64_t here = tern_random_u64(1, 0, i), next = tern_random_u64(1, 0, i + 1);

        pairs[here >> 60 << 4 | next >> 60]++;
    }
    CU_ASSERT_TRUE(chi_square(pairs) < 330.5);
}

static void bounded_numbers_fill_their_range_evenly(void)
{
    unsigned counts[NUM_CELLS] = {0};

    for (uint64_t i = 0; i < NUM_DRAWS; i++) {
        uint64_t n = tern_random_below(5, 6, i, NUM_CELLS);

        CU_ASSERT_TRUE(n < NUM_CELLS);
        counts[n]++;
        CU_ASSERT_EQUAL(tern_random_below(5, 6, i, 1), 0);
    }
    CU_ASSERT_TRUE(chi_square(counts) < 330.5);
}

/* Standard errors of the four moments over n draws: 1, sqrt 2, sqrt 15 and sqrt 96 over sqrt n. */
static void normals_have_the_moments_of_the_normal_distribution(void)
{
    double sums[4] = {0};
    double sigma   = 1.0 / sqrt((double)NUM_DRAWS);

    for (uint64_t i = 0; i < NUM_DRAWS; i++) {
        double x = tern_random_normal(7, 8, i);

        CU_ASSERT_TRUE(isfinite(x));
        sums[0] += x;
        sums[1] += x * x;
        sums[2] += x * x * x;
        sums[3] += x * x * x * x;
    }
    CU_ASSERT_DOUBLE_EQUAL(sums[0] / NUM_DRAWS, 0.0, 4 * sigma);
    CU_ASSERT_DOUBLE_EQUAL(sums[1] / NUM_DRAWS, 1.0, 4 * sqrt(2.0) * sigma);
    CU_ASSERT_DOUBLE_EQUAL(sums[2] / NUM_DRAWS, 0.0, 4 * sqrt(15.0) * sigma);
    CU_ASSERT_DOUBLE_EQUAL(sums[3] / NUM_DRAWS, 3.0, 4 * sqrt(96.0) * sigma);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(numbers_do_not_depend_on_the_order_of_asking),
        FACT(numbers_are_the_same_in_every_release),
        FACT(seed_stream_and_counter_all_matter),
        FACT(units_are_uniform_along_counters_and_streams),
        FACT(neighbouring_numbers_are_independent),
        FACT(bounded_numbers_fill_their_range_evenly),
        FACT(normals_have_the_moments_of_the_normal_distribution),
    };

    return facts_run("base/random", facts, sizeof(facts) / sizeof(facts[0]));
}
