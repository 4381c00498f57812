/** \file
 * Tables whose pushes are collected and applied step by step: what the rows are then, to the bit.
 */
#include <string.h>

#include "aggregate_fixture.h"
#include "mpi_facts.h"

#define NUM_SHARDS 8u /* divides into blocks at 1, 2 and 4 workers */

/* --- a computation whose bits depend on the order of its sums --- */

/* What data shard `shard` pushes in `step`: some keys, one of them twice, rows that depend on what it pulled. */
#define PUSHES 40u

static tern_key_t key_of(uint64_t step, uint32_t shard, uint32_t i)
{
    return tern_random_mix(step * 1000003 + shard * 1009 + i / 2) % NUM_KEYS;
}

static double delta_of(uint64_t step, uint32_t shard, uint32_t i, uint32_t j,
                       double pulled)
{
    return 0.1 * pulled + tern_random_unit(7 + step, shard * PUSHES + i, j) / 3 - 0.16;
}

static void push_shard(uint64_t step, uint32_t shard, const double model[],
                       tern_key_t keys[], double rows[])
{
    for (uint32_t i = 0; i < PUSHES; i++) {
        keys[i] = key_of(step, shard, i);
        for (uint32_t j = 0; j < WIDTH; j++)
            rows[i * WIDTH + j] = delta_of(step, shard, i, j, model[keys[i] * WIDTH + j]);
    }
}

/* The rule of the serial program, and the table's. */
static void descend(const tern_row_view_t *row, const void *delta, const void *context)
{
    double       *value = row->value;
    const double *sum   = delta;

    (void)context;
    for (uint32_t j = 0; j < row->width; j++)
        value[j] = 0.97 * value[j] - 0.3 * sum[j];
}

static const tern_update_t rule = {.name = "descend", .apply = descend};

/* One process, no library: `model` [NUM_KEYS][WIDTH] after `num_steps`. */
static void run_serially(uint64_t num_steps, double model[])
{
    static double     sums[NUM_KEYS * WIDTH], rows[PUSHES * WIDTH];
    static bool       is_touched[NUM_KEYS];
    static tern_key_t keys[PUSHES];

    memset(model, 0, NUM_KEYS * WIDTH * sizeof *model);
    for (uint64_t step = 0; step < num_steps; step++) {
        memset(is_touched, 0, sizeof is_touched);
        for (uint32_t shard = 0; shard < NUM_SHARDS; shard++) {
            push_shard(step, shard, model, keys, rows);
            for (uint32_t i = 0; i < PUSHES; i++)
                for (uint32_t j = 0; j < WIDTH; j++) {
                    double *sum = &sums[keys[i] * WIDTH + j];

                    *sum = is_touched[keys[i]] ? *sum + rows[i * WIDTH + j]
                                               : rows[i * WIDTH + j];
                    is_touched[keys[i]] |= j == WIDTH - 1;
                }
        }
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            for (uint32_t j = 0; is_touched[key] && j < WIDTH; j++)
                model[key * WIDTH + j] =
                    0.97 * model[key * WIDTH + j] - 0.3 * sums[key * WIDTH + j];
    }
}

/* Where the row of key k lies: sparse tables have keys all over. */
static tern_key_t place_of(const tern_table_t *table, tern_key_t k)
{
    return tern_table_keys(table).end == NUM_KEYS ? k : tern_random_mix(k) / 2;
}

static void pull_all(tern_table_t *table, double model[])
{
    tern_key_t keys[NUM_KEYS];

    for (tern_key_t k = 0; k < NUM_KEYS; k++)
        keys[k] = place_of(table, k);
    CU_ASSERT_EQUAL(tern_pull(table, NUM_KEYS, keys, model, NULL), TERN_OK);
}

/* The same on all workers. */
static void run_together(session_t *session, tern_table_t *table, uint64_t num_steps,
                         double model[])
{
    uint32_t   num_workers = (uint32_t)tern_num_workers(session->runtime);
    uint32_t   worker      = (uint32_t)tern_worker(session->runtime);
    tern_key_t keys[PUSHES];
    double     rows[PUSHES * WIDTH];

    for (uint64_t step = 0; step < num_steps; step++) {
        pull_all(table, model);
        for (uint32_t shard = worker * NUM_SHARDS / num_workers;
             shard < (worker + 1) * NUM_SHARDS / num_workers; shard++) {
            tern_table_set_shard(table, shard);
            push_shard(step, shard, model, keys, rows);
            for (uint32_t i = 0; i < PUSHES; i++)
                keys[i] = place_of(table, keys[i]);
            CU_ASSERT_EQUAL(tern_push(table, PUSHES, keys, rows, NULL), TERN_OK);
        }
        CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
    }
    pull_all(table, model);
}

static void compare_table_with_serial_program(const char *const settings[],
                                              bool is_sparse, bool is_filtered)
{
    static double     model[NUM_KEYS * WIDTH], expected[NUM_KEYS * WIDTH];
    session_t         session = session_begin(settings);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table;

    desc.update  = "descend";
    desc.ordered = true;
    if (is_sparse) {
        desc.index    = TERN_INDEX_HASH;
        desc.keys.end = UINT64_MAX;
        desc.max_rows = NUM_KEYS;
    }
    if (is_filtered) {
        desc.push_filters = "key-cache,lz4";
        desc.pull_filters = "key-cache,lz4";
    }
    CU_ASSERT_EQUAL(tern_update_register(session.runtime, &rule), TERN_OK);
    table = aggregate_make(&session, &desc);
    run_serially(30, expected);
    if (tern_is_worker(session.runtime)) {
        run_together(&session, table, 30, model);
        CU_ASSERT_EQUAL(memcmp(model, expected, sizeof model), 0);
    }
    session_end(&session);
}

static void compare_with_serial_program(const char *const settings[])
{
    compare_table_with_serial_program(settings, false, false);
}

static void sparse_tables_give_the_same_bits(void)
{
    compare_table_with_serial_program(NULL, true, false);
}

static void they_do_when_messages_are_lost(void)
{
    compare_table_with_serial_program(
        (const char *const[]){"roles", session_all_roles(), "fault",
                              "drop:0.05,duplicate:0.1,delay:0.1,seed:9", "resend-ms",
                              "20", NULL},
        true, false);
}

static void ordered_tables_give_the_bits_of_a_serial_program(void)
{
    compare_with_serial_program(NULL);
}

static void they_do_when_each_rank_serves_and_works(void)
{
    compare_with_serial_program(
        (const char *const[]){"roles", session_all_roles(), NULL});
}

static void they_do_without_shared_memory(void)
{
    compare_with_serial_program((const char *const[]){"shared-memory", "no", NULL});
}

static void they_do_when_messages_are_lost_doubled_and_reordered(void)
{
    compare_with_serial_program((const char *const[]){
        "fault", "drop:0.05,duplicate:0.1,delay:0.1,seed:5", "resend-ms", "20", NULL});
}

static void they_do_over_slow_links(void)
{
    compare_with_serial_program((const char *const[]){
        "emulate", "groups:2,delay:2ms,rate:100mbit", "node-ranks", "1", NULL});
}

static void they_do_through_filters(void)
{
    compare_table_with_serial_program(
        (const char *const[]){"fault", "drop:0.05,duplicate:0.1,delay:0.1,seed:11",
                              "resend-ms", "20", NULL},
        true, true);
}

/* --- sums --- */

static void count_steps(const char *const settings[], tern_counters_t *total)
{
    session_t         session = session_begin(settings);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_SSP, 2);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    double            rows[NUM_KEYS * WIDTH];
    tern_range_t      all = {0, NUM_KEYS};

    for (uint32_t i = 0; i < NUM_KEYS * WIDTH; i++)
        rows[i] = 1;
    for (int step = 0; tern_is_worker(session.runtime) && step < 40; step++) {
        CU_ASSERT_EQUAL(tern_push_range(table, all, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    }
    tern_table_set_sync(table, TERN_SYNC_BSP, 0);
    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_pull_range(table, all, rows, NULL), TERN_OK);
        for (uint32_t i = 0; i < NUM_KEYS * WIDTH; i++)
            CU_ASSERT_EQUAL(rows[i], 40.0 * tern_num_workers(session.runtime));
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    } else {
        CU_ASSERT_EQUAL(tern_serve(session.runtime), TERN_OK);
    }
    tern_get_counters(session.runtime, total);
    session_end(&session);
    MPI_Allreduce(MPI_IN_PLACE, total, sizeof *total / sizeof(uint64_t), MPI_UINT64_T,
                  MPI_SUM, MPI_COMM_WORLD);
}

static void every_push_counts_once(void)
{
    tern_counters_t total;

    count_steps(NULL, &total);
}

static void doubled_pushes_count_once(void)
{
    tern_counters_t total;

    count_steps((const char *const[]){"fault", "duplicate:0.3,seed:4", NULL}, &total);
    if (total.messages_sent == 0)
        facts_skip("no message leaves its rank");
}

static void lost_pushes_and_ends_of_steps_come_again(void)
{
    tern_counters_t total;

    count_steps(
        (const char *const[]){"fault", "drop:0.1,seed:3", "resend-ms", "20", NULL},
        &total);
}

/* A rule that sees a gradient and a curvature for each value: pushes are twice as wide as rows. */
static void newton(const tern_row_view_t *row, const void *delta, const void *context)
{
    double       *value = row->value;
    const double *g = delta, *u = g + row->width;

    (void)context;
    for (uint32_t j = 0; j < row->width; j++)
        value[j] -= g[j] / u[j];
}

static void rows_may_be_pushed_wider_than_they_are(void)
{
    static const tern_update_t wide    = {.name = "newton", .apply = newton};
    session_t                  session = session_begin(NULL);
    tern_table_desc_t          desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t              *table;
    tern_key_t                 key = NUM_KEYS - 1;
    double                     row[WIDTH], push[2 * WIDTH] = {3, 5, 2, 4};

    CU_ASSERT_EQUAL(tern_update_register(session.runtime, &wide), TERN_OK);
    desc.update     = "newton";
    desc.push_width = 2 * WIDTH;
    table           = aggregate_make(&session, &desc);
    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, push, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(row[0], -1.5); /* of the sums: whatever the number of workers */
        CU_ASSERT_EQUAL(row[1], -1.25);
    }
    session_end(&session);
}

/* --- steps --- */

static void steps_without_pushes_count(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    tern_key_t        key     = 7;
    double            row[WIDTH], one[WIDTH] = {1, 1};

    for (int step = 0; tern_is_worker(session.runtime) && step < 20; step++) {
        bool is_mine = step % 5 == 3 && tern_worker(session.runtime) == 0;

        if (is_mine)
            CU_ASSERT_EQUAL(tern_push(table, 1, &key, one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(row[0], (step + 2) / 5);
    }
    session_end(&session);
}

static void a_worker_that_leaves_blocks_nobody(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    int               worker  = tern_worker(session.runtime);
    int               last    = tern_num_workers(session.runtime) - 1;
    tern_key_t        key     = 0;
    double            row[WIDTH], one[WIDTH] = {1, 1};

    for (int step = 0; tern_is_worker(session.runtime) && step < 10 * (worker + 1);
         step++) {
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
    }
    if (worker == last)
        CU_ASSERT_EQUAL(row[0], 10 * (last + 1) * (last + 2) / 2);
    session_end(&session);
}

static void tables_may_be_made_at_any_clock(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table;
    tern_key_t        key = 1;
    double            row[WIDTH], one[WIDTH] = {1, 1};

    if (tern_is_worker(session.runtime))
        for (int step = 0; step < 3 + tern_worker(session.runtime); step++)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    table = aggregate_make(&session, &desc);
    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, one, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(row[1], tern_num_workers(session.runtime));
    }
    session_end(&session);
}

/* --- what is refused --- */

static void rows_are_set_between_steps_only(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table   = aggregate_make(&session, &desc);
    tern_key_t        key     = 0;
    double            row[WIDTH], two[WIDTH] = {2, 2};

    if (tern_worker(session.runtime) == 0)
        CU_ASSERT_EQUAL(tern_set(table, 1, &key, two, NULL), TERN_OK);
    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(row[0], 2);
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, two, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_set(table, 1, &key, two, NULL), TERN_ERR_ARG);
        CU_ASSERT_EQUAL(tern_push_pull(table, 1, &key, two, row, NULL),
                        TERN_ERR_UNSUPPORTED);
    }
    session_end(&session);
}

static void descriptions_that_make_no_sense_are_refused(void)
{
    session_t         session = session_begin(NULL);
    tern_table_desc_t desc    = aggregate_describe(TERN_SYNC_BSP, 0);
    tern_table_t     *table   = NULL;

    desc.push_width = 3; /* "add" wants as many values as a row has */
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_ERR_ARG);
    desc.push_width = 0;
    desc.update     = "assign"; /* has no use for sums */
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_ERR_ARG);
    desc.update  = NULL;
    desc.policy  = NULL;
    desc.ordered = true;
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_ERR_ARG);
    CU_ASSERT_PTR_NULL(table);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(ordered_tables_give_the_bits_of_a_serial_program),
        FACT(they_do_when_each_rank_serves_and_works),
        FACT(they_do_without_shared_memory),
        FACT(they_do_when_messages_are_lost_doubled_and_reordered),
        FACT(they_do_over_slow_links),
        FACT(sparse_tables_give_the_same_bits),
        FACT(they_do_when_messages_are_lost),
        FACT(they_do_through_filters),
        FACT(every_push_counts_once),
        FACT(doubled_pushes_count_once),
        FACT(lost_pushes_and_ends_of_steps_come_again),
        FACT(rows_may_be_pushed_wider_than_they_are),
        FACT(steps_without_pushes_count),
        FACT(a_worker_that_leaves_blocks_nobody),
        FACT(tables_may_be_made_at_any_clock),
        FACT(rows_are_set_between_steps_only),
        FACT(descriptions_that_make_no_sense_are_refused),
    };

    return mpi_facts_run("mpi/aggregate", facts, sizeof facts / sizeof *facts);
}
