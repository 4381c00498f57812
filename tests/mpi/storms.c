/** \file
 * Storms: all workers localize the same rows all the time, push, set and read them, and announce intents. No operation
 * is lost or applied twice, whatever happens to the messages; and in the end every row is in one place.
 *
 * Every rank serves and works. TERN_SEED=n makes other storms.
 *
 * run_mpi: ranks 2 4; nodes 1 2; seconds 240
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"
#include "tern/random.h"

enum { NUM_KEYS = 48, NUM_COUNTED = 32, WIDTH = 2, MAX_BATCH = 8, MAX_UNDER_WAY = 8 };

/* A batch of rows under way. */
typedef struct batch {
    size_t          num_keys;
    tern_key_t      keys[MAX_BATCH];
    double          rows[MAX_BATCH][WIDTH];
    tern_request_t *request;
} batch_t;

/* Keys below NUM_COUNTED are pushed to by all; each of the others is set by one worker, to rising numbers. */
typedef struct storm {
    session_t       session;
    tern_table_t   *table;
    uint64_t        seed, counter;
    uint32_t        worker, num_workers;
    double          pushed[NUM_KEYS]; /* by this worker; later by all */
    double          set[NUM_KEYS];    /* the same */
    double          seen[NUM_KEYS];   /* when last read */
    uint64_t        num_localizes, num_pushes;
    tern_request_t *localizes[MAX_UNDER_WAY];
    batch_t         pushes[MAX_UNDER_WAY];
    bool            may_be_refused; /* not all rows find room on a node */
    bool            is_replicated;
    double          num_refused;
} storm_t;

static uint64_t roll(storm_t *storm, uint64_t bound)
{
    return tern_random_below(storm->seed, storm->worker, storm->counter++, bound);
}

static void draw_keys(storm_t *storm, uint64_t end, batch_t *batch)
{
    batch->num_keys = 1 + roll(storm, MAX_BATCH);
    for (size_t i = 0; i < batch->num_keys; i++)
        batch->keys[i] = roll(storm, end);
}

/* What a localize came to. */
static void note(storm_t *storm, tern_status_t status)
{
    bool is_refused = storm->may_be_refused && status == TERN_ERR_NO_MEMORY;

    CU_ASSERT(status == TERN_OK || is_refused);
    storm->num_refused += is_refused;
}

/* Several are under way; rows of the same call may be elsewhere again when the last has come. */
static void localize(storm_t *storm)
{
    tern_request_t **request_p =
        &storm->localizes[storm->num_localizes++ % MAX_UNDER_WAY];
    uint64_t     clock = tern_clock_now(storm->session.runtime);
    batch_t      batch;
    tern_range_t range;

    draw_keys(storm, NUM_KEYS, &batch);
    range = (tern_range_t){batch.keys[0], batch.keys[0] + 1};
    range.end += roll(storm, NUM_KEYS + 1 - range.end);
    note(storm, tern_wait(request_p));
    note(storm, roll(storm, 4) == 0
                    ? tern_localize_range(storm->table, range, request_p)
                    : tern_localize(storm->table, batch.num_keys, batch.keys, request_p));
    if (roll(storm, 4) == 0)
        CU_ASSERT_EQUAL(tern_intent(storm->table, batch.num_keys, batch.keys, clock,
                                    clock + 1 + roll(storm, 3)),
                        TERN_OK);
}

/* What is read are whole rows, and numbers only rise. */
static void check_rows(storm_t *storm, const batch_t *batch)
{
    for (size_t i = 0; i < batch->num_keys; i++) {
        CU_ASSERT_EQUAL(batch->rows[i][0], batch->rows[i][1]);
        CU_ASSERT(batch->rows[i][0] >= storm->seen[batch->keys[i]]);
    }
    for (size_t i = 0; i < batch->num_keys; i++)
        if (batch->rows[i][0] > storm->seen[batch->keys[i]])
            storm->seen[batch->keys[i]] = batch->rows[i][0];
}

static void fill_ones(storm_t *storm, batch_t *batch)
{
    draw_keys(storm, NUM_COUNTED, batch);
    for (size_t i = 0; i < batch->num_keys; i++) {
        batch->rows[i][0] = batch->rows[i][1] = 1;
        storm->pushed[batch->keys[i]]++;
    }
}

static void push(storm_t *storm)
{
    batch_t *batch = &storm->pushes[storm->num_pushes++ % MAX_UNDER_WAY];

    CU_ASSERT_EQUAL(tern_wait(&batch->request), TERN_OK);
    fill_ones(storm, batch);
    CU_ASSERT_EQUAL(tern_push(storm->table, batch->num_keys, batch->keys, batch->rows,
                              &batch->request),
                    TERN_OK);
}

static void push_pull(storm_t *storm)
{
    batch_t batch;

    fill_ones(storm, &batch);
    CU_ASSERT_EQUAL(tern_push_pull(storm->table, batch.num_keys, batch.keys, batch.rows,
                                   batch.rows, NULL),
                    TERN_OK);
    check_rows(storm, &batch);
}

static void pull(storm_t *storm)
{
    batch_t batch;

    draw_keys(storm, NUM_KEYS, &batch);
    CU_ASSERT_EQUAL(tern_pull(storm->table, batch.num_keys, batch.keys, batch.rows, NULL),
                    TERN_OK);
    check_rows(storm, &batch);
}

/* What is here; the positions of the rest are rising. */
static void pull_if_local(storm_t *storm)
{
    batch_t  batch, here = {.num_keys = 0};
    uint32_t absent[MAX_BATCH];
    size_t   num_absent = 0;

    draw_keys(storm, NUM_KEYS, &batch);
    CU_ASSERT_EQUAL(tern_pull_if_local(storm->table, batch.num_keys, batch.keys,
                                       batch.rows, absent, &num_absent),
                    TERN_OK);
    for (size_t i = 0, a = 0; i < batch.num_keys; i++) {
        if (a < num_absent && absent[a] == i) {
            a++;
            continue;
        }
        here.keys[here.num_keys] = batch.keys[i];
        memcpy(here.rows[here.num_keys++], batch.rows[i], sizeof batch.rows[i]);
    }
    CU_ASSERT_EQUAL(here.num_keys + num_absent, batch.num_keys);
    check_rows(storm, &here);
}

/* A key of the caller's own, the next number. */
static void set(storm_t *storm)
{
    uint64_t   num_own = (NUM_KEYS - NUM_COUNTED) / storm->num_workers;
    tern_key_t key     = NUM_COUNTED + storm->worker * num_own + roll(storm, num_own);
    double     row[WIDTH];

    row[0] = row[1] = ++storm->set[key];
    CU_ASSERT_EQUAL(tern_set(storm->table, 1, &key, row, NULL), TERN_OK);
}

static void rage(storm_t *storm, int num_rounds)
{
    static void (*const acts[])(storm_t *) = {push, push,          push, push_pull,
                                              pull, pull_if_local, set};

    for (int round = 0; round < num_rounds; round++) {
        localize(storm);
        acts[roll(storm, sizeof acts / sizeof *acts)](storm);
        if (round % 50 == 49)
            CU_ASSERT_EQUAL(tern_clock(storm->session.runtime), TERN_OK);
    }
    for (size_t i = 0; i < MAX_UNDER_WAY; i++) {
        note(storm, tern_wait(&storm->localizes[i]));
        CU_ASSERT_EQUAL(tern_wait(&storm->pushes[i].request), TERN_OK);
    }
    /* waits for what intents have brought on its way */
    note(storm, tern_localize_range(storm->table, (tern_range_t){0, NUM_KEYS}, NULL));
}

/* Nothing is lost, nothing came twice, and every row is on one node, but for replicas. */
static void check_the_calm(storm_t *storm)
{
    tern_range_t all      = {0, NUM_KEYS};
    double       per_node = storm->num_workers / tern_num_nodes(storm->session.runtime);
    double       num[NUM_KEYS] = {0}, rows[NUM_KEYS][WIDTH];

    CU_ASSERT_EQUAL(tern_clock(storm->session.runtime), TERN_OK);
    CU_ASSERT_EQUAL(tern_sum(storm->session.runtime, NUM_KEYS, storm->pushed), TERN_OK);
    CU_ASSERT_EQUAL(tern_sum(storm->session.runtime, NUM_KEYS, storm->set), TERN_OK);
    CU_ASSERT_EQUAL(tern_pull_range(storm->table, all, rows, NULL), TERN_OK);
    for (tern_key_t key = 0; key < NUM_KEYS; key++) {
        double expected = storm->pushed[key] + storm->set[key];

        CU_ASSERT_EQUAL(rows[key][0], expected);
        if (rows[key][0] != expected)
            printf("# worker %u: key %u is %g, should be %g\n", storm->worker,
                   (unsigned)key, rows[key][0], expected);
        CU_ASSERT_EQUAL(rows[key][1], rows[key][0]);
        num[key] = tern_is_local(storm->table, key);
    }
    CU_ASSERT_EQUAL(tern_sum(storm->session.runtime, NUM_KEYS, num), TERN_OK);
    for (tern_key_t key = 0; key < NUM_KEYS; key++)
        CU_ASSERT(num[key] == per_node || (storm->is_replicated && num[key] > per_node));
    CU_ASSERT_EQUAL(tern_barrier(storm->session.runtime), TERN_OK);
}

static uint64_t seed_of_all(void)
{
    const char *given = getenv("TERN_SEED");

    return given != NULL ? strtoull(given, NULL, 10) : 1;
}

/* Returns how many localizes found no room. */
static double survive(const char *policy, const char *const settings[], int num_rounds,
                      uint64_t max_rows)
{
    storm_t          *storm = calloc(1, sizeof *storm);
    tern_table_desc_t desc  = {.name     = "storm",
                               .keys     = {0, NUM_KEYS},
                               .width    = WIDTH,
                               .type     = TERN_FLOAT64,
                               .policy   = policy,
                               .max_rows = max_rows};
    double            num_refused;

    storm->session        = session_begin(settings);
    storm->seed           = seed_of_all();
    storm->worker         = (uint32_t)tern_worker(storm->session.runtime);
    storm->num_workers    = (uint32_t)tern_num_workers(storm->session.runtime);
    storm->may_be_refused = max_rows > 0;
    storm->is_replicated  = strcmp(policy, "adaptive") == 0;
    CU_ASSERT_EQUAL(tern_table_create(storm->session.runtime, &desc, &storm->table),
                    TERN_OK);
    rage(storm, num_rounds);
    check_the_calm(storm);
    session_end(&storm->session);
    num_refused = storm->num_refused;
    free(storm);
    return num_refused;
}

static void no_operation_is_lost_or_doubled(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};

    survive("relocate", settings, 2000, 0);
}

static void nor_when_messages_are(void)
{
    const char *const settings[] = {
        "roles",     session_all_roles(),
        "fault",     "drop:0.03,duplicate:0.05,delay:0.05,seed:5",
        "resend-ms", "20",
        NULL};

    survive("relocate", settings, 300, 0);
}

static void nor_over_links_that_vary(void)
{
    const char *const settings[] = {
        "roles",     session_all_roles(),
        "emulate",   "delay:200us,jitter:2ms,loss:0.01,seed:6",
        "resend-ms", "30",
        NULL};

    survive("relocate", settings, 200, 0);
}

static void nor_with_location_caches(void)
{
    const char *const settings[] = {
        "roles",     session_all_roles(),
        "locations", "cache",
        "fault",     "drop:0.02,duplicate:0.05,delay:0.05,seed:7",
        "resend-ms", "20",
        NULL};

    survive("relocate", settings, 300, 0);
}

/* A server has room for two rows more than it begins with. */
static void nor_where_there_is_no_room_for_all_rows(void)
{
    const char *const settings[] = {"roles", session_all_roles(), NULL};
    int               num_servers;
    double            num_refused;

    MPI_Comm_size(MPI_COMM_WORLD, &num_servers);
    num_refused =
        survive("relocate", settings, 300, (uint64_t)(NUM_KEYS / num_servers + 2));
    CU_ASSERT(num_refused > 0);
}

static void nor_while_intents_move_and_replicate_rows(void)
{
    const char *const quiet[] = {"roles", session_all_roles(), NULL};
    const char *const noisy[] = {
        "roles",     session_all_roles(),
        "fault",     "drop:0.02,duplicate:0.03,delay:0.03,seed:8",
        "emulate",   "delay:200us,jitter:1ms",
        "resend-ms", "30",
        NULL};

    survive("adaptive", quiet, 1000, 0);
    survive("adaptive", noisy, 200, 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(no_operation_is_lost_or_doubled),
        FACT(nor_when_messages_are),
        FACT(nor_over_links_that_vary),
        FACT(nor_with_location_caches),
        FACT(nor_where_there_is_no_room_for_all_rows),
        FACT(nor_while_intents_move_and_replicate_rows),
    };

    return mpi_facts_run("mpi/storms", facts, sizeof facts / sizeof *facts);
}
