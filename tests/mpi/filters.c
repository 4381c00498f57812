/** \file
 * Tables with filters against tables without: exact filters change no bit, others keep their law,
 * whatever is lost on the way; and what is saved, to the byte.
 *
 * run_mpi: ranks 2 4; nodes 0 1 2
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "filter_libraries.h"
#include "mpi_facts.h"
#include "session.h"

enum { NUM_KEYS = 3000, BATCH = 700, MAX_WIDTH = 3 };

/* A table of the given filters whose pushes add. */
static tern_table_t *create(const session_t *session, const char *name, tern_type_t type,
                            uint32_t width, const char *push_filters,
                            const char *pull_filters)
{
    tern_table_t     *table = NULL;
    tern_table_desc_t desc  = {.name         = name,
                               .keys         = {0, NUM_KEYS},
                               .width        = width,
                               .type         = type,
                               .sync         = TERN_SYNC_ASYNC,
                               .push_filters = push_filters,
                               .pull_filters = pull_filters};

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

static void put(tern_type_t type, void *rows, size_t i, double value)
{
    if (type == TERN_FLOAT32)
        ((float *)rows)[i] = (float)value;
    else
        ((double *)rows)[i] = value;
}

static double get(tern_type_t type, const void *rows, size_t i)
{
    return type == TERN_FLOAT32 ? (double)((const float *)rows)[i]
                                : ((const double *)rows)[i];
}

/* Whole numbers, so that sums do not depend on their order; a third of the rows are zero. */
static void draw(uint64_t seed, uint64_t stream, tern_type_t type, uint32_t width,
                 tern_key_t keys[], void *rows)
{
    for (size_t i = 0; i < BATCH; i++) {
        uint64_t random = tern_random_u64(seed, stream, i);

        keys[i] = random % NUM_KEYS;
        for (uint32_t j = 0; j < width; j++)
            put(type, rows, i * width + j,
                random % 3 == 0 ? 0 : (double)(random >> (8 + 8 * j) & 0xff) - 100);
    }
}

/* All kinds of access, by every worker; keys repeat from round to round, as they do in training. */
static void work(const session_t *session, tern_table_t *table, uint32_t width)
{
    tern_type_t  type   = tern_table_type(table);
    uint64_t     who    = (uint64_t)tern_worker(session->runtime);
    tern_key_t  *keys   = malloc(BATCH * sizeof *keys);
    char        *rows   = malloc(BATCH * MAX_WIDTH * sizeof(double));
    char        *values = malloc(NUM_KEYS * MAX_WIDTH * sizeof(double));
    tern_range_t range  = {100, 100 + BATCH};

    for (uint64_t round = 0; round < 6; round++) {
        draw(1 + round % 2, who, type, width, keys, rows);
        CU_ASSERT_EQUAL(tern_push(table, BATCH, keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, BATCH, keys, values, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_push_pull(table, BATCH, keys, rows, values, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_push_range(table, range, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, range, values, NULL), TERN_OK);
        if (round == 3)
            tern_table_forget_keys(table);
    }
    CU_ASSERT_EQUAL(tern_push_held(table, NULL), TERN_OK);
    free(values);
    free(rows);
    free(keys);
}

/* The largest difference of two tables in any value, as one worker sees them. */
static double largest_difference(tern_table_t *a, tern_table_t *b, uint32_t width)
{
    tern_type_t  type    = tern_table_type(a);
    tern_range_t all     = {0, NUM_KEYS};
    size_t       num     = NUM_KEYS * width;
    char        *values  = malloc(num * sizeof(double));
    char        *others  = malloc(num * sizeof(double));
    double       largest = 0;

    CU_ASSERT_EQUAL(tern_pull_range(a, all, values, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_pull_range(b, all, others, NULL), TERN_OK);
    for (size_t i = 0; i < num; i++)
        largest = fmax(largest, fabs(get(type, values, i) - get(type, others, i)));
    free(values);
    free(others);
    return largest;
}

static void compare_exact(const char *const settings[], const char *push_filters,
                          const char *pull_filters)
{
    session_t session = session_begin(settings);

    for (int t = 0; t < 4; t++) {
        tern_type_t type    = t % 2 ? TERN_FLOAT64 : TERN_FLOAT32;
        uint32_t    width   = t < 2 ? 1 : MAX_WIDTH;
        char        name[2] = {(char)('a' + t), '\0'}, other[2] = {(char)('k' + t), '\0'};
        tern_table_t *plain = create(&session, name, type, width, NULL, NULL);
        tern_table_t *filtered =
            create(&session, other, type, width, push_filters, pull_filters);

        if (tern_is_worker(session.runtime)) {
            work(&session, plain, width);
            work(&session, filtered, width);
            CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
            CU_ASSERT_EQUAL(largest_difference(plain, filtered, width), 0);
            CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        }
    }
    session_end(&session);
}

static const struct chains {
    const char *push, *pull;
} exact_chains[] = {
    {"key-cache", "key-cache"},
    {"zero,key-cache,zstd:3", "zero,key-cache,zstd"},
    {"significant:50,lz4", "kkt,zero,lz4"},
    {"kkt,zero,significant:1000,key-cache:1,zstd:1,lz4", NULL},
    {NULL, "zstd,key-cache"},
};

static void exact_filters_change_no_bit(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};

    for (size_t c = 0; c < sizeof exact_chains / sizeof *exact_chains; c++)
        compare_exact(settings, exact_chains[c].push, exact_chains[c].pull);
}

static void exact_filters_change_no_bit_of_long_messages(void)
{
    const char *const settings[] = {"roles", session_all_roles(), "chunk-kb", "4", NULL};

    compare_exact(settings, exact_chains[1].push, exact_chains[1].pull);
}

static void exact_filters_change_no_bit_when_messages_are_lost(void)
{
    const char *const settings[] = {
        "roles",     session_all_roles(),
        "fault",     "drop:0.05,duplicate:0.1,delay:0.1,seed:5",
        "resend-ms", "20",
        NULL};

    compare_exact(settings, "key-cache", "key-cache");
    compare_exact(settings, "zero,key-cache,zstd:3", "zero,key-cache,zstd");
}

/* --- laws --- */

/* Rows that were set are exact; what comes through the filters is within `bound` of them. */
static void check_pulls(const char *pull_filters, double (*bound)(double value))
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};
    session_t         session    = session_begin(settings);
    tern_table_t *table = create(&session, "t", TERN_FLOAT64, 2, "fixed:1", pull_filters);
    double       *rows  = malloc(2 * NUM_KEYS * sizeof *rows),
           *came        = malloc(2 * NUM_KEYS * sizeof *came);
    tern_key_t *keys    = malloc(NUM_KEYS * sizeof *keys);

    for (size_t i = 0; i < 2 * NUM_KEYS; i++)
        rows[i] = 2 * tern_random_unit(5, 6, i) - 1;
    for (size_t i = 0; i < NUM_KEYS; i++)
        keys[i] = (i * 7) % NUM_KEYS;
    if (tern_worker(session.runtime) == 0)
        CU_ASSERT_EQUAL(tern_set(table, NUM_KEYS, keys, rows, NULL), TERN_OK);
    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, NUM_KEYS, keys, came, NULL), TERN_OK);
        for (size_t i = 0; i < 2 * NUM_KEYS; i++)
            CU_ASSERT(fabs(rows[i] - came[i]) <= bound(rows[i]));
    }
    free(keys);
    free(came);
    free(rows);
    session_end(&session);
}

static double bound_of_fixed(double value)
{
    (void)value;
    return 2.0 / 65532;
}

static double bound_of_bf16(double value)
{
    return fabs(value) * 0x1p-8;
}

static void pulled_rows_keep_their_bound_and_set_rows_are_exact(void)
{
    check_pulls("key-cache,fixed:2,zstd", bound_of_fixed);
    check_pulls("zero,bf16", bound_of_bf16);
}

/* Everybody pushes 0.25 to every key, 30 times, of which the filter holds back up to 1 for each
 * worker. */
static void what_is_held_back_is_within_the_threshold_until_it_is_pushed(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};
    session_t         session    = session_begin(settings);
    tern_table_t *table = create(&session, "t", TERN_FLOAT32, 1, "significant:1", NULL);
    tern_range_t  all   = {0, NUM_KEYS};
    float        *rows  = malloc(NUM_KEYS * sizeof *rows),
          *came         = malloc(NUM_KEYS * sizeof *came);

    if (tern_is_worker(session.runtime)) {
        double num_workers = tern_num_workers(session.runtime);
        double sum         = 0.25 * 30 * num_workers;

        for (size_t i = 0; i < NUM_KEYS; i++)
            rows[i] = 0.25;
        for (int round = 0; round < 30; round++)
            CU_ASSERT_EQUAL(tern_push_range(table, all, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, all, came, NULL), TERN_OK);
        for (size_t i = 0; i < NUM_KEYS; i++)
            CU_ASSERT((double)came[i] <= sum && (double)came[i] >= sum - num_workers);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_push_held(table, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, all, came, NULL), TERN_OK);
        for (size_t i = 0; i < NUM_KEYS; i++)
            CU_ASSERT_EQUAL((double)came[i], sum);
    }
    free(came);
    free(rows);
    session_end(&session);
}

/* What one worker pushed arrives with its next push once the threshold is below it. */
static void thresholds_change_while_workers_run(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};
    session_t         session    = session_begin(settings);
    tern_table_t *table = create(&session, "t", TERN_FLOAT64, 1, "significant:100", NULL);
    tern_range_t  all   = {0, NUM_KEYS};
    double       *rows  = malloc(NUM_KEYS * sizeof *rows),
           *came        = malloc(NUM_KEYS * sizeof *came);
    capture_t capture;

    for (size_t i = 0; i < NUM_KEYS; i++)
        rows[i] = 1;
    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(tern_push_range(table, all, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_table_set_threshold(table, "significant", 1.5), TERN_OK);
        CU_ASSERT_EQUAL(tern_push_range(table, all, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, all, came, NULL), TERN_OK);
        for (size_t i = 0; i < NUM_KEYS; i++)
            CU_ASSERT_EQUAL(came[i], 2);
    }
    capture_begin(&capture, stderr);
    CU_ASSERT_EQUAL(tern_table_set_threshold(table, "kkt", 1), TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_table_set_threshold(table, "significant", -1), TERN_ERR_ARG);
    free(capture_end(&capture));
    free(came);
    free(rows);
    session_end(&session);
}

/* --- tables whose pushes are collected, as block proximal gradient has them: a gradient and its
 * curvature, one weight --- */

static void set_to_sums(const tern_row_view_t *row, const void *delta,
                        const void *context)
{
    const double *sums = delta;

    (void)context;
    *(double *)row->value = sums[0] + 1000 * sums[1];
}

static void collected_pushes_go_through_filters(void)
{
    const char *const   settings[] = {"roles", session_all_roles(), NULL};
    const tern_update_t rule       = {.name = "sums", .apply = set_to_sums};
    session_t           session    = session_begin(settings);
    tern_table_t       *table      = NULL;
    tern_table_desc_t   desc       = {.name         = "t",
                                      .keys         = {0, NUM_KEYS},
                                      .width        = 1,
                                      .push_width   = 2,
                                      .type         = TERN_FLOAT64,
                                      .update       = "sums",
                                      .policy       = "aggregate",
                                      .push_filters = "kkt,key-cache,zstd",
                                      .pull_filters = "kkt,key-cache,lz4"};

    CU_ASSERT_EQUAL(tern_update_register(session.runtime, &rule), TERN_OK);
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    if (tern_is_worker(session.runtime)) {
        double     num_workers = tern_num_workers(session.runtime);
        tern_key_t keys[BATCH];
        double     rows[BATCH][2], came[BATCH];

        for (size_t i = 0; i < BATCH; i++)
            keys[i] = 4 * i + i % 3;
        for (int step = 1; step <= 5; step++) {
            for (size_t i = 0; i < BATCH; i++) {
                rows[i][0] =
                    i % 5 == 0 ? (double)NAN : step + (double)i; /* NaN: inactive */
                rows[i][1] = 2;
            }
            CU_ASSERT_EQUAL(tern_push(table, BATCH, keys, rows, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
            CU_ASSERT_EQUAL(tern_pull(table, BATCH, keys, came, NULL), TERN_OK);
            for (size_t i = 0; i < BATCH; i++)
                CU_ASSERT_EQUAL(came[i],
                                i % 5 == 0 ? 0 : num_workers * (step + (double)i + 2000));
            CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        }
    }
    session_end(&session);
}

/* --- a program's own filter --- */

static size_t same_size(size_t num_bytes, const void *context)
{
    (void)context;
    return num_bytes;
}

static size_t flip(const void *from, size_t num_bytes, void *to, const void *context)
{
    (void)context;
    for (size_t i = 0; i < num_bytes; i++)
        ((char *)to)[i] = (char)~((const char *)from)[i];
    return num_bytes;
}

static bool flip_back(const void *from, size_t num_bytes, void *to, size_t to_bytes,
                      const void *context)
{
    return num_bytes == to_bytes && flip(from, num_bytes, to, context) == to_bytes;
}

static void a_programs_own_filter_is_used(void)
{
    const char *const   settings[] = {"roles", session_all_roles(), NULL};
    const tern_filter_t filter     = {"flip", true, same_size, flip, flip_back, NULL};
    session_t           session    = session_begin(settings);
    tern_table_t       *plain, *filtered;

    CU_ASSERT_EQUAL(tern_filter_register(session.runtime, &filter), TERN_OK);
    plain    = create(&session, "p", TERN_FLOAT32, 2, NULL, NULL);
    filtered = create(&session, "f", TERN_FLOAT32, 2, "flip,lz4", "zero,flip");
    if (tern_is_worker(session.runtime)) {
        work(&session, plain, 2);
        work(&session, filtered, 2);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(largest_difference(plain, filtered, 2), 0);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

/* --- refusals --- */

static void check_refused(const session_t *session, const char *policy,
                          const char *update, const char *push_filters, const char *words)
{
    tern_table_t     *table = NULL;
    tern_table_desc_t desc  = {.name         = "refused",
                               .keys         = {0, NUM_KEYS},
                               .width        = 1,
                               .policy       = policy,
                               .update       = update,
                               .push_filters = push_filters};
    capture_t         capture;
    char             *said;

    capture_begin(&capture, stderr);
    CU_ASSERT_NOT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    said = capture_end(&capture);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, words));
    free(said);
    CU_ASSERT_PTR_NULL(table);
}

static void what_cannot_be_filtered_is_refused(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};
    session_t         session    = session_begin(settings);

    check_refused(&session, "relocate", NULL, "lz4", "policy 'relocate' goes without");
    check_refused(&session, "ssp", NULL, "lz4", "policy 'ssp' goes without");
    check_refused(&session, NULL, "assign", "zero,lz4",
                  "update rule 'assign' has no use for sums");
    check_refused(&session, NULL, NULL, "zeros", "did you mean 'zero'?");
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(exact_filters_change_no_bit),
        FACT(exact_filters_change_no_bit_of_long_messages),
        FACT(exact_filters_change_no_bit_when_messages_are_lost),
        FACT(pulled_rows_keep_their_bound_and_set_rows_are_exact),
        FACT(what_is_held_back_is_within_the_threshold_until_it_is_pushed),
        FACT(thresholds_change_while_workers_run),
        FACT(collected_pushes_go_through_filters),
        FACT(a_programs_own_filter_is_used),
        FACT(what_cannot_be_filtered_is_refused),
    };
    static const fact_t no_facts[] = {FACT(filters_need_their_libraries)};

    if (!has_filter_libraries())
        return mpi_facts_run("filters", no_facts, 1);
    return mpi_facts_run("filters", facts, sizeof facts / sizeof *facts);
}
