/** \file
 * Rows that move: what a localize costs, what moves, and what can go wrong.
 *
 * Every rank serves and works, so that counters of a rank tell of both.
 *
 * run_mpi: ranks 1 2 4; nodes 1 2
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mpi_facts.h"
#include "session.h"

enum { NUM_KEYS = 400, WIDTH = 3, MAX_SECONDS = 20 };

static session_t begin(const char *pull)
{
    const char *settings[] = {"roles", session_all_roles(), "pull", pull, NULL};

    return session_begin(settings);
}

static tern_table_t *table_with(session_t *session, const char *update, uint64_t max_rows)
{
    tern_table_desc_t desc  = {.name     = "t",
                               .keys     = {10, 10 + NUM_KEYS},
                               .width    = WIDTH,
                               .update   = update,
                               .sync     = TERN_SYNC_ASYNC,
                               .init     = {TERN_INIT_UNIFORM, -1, 1},
                               .policy   = "relocate",
                               .max_rows = max_rows};
    tern_table_t     *table = NULL;

    CU_ASSERT_EQUAL(tern_table_create(session->runtime, &desc, &table), TERN_OK);
    return table;
}

static tern_counters_t counters(const session_t *session)
{
    tern_counters_t now;

    tern_get_counters(session->runtime, &now);
    return now;
}

static void barrier(const session_t *session)
{
    CU_ASSERT_EQUAL(tern_barrier(session->runtime), TERN_OK);
}

static size_t list_keys(const tern_table_t *table, bool are_here, tern_key_t keys[])
{
    tern_range_t range = tern_table_keys(table);
    size_t       n     = 0;

    for (tern_key_t key = range.first; key < range.end; key++)
        if (tern_is_local(table, key) == are_here)
            keys[n++] = key;
    return n;
}

/* How many rows differ from those of `expected`, by key. */
static size_t num_wrong(tern_table_t *table, float expected[NUM_KEYS][WIDTH])
{
    static float values[NUM_KEYS][WIDTH];
    size_t       n = 0;

    CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), values, NULL),
                    TERN_OK);
    for (size_t i = 0; i < NUM_KEYS; i++)
        n += memcmp(values[i], expected[i], sizeof values[i]) != 0;
    return n;
}

/* --- facts --- */

static void localized_rows_are_local_and_cost_no_message(void)
{
    session_t       session = begin("message");
    tern_table_t   *table   = table_with(&session, "add", 0);
    static float    values[NUM_KEYS][WIDTH];
    tern_counters_t before, after;

    for (int turn = 0; turn < tern_num_workers(session.runtime); turn++) {
        if (turn == tern_worker(session.runtime)) {
            CU_ASSERT_EQUAL(tern_localize_range(table, tern_table_keys(table), NULL),
                            TERN_OK);
            before = counters(&session);
            CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), values, NULL),
                            TERN_OK);
            CU_ASSERT_EQUAL(tern_push_range(table, tern_table_keys(table), values, NULL),
                            TERN_OK);
            after = counters(&session);
            CU_ASSERT_EQUAL(after.local_keys - before.local_keys, 2 * NUM_KEYS);
            CU_ASSERT_EQUAL(after.messages_sent, before.messages_sent);
        }
        barrier(&session);
    }
    session_end(&session);
}

static void every_row_that_is_asked_for_moves_once(void)
{
    session_t       session = begin("message");
    tern_table_t   *table   = table_with(&session, "add", 0);
    tern_counters_t before  = counters(&session), after;
    tern_key_t      keys[NUM_KEYS];
    size_t          num_absent = list_keys(table, false, keys);
    double          moved[2]   = {0, 0};

    barrier(&session);
    if (tern_worker(session.runtime) == 0)
        CU_ASSERT_EQUAL(tern_localize(table, num_absent, keys, NULL), TERN_OK);
    barrier(&session);
    after    = counters(&session);
    moved[0] = (double)(after.rows_sent_away - before.rows_sent_away);
    moved[1] = (double)(after.rows_taken_in - before.rows_taken_in);
    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(after.localized_keys - before.localized_keys, num_absent);
        CU_ASSERT_EQUAL(after.rows_taken_in - before.rows_taken_in, num_absent);
    } else {
        CU_ASSERT_EQUAL(after.rows_taken_in, before.rows_taken_in);
    }
    CU_ASSERT_EQUAL(tern_sum(session.runtime, 2, moved), TERN_OK);
    CU_ASSERT_EQUAL(moved[0], moved[1]);
    session_end(&session);
}

static void rows_that_are_here_are_not_asked_for(void)
{
    session_t       session = begin("message");
    tern_table_t   *table   = table_with(&session, "add", 0);
    tern_key_t      keys[NUM_KEYS];
    size_t          num_here = list_keys(table, true, keys);
    tern_counters_t before   = counters(&session), after;
    tern_request_t *request  = NULL;

    CU_ASSERT_EQUAL(tern_localize(table, num_here, keys, &request), TERN_OK);
    CU_ASSERT_PTR_NULL(request);
    after = counters(&session);
    CU_ASSERT_EQUAL(after.messages_sent, before.messages_sent);
    CU_ASSERT_EQUAL(after.localized_keys, before.localized_keys);
    CU_ASSERT_EQUAL(after.localized_before - before.localized_before, num_here);
    session_end(&session);
}

/* Adagrad's state decides how far a step goes: a row that lost it would go further. */
static void optimiser_state_moves_with_its_row(void)
{
    session_t     session = begin("message");
    tern_table_t *table   = table_with(&session, "adagrad", 0);
    static float  gradients[NUM_KEYS * WIDTH], values[NUM_KEYS][WIDTH], alone[WIDTH];
    tern_range_t  range = tern_table_keys(table);
    int           num   = tern_num_workers(session.runtime);
    tern_key_t    own   = range.first; /* worker 0's, stays there */

    for (size_t i = 0; i < NUM_KEYS * WIDTH; i++)
        gradients[i] = 1;
    if (tern_worker(session.runtime) == 0) {
        static const float zeros[WIDTH];

        for (tern_key_t key = range.first; key < range.end; key++)
            CU_ASSERT_EQUAL(tern_set(table, 1, &key, zeros, NULL), TERN_OK);
    }
    barrier(&session);
    for (int step = 0; step < 8; step++) {
        if (step % num == tern_worker(session.runtime)) {
            tern_range_t moving = {range.first + 1, range.end};

            CU_ASSERT_EQUAL(tern_localize_range(table, moving, NULL), TERN_OK);
            CU_ASSERT_EQUAL(tern_push_range(table, range, gradients, NULL), TERN_OK);
        }
        barrier(&session);
    }
    CU_ASSERT_EQUAL(tern_pull(table, 1, &own, alone, NULL), TERN_OK);
    CU_ASSERT_EQUAL(tern_pull_range(table, range, values, NULL), TERN_OK);
    for (size_t i = 0; i < NUM_KEYS; i++)
        CU_ASSERT_EQUAL(memcmp(values[i], alone, sizeof alone), 0);
    session_end(&session);
}

/* All pushes are made before any localize is waited for. */
static void what_reaches_a_row_on_its_way_waits_with_it(void)
{
    session_t       session = begin("message");
    tern_table_t   *table   = table_with(&session, "assign", 0);
    tern_key_t      keys[NUM_KEYS];
    size_t          num = list_keys(table, false, keys);
    static float    values[NUM_KEYS * WIDTH], read[NUM_KEYS * WIDTH];
    tern_request_t *localize = NULL, *push[3] = {NULL, NULL, NULL};

    barrier(&session);
    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(tern_localize(table, num, keys, &localize), TERN_OK);
        for (int k = 0; k < 3; k++) {
            for (size_t i = 0; i < num * WIDTH; i++)
                values[i] = (float)(100 * k + 1);
            CU_ASSERT_EQUAL(tern_push(table, num, keys, values, &push[k]), TERN_OK);
            CU_ASSERT_EQUAL(tern_pull(table, num, keys, read, NULL), TERN_OK);
            for (size_t i = 0; i < num * WIDTH; i++)
                CU_ASSERT_EQUAL(read[i], (float)(100 * k + 1));
            CU_ASSERT_EQUAL(tern_wait(&push[k]), TERN_OK);
        }
        CU_ASSERT_EQUAL(tern_wait(&localize), TERN_OK);
    }
    barrier(&session);
    session_end(&session);
}

static void a_full_store_refuses_and_loses_nothing(void)
{
    session_t     session = begin("message");
    tern_table_t *table   = table_with(&session, "add", 1); /* no room beside its own */
    static float  before[NUM_KEYS][WIDTH];
    tern_key_t    keys[NUM_KEYS];
    size_t        num_absent = list_keys(table, false, keys);

    CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), before, NULL),
                    TERN_OK);
    barrier(&session);
    if (tern_worker(session.runtime) == 0) {
        CU_ASSERT_EQUAL(tern_localize(table, num_absent, keys, NULL),
                        num_absent > 0 ? TERN_ERR_NO_MEMORY : TERN_OK);
        CU_ASSERT_EQUAL(list_keys(table, false, keys), num_absent);
    }
    barrier(&session);
    CU_ASSERT_EQUAL(num_wrong(table, before), 0);
    barrier(&session);
    session_end(&session);
}

/* Each turn all rows go to one worker, whose store has room for all of them once. */
static void slots_that_rows_left_are_used_again(void)
{
    session_t     session = begin("message");
    tern_table_t *table   = table_with(&session, "add", NUM_KEYS);
    int           num     = tern_num_workers(session.runtime);
    static float  before[NUM_KEYS][WIDTH];

    CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), before, NULL),
                    TERN_OK);
    barrier(&session);
    for (int turn = 0; turn < 12; turn++) {
        if (turn % num == tern_worker(session.runtime))
            CU_ASSERT_EQUAL(tern_localize_range(table, tern_table_keys(table), NULL),
                            TERN_OK);
        barrier(&session);
    }
    CU_ASSERT_EQUAL(num_wrong(table, before), 0);
    barrier(&session);
    session_end(&session);
}

static void pull_if_local_reads_what_is_here_and_names_the_rest(void)
{
    session_t       session = begin("message");
    tern_table_t   *table   = table_with(&session, "add", 0);
    static float    values[NUM_KEYS][WIDTH], all[NUM_KEYS][WIDTH];
    tern_key_t      keys[NUM_KEYS];
    uint32_t        absent[NUM_KEYS];
    size_t          num_absent = 0, at = 0;
    tern_counters_t before, after;

    for (size_t i = 0; i < NUM_KEYS; i++)
        keys[i] = 10 + i;
    CU_ASSERT_EQUAL(tern_pull(table, NUM_KEYS, keys, all, NULL), TERN_OK);
    before = counters(&session);
    CU_ASSERT_EQUAL(
        tern_pull_if_local(table, NUM_KEYS, keys, values, absent, &num_absent), TERN_OK);
    after = counters(&session);
    CU_ASSERT_EQUAL(after.messages_sent, before.messages_sent);
    for (size_t i = 0; i < NUM_KEYS; i++) {
        bool is_absent = at < num_absent && absent[at] == i;

        at += is_absent;
        CU_ASSERT_EQUAL(is_absent, !tern_is_local(table, keys[i]));
        if (!is_absent)
            CU_ASSERT_EQUAL(memcmp(values[i], all[i], sizeof all[i]), 0);
    }
    CU_ASSERT_EQUAL(at, num_absent);
    barrier(&session);
    session_end(&session);
}

/* Worker 0 holds a row of its own while worker 1, of another node, asks for it; what it writes in place until it gives
 * the row back is what the other gets. */
static void a_borrowed_row_leaves_when_it_is_given_back(void)
{
    session_t       session = begin("message");
    tern_table_t   *table   = table_with(&session, "add", 0);
    tern_key_t      key     = 10;
    int             last    = tern_num_workers(session.runtime) - 1;
    tern_borrowed_t row     = {.value = NULL};
    tern_request_t *request = NULL;
    bool            moves   = last > 0 && tern_num_nodes(session.runtime) > 1;
    float           value[WIDTH];

    if (tern_worker(session.runtime) == 0)
        CU_ASSERT_EQUAL(tern_borrow(table, 1, &key, TERN_BORROW_EXCLUSIVE, &row, NULL),
                        TERN_OK);
    barrier(&session);
    if (moves && tern_worker(session.runtime) == last)
        CU_ASSERT_EQUAL(tern_localize(table, 1, &key, &request), TERN_OK);
    barrier(&session);
    for (int i = 0; i < 1000; i++) /* time to do wrong */
        tern_progress(session.runtime);
    if (request != NULL)
        CU_ASSERT_EQUAL(tern_test(&request), TERN_IN_PROGRESS);
    barrier(&session);
    if (tern_worker(session.runtime) == 0) {
        ((float *)row.value)[1] = 77;
        tern_return(table, 1, TERN_BORROW_EXCLUSIVE, &row, NULL);
    }
    if (request != NULL) {
        CU_ASSERT_EQUAL(tern_wait(&request), TERN_OK);
        CU_ASSERT(tern_is_local(table, key));
    }
    barrier(&session);
    CU_ASSERT_EQUAL(tern_pull(table, 1, &key, value, NULL), TERN_OK);
    CU_ASSERT_EQUAL(value[1], 77);
    barrier(&session);
    session_end(&session);
}

static void one_sided_pulls_find_out_that_a_row_has_moved(void)
{
    const char   *settings[] = {"roles", session_all_roles(), "pull", "window", NULL};
    session_t     session    = session_begin(settings);
    tern_table_t *table;
    static float  before[NUM_KEYS][WIDTH];
    tern_key_t    keys[NUM_KEYS];
    static float  values[NUM_KEYS][WIDTH];

    if (session.status == TERN_ERR_UNSUPPORTED) {
        facts_skip("this MPI gives no window here");
        session_end(&session);
        return;
    }
    table = table_with(&session, "add", 0);
    CU_ASSERT_EQUAL(tern_pull_range(table, tern_table_keys(table), before, NULL),
                    TERN_OK);
    for (size_t i = 0; i < NUM_KEYS; i++)
        keys[i] = 10 + i * 7 % NUM_KEYS;
    barrier(&session);
    for (int turn = 0; turn < 6; turn++) {
        if (turn % tern_num_workers(session.runtime) == tern_worker(session.runtime))
            CU_ASSERT_EQUAL(tern_localize(table, NUM_KEYS / 3, keys + 20 * turn, NULL),
                            TERN_OK);
        CU_ASSERT_EQUAL(tern_pull(table, NUM_KEYS, keys, values, NULL), TERN_OK);
        for (size_t i = 0; i < NUM_KEYS; i++)
            CU_ASSERT_EQUAL(memcmp(values[i], before[keys[i] - 10], sizeof values[i]), 0);
    }
    barrier(&session);
    session_end(&session);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(localized_rows_are_local_and_cost_no_message),
        FACT(every_row_that_is_asked_for_moves_once),
        FACT(rows_that_are_here_are_not_asked_for),
        FACT(optimiser_state_moves_with_its_row),
        FACT(what_reaches_a_row_on_its_way_waits_with_it),
        FACT(a_full_store_refuses_and_loses_nothing),
        FACT(slots_that_rows_left_are_used_again),
        FACT(pull_if_local_reads_what_is_here_and_names_the_rest),
        FACT(a_borrowed_row_leaves_when_it_is_given_back),
        FACT(one_sided_pulls_find_out_that_a_row_has_moved),
    };

    return mpi_facts_run("relocate", facts, sizeof facts / sizeof *facts);
}
