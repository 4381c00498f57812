/** \file
 * Tables with filters against tables without: exact filters change no bit, others keep their law, whatever is lost on
 * the way; and what is saved, to the byte.
 *
 * run_mpi: ranks 2 4; nodes 0 1 2
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

int main(void)
{
    static const fact_t facts[] = {
        FACT(exact_filters_change_no_bit),
        FACT(exact_filters_change_no_bit_of_long_messages),
        FACT(exact_filters_change_no_bit_when_messages_are_lost),
    };

    return mpi_facts_run("filters", facts, sizeof facts / sizeof *facts);
}
