#include <pthread.h>
#include <unistd.h>

#include "facts.h"
#include "store.h"
#include "tern/random.h"

static const store_options_t options = {.num_keys = 20, .width = 4, .state_width = 1};
static tern_key_t            keys[4] = {1005, 1002, 1005, 1019};

static void borrowed_rows_are_the_store(void)
{
    tern_borrowed_t rows[4];
    float           value[4];
    store_t         store;

    store_create(&store, &options);
    for (int mode = TERN_BORROW_LATCHED; mode <= TERN_BORROW_EXCLUSIVE; mode++) {
        CU_ASSERT_EQUAL(
            tern_view_borrow(&store.rank.view, 4, keys, (tern_borrow_mode_t)mode, rows),
            0);
        CU_ASSERT(rows[0].value == rows[2].value && rows[0].state != NULL);
        ((float *)rows[1].value)[3] = (float)mode;
        CU_ASSERT_EQUAL(
            tern_view_return(&store.rank.view, 4, (tern_borrow_mode_t)mode, rows), 0);
        CU_ASSERT_EQUAL(tern_view_read(&store.rank.view, 1, &keys[1], value, NULL), 0);
        CU_ASSERT(value[3] == (float)mode);
    }
    store_destroy(&store);
}

static void returning_counts_shared_rows_that_changed(void)
{
    tern_borrowed_t rows[4];
    float           delta[4] = {1, 1, 1, 1};
    store_t         store;

    store_create(&store, &options);
    CU_ASSERT_EQUAL(tern_view_borrow(&store.rank.view, 4, keys, TERN_BORROW_SHARED, rows),
                    0);
    CU_ASSERT_EQUAL(tern_view_return(&store.rank.view, 4, TERN_BORROW_SHARED, rows), 0);
    CU_ASSERT_EQUAL(tern_view_borrow(&store.rank.view, 4, keys, TERN_BORROW_SHARED, rows),
                    0);
    (void)tern_view_update(&store.rank.view, 1, keys, delta, NULL, 0, 0);
    CU_ASSERT_EQUAL(tern_view_return(&store.rank.view, 4, TERN_BORROW_SHARED, rows), 2);
    store_destroy(&store);
}

static void latched_rows_are_free_after_their_return(void)
{
    tern_borrowed_t rows[4];
    store_t         store;
    uint64_t       *word;

    store_create(&store, &options);
    word = tern_row_word(store.segments[0].rows + 5 * store.segments[0].stride);
    CU_ASSERT_EQUAL(
        tern_view_borrow(&store.rank.view, 4, keys, TERN_BORROW_LATCHED, rows), 0);
    CU_ASSERT(*word & TERN_LATCH_LOCKED);
    CU_ASSERT_EQUAL(tern_view_return(&store.rank.view, 4, TERN_BORROW_LATCHED, rows), 0);
    CU_ASSERT_EQUAL(*word,
                    TERN_LATCH_COUNTER_ONE); /* once, though it was asked for twice */
    store_destroy(&store);
}

static void rows_elsewhere_are_null(void)
{
    tern_borrowed_t rows[4];
    store_t         store;

    store_create(&store, &options);
    tern_segment_seal(&store.segments[0]);
    for (int mode = TERN_BORROW_SHARED; mode <= TERN_BORROW_EXCLUSIVE; mode++) {
        CU_ASSERT_EQUAL(
            tern_view_borrow(&store.rank.view, 4, keys, (tern_borrow_mode_t)mode, rows),
            4);
        CU_ASSERT(rows[0].value == NULL && rows[3].state == NULL);
        CU_ASSERT_EQUAL(
            tern_view_return(&store.rank.view, 4, (tern_borrow_mode_t)mode, rows), 0);
    }
    store_destroy(&store);
}

static void no_mark(uint64_t slot, void *context)
{
    (void)slot;
    (void)context;
}

static void written_rows_are_marked_and_read_ones_not(void)
{
    tern_borrowed_t rows[4];
    store_t         store;

    store_create(&store, &options);
    for (int mode = TERN_BORROW_SHARED; mode <= TERN_BORROW_EXCLUSIVE; mode++) {
        (void)tern_view_borrow(&store.rank.view, 4, keys, (tern_borrow_mode_t)mode, rows);
        (void)tern_view_return(&store.rank.view, 4, (tern_borrow_mode_t)mode, rows);
        CU_ASSERT_EQUAL(tern_segment_take_dirty(&store.segments[0], no_mark, NULL),
                        mode == TERN_BORROW_SHARED ? 0 : 3);
    }
    store_destroy(&store);
}

/* --- many rows latched by several at once --- */

enum { NUM_THREADS = 2, NUM_ROWS = 8, NUM_KEYS = 6 };

#ifdef __SANITIZE_THREAD__
static const uint64_t num_turns = 3000;
#else
static const uint64_t num_turns = 100000;
#endif

typedef struct borrower {
    store_rank_t rank;
    uint64_t     seed;
} borrower_t;

static void *add_under_latches(void *argument)
{
    borrower_t *borrower = argument;

    for (uint64_t turn = 0; turn < num_turns; turn++) {
        tern_key_t      some[NUM_KEYS];
        tern_borrowed_t rows[NUM_KEYS];

        for (uint64_t i = 0; i < NUM_KEYS; i++)
            some[i] = STORE_FIRST_KEY +
                      tern_random_below(borrower->seed, 0, turn * NUM_KEYS + i, NUM_ROWS);
        (void)tern_view_borrow(&borrower->rank.view, NUM_KEYS, some, TERN_BORROW_LATCHED,
                               rows);
        for (size_t i = 0; i < NUM_KEYS; i++)
            ((double *)rows[i].value)[0] += 1.0;
        (void)tern_view_return(&borrower->rank.view, NUM_KEYS, TERN_BORROW_LATCHED, rows);
    }
    return NULL;
}

static void latched_borrowers_exclude_each_other_and_never_deadlock(void)
{
    store_options_t small = {.num_keys = NUM_ROWS, .width = 1, .type = TERN_FLOAT64};
    tern_range_t    all   = {STORE_FIRST_KEY, STORE_FIRST_KEY + NUM_ROWS};
    pid_t           pids[NUM_THREADS] = {getpid(), getpid()};
    double          values[NUM_ROWS], sum = 0.0, initial = 0.0;
    borrower_t      borrowers[NUM_THREADS];
    pthread_t       threads[NUM_THREADS];
    store_t         store;

    store_create(&store, &small);
    for (uint32_t t = 0; t < NUM_THREADS; t++) {
        borrowers[t].seed = t;
        store_join(&store, &borrowers[t].rank, t + 1, NUM_THREADS, pids);
    }
    for (uint32_t t = 0; t < NUM_THREADS; t++)
        CU_ASSERT_FATAL(
            pthread_create(&threads[t], NULL, add_under_latches, &borrowers[t]) == 0);
    for (uint32_t t = 0; t < NUM_THREADS; t++) {
        pthread_join(threads[t], NULL);
        store_leave(&borrowers[t].rank);
    }
    CU_ASSERT_EQUAL(tern_view_read_range(&store.rank.view, all, values, NULL), 0);
    for (uint32_t k = 0; k < NUM_ROWS; k++) {
        sum += values[k];
        initial += STORE_FIRST_KEY + k;
    }
    CU_ASSERT(sum - initial == (double)(NUM_THREADS * NUM_KEYS * num_turns));
    store_destroy(&store);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(borrowed_rows_are_the_store),
        FACT(returning_counts_shared_rows_that_changed),
        FACT(latched_rows_are_free_after_their_return),
        FACT(rows_elsewhere_are_null),
        FACT(written_rows_are_marked_and_read_ones_not),
        FACT(latched_borrowers_exclude_each_other_and_never_deadlock),
    };

    return facts_run("store/borrow", facts, sizeof(facts) / sizeof(facts[0]));
}
