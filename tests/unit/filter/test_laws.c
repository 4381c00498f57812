/* What each filter that writes values promises: no bit changed, or an error within a bound, or
 * none on average. */
#include <float.h>
#include <math.h>

#include "chains.h"
#include "facts.h"
#include "filter_libraries.h"
#include "tern/random.h"

enum { MAX_ROWS = 200, MAX_WIDTH = 8, NUM_KINDS = 8 };

/* One value of a kind of data. */
static double draw(unsigned kind, uint64_t stream, uint64_t i)
{
    double u = 2 * tern_random_unit(11, stream, i) - 1;

    switch (kind) {
    case 0: /* all equal */
        return 0.1;
    case 1: /* spread over many magnitudes */
        return u * exp2(40 * tern_random_unit(12, stream, i) - 20);
    case 2: /* denormal, as floats and for the short formats */
        return u * 1e-40;
    case 3: /* zeros of both signs among others */
        return i % 3 == 0 ? 0.0 : i % 3 == 1 ? -0.0 : u;
    case 4: /* infinities and NaN among others */
        return i % 5 == 0   ? INFINITY
               : i % 5 == 1 ? -INFINITY
               : i % 5 == 2 ? (double)NAN
                            : u;
    case 5: /* as large as floats are */
        return u > 0 ? (double)FLT_MAX : -(double)FLT_MAX;
    case 6: /* rows of zeros and of NaN */
        return i / 4 % 2 ? 0 : (double)NAN;
    default:
        return u;
    }
}

/* Two ends of a chain, rows to send and what came. */
typedef struct trial {
    tern_chain_t *sender, *receiver;
    tern_type_t   type;
    uint32_t      width;
    size_t        num_rows, num_values;
    double        memory[MAX_ROWS * MAX_WIDTH], came[MAX_ROWS * MAX_WIDTH];
    tern_key_t    keys[MAX_ROWS];
} trial_t;

static trial_t begin(const char *text, bool is_for_pulls, tern_type_t type,
                     uint32_t width)
{
    trial_t trial = {.type = type, .width = width};

    trial.sender   = chain_of(text, is_for_pulls, type, width);
    trial.receiver = chain_of(text, is_for_pulls, type, width);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trial.sender);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trial.receiver);
    return trial;
}

static void end(trial_t *trial)
{
    tern_chain_destroy(&trial->sender);
    tern_chain_destroy(&trial->receiver);
}

static double value(const trial_t *trial, const double memory[], size_t i)
{
    return tern_filter_get(&trial->sender->rows.shape, (const char *)memory, i);
}

static void fill(trial_t *trial, unsigned kind, uint64_t stream, size_t num_rows)
{
    trial->num_rows   = num_rows;
    trial->num_values = num_rows * trial->width;
    for (size_t i = 0; i < trial->num_values; i++)
        tern_filter_put(&trial->sender->rows.shape, (char *)trial->memory, i,
                        draw(kind, stream, i));
    for (size_t i = 0; i < num_rows; i++)
        trial->keys[i] = i;
}

static void send_rows(trial_t *trial)
{
    CU_ASSERT_EQUAL(through(trial->sender, trial->receiver, trial->num_rows, trial->keys,
                            trial->memory, trial->came, NULL),
                    TERN_OK);
}

/* Run `check` on every kind of data, type, width and number of rows. */
static void try_all(const char *text, bool is_for_pulls, void (*check)(const trial_t *))
{
    static const size_t   numbers[] = {0, 1, 2, 7, MAX_ROWS};
    static const uint32_t widths[]  = {1, 2, 3, MAX_WIDTH};

    for (unsigned shape = 0; shape < 8; shape++) {
        trial_t trial = begin(text, is_for_pulls, shape % 2 ? TERN_FLOAT64 : TERN_FLOAT32,
                              widths[shape / 2]);

        for (unsigned kind = 0; kind < NUM_KINDS; kind++)
            for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
                fill(&trial, kind, 100 * shape + n, numbers[n]);
                send_rows(&trial);
                check(&trial);
            }
        end(&trial);
    }
}

/* --- exact --- */

static void check_bits(const trial_t *trial)
{
    CU_ASSERT_EQUAL(memcmp(trial->memory, trial->came,
                           trial->num_values * tern_type_bytes(trial->type)),
                    0);
}

static void exact_filters_give_back_every_bit(void)
{
    try_all("key-cache", false, check_bits);
    try_all("zero", true, check_bits);
    try_all("zero,key-cache", true, check_bits);
    try_all("zero,kkt", true, check_bits); /* NaN here is the quiet NaN */
    try_all("lz4", false, check_bits);
    try_all("zstd", false, check_bits);
    try_all("zstd:19,lz4", true, check_bits);
    try_all("kkt,zero,zstd:1", true, check_bits);
}

static void rows_of_zeros_take_a_bit(void)
{
    trial_t trial = begin("zero,kkt", true, TERN_FLOAT64, 1);
    size_t  bytes;

    fill(&trial, 0, 0, MAX_ROWS);
    for (size_t i = 0; i < MAX_ROWS; i++)
        trial.memory[i] = i % 2 ? 0 : i % 4 ? (double)NAN : 1 + (double)i;
    CU_ASSERT_EQUAL(through(trial.sender, trial.receiver, MAX_ROWS, NULL, trial.memory,
                            trial.came, &bytes),
                    TERN_OK);
    check_bits(&trial);
    CU_ASSERT(bytes <= MAX_ROWS / 4 * sizeof(double) + MAX_ROWS / 8 + MAX_ROWS / 16 + 16);
    end(&trial);
}

static void equal_values_compress(void)
{
    static const char *const texts[] = {"lz4", "zstd"};

    for (int t = 0; t < 2; t++) {
        trial_t trial = begin(texts[t], false, TERN_FLOAT32, 4);
        size_t  bytes;

        fill(&trial, 0, 0, MAX_ROWS);
        CU_ASSERT_EQUAL(through(trial.sender, trial.receiver, MAX_ROWS, NULL,
                                trial.memory, trial.came, &bytes),
                        TERN_OK);
        CU_ASSERT(bytes < 100);
        end(&trial);
    }
}

/* --- bounded --- */

/* Neither the sender's arithmetic nor the receiver's may add more than the rounding of one
 * number. */
static double slack(const trial_t *trial, double largest)
{
    return 4 * largest *
               (trial->type == TERN_FLOAT32 ? (double)FLT_EPSILON : DBL_EPSILON) +
           (trial->type == TERN_FLOAT32 ? 1e-44 : 0);
}

/* Infinities and NaN come as they were. True if v is none of them. */
static bool is_plain(double v, double came)
{
    if (isfinite(v))
        return true;
    CU_ASSERT(isnan(v) ? isnan(came) : v == came);
    return false;
}

static void check_fixed(const trial_t *trial, double steps)
{
    for (uint32_t j = 0; j < trial->width; j++) {
        double least = INFINITY, greatest = -INFINITY, largest;

        for (size_t i = j; i < trial->num_values; i += trial->width) {
            double v = value(trial, trial->memory, i);

            if (isfinite(v)) {
                least    = fmin(least, v);
                greatest = fmax(greatest, v);
            }
        }
        largest = fmax(fabs(least), fabs(greatest));
        for (size_t i = j; i < trial->num_values; i += trial->width) {
            double v    = value(trial, trial->memory, i),
                   came = value(trial, trial->came, i);

            if (is_plain(v, came))
                CU_ASSERT(fabs(v - came) <=
                          greatest / steps - least / steps + slack(trial, largest));
        }
    }
}

static void check_fixed_1(const trial_t *trial)
{
    check_fixed(trial, 252);
}

static void check_fixed_2(const trial_t *trial)
{
    check_fixed(trial, 65532);
}

static void check_fixed_4(const trial_t *trial)
{
    check_fixed(trial, 4294967292.0);
}

static void fixed_point_errs_by_at_most_a_step(void)
{
    try_all("fixed:1", false, check_fixed_1);
    try_all("fixed:2,zstd", true, check_fixed_2);
    try_all("zero,fixed:1,lz4", true, check_fixed_1);
    try_all("fixed:4", true, check_fixed_4);
}

static void the_whole_range_of_doubles_fits(void)
{
    trial_t trial = begin("fixed:1", false, TERN_FLOAT64, 1);

    fill(&trial, 0, 0, 3);
    trial.memory[0] = -DBL_MAX;
    trial.memory[1] = DBL_MAX;
    trial.memory[2] = 0;
    send_rows(&trial);
    CU_ASSERT_EQUAL(trial.came[0], -DBL_MAX);
    CU_ASSERT_EQUAL(trial.came[1], DBL_MAX);
    CU_ASSERT(fabs(trial.came[2]) <= DBL_MAX / 126);
    end(&trial);
}

/* Within `relative` of the value, or of the least step of the format; beyond `largest`, that. */
static void check_short(const trial_t *trial, double relative, double least,
                        double largest)
{
    for (size_t i = 0; i < trial->num_values; i++) {
        double v = value(trial, trial->memory, i), came = value(trial, trial->came, i);

        if (!is_plain(v, came))
            continue;
        if (fabs(v) > largest)
            CU_ASSERT_EQUAL(came, copysign(largest, v));
        if (fabs(v) <= largest)
            CU_ASSERT(fabs(v - came) <= fmax(relative * fabs(v), least));
        CU_ASSERT_EQUAL(signbit(v) != 0, signbit(came) != 0);
    }
}

#define BF16_MAX 0x1.fep127

static void check_bf16(const trial_t *trial)
{
    check_short(trial, 0x1p-8, 0x1p-134, BF16_MAX);
}

static void check_bf16_stochastic(const trial_t *trial)
{
    check_short(trial, 0x1p-7, 0x1p-133, BF16_MAX);
}

static void check_fp16(const trial_t *trial)
{
    check_short(trial, 0x1p-11, 0x1p-25, 65504);
}

static void check_fp16_stochastic(const trial_t *trial)
{
    check_short(trial, 0x1p-10, 0x1p-24, 65504);
}

static void short_floats_err_by_at_most_half_a_step(void)
{
    try_all("bf16", false, check_bf16);
    try_all("zero,bf16,lz4", true, check_bf16);
    try_all("fp16", false, check_fp16);
}

static void short_floats_rounded_at_random_err_by_at_most_a_step(void)
{
    try_all("bf16:stochastic", false, check_bf16_stochastic);
    try_all("fp16:stochastic", true, check_fp16_stochastic);
}

static void what_a_short_float_holds_is_kept(void)
{
    static const double values[] = {0,    -0.0,  1,           -2.5,     65504,
                                    1024, 0.125, 0x1.ffcp-14, -0x1p-24, 0x1.004p0};
    trial_t             trial    = begin("fp16", false, TERN_FLOAT64, 1);

    fill(&trial, 0, 0, 10);
    memcpy(trial.memory, values, sizeof values);
    send_rows(&trial);
    check_bits(&trial);
    end(&trial);
}

static void ties_go_to_even(void)
{
    trial_t trial = begin("bf16", false, TERN_FLOAT64, 1);

    fill(&trial, 0, 0, 3);
    trial.memory[0] = 1 + 0x1p-8;     /* between 1 and 1 + 2^-7 */
    trial.memory[1] = 1 + 3 * 0x1p-8; /* between 1 + 2^-7 and 1 + 2^-6 */
    trial.memory[2] =
        1 + 0x1p-8 + 0x1p-40; /* rounding to float first would make it a tie */
    send_rows(&trial);
    CU_ASSERT_EQUAL(trial.came[0], 1);
    CU_ASSERT_EQUAL(trial.came[1], 1 + 0x1p-6);
    CU_ASSERT_EQUAL(trial.came[2], 1 + 0x1p-7);
    end(&trial);
}

/* --- unbiased --- */

/* The mean over `num` roundings of a value, each within a step of two neighbours, has a standard
 * error of at most step / (2 sqrt(num)). Six of these are passed by chance once in 5e8 draws
 * (normal limit); the fact makes 400 of them. */
static void check_unbiased(const char *text, double step)
{
    enum { NUM = 2000, ROWS = 100 };
    trial_t trial      = begin(text, false, TERN_FLOAT64, 1);
    double  sums[ROWS] = {0};

    fill(&trial, 7, 5, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        trial.memory[i] = 1 + 0.5 * trial.memory[i] * trial.memory[i]; /* in [1, 1.5) */
    for (int n = 0; n < NUM; n++) {
        send_rows(&trial);
        for (size_t i = 0; i < ROWS; i++)
            sums[i] += trial.came[i] - trial.memory[i];
    }
    for (size_t i = 0; i < ROWS; i++)
        CU_ASSERT(fabs(sums[i] / NUM) <= 6 * step / (2 * sqrt(NUM)));
    end(&trial);
}

static void random_rounding_is_unbiased(void)
{
    check_unbiased("fixed:1", 0.5 / 252);
    check_unbiased("fixed:2", 0.5 / 65532);
    check_unbiased("bf16:stochastic", 0x1p-7);
    check_unbiased("fp16:stochastic", 0x1p-10);
}

static void feedback_keeps_the_sum_of_errors_within_a_step(void)
{
    trial_t trial              = begin("fixed:1:feedback", false, TERN_FLOAT32, 2);
    double  sent[2 * MAX_ROWS] = {0}, came[2 * MAX_ROWS] = {0}, largest = 0;

    for (unsigned round = 0; round < 300; round++) {
        fill(&trial, 7, round, MAX_ROWS);
        send_rows(&trial);
        for (size_t i = 0; i < trial.num_values; i++) {
            sent[i] += value(&trial, trial.memory, i);
            came[i] += value(&trial, trial.came, i);
            largest = fmax(largest, fabs(sent[i] - came[i]));
        }
    }
    /* values within 1, and what is owed on top: a step is at most (2 + 2 steps) / 252 */
    CU_ASSERT(largest <= 2.0 / 250 + 1e-6);
    CU_ASSERT(largest > 2.0 / 252 / 4); /* there was something to correct */
    end(&trial);
}

/* Keys come in changing order, not all in every message, some more than once, and then are owed a step each time. */
static void feedback_follows_keys_wherever_they_are_in_a_message(void)
{
    enum { KEYS = 150 };
    trial_t trial      = begin("fixed:1:feedback", false, TERN_FLOAT64, 1);
    double  sent[KEYS] = {0}, came[KEYS] = {0}, largest = 0;
    size_t  most = 0; /* times of a key in one message */

    for (uint64_t round = 0; round < 300; round++) {
        size_t times[KEYS] = {0};

        fill(&trial, 7, round, MAX_ROWS);
        for (size_t i = 0; i < MAX_ROWS; i++)
            trial.keys[i] = round % 2 ? tern_random_below(9, round, i, KEYS) : i / 2;
        send_rows(&trial);
        for (size_t i = 0; i < MAX_ROWS; i++) {
            sent[trial.keys[i]] += trial.memory[i];
            came[trial.keys[i]] += trial.came[i];
        }
        for (size_t i = 0; i < MAX_ROWS; i++)
            most = ++times[trial.keys[i]] > most ? times[trial.keys[i]] : most;
        for (size_t k = 0; k < KEYS; k++)
            largest = fmax(largest, fabs(sent[k] - came[k]));
    }
    CU_ASSERT(most > 2 && most < 10);
    /* values within 1, and what is owed on top */
    CU_ASSERT(largest <= (double)most * (2 + 2 * 10 * 0.009) / 252);
    CU_ASSERT(largest > 2.0 / 252 / 4);
    end(&trial);
}

static void malformed_messages_are_refused(void)
{
    static const char *const texts[] = {"zero", "fixed:2", "bf16",
                                        "lz4",  "zstd",    "key-cache"};
    char                     noise[300];
    tern_chain_use_t         use     = {.is_exact = false};
    tern_traffic_t           traffic = {.num_messages = 0};

    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        tern_chain_t *chain = chain_of(texts[t], true, TERN_FLOAT32, 3);

        for (uint64_t n = 0; n < 3000; n++) {
            size_t length = tern_random_u64(1, n, 0) % sizeof noise;

            for (size_t i = 0; i < length; i++) /* numbers, at the end, are small ones */
                noise[i] = (char)(tern_random_u64(1, n, i + 1) &
                                  (i + 12 < length ? 0xff : 0x03));
            CU_ASSERT(tern_chain_decode(chain, noise, length, 3 * 4 * 1001, &use,
                                        &traffic) == TERN_ERR_FORMAT);
        }
        tern_chain_destroy(&chain);
    }
}

static void nothing_is_left_behind(void)
{
    CU_ASSERT_EQUAL(tern_alloc_num_held(TERN_LOG_FILTER), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(exact_filters_give_back_every_bit),
        FACT(rows_of_zeros_take_a_bit),
        FACT(equal_values_compress),
        FACT(fixed_point_errs_by_at_most_a_step),
        FACT(the_whole_range_of_doubles_fits),
        FACT(short_floats_err_by_at_most_half_a_step),
        FACT(short_floats_rounded_at_random_err_by_at_most_a_step),
        FACT(what_a_short_float_holds_is_kept),
        FACT(ties_go_to_even),
        FACT(random_rounding_is_unbiased),
        FACT(feedback_keeps_the_sum_of_errors_within_a_step),
        FACT(feedback_follows_keys_wherever_they_are_in_a_message),
        FACT(malformed_messages_are_refused),
        FACT(nothing_is_left_behind),
    };
    static const fact_t no_facts[] = {FACT(filters_need_their_libraries)};

    if (!has_filter_libraries())
        return facts_run("filters", no_facts, 1);
    return facts_run("laws of filters", facts, sizeof facts / sizeof *facts);
}
