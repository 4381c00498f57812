/** \file
 * The hash index against a list of what it should hold: random streams, collisions, growth, memory that ends, and
 * readers who never miss a key that is there while its server inserts, removes and splits.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "facts.h"
#include "store/hash_index.h"
#include "store/pages.h"
#include "tern/random.h"

/* Rows of a word and a key; key number i of a bed, if it is present, is in slot i. */
typedef struct bed {
    uint32_t         num_keys;
    tern_key_t      *keys; /* [num_keys] */
    bool            *is_present;
    uint64_t        *rows; /* [num_keys][2] */
    tern_ledger_t    ledger;
    void            *memory;
    size_t           memory_bytes;
    tern_hash_view_t view;
} bed_t;

enum { ROW_BYTES = 16 };

static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CU_ASSERT_FATAL(memory != MAP_FAILED);
    return memory;
}

static void make_bed(bed_t *bed, uint32_t num_keys, uint64_t max_keys,
                     uint64_t limit_bytes)
{
    *bed              = (bed_t){.num_keys = num_keys};
    bed->keys         = malloc(num_keys * sizeof *bed->keys);
    bed->is_present   = calloc(num_keys, sizeof *bed->is_present);
    bed->rows         = map((size_t)num_keys * ROW_BYTES);
    bed->memory_bytes = tern_pages_round(tern_hash_index_bytes(max_keys));
    bed->memory       = map(bed->memory_bytes);
    for (uint32_t i = 0; i < num_keys; i++)
        bed->keys[i] = tern_random_u64(7, 0, i);
    tern_ledger_init(&bed->ledger, limit_bytes);
    CU_ASSERT_EQUAL_FATAL(tern_hash_index_format(bed->memory, max_keys, &bed->ledger),
                          TERN_OK);
    tern_hash_view_init(&bed->view, bed->memory, (char *)bed->rows, ROW_BYTES);
}

static void clear_bed(bed_t *bed)
{
    munmap(bed->memory, bed->memory_bytes);
    munmap(bed->rows, (size_t)bed->num_keys * ROW_BYTES);
    free(bed->is_present);
    free(bed->keys);
}

static tern_status_t insert(bed_t *bed, uint32_t i)
{
    tern_status_t status;

    tern_row_set_key((char *)&bed->rows[2 * (size_t)i], bed->keys[i]);
    status = tern_hash_index_insert(&bed->view, bed->keys[i], i, &bed->ledger);
    bed->is_present[i] = status == TERN_OK;
    return status;
}

static void take_out(bed_t *bed, uint32_t i)
{
    tern_row_set_key((char *)&bed->rows[2 * (size_t)i], TERN_KEY_NONE);
    tern_hash_index_remove(&bed->view, bed->keys[i], i);
    bed->is_present[i] = false;
}

static uint64_t find(const tern_hash_view_t *view, tern_key_t key)
{
    return tern_hash_find(view, key, tern_hash_key(key));
}

/* Keys of the bed that are not found where they should be, or found although they should not. */
static size_t num_wrong(const bed_t *bed)
{
    size_t num = 0;

    for (uint32_t i = 0; i < bed->num_keys; i++)
        num +=
            find(&bed->view, bed->keys[i]) != (bed->is_present[i] ? i : TERN_HASH_NONE);
    return num;
}

static size_t num_used_tags(const bed_t *bed)
{
    size_t num = 0;

    for (size_t b = 0; b < (size_t)bed->view.index->num_blocks * TERN_HASH_BLOCK_BUCKETS;
         b++)
        num += (bed->view.buckets[b].tags[0] | bed->view.buckets[b].tags[1]) != 0;
    return num;
}

static void inserted_keys_are_found_and_no_others(void)
{
    bed_t  bed;
    size_t num_failed = 0;

    make_bed(&bed, 300000, 200000, 1u << 30);
    for (uint32_t i = 0; i < 200000; i++)
        num_failed += insert(&bed, i) != TERN_OK;
    CU_ASSERT_EQUAL(num_failed, 0);
    CU_ASSERT_EQUAL(num_wrong(&bed), 0);
    CU_ASSERT_EQUAL(bed.view.index->num_keys, 200000);
    CU_ASSERT(bed.view.index->num_blocks >= 200000 / TERN_HASH_BLOCK_FULL);
    clear_bed(&bed);
}

static uint64_t guess(const bed_t *bed, uint32_t i)
{
    uint64_t hash = tern_hash_key(bed->keys[i]);

    return tern_hash_guess(tern_hash_bucket(&bed->view, hash), hash);
}

/* Fuller than blocks ever are on average, so that many keys are past their buckets. */
static void guesses_name_a_row_and_nearly_always_the_right_one(void)
{
    bed_t  bed;
    size_t num_right = 0, num_failed = 0;

    make_bed(&bed, TERN_HASH_BLOCK_FULL, TERN_HASH_BLOCK_FULL, 1u << 30);
    for (uint32_t i = 0; i < bed.num_keys; i++)
        num_failed += insert(&bed, i) != TERN_OK;
    CU_ASSERT_EQUAL(num_failed, 0);
    CU_ASSERT_EQUAL(bed.view.index->num_blocks, 1);
    tern_hash_view_refresh(&bed.view);
    for (uint32_t i = 0; i < bed.num_keys; i++) {
        CU_ASSERT(guess(&bed, i) < bed.num_keys);
        num_right += guess(&bed, i) == i;
    }
    CU_ASSERT(num_right > bed.num_keys / 100 * 95);
    clear_bed(&bed);
}

static void neighbouring_keys_spread_as_random_ones_do(void)
{
    bed_t  bed;
    size_t num_failed = 0;

    make_bed(&bed, 200000, 200000, 1u << 30);
    for (uint32_t i = 0; i < 200000; i++) {
        bed.keys[i] = (tern_key_t)i << 20;
        num_failed += insert(&bed, i) != TERN_OK;
    }
    CU_ASSERT_EQUAL(num_failed, 0);
    CU_ASSERT_EQUAL(num_wrong(&bed), 0);
    CU_ASSERT(bed.view.index->depth <= 6); /* 32 blocks at 6250 keys each */
    clear_bed(&bed);
}

static void it_grows_at_less_than_eight_bytes_a_key(void)
{
    bed_t    bed;
    uint32_t num_blocks = 1;
    double   most       = 0;

    make_bed(&bed, 400000, 400000, 1u << 30);
    for (uint32_t i = 0; i < bed.num_keys; i++) {
        CU_ASSERT_EQUAL_FATAL(insert(&bed, i), TERN_OK);
        if (bed.view.index->num_blocks == 2 * num_blocks &&
            __builtin_popcount(num_blocks) == 1) {
            /* all blocks have split: this was the last key for which the old ones did */
            double bytes = 65536.0 * num_blocks / (i + 1.0);

            most = bytes > most ? bytes : most;
            num_blocks *= 2;
        }
    }
    CU_ASSERT(num_blocks >= 32);
    CU_ASSERT(most < 8);
    clear_bed(&bed);
}

static void random_insertions_and_removals_match_the_model(void)
{
    bed_t    bed;
    uint32_t num_present = 0;

    make_bed(&bed, 60000, 60000, 1u << 30);
    for (uint64_t n = 0; n < 600000; n++) {
        uint32_t i = (uint32_t)tern_random_below(3, 1, n, bed.num_keys);
        /* waves: mostly insertions, then mostly removals */
        bool wants = tern_random_below(3, 2, n, 100) < (n / 100000 % 2 == 0 ? 80u : 20u);

        if (wants && !bed.is_present[i]) {
            CU_ASSERT_EQUAL_FATAL(insert(&bed, i), TERN_OK);
            num_present++;
        } else if (!wants && bed.is_present[i]) {
            take_out(&bed, i);
            num_present--;
        }
        if (n % 150000 == 149999)
            CU_ASSERT_EQUAL(num_wrong(&bed), 0);
    }
    CU_ASSERT_EQUAL(num_wrong(&bed), 0);
    CU_ASSERT_EQUAL(bed.view.index->num_keys, num_present);
    clear_bed(&bed);
}

static void removed_keys_leave_nothing_behind(void)
{
    bed_t bed;

    make_bed(&bed, 50000, 50000, 1u << 30);
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < bed.num_keys; i++)
            CU_ASSERT_EQUAL_FATAL(insert(&bed, i), TERN_OK);
        for (uint32_t i = 0; i < bed.num_keys; i++)
            take_out(&bed, i);
        CU_ASSERT_EQUAL(num_used_tags(&bed), 0);
        CU_ASSERT_EQUAL(bed.view.index->num_keys, 0);
    }
    clear_bed(&bed);
}

/* Keys whose bucket is the last one of any block and whose tags are all the same: the worst that can come. */
static void gather_colliding(bed_t *bed)
{
    uint64_t candidate = 0;

    for (uint32_t i = 0; i < bed->num_keys; candidate++) {
        uint64_t hash = tern_hash_key(candidate);

        if ((hash >> TERN_HASH_BUCKET_SHIFT) % TERN_HASH_BLOCK_BUCKETS ==
                TERN_HASH_BLOCK_BUCKETS - 1 &&
            (hash >> TERN_HASH_TAG_SHIFT & 0xf) == 5)
            bed->keys[i++] = candidate;
    }
}

static void keys_of_one_bucket_find_room_in_others(void)
{
    bed_t bed;

    make_bed(&bed, 200, 200, 1u << 30);
    gather_colliding(&bed);
    for (uint32_t i = 0; i < bed.num_keys; i++)
        CU_ASSERT_EQUAL_FATAL(insert(&bed, i), TERN_OK);
    CU_ASSERT_EQUAL(num_wrong(&bed), 0);
    for (uint32_t n = 0; n < bed.num_keys; n++) {
        uint32_t i = n * 77 % bed.num_keys;

        take_out(&bed, i);
        if (n % 10 == 0)
            CU_ASSERT_EQUAL(num_wrong(&bed), 0);
    }
    CU_ASSERT_EQUAL(num_used_tags(&bed), 0);
    clear_bed(&bed);
}

static void when_memory_ends_insertions_fail_and_nothing_is_lost(void)
{
    bed_t    bed;
    uint32_t num = 0;

    make_bed(&bed, 100000, 100000, 400 << 10); /* the head and five blocks */
    while (num < bed.num_keys && insert(&bed, num) == TERN_OK)
        num++;
    CU_ASSERT(num > 4 * TERN_HASH_BLOCK_FULL / 2);
    CU_ASSERT(num < bed.num_keys);
    CU_ASSERT_EQUAL(num_wrong(&bed), 0);
    CU_ASSERT_EQUAL(bed.view.index->num_keys, num);
    CU_ASSERT(bed.ledger.committed_bytes <= 400 << 10);
    take_out(&bed, 17);
    CU_ASSERT_EQUAL(insert(&bed, 17), TERN_OK);
    clear_bed(&bed);
}

static void what_is_committed_is_in_the_ledger(void)
{
    bed_t bed;

    make_bed(&bed, 300000, 300000, 1u << 30);
    for (uint32_t i = 0; i < bed.num_keys; i++)
        CU_ASSERT_EQUAL_FATAL(insert(&bed, i), TERN_OK);
    CU_ASSERT_EQUAL(bed.ledger.committed_bytes,
                    tern_hash_index_committed(bed.view.index));
    clear_bed(&bed);
}

/* --- readers --- */

enum { NUM_STABLE = 2000, NUM_ABSENT = 2000, NUM_CHANGING = 96000 };

typedef struct race {
    bed_t             bed;
    atomic_bool       is_over;
    _Atomic(uint64_t) num_lost, num_invented, num_mistaken, num_reads;
} race_t;

/* Keys 0 to NUM_STABLE are always there, the next NUM_ABSENT never, the others come and go. */
static void *read_keys(void *argument)
{
    race_t          *race = argument;
    tern_hash_view_t view;
    uint64_t         counter = 0, num_lost = 0, num_invented = 0, num_mistaken = 0;

    tern_hash_view_init(&view, race->bed.memory, (char *)race->bed.rows, ROW_BYTES);
    while (!atomic_load(&race->is_over)) {
        uint32_t i    = (uint32_t)tern_random_below(11, 1, counter++, race->bed.num_keys);
        uint64_t slot = find(&view, race->bed.keys[i]);

        num_lost += i < NUM_STABLE && slot == TERN_HASH_NONE;
        num_invented +=
            i >= NUM_STABLE && i < NUM_STABLE + NUM_ABSENT && slot != TERN_HASH_NONE;
        num_mistaken += slot != TERN_HASH_NONE && slot != i;
        i    = counter % NUM_STABLE;
        slot = find(&view, race->bed.keys[i]);
        num_lost += slot != i;
    }
    atomic_fetch_add(&race->num_lost, num_lost);
    atomic_fetch_add(&race->num_invented, num_invented);
    atomic_fetch_add(&race->num_mistaken, num_mistaken);
    atomic_fetch_add(&race->num_reads, counter);
    return NULL;
}

static void change_keys(bed_t *bed)
{
    for (uint32_t i = NUM_STABLE + NUM_ABSENT; i < bed->num_keys; i++) {
        CU_ASSERT_EQUAL_FATAL(insert(bed, i), TERN_OK);
        if (i % 3 == 0)
            take_out(bed, i);
    }
    for (uint32_t i = NUM_STABLE + NUM_ABSENT; i < bed->num_keys; i++) {
        if (bed->is_present[i])
            take_out(bed, i);
        else
            CU_ASSERT_EQUAL_FATAL(insert(bed, i), TERN_OK);
    }
    for (uint32_t i = NUM_STABLE + NUM_ABSENT; i < bed->num_keys; i++)
        if (bed->is_present[i])
            take_out(bed, i);
}

static void readers_never_miss_a_key_while_blocks_split(void)
{
    static race_t race;
    pthread_t     readers[2];

    memset(&race, 0, sizeof race);
    make_bed(&race.bed, NUM_STABLE + NUM_ABSENT + NUM_CHANGING, 100000, 1u << 30);
    for (uint32_t i = 0; i < NUM_STABLE; i++)
        CU_ASSERT_EQUAL_FATAL(insert(&race.bed, i), TERN_OK);
    for (size_t t = 0; t < 2; t++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&readers[t], NULL, read_keys, &race), 0);
    for (int round = 0; round < 3; round++)
        change_keys(&race.bed);
    atomic_store(&race.is_over, true);
    for (size_t t = 0; t < 2; t++)
        pthread_join(readers[t], NULL);
    printf("# %llu look-ups\n", (unsigned long long)race.num_reads);
    CU_ASSERT_EQUAL(race.num_lost, 0);
    CU_ASSERT_EQUAL(race.num_invented, 0);
    CU_ASSERT_EQUAL(race.num_mistaken, 0);
    CU_ASSERT(race.num_reads > 1000);
    CU_ASSERT_EQUAL(num_wrong(&race.bed), 0);
    clear_bed(&race.bed);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(inserted_keys_are_found_and_no_others),
        FACT(guesses_name_a_row_and_nearly_always_the_right_one),
        FACT(neighbouring_keys_spread_as_random_ones_do),
        FACT(it_grows_at_less_than_eight_bytes_a_key),
        FACT(random_insertions_and_removals_match_the_model),
        FACT(removed_keys_leave_nothing_behind),
        FACT(keys_of_one_bucket_find_room_in_others),
        FACT(when_memory_ends_insertions_fail_and_nothing_is_lost),
        FACT(what_is_committed_is_in_the_ledger),
        FACT(readers_never_miss_a_key_while_blocks_split),
    };

    return facts_run("store/hash_index", facts, sizeof facts / sizeof *facts);
}
