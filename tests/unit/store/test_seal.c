/** \file
 * Seals: what a raw copy of a row is worth. The races copy rows as a one-sided get does, without a look at
 * the latch, while a writer changes them at full speed and a server seals them; rows hold one number in
 * all their places, so that a mix of two changes shows.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "store.h"
#include "store/copy.h"
#include "store/seal.h"
#include "tern/random.h"
#include "tern/table.h"

enum { WIDTH = 25, NUM_KEYS = 300, MAX_ROW_BYTES = 256 };

static const store_options_t options = {
    .num_keys = NUM_KEYS, .width = WIDTH, .columns = TERN_COLUMN_CHECKSUM};

static char *row_of(const store_t *store, tern_key_t key)
{
    return store->segments[0].rows +
           (key - STORE_FIRST_KEY) * store->rank.view.layout.stride;
}

static tern_seal_verdict_t verdict(const store_t *store, tern_key_t key)
{
    return tern_seal_check(&store->rank.view.layout, row_of(store, key), key);
}

static void push_one(store_t *store, tern_key_t key)
{
    float ones[WIDTH];

    for (uint32_t j = 0; j < WIDTH; j++)
        ones[j] = 1;
    CU_ASSERT_EQUAL(tern_view_update(&store->rank.view, 1, &key, ones, NULL, 0, 0), 0);
}

static void change_unseals_and_its_server_seals_again(void)
{
    tern_key_t key = STORE_FIRST_KEY + 7;
    store_t    store;

    store_create(&store, &options);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_UNSEALED);
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 1);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_GOOD);
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 0);
    push_one(&store, key);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_UNSEALED);
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 1);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_GOOD);
    CU_ASSERT_EQUAL(verdict(&store, key + 1), TERN_SEAL_UNSEALED);
    store_destroy(&store);
}

static void every_flipped_bit_of_a_sealed_row_shows(void)
{
    store_t                  store;
    const tern_row_layout_t *layout = &store.rank.view.layout;
    tern_key_t               key    = STORE_FIRST_KEY + 3;
    char                     copy[MAX_ROW_BYTES];
    uint32_t                 gap_begin, gap_end, num_wrong = 0;

    store_create(&store, &options);
    gap_begin = layout->checksum_offset + 8; /* padding before and after the values */
    gap_end   = layout->value_offset + layout->value_bytes;
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 1);
    memcpy(copy, row_of(&store, key), tern_seal_bytes(layout));
    for (uint32_t bit = 0; bit < 8 * tern_seal_bytes(layout); bit++) {
        bool is_padding = (bit / 8 >= gap_begin && bit / 8 < layout->value_offset) ||
                          bit / 8 >= gap_end;

        copy[bit / 8] ^= (char)(1 << bit % 8);
        num_wrong += (tern_seal_check(layout, copy, key) == TERN_SEAL_GOOD) != is_padding;
        copy[bit / 8] ^= (char)(1 << bit % 8);
    }
    CU_ASSERT_EQUAL(num_wrong, 0);
    CU_ASSERT_EQUAL(tern_seal_check(layout, copy, key), TERN_SEAL_GOOD);
    store_destroy(&store);
}

/* Differences that a weak sum would miss: the same bit in two places. */
static void equal_differences_do_not_cancel(void)
{
    store_t                  store;
    const tern_row_layout_t *layout     = &store.rank.view.layout;
    tern_key_t               key        = STORE_FIRST_KEY;
    uint32_t                 num_missed = 0;
    char                     copy[MAX_ROW_BYTES];

    store_create(&store, &options);
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 1);
    for (uint32_t i = 0; i < WIDTH; i++)
        for (uint32_t j = 0; j < i; j++) {
            memcpy(copy, row_of(&store, key), tern_seal_bytes(layout));
            copy[layout->value_offset + 4 * i + 3] ^= (char)0x80; /* the sign */
            copy[layout->value_offset + 4 * j + 3] ^= (char)0x80;
            num_missed += tern_seal_check(layout, copy, key) != TERN_SEAL_MISMATCH;
        }
    CU_ASSERT_EQUAL(num_missed, 0);
    store_destroy(&store);
}

static void locked_row_and_other_key_are_mismatches(void)
{
    tern_key_t      key = STORE_FIRST_KEY + 9;
    tern_borrowed_t lent;
    store_t         store;

    store_create(&store, &options);
    (void)tern_seal_keys(&store.rank.view, 1, &key);
    CU_ASSERT_EQUAL(
        tern_seal_check(&store.rank.view.layout, row_of(&store, key), key + 1),
        TERN_SEAL_MISMATCH);
    CU_ASSERT_EQUAL(
        tern_view_borrow(&store.rank.view, 1, &key, TERN_BORROW_LATCHED, &lent), 0);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_MISMATCH);
    CU_ASSERT_FALSE(tern_seal_row(&store.rank.view.layout, row_of(&store, key)));
    tern_view_return(&store.rank.view, 1, TERN_BORROW_LATCHED, &lent);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_UNSEALED);
    store_destroy(&store);
}

/* An exclusive borrower leaves the word alone; what it changed must be sealed anew all the same. */
static void exclusive_return_unseals(void)
{
    tern_key_t      key = STORE_FIRST_KEY + 11;
    tern_borrowed_t lent;
    store_t         store;

    store_create(&store, &options);
    (void)tern_seal_keys(&store.rank.view, 1, &key);
    CU_ASSERT_EQUAL(
        tern_view_borrow(&store.rank.view, 1, &key, TERN_BORROW_EXCLUSIVE, &lent), 0);
    ((float *)lent.value)[0] = -1;
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_MISMATCH);
    tern_view_return(&store.rank.view, 1, TERN_BORROW_EXCLUSIVE, &lent);
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 1);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_GOOD);
    store_destroy(&store);
}

static void removed_row_has_neither_key_nor_seal(void)
{
    store_options_t paged = options;
    tern_key_t      key   = STORE_FIRST_KEY + 5;
    uint64_t        seal  = 1;
    store_t         store;

    paged.is_paged = true;
    store_create(&store, &paged);
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 1);
    CU_ASSERT_EQUAL(tern_shard_remove(store.shards[0], key, NULL, NULL), TERN_OK);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_MISMATCH);
    memcpy(&seal, row_of(&store, key) + store.rank.view.layout.checksum_offset, 8);
    CU_ASSERT_EQUAL(seal, 0);
    CU_ASSERT_EQUAL(tern_seal_keys(&store.rank.view, 1, &key), 0);
    store_destroy(&store);
}

static void rows_without_the_column_are_good_if_key_and_latch_are_right(void)
{
    store_options_t eventual = {.num_keys = 10, .width = 3};
    tern_key_t      key      = STORE_FIRST_KEY + 2;
    tern_borrowed_t lent;
    store_t         store;

    store_create(&store, &eventual);
    push_one(&store, key);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_GOOD);
    CU_ASSERT_EQUAL(
        tern_seal_check(&store.rank.view.layout, row_of(&store, key), key + 1),
        TERN_SEAL_MISMATCH);
    CU_ASSERT_EQUAL(
        tern_view_borrow(&store.rank.view, 1, &key, TERN_BORROW_LATCHED, &lent), 0);
    CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_MISMATCH);
    tern_view_return(&store.rank.view, 1, TERN_BORROW_LATCHED, &lent);
    store_destroy(&store);
}

static void walk_seals_what_was_changed_and_ends(void)
{
    store_t  store;
    uint64_t word = 0, num_steps = 1;

    store_create(&store, &options);
    tern_seal_slots(&store.rank.view.layout, &store.segments[0], 0, NUM_KEYS);
    for (tern_key_t key = STORE_FIRST_KEY; key < STORE_FIRST_KEY + NUM_KEYS; key += 2)
        push_one(&store, key);
    while (!tern_seal_walk(&store.rank.view.layout, &store.segments[0], &word, 1))
        num_steps++;
    CU_ASSERT_EQUAL(num_steps, (store.segments[0].header->committed_slots + 63) / 64);
    CU_ASSERT_EQUAL(word, 0);
    for (tern_key_t key = STORE_FIRST_KEY; key < STORE_FIRST_KEY + NUM_KEYS; key++)
        CU_ASSERT_EQUAL(verdict(&store, key), TERN_SEAL_GOOD);
    store_destroy(&store);
}

/* --- races --- */

enum { NUM_RACING = 8 };

#ifdef __SANITIZE_THREAD__
static const uint64_t min_copies = 50000;
#else
static const uint64_t min_copies = 10000000;
#endif

typedef struct race {
    store_t      store;
    store_rank_t writer;
    atomic_bool  is_over;
    bool         checks;
    char        *copy; /* of a row, as it was */
    uint64_t     num_copies, num_good, num_mixed, num_mismatches;
} race_t;

static void *write_and_seal(void *argument)
{
    race_t                  *race   = argument;
    const tern_row_layout_t *layout = &race->store.rank.view.layout;
    float                    values[WIDTH];

    for (uint64_t n = 0; !atomic_load(&race->is_over); n++) {
        tern_key_t key = STORE_FIRST_KEY + tern_random_below(1, 0, n, NUM_RACING);

        for (uint32_t j = 0; j < WIDTH; j++)
            values[j] = (float)(n % 1000003);
        (void)tern_view_set(&race->writer.view, 1, &key, values, NULL, 0, 0);
        tern_seal_row(layout, row_of(&race->store, key));
    }
    return NULL;
}

static bool is_mixed(const tern_row_layout_t *layout, const char *copy)
{
    for (uint32_t j = 1; j < WIDTH; j++)
        if (memcmp(copy + layout->value_offset, copy + layout->value_offset + 4 * j, 4) !=
            0)
            return true;
    return false;
}

static void copy_rows(race_t *race)
{
    const tern_row_layout_t *layout = &race->store.rank.view.layout;
    char                    *copy   = race->copy;

    while (race->num_copies < min_copies && (race->checks || race->num_mixed == 0)) {
        tern_key_t key =
            STORE_FIRST_KEY + tern_random_below(2, 0, race->num_copies, NUM_RACING);
        tern_seal_verdict_t verdict;

        tern_copy_from_row(copy, row_of(&race->store, key), tern_seal_bytes(layout));
        verdict = tern_seal_check(layout, copy, key);
        race->num_copies++;
        race->num_mismatches += verdict == TERN_SEAL_MISMATCH;
        if (race->checks && verdict != TERN_SEAL_GOOD)
            continue;
        race->num_good++;
        race->num_mixed += is_mixed(layout, copy);
    }
}

static void run_race(race_t *race, bool checks)
{
    pid_t     pids[] = {getpid(), getpid()};
    pthread_t writer;

    memset(race, 0, sizeof *race);
    race->checks = checks;
    race->copy   = malloc(MAX_ROW_BYTES);
    store_create(&race->store, &options);
    store_join(&race->store, &race->writer, 2, 2, pids);
    CU_ASSERT_FATAL(pthread_create(&writer, NULL, write_and_seal, race) == 0);
    copy_rows(race);
    atomic_store(&race->is_over, true);
    pthread_join(writer, NULL);
    free(race->copy);
    store_leave(&race->writer);
    store_destroy(&race->store);
}

static void torn_copies_are_never_good(void)
{
    static race_t race;

    run_race(&race, true);
    printf("# %llu copies, %llu good, %llu mismatches\n",
           (unsigned long long)race.num_copies, (unsigned long long)race.num_good,
           (unsigned long long)race.num_mismatches);
    CU_ASSERT(race.num_copies >= min_copies);
    CU_ASSERT(race.num_good > 0);
    CU_ASSERT(race.num_mismatches > 0);
    CU_ASSERT_EQUAL(race.num_mixed, 0);
}

static void without_the_check_torn_copies_are_seen(void)
{
    static race_t race;

    run_race(&race, false);
    CU_ASSERT(race.num_mixed > 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(change_unseals_and_its_server_seals_again),
        FACT(every_flipped_bit_of_a_sealed_row_shows),
        FACT(equal_differences_do_not_cancel),
        FACT(locked_row_and_other_key_are_mismatches),
        FACT(exclusive_return_unseals),
        FACT(removed_row_has_neither_key_nor_seal),
        FACT(rows_without_the_column_are_good_if_key_and_latch_are_right),
        FACT(walk_seals_what_was_changed_and_ends),
        FACT(torn_copies_are_never_good),
        FACT(without_the_check_torn_copies_are_seen),
    };

    return facts_run("store/seal", facts, sizeof facts / sizeof *facts);
}
