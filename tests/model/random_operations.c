/** \file
 * Random operations of all workers at once, held against the sequential model.
 *
 * Rounds: every worker issues its operations, some waited for at once, some several in flight; what
 * a pull returns must be what the worker's own operations before it have made (nobody else
 * touches those keys in that round). Then clock or barrier; each worker applies everybody's operations to
 * its model, and pulls, samples and borrows what it likes: all must agree. Hints, where rows are wanted, are among the
 * operations. The seed is printed; TERN_SEED=n
 * replays it. MODEL_ROUNDS=n is an upper limit of the rounds of each fact.
 *
 * run_mpi: seconds 300
 */
#include <stdlib.h>
#include <string.h>

#include "model/affine.h"
#include "model/flight.h"
#include "model/seed.h"
#include "support/mpi_facts.h"
#include "support/session.h"
#include "table/policy.h"

enum { NUM_ROUNDS = 60, NUM_LOSSY_ROUNDS = 20, NUM_SLOW_ROUNDS = 6 };

/* Several operations in flight, completed in an order of their own. */
static void fly(bench_t *bench, const round_t *round, uint32_t first, uint32_t end,
                flight_t flights[])
{
    uint32_t num   = end - first;
    uint64_t style = tern_random_below(bench->seed, 6, round->number * 64 + first, 4);

    for (uint32_t i = 0; i < num; i++)
        flight_begin(bench, round, first + i, &flights[i]);
    if (style == 0)
        flight_complete_all(bench, num, flights);
    for (uint32_t i = 0; style > 0 && i < num; i++)
        flight_complete(bench, &flights[style == 1 ? i : num - 1 - i], style == 3);
    for (uint32_t i = 0; i < num; i++)
        flight_check(bench, round, &flights[i]);
}

static void run_own_operations(bench_t *bench, const round_t *round)
{
    uint32_t  num     = round_num_operations(round, bench->worker);
    flight_t *flights = calloc(MAX_IN_FLIGHT, sizeof(*flights));

    for (uint32_t first = 0, end; first < num; first = end) {
        end = first + 1 +
              (uint32_t)tern_random_below(bench->seed, 7, round->number * 64 + first,
                                          MAX_IN_FLIGHT);
        end = end < num ? end : num;
        fly(bench, round, first, end, flights);
    }
    free(flights);
}

/* Bring the model up to date; own operations are in it already. */
static void apply_others_operations(bench_t *bench, const round_t *round)
{
    operation_t operation;

    for (uint32_t worker = 0; worker < bench->num_workers; worker++)
        for (uint32_t i = 0;
             worker != bench->worker && i < round_num_operations(round, worker); i++) {
            operation_generate(round, worker, i, &operation);
            model_apply(&bench->model, &operation);
        }
}

static void check_by_pull(bench_t *bench, const round_t *round, int table)
{
    const tern_table_desc_t *desc      = &table_descs[table];
    size_t                   row_bytes = desc->width * tern_type_bytes(desc->type);
    tern_key_t               keys[MAX_KEYS];
    double                   buffer[MAX_VALUES];
    size_t num_keys = random_keys(bench->seed, round->number * 64 + bench->worker, table,
                                  MAX_KEYS, keys);

    check_ok(bench, tern_pull(bench->tables[table], num_keys, keys, buffer, NULL));
    for (size_t i = 0; i < num_keys; i++)
        check_row(bench, "pull", round->number, table, keys[i],
                  (const char *)buffer + i * row_bytes,
                  model_row(&bench->model, table, keys[i]));
}

static void check_by_borrow(bench_t *bench, const round_t *round, int table,
                            tern_borrow_mode_t mode)
{
    tern_key_t      keys[MAX_KEYS];
    tern_borrowed_t rows[MAX_KEYS];
    size_t          num_absent = 0, num_changed = 0;
    size_t num_keys = random_keys(bench->seed, round->number * 64 + 32 + bench->worker,
                                  table, MAX_KEYS, keys);

    check_ok(bench,
             tern_borrow(bench->tables[table], num_keys, keys, mode, rows, &num_absent));
    for (size_t i = 0; i < num_keys; i++) {
        bool is_local = tern_is_local(bench->tables[table], keys[i]);

        CU_ASSERT(rows[i].value == NULL || is_local);
        CU_ASSERT(rows[i].value != NULL || !is_local || bench->has_replicas);
        num_absent -= rows[i].value == NULL;
        if (rows[i].value)
            check_row(bench, "borrowed row", round->number, table, keys[i], rows[i].value,
                      model_row(&bench->model, table, keys[i]));
    }
    CU_ASSERT_EQUAL(num_absent, 0);
    tern_return(bench->tables[table], num_keys, mode, rows, &num_changed);
    CU_ASSERT_EQUAL(num_changed, 0);
}

/* A few draws of any scheme; the rows that it brings here may be anywhere before. */
static void check_by_sample(bench_t *bench, const round_t *round, int table)
{
    const tern_table_desc_t *desc      = &table_descs[table];
    size_t                   row_bytes = desc->width * tern_type_bytes(desc->type);
    tern_sample_desc_t       sample    = {.scheme    = round->number % 4,
                                          .pool_size = 10,
                                          .reuse     = 2,
                                          .seed      = round->seed + round->number};
    tern_sampler_t          *sampler   = NULL;
    tern_key_t               keys[MAX_KEYS];
    double                   buffer[MAX_VALUES];

    check_ok(bench, tern_sampler_create(bench->tables[table], &sample, &sampler));
    check_ok(bench, tern_sample_prepare(sampler, MAX_KEYS));
    check_ok(bench, tern_pull_sample(sampler, MAX_KEYS, keys, buffer, NULL));
    for (size_t i = 0; i < MAX_KEYS; i++)
        check_row(bench, "sample", round->number, table, keys[i],
                  (const char *)buffer + i * row_bytes,
                  model_row(&bench->model, table, keys[i]));
    tern_sampler_destroy(&sampler);
}

/* Everything, by ranges. */
static void check_whole_tables(bench_t *bench)
{
    for (int table = 0; table < NUM_TABLES; table++) {
        const tern_table_desc_t *desc      = &table_descs[table];
        size_t                   num_keys  = desc->keys.end - desc->keys.first;
        size_t                   row_bytes = desc->width * tern_type_bytes(desc->type);
        char                    *rows      = calloc(num_keys, row_bytes);

        check_ok(bench, tern_pull_range(bench->tables[table], desc->keys, rows, NULL));
        for (size_t i = 0; i < num_keys; i++)
            check_row(bench, "range", bench->num_rounds, table, desc->keys.first + i,
                      rows + i * row_bytes,
                      model_row(&bench->model, table, desc->keys.first + i));
        free(rows);
    }
}

static void end_step(bench_t *bench, const round_t *round)
{
    bool is_clock = round->number % 2 || bench->has_replicas; /* a barrier flushes none */

    check_ok(bench, is_clock ? tern_clock(bench->runtime) : tern_barrier(bench->runtime));
}

static void run_round(bench_t *bench, const round_t *round)
{
    run_own_operations(bench, round);
    end_step(bench, round);
    apply_others_operations(bench, round);
    for (int table = 0; table < NUM_TABLES; table++)
        check_by_pull(bench, round, table);
    check_by_sample(bench, round, (int)(round->number % NUM_TABLES));
    end_step(bench, round);
    for (int table = 0; table < NUM_TABLES; table++)
        check_by_borrow(bench, round, table,
                        (tern_borrow_mode_t)((round->number + (uint64_t)table) % 3));
    end_step(bench, round);
}

static void work(bench_t *bench)
{
    bench->worker      = (uint32_t)tern_worker(bench->runtime);
    bench->num_workers = (uint32_t)tern_num_workers(bench->runtime);
    bench->seed        = seed_agree(bench->runtime);
    model_init(&bench->model);
    for (uint64_t number = 0; number < bench->num_rounds; number++) {
        round_t round = round_of(bench->seed, number, bench->num_workers, MAX_OPERATIONS);

        run_round(bench, &round);
    }
    check_whole_tables(bench);
    model_fini(&bench->model);
}

/* Replicas sum what is pushed to them, which is exact where the rule adds. */
static const char *table_policy(const bench_t *bench, int table)
{
    return bench->has_replicas && strcmp(table_descs[table].update, "add") != 0
               ? "static"
               : bench->policy;
}

static void create_tables(bench_t *bench)
{
    check_ok(bench, tern_update_register(bench->runtime, &affine_rule));
    for (int table = 0; table < NUM_TABLES; table++) {
        tern_table_desc_t desc = table_descs[table];

        desc.policy = table_policy(bench, table);
        check_ok(bench, tern_table_create(bench->runtime, &desc, &bench->tables[table]));
    }
}

static void run_policy(const char *policy, const char *const settings[][2],
                       uint64_t num_rounds, bool may_read_late)
{
    char           *argv[]       = {"random_operations", NULL};
    tern_options_t *options      = NULL;
    bool            has_replicas = tern_policy_find(policy)->keeps_replicas;
    bench_t         bench        = {.policy        = policy,
                                    .has_replicas  = has_replicas,
                                    .may_read_late = may_read_late || has_replicas,
                                    .num_rounds    = seed_limit_rounds(num_rounds)};

    check_ok(&bench, tern_options_create(argv[0], "model test", &options));
    check_ok(&bench, tern_options_parse(options, 1, argv));
    check_ok(&bench, tern_options_set(options, "stats", "none"));
    for (size_t i = 0; settings[i][0]; i++)
        check_ok(&bench, tern_options_set(options, settings[i][0], settings[i][1]));
    if (strcmp(tern_option_string(options, "pull"), "message") != 0)
        bench.may_read_late = true; /* a get under way sees what is pushed meanwhile */
    check_ok(&bench, tern_init(MPI_COMM_WORLD, options, &bench.runtime));
    if (bench.runtime) {
        create_tables(&bench);
        if (tern_is_worker(bench.runtime))
            work(&bench);
        check_ok(&bench, tern_finalize(&bench.runtime));
    }
    tern_options_destroy(&options);
}

/* Under every policy, in a part of the rounds. A setting is an option's name and value; the list ends with NULL. */
static void run_with(const char *const settings[][2], uint64_t num_rounds,
                     bool may_read_late)
{
    static const char *const policies[] = {"static", "relocate", "ssp", "essp",
                                           "adaptive"};

    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        run_policy(policies[i], settings, (num_rounds + 2) / 3, may_read_late);
}

static void random_operations_match_the_model(void)
{
    run_with((const char *const[][2]){{NULL, NULL}}, NUM_ROUNDS, false);
}

/* Every rank serves and works, so that requests cross in all directions, the larger ones in chunks. */
static void all_match_the_model_when_everybody_serves(void)
{
    run_with((const char *const[][2]){{"roles", session_all_roles()},
                                      {"chunk-kb", "1"},
                                      {NULL, NULL}},
             NUM_ROUNDS, false);
}

static void faults_on_the_way_change_nothing(void)
{
    static const char *const settings[][2] = {
        {"fault", "drop:0.05,duplicate:0.05,delay:0.05,seed:7"},
        {"chunk-kb", "1"},
        {"resend-ms", "20"},
        {NULL, NULL},
    };

    run_with(settings, NUM_LOSSY_ROUNDS, true);
}

static void a_slow_and_lossy_link_changes_nothing(void)
{
    static const char *const settings[][2] = {
        {"emulate", "delay:5ms,rate:100mbit,loss:0.01,jitter:1ms,seed:7"},
        {"resend-ms", "40"},
        {NULL, NULL},
    };

    run_with(settings, NUM_SLOW_ROUNDS, true);
}

static void one_sided_pulls_change_nothing(void)
{
    static const char *const settings[][2] = {
        {"pull", "window"},
        {"resend-ms", "20"},
        {"fault", "drop:0.02,delay:0.02,seed:7"},
        {NULL, NULL},
    };

    run_with(settings, NUM_LOSSY_ROUNDS, true);
}

static void one_sided_pulls_over_a_slow_link_change_nothing(void)
{
    static const char *const settings[][2] = {
        {"pull", "window"},
        {"emulate", "delay:2ms,rate:100mbit,loss:0.01,seed:7"},
        {"resend-ms", "40"},
        {NULL, NULL},
    };

    run_with(settings, NUM_SLOW_ROUNDS, true);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(random_operations_match_the_model),
        FACT(all_match_the_model_when_everybody_serves),
        FACT(faults_on_the_way_change_nothing),
        FACT(a_slow_and_lossy_link_changes_nothing),
        FACT(one_sided_pulls_change_nothing),
        FACT(one_sided_pulls_over_a_slow_link_change_nothing),
    };

    return mpi_facts_run("model/random_operations", facts,
                         sizeof(facts) / sizeof(facts[0]));
}
