/** \file
 * Scanning, counting and evicting the rows of sparse tables on all servers.
 */
#include <stdlib.h>
#include <string.h>

#include "mpi_facts.h"
#include "session.h"

enum { WIDTH = 2, NUM_KEYS = 3000 };

/* A sparse table with keys of which each worker has pushed its share; sorted. */
typedef struct bed {
    session_t     session;
    tern_table_t *table;
    tern_key_t    keys[NUM_KEYS];
} bed_t;

static int compare_keys(const void *a, const void *b)
{
    tern_key_t x = *(const tern_key_t *)a, y = *(const tern_key_t *)b;

    return (x > y) - (x < y);
}

static tern_key_t key_of(uint64_t i)
{
    return tern_random_u64(21, 0, i) >> 1;
}

/* Row of key number i: its number and the key's low bits. */
static void push_shares(bed_t *bed)
{
    uint64_t num = (uint64_t)tern_num_workers(bed->session.runtime);

    for (uint64_t i = (uint64_t)tern_worker(bed->session.runtime); i < NUM_KEYS;
         i += num) {
        tern_key_t key        = key_of(i);
        float      row[WIDTH] = {(float)i, (float)(key % 1000)};

        CU_ASSERT_EQUAL(tern_push(bed->table, 1, &key, row, NULL), TERN_OK);
    }
    CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
}

static bed_t *make_bed(tern_placement_t placement, uint32_t columns)
{
    bed_t            *bed  = calloc(1, sizeof *bed);
    tern_table_desc_t desc = {.name      = "t",
                              .keys      = {0, UINT64_MAX},
                              .width     = WIDTH,
                              .sync      = TERN_SYNC_ASYNC,
                              .index     = TERN_INDEX_HASH,
                              .columns   = columns,
                              .placement = placement,
                              .max_rows  = 100000};

    bed->session = session_begin(NULL);
    CU_ASSERT_EQUAL_FATAL(tern_table_create(bed->session.runtime, &desc, &bed->table),
                          TERN_OK);
    for (uint64_t i = 0; i < NUM_KEYS; i++)
        bed->keys[i] = key_of(i);
    qsort(bed->keys, NUM_KEYS, sizeof bed->keys[0], compare_keys);
    if (tern_is_worker(bed->session.runtime))
        push_shares(bed);
    return bed;
}

static void clear_bed(bed_t *bed)
{
    session_end(&bed->session);
    free(bed);
}

/* Scan `range` in batches of `most`; the number of keys found, that they are keys[first] and so on, and their values. */
static size_t scan(const bed_t *bed, tern_range_t range, size_t most, size_t first,
                   bool *is_right)
{
    tern_key_t *keys      = malloc(most * sizeof *keys);
    float(*values)[WIDTH] = malloc(most * sizeof *values);
    size_t num            = 0, num_now;

    *is_right = true;
    while (tern_scan(bed->table, &range, most, keys, values, &num_now) == TERN_OK &&
           num_now > 0) {
        for (size_t i = 0; i < num_now; i++, num++)
            *is_right = *is_right && first + num < NUM_KEYS &&
                        keys[i] == bed->keys[first + num] &&
                        values[i][1] == (float)(keys[i] % 1000);
        *is_right = *is_right && num_now <= most;
    }
    *is_right = *is_right && range.first == range.end;
    free(keys);
    free(values);
    return num;
}

static void scan_whole_and_part(tern_placement_t placement)
{
    static const size_t batches[] = {1, 7, 500, 10000};
    bed_t              *bed       = make_bed(placement, 0);
    bool                is_right;

    if (tern_is_worker(bed->session.runtime)) {
        for (size_t b = 0; b < 4; b++) {
            tern_range_t part = {bed->keys[1000], bed->keys[1100]};

            if (batches[b] > 1) {
                CU_ASSERT_EQUAL(
                    scan(bed, tern_table_keys(bed->table), batches[b], 0, &is_right),
                    NUM_KEYS);
                CU_ASSERT(is_right);
            }
            CU_ASSERT_EQUAL(scan(bed, part, batches[b], 1000, &is_right), 100);
            CU_ASSERT(is_right);
        }
        CU_ASSERT_EQUAL(scan(bed, (tern_range_t){5, 5}, 10, 0, &is_right), 0);
    }
    clear_bed(bed);
}

static void a_scan_gives_all_keys_of_all_servers_in_order(void)
{
    scan_whole_and_part(TERN_PLACEMENT_RING);
}

static void a_scan_by_ranges_does_so_as_well(void)
{
    scan_whole_and_part(TERN_PLACEMENT_RANGE);
}

static void keys_that_come_after_a_scan_are_in_the_next(void)
{
    bed_t     *bed = make_bed(TERN_PLACEMENT_AUTO, 0);
    bool       is_right;
    tern_key_t key        = bed->keys[NUM_KEYS - 1] + 5;
    float      row[WIDTH] = {0, 0};

    if (tern_is_worker(bed->session.runtime)) {
        CU_ASSERT_EQUAL(scan(bed, tern_table_keys(bed->table), 1000, 0, &is_right),
                        NUM_KEYS);
        CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
        if (tern_worker(bed->session.runtime) == 0)
            CU_ASSERT_EQUAL(tern_push(bed->table, 1, &key, row, NULL), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(scan(bed, tern_table_keys(bed->table), 1000, 0, &is_right),
                        NUM_KEYS + 1);
    }
    clear_bed(bed);
}

static void rows_are_counted_by_range(void)
{
    bed_t        *bed      = make_bed(TERN_PLACEMENT_AUTO, 0);
    tern_table_t *dense    = session_table(&bed->session, "dense", 77, 1);
    tern_range_t  part     = {bed->keys[10], bed->keys[60]};
    uint64_t      num_rows = 0;

    if (tern_is_worker(bed->session.runtime)) {
        CU_ASSERT_EQUAL(tern_num_rows(bed->table, tern_table_keys(bed->table), &num_rows),
                        TERN_OK);
        CU_ASSERT_EQUAL(num_rows, NUM_KEYS);
        CU_ASSERT_EQUAL(tern_num_rows(bed->table, part, &num_rows), TERN_OK);
        CU_ASSERT_EQUAL(num_rows, 50);
        CU_ASSERT_EQUAL(tern_num_rows(dense, (tern_range_t){7, 77}, &num_rows), TERN_OK);
        CU_ASSERT_EQUAL(num_rows, 70);
        part = tern_table_keys(dense);
        CU_ASSERT_EQUAL(tern_scan(dense, &part, 1, &bed->keys[0], NULL, &(size_t){0}),
                        TERN_ERR_ARG);
    }
    clear_bed(bed);
}

/* --- eviction --- */

static tern_evicted_t evict(const bed_t *bed, tern_evict_by_t by, double limit,
                            bool is_dry)
{
    tern_eviction_t eviction = {.by = by, .limit = limit, .is_dry_run = is_dry};
    tern_evicted_t  evicted  = {0};

    CU_ASSERT_EQUAL(tern_evict(bed->table, &eviction, &evicted), TERN_OK);
    return evicted;
}

static bool is_same(tern_evicted_t a, tern_evicted_t b)
{
    return a.num_rows_before == b.num_rows_before && a.num_rows == b.num_rows &&
           a.num_bytes == b.num_bytes;
}

static uint64_t num_left(const bed_t *bed)
{
    uint64_t num = 0;

    CU_ASSERT_EQUAL(tern_num_rows(bed->table, tern_table_keys(bed->table), &num),
                    TERN_OK);
    return num;
}

static void rows_of_small_norm_are_evicted_as_the_dry_run_told(void)
{
    bed_t *bed       = make_bed(TERN_PLACEMENT_AUTO, 0);
    size_t num_small = 0, num_wrong = 0;
    bool   is_first;

    for (uint64_t i = 0; i < NUM_KEYS; i++) {
        double a = (double)i, b = (double)(key_of(i) % 1000);

        num_small += a * a + b * b <= 600.0 * 600.0;
    }
    if (tern_is_worker(bed->session.runtime)) {
        is_first = tern_worker(bed->session.runtime) == 0;
        if (is_first) {
            tern_evicted_t told = evict(bed, TERN_EVICT_SCORE, 600, true);

            CU_ASSERT_EQUAL(told.num_rows, num_small);
            CU_ASSERT_EQUAL(told.num_rows_before, NUM_KEYS);
            CU_ASSERT_EQUAL(told.num_bytes,
                            num_small * tern_table_bytes_per_row(bed->table));
            CU_ASSERT_EQUAL(num_left(bed), NUM_KEYS);
            CU_ASSERT(is_same(told, evict(bed, TERN_EVICT_SCORE, 600, false)));
            CU_ASSERT_EQUAL(num_left(bed), NUM_KEYS - num_small);
        }
        CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
        for (uint64_t i = 0; i < NUM_KEYS; i++) {
            tern_key_t key = key_of(i);
            double     a = (double)i, b = (double)(key % 1000);
            float      row[WIDTH];
            bool       is_gone = a * a + b * b <= 600.0 * 600.0;

            CU_ASSERT_EQUAL(tern_pull(bed->table, 1, &key, row, NULL), TERN_OK);
            num_wrong += row[0] != (is_gone ? 0 : (float)i);
        }
        CU_ASSERT_EQUAL(num_wrong, 0);
    }
    clear_bed(bed);
}

static void evicted_keys_come_again_and_scans_agree(void)
{
    bed_t *bed = make_bed(TERN_PLACEMENT_AUTO, 0);
    bool   is_right;

    if (tern_is_worker(bed->session.runtime)) {
        CU_ASSERT_EQUAL(scan(bed, tern_table_keys(bed->table), 700, 0, &is_right),
                        NUM_KEYS);
        CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
        if (tern_worker(bed->session.runtime) == 0)
            CU_ASSERT_EQUAL(evict(bed, TERN_EVICT_SCORE, 1e9, false).num_rows, NUM_KEYS);
        CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(scan(bed, tern_table_keys(bed->table), 700, 0, &is_right), 0);
        CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
        push_shares(bed);
        CU_ASSERT_EQUAL(scan(bed, tern_table_keys(bed->table), 700, 0, &is_right),
                        NUM_KEYS);
        CU_ASSERT(is_right);
    }
    clear_bed(bed);
}

static void old_and_seldom_changed_rows_are_evicted(void)
{
    bed_t *bed = make_bed(TERN_PLACEMENT_AUTO, TERN_COLUMN_CLOCK | TERN_COLUMN_VERSION);
    float  row[WIDTH] = {1, 1};
    tern_key_t key;

    if (tern_is_worker(bed->session.runtime)) {
        for (int c = 0; c < 10; c++)
            CU_ASSERT_EQUAL(tern_clock(bed->session.runtime), TERN_OK);
        CU_ASSERT_EQUAL(tern_barrier(bed->session.runtime), TERN_OK);
        if (tern_worker(bed->session.runtime) == 0) {
            for (uint64_t i = 0; i < 100; i++) {
                key = key_of(i);
                CU_ASSERT_EQUAL(tern_push(bed->table, 1, &key, row, NULL), TERN_OK);
            }
            CU_ASSERT_EQUAL(evict(bed, TERN_EVICT_AGE, 11, true).num_rows, 0);
            CU_ASSERT_EQUAL(evict(bed, TERN_EVICT_AGE, 10, true).num_rows,
                            NUM_KEYS - 100);
            CU_ASSERT_EQUAL(evict(bed, TERN_EVICT_FREQUENCY, 1, true).num_rows,
                            NUM_KEYS - 100);
            CU_ASSERT_EQUAL(evict(bed, TERN_EVICT_FREQUENCY, 2, true).num_rows, NUM_KEYS);
            CU_ASSERT_EQUAL(evict(bed, TERN_EVICT_AGE, 10, false).num_rows,
                            NUM_KEYS - 100);
            CU_ASSERT_EQUAL(num_left(bed), 100);
        }
    }
    clear_bed(bed);
}

static void what_a_table_lacks_is_refused(void)
{
    bed_t          *bed      = make_bed(TERN_PLACEMENT_AUTO, 0);
    tern_eviction_t eviction = {.by = TERN_EVICT_AGE, .limit = 1};

    if (tern_is_worker(bed->session.runtime)) {
        CU_ASSERT_EQUAL(tern_evict(bed->table, &eviction, NULL), TERN_ERR_ARG);
        eviction.by = TERN_EVICT_FREQUENCY;
        CU_ASSERT_EQUAL(tern_evict(bed->table, &eviction, NULL), TERN_ERR_ARG);
        eviction = (tern_eviction_t){.by = TERN_EVICT_SCORE, .limit = -1};
        CU_ASSERT_EQUAL(tern_evict(bed->table, &eviction, NULL), TERN_ERR_ARG);
    }
    clear_bed(bed);
}

static void lent_rows_keep_their_memory_when_they_are_evicted(void)
{
    bed_t          *bed = make_bed(TERN_PLACEMENT_AUTO, 0);
    tern_borrowed_t lent[NUM_KEYS];
    size_t          num_overwritten = 0, num_changed;

    if (tern_is_worker(bed->session.runtime) && tern_worker(bed->session.runtime) == 0) {
        CU_ASSERT_EQUAL(
            tern_borrow(bed->table, NUM_KEYS, bed->keys, TERN_BORROW_SHARED, lent, NULL),
            TERN_OK);
        CU_ASSERT_EQUAL(evict(bed, TERN_EVICT_SCORE, 1e9, false).num_rows, NUM_KEYS);
        for (uint64_t i = 0; i < NUM_KEYS;
             i++) { /* new rows take no slot of a lent one */
            tern_key_t key        = key_of(i) + 1;
            float      row[WIDTH] = {-1, -1};

            CU_ASSERT_EQUAL(tern_push(bed->table, 1, &key, row, NULL), TERN_OK);
        }
        for (size_t i = 0; i < NUM_KEYS; i++)
            num_overwritten += lent[i].value != NULL && ((float *)lent[i].value)[0] < 0;
        CU_ASSERT_EQUAL(num_overwritten, 0);
        tern_return(bed->table, NUM_KEYS, TERN_BORROW_SHARED, lent, &num_changed);
    }
    clear_bed(bed);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_scan_gives_all_keys_of_all_servers_in_order),
        FACT(a_scan_by_ranges_does_so_as_well),
        FACT(keys_that_come_after_a_scan_are_in_the_next),
        FACT(rows_are_counted_by_range),
        FACT(rows_of_small_norm_are_evicted_as_the_dry_run_told),
        FACT(evicted_keys_come_again_and_scans_agree),
        FACT(old_and_seldom_changed_rows_are_evicted),
        FACT(what_a_table_lacks_is_refused),
        FACT(lent_rows_keep_their_memory_when_they_are_evicted),
    };

    return mpi_facts_run("mpi/scan", facts, sizeof facts / sizeof *facts);
}
