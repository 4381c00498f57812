/** \file
 * Intents: rows move to the only node that wants them, are replicated where several do, and no push is lost or
 * counted twice whatever moves where meanwhile.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

enum { NUM_KEYS = 240, WIDTH = 3, NUM_STEPS = 40, PATIENCE_SECONDS = 30 };

static const char *const *adapt(const char *mode)
{
    static const char *settings[] = {"adapt", "both", NULL};

    settings[1] = mode;
    return settings;
}

static tern_table_t *create(session_t *session, const char *update, tern_sync_t sync,
                            uint32_t staleness)
{
    tern_table_desc_t desc  = {.name           = "t",
                               .keys           = {0, NUM_KEYS},
                               .width          = WIDTH,
                               .update         = update,
                               .update_options = {.rate = 1},
                               .sync           = sync,
                               .staleness      = staleness,
                               .policy         = "adaptive"};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

static void push_one(tern_table_t *table, tern_key_t key, float number)
{
    float delta[WIDTH];

    for (int j = 0; j < WIDTH; j++)
        delta[j] = number;
    CU_ASSERT_EQUAL(tern_push(table, 1, &key, delta, NULL), TERN_OK);
}

static float pull_one(tern_table_t *table, tern_key_t key)
{
    float value[WIDTH];

    CU_ASSERT_EQUAL(tern_pull(table, 1, &key, value, NULL), TERN_OK);
    CU_ASSERT_EQUAL(value[0], value[WIDTH - 1]);
    return value[0];
}

/* Make steps until all keys are here, or none of `num` if `wanted` is false. The steps keep the worker's rounds going. */
static bool step_until(session_t *session, tern_table_t *table, size_t num,
                       const tern_key_t keys[], bool wanted)
{
    double end = tern_seconds(session->runtime) + PATIENCE_SECONDS;

    while (tern_seconds(session->runtime) < end) {
        size_t num_local = 0;

        for (size_t i = 0; i < num; i++)
            num_local += tern_is_local(table, keys[i]);
        if (num_local == (wanted ? num : 0))
            return true;
        CU_ASSERT_EQUAL(tern_clock(session->runtime), TERN_OK);
    }
    return false;
}

static size_t list_foreign(const tern_table_t *table, tern_key_t keys[NUM_KEYS])
{
    size_t num = 0;

    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        if (!tern_is_local(table, key))
            keys[num++] = key;
    return num;
}

static void a_row_moves_to_the_only_node_that_wants_it(void)
{
    session_t       session = session_begin(adapt("both"));
    tern_table_t   *table   = create(&session, "add", TERN_SYNC_ASYNC, 0);
    tern_key_t      keys[NUM_KEYS];
    size_t          num = list_foreign(table, keys);
    tern_counters_t before, after;

    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(tern_intent(table, num, keys, 0, 1000000), TERN_OK);
        CU_ASSERT(step_until(&session, table, num, keys, true));
        tern_get_counters(session.runtime, &before);
        for (size_t i = 0; i < num; i++)
            push_one(table, keys[i], 2);
        for (size_t i = 0; i < num; i++)
            CU_ASSERT_EQUAL(pull_one(table, keys[i]), 2);
        tern_get_counters(session.runtime, &after);
        CU_ASSERT_EQUAL(after.messages_sent, before.messages_sent);
        CU_ASSERT_EQUAL(after.replica_reads, before.replica_reads); /* they are owned */
        CU_ASSERT_EQUAL(after.localized_keys, num);
    }
    session_end(&session);
}

/* All nodes want all rows at once: where they do not own them they have replicas. */
static void run_shared(const char *mode)
{
    session_t     session = session_begin(adapt(mode));
    tern_table_t *table   = create(&session, "add", TERN_SYNC_ASYNC, 0);
    tern_key_t    keys[NUM_KEYS];
    int           num_workers = tern_num_workers(session.runtime);

    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        keys[key] = key;
    if (tern_is_worker(session.runtime)) {
        CU_ASSERT_EQUAL(tern_intent(table, NUM_KEYS, keys, 0, UINT64_MAX), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        CU_ASSERT(step_until(&session, table, NUM_KEYS, keys, true));
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        /* advice from before all had announced may have moved some once more */
        CU_ASSERT(step_until(&session, table, NUM_KEYS, keys, true));
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            push_one(table, key, 1);
        for (tern_key_t key = 0; key < NUM_KEYS; key++)
            CU_ASSERT(pull_one(table, key) >= 1);
        while (pull_one(table, NUM_KEYS - 1) < num_workers &&
               tern_seconds(session.runtime) < PATIENCE_SECONDS)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(pull_one(table, NUM_KEYS - 1), num_workers);
    }
    session_end(&session);
}

static void rows_that_several_nodes_want_are_replicated(void)
{
    run_shared("both");
    run_shared("replicate");
}

/* Random intents, pushes to wanted and unwanted rows, reads that must have all own pushes; at the end the sums are exact. */
static void run_storm(const char *mode, tern_sync_t sync, uint64_t offset)
{
    session_t     session = session_begin(adapt(mode));
    tern_table_t *table   = create(&session, "add", sync, sync == TERN_SYNC_SSP ? 2 : 0);
    double        sums[NUM_KEYS] = {0};
    float        *rows           = calloc(NUM_KEYS, WIDTH * sizeof *rows);

    if (tern_is_worker(session.runtime)) {
        uint64_t seed = (uint64_t)tern_worker(session.runtime) + 7, counter = 0;

        for (int step = 0; step < NUM_STEPS; step++) {
            tern_key_t      keys[30], hot[5] = {1, 2, 3, 200, 201};
            float           deltas[30][WIDTH], values[30][WIDTH];
            tern_request_t *request = NULL;
            uint64_t        now     = tern_clock_now(session.runtime);

            for (int i = 0; i < 30; i++) {
                keys[i] =
                    i < 10 ? hot[i % 5] : tern_random_below(seed, 0, counter++, NUM_KEYS);
                deltas[i][0] = deltas[i][1] = deltas[i][2] = 1;
            }
            CU_ASSERT_EQUAL(tern_intent(table, 20, keys, now + offset, now + offset + 3),
                            TERN_OK);
            for (int i = 0; i < 30; i++)
                sums[keys[i]]++;
            CU_ASSERT_EQUAL(tern_push(table, 30, keys, deltas, &request), TERN_OK);
            CU_ASSERT_EQUAL(tern_pull(table, 30, keys, values, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
            for (int i = 0; i < 30; i++) {
                CU_ASSERT(values[i][0] >= sums[keys[i]]);
                CU_ASSERT_EQUAL(values[i][0], values[i][WIDTH - 1]);
            }
            CU_ASSERT_EQUAL(tern_pull(table, 30, keys, values, NULL), TERN_OK);
            for (int i = 0; i < 30; i++)
                CU_ASSERT(values[i][0] >= sums[keys[i]]);
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        }
        tern_table_set_sync(table, TERN_SYNC_BSP, 0);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
        while (tern_clock_now(session.runtime) < NUM_STEPS + 4)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_sum(session.runtime, NUM_KEYS, sums), TERN_OK);
        CU_ASSERT_EQUAL(tern_pull_range(table, (tern_range_t){0, NUM_KEYS}, rows, NULL),
                        TERN_OK);
        for (int k = 0; k < NUM_KEYS; k++)
            CU_ASSERT_EQUAL(rows[k * WIDTH], sums[k]);
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    free(rows);
    session_end(&session);
}

static void in_a_storm_of_intents_every_push_counts_once(void)
{
    static const char *const modes[] = {"both", "relocate", "replicate"};

    for (int m = 0; m < 3; m++) {
        run_storm(modes[m], TERN_SYNC_ASYNC, 0);
        run_storm(modes[m], TERN_SYNC_ASYNC, 2);
        run_storm(modes[m], TERN_SYNC_SSP, 1);
        run_storm(modes[m], TERN_SYNC_BSP, 0);
    }
}

/* However early it is announced: when its clock has come the row is here. */
static void how_early_it_is_announced_does_not_matter(void)
{
    for (uint64_t offset = 1; offset <= 65536; offset *= 16) {
        session_t     session = session_begin(adapt("both"));
        tern_table_t *table   = create(&session, "add", TERN_SYNC_ASYNC, 0);
        tern_key_t    keys[NUM_KEYS];
        size_t        num = list_foreign(table, keys);

        if (tern_worker(session.runtime) == 0) {
            CU_ASSERT_EQUAL(tern_intent(table, num, keys, offset, offset + 100000000),
                            TERN_OK);
            while (tern_clock_now(session.runtime) + 100 < offset) {
                CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
                if (num > 0 && tern_clock_now(session.runtime) == offset / 2 &&
                    offset > 1000) /* not earlier than it helps */
                    CU_ASSERT(!tern_is_local(table, keys[0]));
            }
            CU_ASSERT(step_until(&session, table, num, keys, true));
        }
        session_end(&session);
    }
}

static void replicas_end_with_the_intents(void)
{
    session_t     session = session_begin(adapt("replicate"));
    tern_table_t *table   = create(&session, "add", TERN_SYNC_ASYNC, 0);
    tern_key_t    keys[NUM_KEYS];
    size_t        num = list_foreign(table, keys);

    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(tern_intent(table, num, keys, 0, 1000), TERN_OK);
        CU_ASSERT(step_until(&session, table, num, keys, true));
        for (size_t i = 0; i < num; i++)
            push_one(table, keys[i], 5);
        while (tern_clock_now(session.runtime) < 1000)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        CU_ASSERT(step_until(&session, table, num, keys, false));
        for (size_t i = 0; i < num; i++)
            CU_ASSERT_EQUAL(pull_one(table, keys[i]), 5);
    }
    session_end(&session);
}

static uint64_t num_localized(const session_t *session)
{
    tern_counters_t counters;

    tern_get_counters(session->runtime, &counters);
    return counters.localized_keys;
}

/* Two nodes share rows; when one has done with them they move to the other. */
static void what_one_node_is_left_with_moves_to_it(void)
{
    session_t     session     = session_begin(adapt("both"));
    tern_table_t *table       = create(&session, "add", TERN_SYNC_ASYNC, 0);
    tern_key_t    keys[]      = {0, 1, 2, 3};
    int           worker      = tern_worker(session.runtime);
    int           last        = tern_num_workers(session.runtime) - 1;
    uint64_t      num_to_come = tern_is_local(table, 0) ? 0 : 4;

    /* the first keys are at the first server; its worker and the last one share them */
    if (worker == 0)
        CU_ASSERT_EQUAL(tern_intent(table, 4, keys, 0, 50), TERN_OK);
    if (worker >= 0)
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    if (worker == last && last > 0) {
        CU_ASSERT_EQUAL(tern_intent(table, 4, keys, 0, UINT64_MAX), TERN_OK);
        CU_ASSERT(step_until(&session, table, 4, keys, true));
        for (int i = 0; i < 4; i++)
            push_one(table, keys[i], 1);
    }
    if (worker >= 0)
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    if (worker == 0)
        while (tern_clock_now(session.runtime) < 60)
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
    if (worker >= 0)
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    if (worker == last && last > 0) {
        while (num_localized(&session) < num_to_come &&
               tern_seconds(session.runtime) < PATIENCE_SECONDS) {
            CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
            for (int i = 0; i < 4; i++)
                CU_ASSERT_EQUAL(pull_one(table, keys[i]), 1);
        }
        CU_ASSERT_EQUAL(num_localized(&session), num_to_come);
        for (int i = 0; i < 4; i++) {
            push_one(table, keys[i], 1);
            CU_ASSERT_EQUAL(pull_one(table, keys[i]), 2);
        }
    }
    session_end(&session);
}

/* sgd at rate 1 subtracts; what is summed in replicas and what is not comes to the same. */
static void gradients_reach_rows_that_move(void)
{
    session_t     session = session_begin(adapt("both"));
    tern_table_t *table   = create(&session, "sgd", TERN_SYNC_BSP, 0);
    tern_key_t    keys[]  = {5, 100, 239};

    for (int step = 1; tern_is_worker(session.runtime) && step <= 30; step++) {
        uint64_t now = tern_clock_now(session.runtime);

        if (step % 3 == tern_worker(session.runtime) % 3)
            CU_ASSERT_EQUAL(tern_intent(table, 3, keys, now, now + 4), TERN_OK);
        for (int i = 0; i < 3; i++)
            push_one(table, keys[i], 1);
        CU_ASSERT_EQUAL(tern_clock(session.runtime), TERN_OK);
        for (int i = 0; i < 3; i++)
            CU_ASSERT_EQUAL(pull_one(table, keys[i]),
                            -step * tern_num_workers(session.runtime));
        CU_ASSERT_EQUAL(tern_barrier(session.runtime), TERN_OK);
    }
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_row_moves_to_the_only_node_that_wants_it),
        FACT(rows_that_several_nodes_want_are_replicated),
        FACT(in_a_storm_of_intents_every_push_counts_once),
        FACT(how_early_it_is_announced_does_not_matter),
        FACT(replicas_end_with_the_intents),
        FACT(what_one_node_is_left_with_moves_to_it),
        FACT(gradients_reach_rows_that_move),
    };

    return mpi_facts_run("mpi/adaptive", facts, sizeof facts / sizeof *facts);
}
