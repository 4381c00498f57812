/** \file
 * Visiting the rows of a shard: which, in which order, and what changes.
 */
#include <stdlib.h>

#include "facts.h"
#include "store.h"
#include "store/visit.h"
#include "tern/table.h"

enum { NUM_KEYS = 200, WIDTH = 3 };

typedef struct seen {
    tern_key_t keys[NUM_KEYS];
    size_t     num, num_pauses;
} seen_t;

static tern_verdict_t note(const tern_row_view_t *row, void *context)
{
    seen_t *seen = context;

    if (seen->num < NUM_KEYS)
        seen->keys[seen->num++] = row->key;
    return TERN_ROW_UNCHANGED;
}

static tern_verdict_t raise_even(const tern_row_view_t *row, void *context)
{
    (void)context;
    if (row->key % 2 != 0)
        return TERN_ROW_UNCHANGED;
    ((float *)row->value)[0] += 1;
    ((float *)row->state)[0] = 7;
    return TERN_ROW_CHANGED;
}

static void count_pause(void *context)
{
    ((seen_t *)context)->num_pauses++;
}

static uint64_t visit(store_t *store, uint32_t segment, tern_range_t range, seen_t *seen)
{
    const tern_visit_t all = {note, seen, count_pause, seen};

    *seen = (seen_t){.num = 0};
    return tern_shard_visit(store->shards[segment], range, &all);
}

static void every_row_of_the_range_is_visited_in_key_order(void)
{
    const store_options_t options = {
        .num_keys = NUM_KEYS, .width = WIDTH, .num_segments = 2};
    tern_range_t range = {STORE_FIRST_KEY + 10, STORE_FIRST_KEY + NUM_KEYS - 10};
    uint64_t     num   = 0;
    store_t      store;
    seen_t       seen;

    store_create(&store, &options);
    for (uint32_t s = 0; s < 2; s++) {
        CU_ASSERT_EQUAL(visit(&store, s, range, &seen), seen.num);
        for (size_t i = 0; i < seen.num; i++)
            CU_ASSERT_EQUAL(seen.keys[i], range.first + num + i);
        num += seen.num;
    }
    CU_ASSERT_EQUAL(num, NUM_KEYS - 20);
    store_destroy(&store);
}

static void a_range_that_the_shard_has_nothing_of_has_no_visits(void)
{
    const store_options_t options = {
        .num_keys = NUM_KEYS, .width = WIDTH, .num_segments = 2};
    tern_range_t all = {0, UINT64_MAX}, none = {5, 5};
    store_t      store;
    seen_t       seen;

    store_create(&store, &options);
    CU_ASSERT_EQUAL(visit(&store, 0, store.segment_keys[1], &seen), 0);
    CU_ASSERT_EQUAL(visit(&store, 0, none, &seen), 0);
    CU_ASSERT_EQUAL(visit(&store, 0, all, &seen),
                    store.segment_keys[0].end - store.segment_keys[0].first);
    store_destroy(&store);
}

static void rows_that_were_removed_are_not_visited(void)
{
    const store_options_t options = {
        .num_keys = NUM_KEYS, .width = WIDTH, .is_paged = true};
    tern_range_t all = {STORE_FIRST_KEY, STORE_FIRST_KEY + NUM_KEYS};
    store_t      store;
    seen_t       seen;

    store_create(&store, &options);
    for (tern_key_t key = all.first; key < all.end; key += 3)
        CU_ASSERT_EQUAL(tern_shard_remove(store.shards[0], key, NULL, NULL), TERN_OK);
    CU_ASSERT_EQUAL(visit(&store, 0, all, &seen), NUM_KEYS - (NUM_KEYS + 2) / 3);
    for (size_t i = 0; i < seen.num; i++) {
        CU_ASSERT((seen.keys[i] - all.first) % 3 != 0);
        CU_ASSERT(i == 0 || seen.keys[i] > seen.keys[i - 1]);
    }
    store_destroy(&store);
}

static void count_slot(uint64_t slot, void *context)
{
    (void)slot;
    ++*(size_t *)context;
}

static void what_a_visitor_changes_is_read_and_marked(void)
{
    const store_options_t options = {.num_keys    = NUM_KEYS,
                                     .width       = WIDTH,
                                     .state_width = 1,
                                     .columns     = TERN_COLUMN_VERSION};
    const tern_visit_t    all     = {.visit = raise_even};
    tern_range_t          range   = {STORE_FIRST_KEY, STORE_FIRST_KEY + NUM_KEYS};
    float                 before[NUM_KEYS][WIDTH], after[NUM_KEYS][WIDTH];
    uint32_t              missing[NUM_KEYS];
    size_t                num_marked = 0;
    store_t               store;

    store_create(&store, &options);
    tern_view_read_range(&store.rank.view, range, before, missing);
    CU_ASSERT_EQUAL(tern_shard_visit(store.shards[0], range, &all), NUM_KEYS);
    tern_view_read_range(&store.rank.view, range, after, missing);
    for (uint32_t k = 0; k < NUM_KEYS; k++)
        CU_ASSERT_EQUAL(after[k][0], before[k][0] + (k % 2 == 0));
    CU_ASSERT_EQUAL(tern_segment_take_dirty(&store.segments[0], count_slot, &num_marked),
                    NUM_KEYS / 2);
    CU_ASSERT_EQUAL(num_marked, NUM_KEYS / 2);
    store_destroy(&store);
}

static void a_long_visit_pauses(void)
{
    const store_options_t options = {.num_keys = NUM_KEYS, .width = 1024};
    tern_range_t          all     = {STORE_FIRST_KEY, STORE_FIRST_KEY + NUM_KEYS};
    store_t               store;
    seen_t                seen;

    store_create(&store, &options);
    CU_ASSERT_EQUAL(visit(&store, 0, all, &seen), NUM_KEYS);
    CU_ASSERT(seen.num_pauses > 0 && seen.num_pauses < NUM_KEYS);
    store_destroy(&store);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_row_of_the_range_is_visited_in_key_order),
        FACT(a_range_that_the_shard_has_nothing_of_has_no_visits),
        FACT(rows_that_were_removed_are_not_visited),
        FACT(what_a_visitor_changes_is_read_and_marked),
        FACT(a_long_visit_pauses),
    };

    return facts_run("store/visit", facts, sizeof facts / sizeof *facts);
}
