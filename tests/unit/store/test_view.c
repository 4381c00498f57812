#include <math.h>
#include <string.h>

#include "base/timer.h"
#include "facts.h"
#include "store.h"
#include "tern/table.h"

/* Every finder: arithmetic and paged, one segment and two. */
static const store_options_t shapes[] = {
    {.num_keys = 5000, .width = 7},
    {.num_keys = 5000, .width = 7, .num_segments = 2},
    {.num_keys = 5000, .width = 7, .is_paged = true},
    {.num_keys = 5000, .width = 7, .is_paged = true, .num_segments = 2},
};
enum { NUM_SHAPES = 4, WIDTH = 7, NUM = 1500 };

static tern_key_t keys[NUM];
static float      values[NUM][WIDTH];
static uint32_t   missing[NUM];

/* Unsorted, some repeated. */
static void choose_keys(void)
{
    for (size_t i = 0; i < NUM; i++)
        keys[i] = STORE_FIRST_KEY + i * i * 7919 % 5000;
}

static void reads_find_every_row(void)
{
    choose_keys();
    for (size_t s = 0; s < NUM_SHAPES; s++) {
        store_t store;

        store_create(&store, &shapes[s]);
        for (size_t num = 0; num < NUM; num += num < 70 ? 1 : 477) {
            memset(values, 0, sizeof(values));
            CU_ASSERT_EQUAL(tern_view_read(&store.rank.view, num, keys, values, missing),
                            0);
            for (size_t i = 0; i < num; i++)
                CU_ASSERT(values[i][0] == (float)keys[i] &&
                          values[i][WIDTH - 1] == (float)keys[i]);
        }
        CU_ASSERT_EQUAL(store.rank.counters.read_retries, 0);
        store_destroy(&store);
    }
}

static void updates_of_repeated_keys_all_count(void)
{
    static float expected[5000];

    choose_keys();
    for (size_t s = 0; s < NUM_SHAPES; s++) {
        store_t store;

        store_create(&store, &shapes[s]);
        for (size_t k = 0; k < 5000; k++)
            expected[k] = (float)(STORE_FIRST_KEY + k);
        for (size_t i = 0; i < NUM; i++) {
            for (size_t j = 0; j < WIDTH; j++)
                values[i][j] = (float)(i % 8);
            expected[keys[i] - STORE_FIRST_KEY] += (float)(i % 8);
        }
        CU_ASSERT_EQUAL(
            tern_view_update(&store.rank.view, NUM, keys, values, missing, 0, 0), 0);
        CU_ASSERT_EQUAL(tern_view_read(&store.rank.view, NUM, keys, values, missing), 0);
        for (size_t i = 0; i < NUM; i++)
            CU_ASSERT(values[i][WIDTH - 1] == expected[keys[i] - STORE_FIRST_KEY]);
        CU_ASSERT_EQUAL(store.rank.counters.latch_waits, 0);
        store_destroy(&store);
    }
}

static void rows_of_every_width_are_copied_whole(void)
{
    static float wide[150], back[150 + 1];

    for (uint32_t width = 1; width <= 150; width++) {
        store_options_t options = {.num_keys = 2, .width = width, .state_width = 1};
        tern_key_t      key     = STORE_FIRST_KEY + 1;
        store_t         store;

        store_create(&store, &options);
        for (uint32_t j = 0; j < width; j++)
            wide[j] = (float)(width + j);
        back[width] = -1.0f;
        CU_ASSERT_EQUAL(tern_view_set(&store.rank.view, 1, &key, wide, NULL, 0, 0), 0);
        CU_ASSERT_EQUAL(tern_view_read(&store.rank.view, 1, &key, back, NULL), 0);
        CU_ASSERT(memcmp(wide, back, width * sizeof(float)) == 0);
        CU_ASSERT(back[width] == -1.0f);
        key = STORE_FIRST_KEY;
        CU_ASSERT_EQUAL(tern_view_read(&store.rank.view, 1, &key, back, NULL), 0);
        CU_ASSERT(back[0] == (float)key && back[width - 1] == (float)key);
        store_destroy(&store);
    }
}

static void ranges_are_keys_in_order(void)
{
    static float rows[1200][WIDTH], again[1200][WIDTH];
    tern_range_t range = {STORE_FIRST_KEY + 1900, STORE_FIRST_KEY + 3100};

    for (size_t s = 0; s < NUM_SHAPES; s++) {
        store_t store;

        store_create(&store, &shapes[s]);
        CU_ASSERT_EQUAL(tern_view_read_range(&store.rank.view, range, rows, NULL), 0);
        CU_ASSERT_EQUAL(tern_view_update_range(&store.rank.view, range, rows, NULL, 0, 0),
                        0);
        CU_ASSERT_EQUAL(tern_view_read_range(&store.rank.view, range, again, NULL), 0);
        for (size_t i = 0; i < 1200; i++)
            CU_ASSERT(rows[i][3] == (float)(range.first + i) &&
                      again[i][3] == 2 * rows[i][3]);
        tern_segment_seal(&store.segments[0]);
        {
            static uint32_t absent[1200];
            size_t num = tern_view_read_range(&store.rank.view, range, rows, absent);

            CU_ASSERT_EQUAL(num, shapes[s].num_segments == 2 ? 600u : 1200u);
            CU_ASSERT(absent[0] == 0 && absent[num - 1] == num - 1);
        }
        store_destroy(&store);
    }
}

static size_t num_missing_of(store_t *store)
{
    size_t num_read = tern_view_read(&store->rank.view, NUM, keys, values, missing);
    size_t num_update =
        tern_view_update(&store->rank.view, NUM, keys, values, missing, 0, 0);
    size_t num_single = tern_view_read(&store->rank.view, 1, keys, values, missing);

    CU_ASSERT_EQUAL(num_read, num_update);
    CU_ASSERT_EQUAL(num_single, num_read > 0);
    CU_ASSERT_EQUAL(tern_view_has(&store->rank.view, keys[0]), num_read == 0);
    return num_read;
}

static void without_authority_every_key_is_missing(void)
{
    choose_keys();
    for (size_t s = 0; s < NUM_SHAPES; s += 2) {
        store_t store;

        store_create(&store, &shapes[s]);
        CU_ASSERT_EQUAL(num_missing_of(&store), 0);
        tern_segment_seal(&store.segments[0]);
        CU_ASSERT_EQUAL(num_missing_of(&store), NUM);
        tern_segment_open(&store.segments[0], 2, TERN_LEASE_NONE);
        CU_ASSERT_EQUAL(num_missing_of(&store), NUM);
        store.rank.view.epoch = 2;
        CU_ASSERT_EQUAL(num_missing_of(&store), 0);
        tern_segment_open(&store.segments[0], 2, tern_timer_ns() - 1);
        CU_ASSERT_EQUAL(num_missing_of(&store), NUM);
        tern_segment_open(&store.segments[0], 2,
                          tern_timer_ns() + UINT64_C(3600000000000));
        CU_ASSERT_EQUAL(num_missing_of(&store), 0);
        store_destroy(&store);
    }
}

typedef struct history {
    tern_change_t changes[16];
    float         after[16];
    size_t        num;
} history_t;

static void record(const tern_change_t *change, void *context)
{
    history_t *history = context;

    history->changes[history->num] = *change;
    history->after[history->num++] = ((const float *)change->row->value)[0];
}

static void the_hook_sees_every_change_in_order(void)
{
    store_options_t    options      = {.num_keys = 10, .width = 2};
    tern_key_t         some[6]      = {1003, 1001, 1003, 1002, 1003, 1009};
    float              deltas[6][2] = {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}};
    static const float after[6]     = {1004, 1003, 1007, 1006, 1012, 1015};
    history_t          history      = {.num = 0};
    store_t            store;

    store_create(&store, &options);
    tern_view_set_hook(&store.rank.view, (tern_change_hook_t){record, &history});
    (void)tern_view_update(&store.rank.view, 6, some, deltas, NULL, 42, 77);
    (void)tern_view_set(&store.rank.view, 1, some, deltas, NULL, 43, 78);
    tern_view_set_hook(&store.rank.view, (tern_change_hook_t){NULL, NULL});
    (void)tern_view_update(&store.rank.view, 6, some, deltas, NULL, 42, 79);
    CU_ASSERT_EQUAL_FATAL(history.num, 7);
    for (size_t i = 0; i < 6; i++) {
        CU_ASSERT(history.changes[i].kind == TERN_CHANGE_UPDATE);
        CU_ASSERT(history.changes[i].key == some[i] &&
                  history.changes[i].delta == deltas[i]);
        CU_ASSERT(history.changes[i].source == 42 && history.changes[i].sequence == 77);
        CU_ASSERT(history.after[i] == after[i]);
    }
    CU_ASSERT(history.changes[6].kind == TERN_CHANGE_SET &&
              history.changes[6].source == 43);
    store_destroy(&store);
}

static void version_and_significance_follow_changes(void)
{
    store_options_t options     = {.num_keys = 3,
                                   .width    = 2,
                                   .columns  = TERN_COLUMN_VERSION | TERN_COLUMN_CHECKSUM |
                                              TERN_COLUMN_SIGNIFICANCE};
    tern_key_t      key[2]      = {STORE_FIRST_KEY, STORE_FIRST_KEY};
    float           delta[2][2] = {{1, -2}, {0.5f, 0}};
    store_t         store;
    char           *row;

    store_create(&store, &options);
    row = store.segments[0].rows;
    memset(row + store.rank.view.layout.checksum_offset, 0x5a, 8);
    (void)tern_view_update(&store.rank.view, 2, key, delta, NULL, 0, 0);
    CU_ASSERT_EQUAL(*(uint64_t *)(row + store.rank.view.layout.version_offset), 2);
    CU_ASSERT(*(float *)(row + store.rank.view.layout.significance_offset) == 3.5f);
    (void)tern_view_set(&store.rank.view, 1, key, delta, NULL, 0, 0);
    CU_ASSERT(isinf(*(float *)(row + store.rank.view.layout.significance_offset)));
    CU_ASSERT_EQUAL(*(uint64_t *)(row + store.rank.view.layout.checksum_offset),
                    UINT64_C(0x5a5a5a5a5a5a5a5a));
    store_destroy(&store);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(reads_find_every_row),
        FACT(updates_of_repeated_keys_all_count),
        FACT(rows_of_every_width_are_copied_whole),
        FACT(ranges_are_keys_in_order),
        FACT(without_authority_every_key_is_missing),
        FACT(the_hook_sees_every_change_in_order),
        FACT(version_and_significance_follow_changes),
    };

    return facts_run("store/view", facts, sizeof(facts) / sizeof(facts[0]));
}
