/* Filters that choose rows: what they hold back, leave out and let go. */
#include <math.h>

#include "chains.h"
#include "facts.h"
#include "tern/random.h"

enum { NUM_KEYS = 50, WIDTH = 2, BATCH = 40 };

/* What was pushed to each key, and what was let go. */
typedef struct account {
    double pushed[NUM_KEYS][WIDTH], went[NUM_KEYS][WIDTH];
    size_t num_went;
} account_t;

static void note(double sums[][WIDTH], size_t num, const tern_key_t keys[],
                 double rows[][WIDTH])
{
    for (size_t i = 0; i < num; i++)
        for (int j = 0; j < WIDTH; j++)
            sums[keys[i]][j] += rows[i][j];
}

/* One call, with keys that repeat. */
static void push(tern_chain_t *chain, uint64_t call, account_t *account)
{
    tern_traffic_t traffic = {.num_messages = 0};
    tern_key_t     keys[BATCH];
    double         rows[BATCH][WIDTH];
    size_t         num;

    for (size_t i = 0; i < BATCH; i++) {
        keys[i] = tern_random_u64(3, call, i) % NUM_KEYS;
        for (int j = 0; j < WIDTH; j++)
            rows[i][j] = tern_random_unit(4 + (uint64_t)j, call, i) - 0.5;
    }
    note(account->pushed, BATCH, keys, rows);
    num = tern_chain_choose(chain, BATCH, keys, (char *)rows, &traffic);
    CU_ASSERT(num <= BATCH);
    note(account->went, num, keys, rows);
    account->num_went += num;
}

static double largest_lack(const account_t *account)
{
    double largest = 0;

    for (int k = 0; k < NUM_KEYS; k++)
        for (int j = 0; j < WIDTH; j++)
            largest = fmax(largest, fabs(account->pushed[k][j] - account->went[k][j]));
    return largest;
}

static void what_is_held_back_stays_below_the_threshold(void)
{
    tern_chain_t *chain   = chain_of("significant:1.5", false, TERN_FLOAT64, WIDTH);
    account_t     account = {.num_went = 0};

    for (uint64_t call = 0; call < 200; call++) {
        push(chain, call, &account);
        CU_ASSERT(largest_lack(&account) <= 1.5 + 1e-12);
    }
    CU_ASSERT(account.num_went > 0);
    CU_ASSERT(account.num_went < 200 * BATCH / 4);
    tern_chain_destroy(&chain);
}

static void what_is_held_back_is_not_lost(void)
{
    tern_chain_t *chain   = chain_of("significant:3", false, TERN_FLOAT64, WIDTH);
    account_t     account = {.num_went = 0};
    tern_key_t    keys[7];
    double        rows[7][WIDTH];
    size_t        next = 0, num;

    for (uint64_t call = 0; call < 50; call++)
        push(chain, call, &account);
    while ((num = tern_chain_take_held(chain, &next, 7, keys, (char *)rows)) > 0)
        note(account.went, num, keys, rows);
    CU_ASSERT(largest_lack(&account) < 1e-12);
    next = 0;
    CU_ASSERT_EQUAL(tern_chain_take_held(chain, &next, 7, keys, (char *)rows), 0);
    tern_chain_destroy(&chain);
}

/* Sums of float32 pushes lose nothing by being rounded to float32 when they go. */
static void rounding_of_what_goes_is_held_back_too(void)
{
    tern_chain_t  *chain   = chain_of("significant:0.5", false, TERN_FLOAT32, 1);
    tern_traffic_t traffic = {.num_messages = 0};
    double         pushed = 0, went = 0;

    for (int i = 0; i < 10000; i++) {
        tern_key_t key   = 1;
        float      value = 0.1f;

        pushed += (double)value;
        if (tern_chain_choose(chain, 1, &key, (char *)&value, &traffic) == 1)
            went += (double)value;
        CU_ASSERT(fabs(pushed - went) <= 0.5 + 1e-6);
    }
    tern_chain_destroy(&chain);
}

static void nan_and_infinities_are_significant(void)
{
    tern_chain_t  *chain    = chain_of("significant:10", false, TERN_FLOAT64, 1);
    tern_traffic_t traffic  = {.num_messages = 0};
    double         values[] = {NAN, INFINITY, 1};
    tern_key_t     keys[]   = {1, 2, 3};

    CU_ASSERT_EQUAL(tern_chain_choose(chain, 3, keys, (char *)values, &traffic), 2);
    CU_ASSERT(isnan(values[0]));
    CU_ASSERT(isinf(values[1]));
    values[0] = 1; /* what follows is judged by itself */
    keys[0]   = 1;
    CU_ASSERT_EQUAL(tern_chain_choose(chain, 1, keys, (char *)values, &traffic), 0);
    tern_chain_destroy(&chain);
}

/* The sum over n pushes of v, each kept with probability 1 - p and then v / (1 - p), has the
 * standard error v sqrt(n p / (1 - p)). Six of these are passed by chance once in 5e8 draws
 * (normal limit); the fact makes 100 of them. */
static void skipping_is_unbiased(void)
{
    enum { NUM = 4000 };
    const double  p         = 0.3;
    tern_chain_t *chain     = chain_of("skip:0.3", false, TERN_FLOAT64, 1);
    double        sums[100] = {0};
    size_t        num_went  = 0;

    for (int n = 0; n < NUM; n++) {
        tern_traffic_t traffic = {.num_messages = 0};
        tern_key_t     keys[100];
        double         rows[100];
        size_t         num;

        for (size_t i = 0; i < 100; i++) {
            keys[i] = i;
            rows[i] = 1 + (double)i;
        }
        num = tern_chain_choose(chain, 100, keys, (char *)rows, &traffic);
        for (size_t i = 0; i < num; i++)
            sums[keys[i]] += rows[i];
        num_went += num;
    }
    for (size_t i = 0; i < 100; i++)
        CU_ASSERT(fabs(sums[i] - NUM * (1 + (double)i)) <=
                  6 * (1 + (double)i) * sqrt(NUM * p / (1 - p)));
    CU_ASSERT(fabs((double)num_went - 100 * NUM * (1 - p)) <=
              6 * sqrt(100 * NUM * p * (1 - p)));
    tern_chain_destroy(&chain);
}

static void zeros_are_left_out(void)
{
    tern_chain_t  *chain     = chain_of("zero", false, TERN_FLOAT32, 2);
    tern_traffic_t traffic   = {.num_messages = 0};
    float          rows[][2] = {{0, 0}, {0, 1}, {-0.0f, 0}, {NAN, 0}, {0, 0}};
    tern_key_t     keys[]    = {1, 2, 3, 4, 5};

    CU_ASSERT_EQUAL(tern_chain_choose(chain, 5, keys, (char *)rows, &traffic), 2);
    CU_ASSERT_EQUAL(keys[0], 2);
    CU_ASSERT_EQUAL(rows[0][1], 1);
    CU_ASSERT_EQUAL(keys[1], 4);
    CU_ASSERT(isnan(rows[1][0]));
    CU_ASSERT_EQUAL(traffic.raw_key_bytes, 40);
    CU_ASSERT_EQUAL(traffic.raw_value_bytes, 40);
    CU_ASSERT_EQUAL(traffic.after[0].key_bytes, 16);
    CU_ASSERT_EQUAL(traffic.after[0].value_bytes, 16);
    tern_chain_destroy(&chain);
}

static void small_pushes_to_inactive_keys_are_left_out(void)
{
    tern_chain_t    *chain    = chain_of("kkt:0.5", false, TERN_FLOAT64, 2);
    tern_traffic_t   traffic  = {.num_messages = 0};
    const tern_key_t pulled[] = {1, 2, 3};
    const double     values[] = {0, NAN, 7}; /* of width 1, unlike what is pushed */
    double     rows[][2] = {{0.4, 9}, {-0.5, 9}, {0.4, 9}, {0.6, 0}, {0.1, 9}, {NAN, 1}};
    tern_key_t keys[]    = {1, 2, 3, 1, 4, 3};

    CU_ASSERT(tern_chain_watches_pulls(chain));
    CU_ASSERT_EQUAL(tern_chain_note_pulled(chain, 1, 3, pulled, (const char *)values),
                    TERN_OK);
    CU_ASSERT_EQUAL(tern_chain_choose(chain, 6, keys, (char *)rows, &traffic), 3);
    CU_ASSERT_EQUAL(keys[0], 3); /* active */
    CU_ASSERT_EQUAL(keys[1], 1); /* above the threshold */
    CU_ASSERT_EQUAL(keys[2], 4); /* never pulled */
    tern_chain_destroy(&chain);
}

static void a_key_pulled_as_active_is_active_again(void)
{
    tern_chain_t  *chain   = chain_of("kkt:0.5", false, TERN_FLOAT32, 1);
    tern_traffic_t traffic = {.num_messages = 0};
    tern_key_t     key     = 9;
    const float    zero = 0, one = 1;
    float          row = 0.25f;

    CU_ASSERT_EQUAL(tern_chain_note_pulled(chain, 1, 1, &key, (const char *)&zero),
                    TERN_OK);
    CU_ASSERT_EQUAL(tern_chain_choose(chain, 1, &key, (char *)&row, &traffic), 0);
    CU_ASSERT_EQUAL(tern_chain_note_pulled(chain, 1, 1, &key, (const char *)&one),
                    TERN_OK);
    CU_ASSERT_EQUAL(tern_chain_choose(chain, 1, &key, (char *)&row, &traffic), 1);
    tern_chain_destroy(&chain);
}

static void nothing_is_left_behind(void)
{
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_FILTER), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(what_is_held_back_stays_below_the_threshold),
        FACT(what_is_held_back_is_not_lost),
        FACT(rounding_of_what_goes_is_held_back_too),
        FACT(nan_and_infinities_are_significant),
        FACT(skipping_is_unbiased),
        FACT(zeros_are_left_out),
        FACT(small_pushes_to_inactive_keys_are_left_out),
        FACT(a_key_pulled_as_active_is_active_again),
        FACT(nothing_is_left_behind),
    };

    return facts_run("choosing filters", facts, sizeof facts / sizeof *facts);
}
