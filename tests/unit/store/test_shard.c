/** \file
 * Rows that come and go. Random sequences print their seed; TERN_SEED replays them.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "store.h"
#include "tern/random.h"

enum { NUM_KEYS = 300, NUM_SLOTS = 120, WIDTH = 5 };

static const store_options_t options = {.num_keys    = NUM_KEYS,
                                        .width       = WIDTH,
                                        .state_width = 2,
                                        .is_paged    = true,
                                        .num_slots   = NUM_SLOTS,
                                        .is_empty    = true};

static uint64_t choose_seed(void)
{
    const char *text = getenv("TERN_SEED");
    uint64_t    seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)getpid();

    printf("# TERN_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

typedef struct model {
    bool     has[NUM_KEYS];
    float    value[NUM_KEYS];
    uint64_t num_rows;
} model_t;

static void insert_both(store_t *store, model_t *model, uint32_t k, float x)
{
    float         values[WIDTH] = {x, x, x, x, x};
    tern_status_t status =
        tern_shard_insert(store->shards[0], STORE_FIRST_KEY + k, values, NULL);

    if (model->has[k]) {
        CU_ASSERT(status == TERN_ERR_ARG);
    } else if (model->num_rows == NUM_SLOTS) {
        CU_ASSERT(status == TERN_ERR_NO_MEMORY);
    } else {
        CU_ASSERT(status == TERN_OK);
        model->has[k]   = true;
        model->value[k] = x;
        model->num_rows++;
    }
}

static void remove_both(store_t *store, model_t *model, uint32_t k)
{
    float         values[WIDTH], state[2];
    tern_status_t status =
        tern_shard_remove(store->shards[0], STORE_FIRST_KEY + k, values, state);

    CU_ASSERT(status == (model->has[k] ? TERN_OK : TERN_ERR_ARG));
    if (!model->has[k])
        return;
    CU_ASSERT(values[0] == model->value[k] && values[WIDTH - 1] == model->value[k]);
    model->has[k] = false;
    model->num_rows--;
}

static void compare_all(store_t *store, const model_t *model)
{
    tern_key_t keys[NUM_KEYS];
    float      values[NUM_KEYS][WIDTH];
    uint32_t   missing[NUM_KEYS];
    size_t     num_missing, at = 0;

    for (uint32_t k = 0; k < NUM_KEYS; k++)
        keys[k] = STORE_FIRST_KEY + k;
    num_missing = tern_view_read(&store->rank.view, NUM_KEYS, keys, values, missing);
    CU_ASSERT_EQUAL(num_missing, NUM_KEYS - model->num_rows);
    for (uint32_t k = 0; k < NUM_KEYS; k++) {
        CU_ASSERT_EQUAL(tern_view_has(&store->rank.view, keys[k]), model->has[k]);
        if (model->has[k])
            CU_ASSERT(values[k][0] == model->value[k])
        else
            CU_ASSERT(at < num_missing && missing[at++] == k);
    }
}

static void random_inserts_and_removals_match_a_plain_model(void)
{
    static model_t model;
    uint64_t       seed = choose_seed();
    store_t        store;

    memset(&model, 0, sizeof(model));
    store_create(&store, &options);
    for (uint64_t step = 0; step < 3000; step++) {
        uint32_t k = (uint32_t)tern_random_below(seed, 0, step, NUM_KEYS);

        /* What is refused is tried seldom: it is logged each time. */
        if (model.has[k] ? tern_random_below(seed, 1, step, 64) == 0
                         : model.num_rows < NUM_SLOTS)
            insert_both(&store, &model, k, (float)step);
        else if (model.has[k])
            remove_both(&store, &model, k);
        if (step % 100 == 0)
            compare_all(&store, &model);
        CU_ASSERT(tern_shard_check(store.shards[0]));
        CU_ASSERT_EQUAL(tern_shard_num_rows(store.shards[0]), model.num_rows);
        CU_ASSERT_EQUAL(tern_shard_num_free(store.shards[0]), NUM_SLOTS - model.num_rows);
    }
    compare_all(&store, &model);
    store_destroy(&store);
}

static void a_reused_slot_keeps_counting(void)
{
    store_t   store;
    uint64_t *word;
    uint64_t  before;

    store_create(&store, &options);
    word = tern_row_word(store.segments[0].rows);
    CU_ASSERT(tern_shard_insert(store.shards[0], STORE_FIRST_KEY, NULL, NULL) == TERN_OK);
    before = *word;
    CU_ASSERT(tern_shard_remove(store.shards[0], STORE_FIRST_KEY, NULL, NULL) == TERN_OK);
    CU_ASSERT(*word > before);
    before = *word;
    CU_ASSERT(tern_shard_insert(store.shards[0], STORE_FIRST_KEY + 7, NULL, NULL) ==
              TERN_OK);
    CU_ASSERT(tern_row_key(store.segments[0].rows) == STORE_FIRST_KEY + 7);
    CU_ASSERT(*word > before);
    store_destroy(&store);
}

static void a_full_store_says_so(void)
{
    store_t store;

    store_create(&store, &options);
    for (uint32_t k = 0; k < NUM_SLOTS; k++)
        CU_ASSERT(tern_shard_insert(store.shards[0], STORE_FIRST_KEY + k, NULL, NULL) ==
                  TERN_OK);
    CU_ASSERT(tern_shard_insert(store.shards[0], STORE_FIRST_KEY + NUM_SLOTS, NULL,
                                NULL) == TERN_ERR_NO_MEMORY);
    CU_ASSERT(tern_shard_check(store.shards[0]));
    store_destroy(&store);
}

static void the_check_sees_a_stolen_slot(void)
{
    store_t store;

    store_create(&store, &options);
    CU_ASSERT(tern_shard_insert(store.shards[0], STORE_FIRST_KEY, NULL, NULL) == TERN_OK);
    CU_ASSERT(tern_shard_check(store.shards[0]));
    tern_row_set_key(store.segments[0].rows, STORE_FIRST_KEY + 1);
    CU_ASSERT(!tern_shard_check(store.shards[0]));
    store_destroy(&store);
}

/* --- slots reused under readers and writers --- */

typedef struct visitor {
    store_rank_t         rank;
    bool                 is_writer;
    atomic_bool         *is_over;
    atomic_uint_fast64_t num_seen;
    uint64_t             num_wrong;
} visitor_t;

enum { NUM_MOVING = 8, MOVING_SLOTS = 4 };

/* A row holds its key plus whole multiples of 1024, whoever pushed to it. */
static void *visit(void *argument)
{
    visitor_t *visitor = argument;
    tern_key_t keys[NUM_MOVING];
    double     rows[NUM_MOVING][WIDTH];
    uint32_t   missing[NUM_MOVING];

    for (uint32_t k = 0; k < NUM_MOVING; k++)
        keys[k] = STORE_FIRST_KEY + k;
    while (!atomic_load(visitor->is_over)) {
        size_t num_missing, at = 0;

        if (visitor->is_writer) {
            for (uint32_t k = 0; k < NUM_MOVING; k++)
                for (uint32_t j = 0; j < WIDTH; j++)
                    rows[k][j] = 1024.0;
            visitor->num_seen +=
                NUM_MOVING - tern_view_update(&visitor->rank.view, NUM_MOVING, keys, rows,
                                              missing, 0, 0);
            continue;
        }
        num_missing =
            tern_view_read(&visitor->rank.view, NUM_MOVING, keys, rows, missing);
        for (uint32_t k = 0; k < NUM_MOVING; k++) {
            if (at < num_missing && missing[at] == k) {
                at++;
                continue;
            }
            visitor->num_seen++;
            for (uint32_t j = 0; j < WIDTH; j++)
                visitor->num_wrong +=
                    rows[k][j] != rows[k][0] || (uint64_t)rows[k][j] % 1024 != k;
        }
    }
    return NULL;
}

static void move_rows(store_t *store, uint64_t num_moves, uint64_t *num_wrong)
{
    uint64_t seed = choose_seed();

    for (uint64_t move = 0; move < num_moves; move++) {
        uint32_t   k   = (uint32_t)tern_random_below(seed, 2, move, NUM_MOVING);
        tern_key_t key = STORE_FIRST_KEY + k;
        double     row[WIDTH];

        if (tern_view_has(&store->rank.view, key)) {
            CU_ASSERT(tern_shard_remove(store->shards[0], key, row, NULL) == TERN_OK);
            *num_wrong += (uint64_t)row[0] % 1024 != k || row[0] != row[WIDTH - 1];
        } else if (tern_shard_num_rows(store->shards[0]) < MOVING_SLOTS) {
            for (uint32_t j = 0; j < WIDTH; j++)
                row[j] = (double)k;
            CU_ASSERT(tern_shard_insert(store->shards[0], key, row, NULL) == TERN_OK);
        }
    }
}

static void reused_slots_never_show_the_row_of_another_key(void)
{
#ifdef __SANITIZE_THREAD__
    const uint64_t num_moves = 30000;
#else
    const uint64_t num_moves = 1000000;
#endif
    store_options_t small = options;
    store_t         store;
    visitor_t       visitors[2];
    pthread_t       threads[2];
    pid_t           pids[3]   = {getpid(), getpid(), getpid()};
    atomic_bool     is_over   = false;
    uint64_t        num_wrong = 0;

    small.num_slots = MOVING_SLOTS;
    small.type      = TERN_FLOAT64; /* counts exactly for as long as it takes */
    store_create(&store, &small);
    for (uint32_t t = 0; t < 2; t++) {
        visitors[t] = (visitor_t){.is_over = &is_over, .is_writer = t == 0};
        store_join(&store, &visitors[t].rank, t + 2, 3, pids);
        CU_ASSERT_FATAL(pthread_create(&threads[t], NULL, visit, &visitors[t]) == 0);
    }
    do
        move_rows(&store, num_moves, &num_wrong);
    while (atomic_load(&visitors[0].num_seen) == 0 ||
           atomic_load(&visitors[1].num_seen) == 0);
    atomic_store(&is_over, true);
    for (uint32_t t = 0; t < 2; t++) {
        pthread_join(threads[t], NULL);
        CU_ASSERT(visitors[t].num_seen > 0);
        num_wrong += visitors[t].num_wrong;
        store_leave(&visitors[t].rank);
    }
    CU_ASSERT_EQUAL(num_wrong, 0);
    CU_ASSERT(tern_shard_check(store.shards[0]));
    store_destroy(&store);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(random_inserts_and_removals_match_a_plain_model),
        FACT(a_reused_slot_keeps_counting),
        FACT(a_full_store_says_so),
        FACT(the_check_sees_a_stolen_slot),
        FACT(reused_slots_never_show_the_row_of_another_key),
    };

    return facts_run("store/shard", facts, sizeof(facts) / sizeof(facts[0]));
}
