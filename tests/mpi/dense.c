/** \file
 * Dense tables: every step is the sum of what all workers pushed, applied once, however it is exchanged.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

#define NUM_KEYS  203u
#define WIDTH     24u
#define NUM_STEPS 12

typedef struct model {
    float value[NUM_KEYS][WIDTH], velocity[NUM_KEYS][WIDTH];
} model_t;

typedef struct rows {
    float values[NUM_KEYS][WIDTH];
} rows_t;

static session_t begin(const char *roles, const char *name, const char *value)
{
    const char *settings[] = {name, value, NULL, NULL, NULL};

    if (roles != NULL) {
        settings[0] = "roles";
        settings[1] = roles;
        settings[2] = name;
        settings[3] = value;
    }
    return session_begin(name != NULL || roles != NULL ? settings : NULL);
}

static tern_table_t *create(const session_t *session, const char *name, uint32_t group)
{
    tern_table_desc_t desc  = {.name           = name,
                               .keys           = {7, 7 + NUM_KEYS},
                               .width          = WIDTH,
                               .update         = "momentum",
                               .policy         = "dense",
                               .update_options = {.rate = 0.5, .momentum = 0.5},
                               .group          = group};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

/* What worker w pushes to row k in a step: small integers, whose sums are exact. */
static float gradient(int worker, int step, uint32_t k, uint32_t j)
{
    return (float)((worker * 31 + step * 7 + (int)k * 3 + (int)j) % 11 - 5);
}

/* Rows [first, end) of a step are pushed by worker w. */
typedef void plan_fn(int worker, int step, uint32_t *first, uint32_t *end);

static void push_all(int worker, int step, uint32_t *first, uint32_t *end)
{
    (void)worker;
    (void)step;
    *first = 0;
    *end   = NUM_KEYS;
}

static void push_some(int worker, int step, uint32_t *first, uint32_t *end)
{
    *first = (uint32_t)(worker * 37 + step * 11) % NUM_KEYS;
    *end   = *first + 60 < NUM_KEYS ? *first + 60 : NUM_KEYS;
    if ((worker + step) % 5 == 0)
        *end = *first;
}

/* Whole tables, then parts, then whole tables. */
static void push_by_turns(int worker, int step, uint32_t *first, uint32_t *end)
{
    if (step / 4 % 2 == 1)
        push_some(worker, step, first, end);
    else
        push_all(worker, step, first, end);
}

static void push_unequally(int worker, int step, uint32_t *first, uint32_t *end)
{
    if (worker % 2 == 1)
        push_some(worker, step, first, end);
    else
        push_all(worker, step, first, end);
}

/* One step of the reference: sum over all workers, then the rule, once for each row that was pushed. */
static void step_model(model_t *model, plan_fn *plan, int num_workers, int step)
{
    for (uint32_t k = 0; k < NUM_KEYS; k++) {
        float sum[WIDTH] = {0};
        bool  is_touched = false;

        for (int w = 0; w < num_workers; w++) {
            uint32_t first, end;

            plan(w, step, &first, &end);
            if (k < first || k >= end)
                continue;
            is_touched = true;
            for (uint32_t j = 0; j < WIDTH; j++)
                sum[j] += gradient(w, step, k, j);
        }
        for (uint32_t j = 0; is_touched && j < WIDTH; j++) {
            model->velocity[k][j] = 0.5f * model->velocity[k][j] + sum[j];
            model->value[k][j] -= 0.5f * model->velocity[k][j];
        }
    }
}

static void push_plan(tern_table_t *table, plan_fn *plan, int worker, int step)
{
    static rows_t rows;
    uint32_t      first, end;

    plan(worker, step, &first, &end);
    for (uint32_t k = first; k < end; k++)
        for (uint32_t j = 0; j < WIDTH; j++)
            rows.values[k][j] = gradient(worker, step, k, j);
    CU_ASSERT_EQUAL(tern_push_range(table, (tern_range_t){7 + first, 7 + end},
                                    rows.values[first], NULL),
                    TERN_OK);
}

static size_t count_differences(const float a[NUM_KEYS][WIDTH],
                                const float b[NUM_KEYS][WIDTH])
{
    size_t num = 0;

    for (uint32_t k = 0; k < NUM_KEYS; k++)
        for (uint32_t j = 0; j < WIDTH; j++)
            num += a[k][j] != b[k][j];
    return num;
}

/* Steps of this rank's worker beside the reference. */
static void run_steps(session_t *session, tern_table_t *table, plan_fn *plan)
{
    static model_t model;
    static rows_t  rows;
    int            workers = tern_num_workers(session->runtime);

    memset(&model, 0, sizeof model);
    for (int step = 0; tern_is_worker(session->runtime) && step < NUM_STEPS; step++) {
        push_plan(table, plan, tern_worker(session->runtime), step);
        CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
        step_model(&model, plan, workers, step);
        CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), rows.values, NULL),
                        TERN_OK);
        CU_ASSERT_EQUAL(count_differences((const float(*)[WIDTH])rows.values,
                                          (const float(*)[WIDTH])model.value),
                        0);
    }
}

static tern_counters_t run_session(const char *roles, const char *name, const char *value,
                                   plan_fn *plan)
{
    session_t       session = begin(roles, name, value);
    tern_table_t   *table   = create(&session, "t", TERN_GROUP_ALL);
    tern_counters_t counters;

    run_steps(&session, table, plan);
    tern_get_counters(session.runtime, &counters);
    session_end(&session);
    return counters;
}

static void whole_tables_are_summed_and_applied_once(void)
{
    run_session(NULL, NULL, NULL, push_all);
}

static void every_rank_may_serve_and_work(void)
{
    tern_counters_t counters = run_session(session_all_roles(), NULL, NULL, push_all);

    CU_ASSERT_EQUAL(counters.dense_whole_steps, NUM_STEPS);
    CU_ASSERT_EQUAL(counters.dense_part_steps, 0);
}

static void long_parts_come_in_chunks(void)
{
    run_session(session_all_roles(), "chunk-kb", "1", push_all);
}

static void only_rows_that_were_pushed_are_touched(void)
{
    tern_counters_t counters = run_session(session_all_roles(), NULL, NULL, push_some);

    CU_ASSERT_EQUAL(counters.dense_whole_steps, 0);
}

static void they_are_so_in_small_chunks(void)
{
    run_session(session_all_roles(), "chunk-kb", "1", push_some);
}

static void some_may_push_all_and_others_a_part(void)
{
    run_session(session_all_roles(), NULL, NULL, push_unequally);
    run_session(NULL, NULL, NULL, push_unequally);
}

static void the_way_changes_with_what_is_pushed(void)
{
    tern_counters_t counters =
        run_session(session_all_roles(), NULL, NULL, push_by_turns);

    CU_ASSERT_EQUAL(counters.dense_whole_steps, 8);
    CU_ASSERT_EQUAL(counters.dense_part_steps, 4);
}

/* Who does not read the whole table is not sent it. */
static void whole_pushes_without_whole_pulls_send_no_values(void)
{
    session_t       session = begin(session_all_roles(), NULL, NULL);
    tern_table_t   *table   = create(&session, "t", TERN_GROUP_ALL);
    tern_key_t      key     = 7 + NUM_KEYS / 2;
    static model_t  model;
    float           row[WIDTH];
    tern_counters_t counters;

    memset(&model, 0, sizeof model);
    for (int step = 0; step < NUM_STEPS; step++) {
        push_plan(table, push_all, tern_worker(session.runtime), step);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        step_model(&model, push_all, tern_num_workers(session.runtime), step);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(memcmp(row, model.value[NUM_KEYS / 2], sizeof row), 0);
    }
    tern_get_counters(session.runtime, &counters);
    CU_ASSERT_EQUAL(counters.dense_whole_steps, 1); /* before anybody could read */
    session_end(&session);
}

static void a_whole_table_may_be_exchanged_in_pieces(void)
{
    session_t       session = begin(session_all_roles(), NULL, NULL);
    tern_table_t   *table   = create(&session, "t", TERN_GROUP_ALL);
    static rows_t   rows, sums;
    int             workers = tern_num_workers(session.runtime);
    tern_counters_t counters;

    for (uint32_t k = 0; k < NUM_KEYS; k++)
        for (uint32_t j = 0; j < WIDTH; j++)
            rows.values[k][j] = (float)k;
    for (int step = 0; step < 3; step++) {
        const tern_range_t pieces[] = {{7, 20}, {20, 150}, {150, 7 + NUM_KEYS}};

        for (size_t p = 0; p < 3; p++)
            CU_ASSERT_EQUAL(tern_push_range(table, pieces[2 - p],
                                            rows.values[pieces[2 - p].first - 7], NULL),
                            TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        for (size_t p = 0; p < 3; p++)
            CU_ASSERT_EQUAL(
                tern_pull_range(table, pieces[p], sums.values[pieces[p].first - 7], NULL),
                TERN_OK);
    }
    /* v: 1, 1.5, 1.75 times the sum; together 4.25, at half the rate */
    for (uint32_t k = 0; k < NUM_KEYS; k++)
        CU_ASSERT_EQUAL(sums.values[k][WIDTH - 1], -2.125f * (float)k * (float)workers);
    tern_get_counters(session.runtime, &counters);
    CU_ASSERT_EQUAL(counters.dense_whole_steps, 3);
    session_end(&session);
}

/* The bits of a run on random numbers, whose sums depend on their order. */
static uint64_t run_bits(void)
{
    session_t     session = begin(session_all_roles(), "chunk-kb", "2");
    tern_table_t *table   = create(&session, "t", TERN_GROUP_ALL);
    static rows_t rows;
    uint64_t      bits = 0;

    for (int step = 0; step < NUM_STEPS; step++) {
        for (uint32_t k = 0; k < NUM_KEYS; k++)
            for (uint32_t j = 0; j < WIDTH; j++)
                rows.values[k][j] = (float)(k * 7919 % 1000) /
                                    (float)(1 + (j + (uint32_t)step * 13 +
                                                 (uint32_t)tern_rank(session.runtime)) %
                                                    97);
        CU_ASSERT_EQUAL(tern_push_range(table, tern_table_keys(table), rows.values, NULL),
                        TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), rows.values, NULL),
                        TERN_OK);
    }
    for (size_t i = 0; i < sizeof rows / sizeof(uint32_t); i++)
        bits = bits * 31 + ((const uint32_t *)&rows)[i];
    session_end(&session);
    return bits;
}

static void a_run_can_be_repeated_bit_by_bit(void)
{
    uint64_t first = run_bits();

    CU_ASSERT(first != 0);
    CU_ASSERT_EQUAL(run_bits(), first);
    CU_ASSERT_EQUAL(run_bits(), first);
}

/* 2 (n - 1) / n of the table for each of n nodes, and next to nothing else. */
static void whole_steps_send_what_an_allreduce_needs(void)
{
    enum { KEYS = 512, BIG_WIDTH = 512, STEPS = 10 };
    session_t         session = begin(session_all_roles(), NULL, NULL);
    tern_table_desc_t desc    = {
           .name = "t", .keys = {0, KEYS}, .width = BIG_WIDTH, .policy = "dense"};
    tern_table_t   *table = NULL;
    float          *rows  = calloc((size_t)KEYS * BIG_WIDTH, sizeof *rows);
    int             nodes = tern_num_nodes(session.runtime);
    double          least = 2.0 * (nodes - 1) / nodes * KEYS * BIG_WIDTH * sizeof *rows;
    tern_counters_t before, after;
    double          bytes;

    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &desc, &table), TERN_OK);
    CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    tern_get_counters(session.runtime, &before);
    for (int step = 0; step < STEPS; step++) {
        CU_ASSERT_EQUAL(tern_push_range(table, desc.keys, rows, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, desc.keys, rows, NULL), TERN_OK);
    }
    tern_get_counters(session.runtime, &after);
    bytes = (double)(after.bytes_sent - before.bytes_sent);
    CU_ASSERT_EQUAL(tern_sum(session.runtime, 1, &bytes), TERN_OK);
    if (nodes == 1) {
        CU_ASSERT(bytes < KEYS * BIG_WIDTH);
    } else {
        CU_ASSERT(bytes >= least * nodes * STEPS);
        CU_ASSERT(bytes <= 1.02 * least * nodes * STEPS);
    }
    free(rows);
    session_end(&session);
}

/* The last worker takes half of the steps. */
static void a_worker_that_leaves_holds_nobody_up(void)
{
    session_t      session = begin(session_all_roles(), NULL, NULL);
    tern_table_t  *table   = create(&session, "t", TERN_GROUP_ALL);
    static model_t model;
    static rows_t  rows;
    int            workers = tern_num_workers(session.runtime);
    bool           is_last = tern_worker(session.runtime) == workers - 1;

    memset(&model, 0, sizeof model);
    for (int step = 0; step < (is_last ? NUM_STEPS / 2 : NUM_STEPS); step++) {
        int active = step < NUM_STEPS / 2 ? workers : workers - 1;

        push_plan(table, push_all, tern_worker(session.runtime), step);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        step_model(&model, push_all, active, step);
        CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), rows.values, NULL),
                        TERN_OK);
        CU_ASSERT_EQUAL(count_differences((const float(*)[WIDTH])rows.values,
                                          (const float(*)[WIDTH])model.value),
                        0);
    }
    session_end(&session);
}

static void other_tables_go_on_beside(void)
{
    session_t     session = begin(session_all_roles(), NULL, NULL);
    tern_table_t *dense   = create(&session, "dense", TERN_GROUP_ALL);
    tern_table_t *other   = session_table(&session, "other", 64, 1);
    int           workers = tern_num_workers(session.runtime);
    float         one     = 1;
    static rows_t rows;

    for (int step = 0; step < NUM_STEPS; step++) {
        tern_request_t *requests[64];

        push_plan(dense, push_all, tern_worker(session.runtime), step);
        for (tern_key_t key = 0; key < 64; key++)
            CU_ASSERT_EQUAL(tern_push(other, 1, &key, &one, &requests[key]), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_wait_all(64, requests, NULL), TERN_OK);
        for (tern_key_t key = 0; key < 64;
             key += 9) /* the clock is a bulk-synchronous one */
            CU_ASSERT(session_value(other, key) >= (float)((step + 1) * workers));
        CU_ASSERT_EQUAL(tern_pull_range(dense, tern_table_keys(dense), rows.values, NULL),
                        TERN_OK);
    }
    session_end(&session);
}

static void a_table_of_one_group_counts_its_workers(void)
{
    session_t     session;
    tern_table_t *table;
    int           size, own;
    float         row[WIDTH];
    tern_key_t    key = 9;

    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (size < 2) {
        facts_skip("two groups need two ranks");
        return;
    }
    session = begin(session_all_roles(), "groups", size == 2 ? "1,1" : "1,3");
    table   = create(&session, "t", tern_group_only(1));
    own     = tern_group(session.runtime);
    for (int step = 0; step < NUM_STEPS && own == 1; step++) {
        for (uint32_t j = 0; j < WIDTH; j++)
            row[j] = step == 0 ? -2 : 0;
        CU_ASSERT_EQUAL(tern_push(table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, 1, &key, row, NULL), TERN_OK);
        if (step == 0)
            CU_ASSERT_EQUAL(row[0], (float)(size - 1));
    }
    session_end(&session);
}

static void what_does_not_fit_is_refused(void)
{
    session_t         session = begin(NULL, NULL, NULL);
    tern_table_desc_t good = {.name = "t", .keys = {0, 4}, .width = 1, .policy = "dense"};
    tern_table_desc_t bad[4] = {good, good, good, good};
    tern_table_t     *table  = NULL;

    bad[0].sync         = TERN_SYNC_ASYNC;
    bad[1].update       = "assign";
    bad[2].index        = TERN_INDEX_HASH;
    bad[3].push_filters = "lz4";
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(tern_table_create(session.runtime, &bad[i], &table),
                        TERN_ERR_ARG);
    CU_ASSERT_EQUAL(tern_table_create(session.runtime, &good, &table), TERN_OK);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(whole_tables_are_summed_and_applied_once),
        FACT(every_rank_may_serve_and_work),
        FACT(long_parts_come_in_chunks),
        FACT(only_rows_that_were_pushed_are_touched),
        FACT(they_are_so_in_small_chunks),
        FACT(some_may_push_all_and_others_a_part),
        FACT(the_way_changes_with_what_is_pushed),
        FACT(whole_pushes_without_whole_pulls_send_no_values),
        FACT(a_whole_table_may_be_exchanged_in_pieces),
        FACT(a_run_can_be_repeated_bit_by_bit),
        FACT(whole_steps_send_what_an_allreduce_needs),
        FACT(a_worker_that_leaves_holds_nobody_up),
        FACT(other_tables_go_on_beside),
        FACT(a_table_of_one_group_counts_its_workers),
        FACT(what_does_not_fit_is_refused),
    };

    return mpi_facts_run("mpi/dense", facts, sizeof facts / sizeof *facts);
}
