/** \file
 * Servers make, evict, list and count rows of a sparse table at full speed while others read, update and borrow them: no row
 * is seen torn or under another key, none that is borrowed is given to another key, and no change of a row that stays is
 * lost. All are threads, each with its own holder number.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "store.h"
#include "store/copy.h"
#include "store/evict.h"
#include "tern/random.h"
#include "tern/table.h"

enum {
    NUM_KEYS          = 40000, /* their index splits */
    WIDTH             = 3,
    BATCH             = 48,
    MAX_SERVERS       = 2,
    NUM_VISITORS      = 3, /* one reads, one updates, one borrows */
    MAX_RANKS         = MAX_SERVERS + NUM_VISITORS,
    TURNS_OF_EVICTION = 150,
};

#ifdef __SANITIZE_THREAD__
static const uint64_t min_rounds = 800;
#else
static const uint64_t min_rounds = 6000;
#endif

#define STEP 1048576.0 /* a row is its key and so many steps as it was updated */

typedef struct storm {
    store_t         store;
    tern_lending_t *lending;
    uint32_t        num_servers, num_ranks;
    atomic_uint     num_tired;   /* members that have gone round often enough */
    atomic_uint     num_borrows; /* and returns */
} storm_t;

typedef struct member {
    storm_t      *storm;
    uint32_t      number;
    store_rank_t  rank;
    tern_shard_t *shard; /* servers */
    uint64_t      counter;
    unsigned      next_eviction; /* servers: not before so many borrows */
    uint64_t      num_seen, num_wrong, num_made, num_evicted;
    uint32_t      num_changes[NUM_KEYS];
} member_t;

static const double steps[BATCH][WIDTH] = {[0 ... BATCH - 1] = {STEP, STEP, STEP}};

static bool is_of(tern_key_t key, double value)
{
    return (uint64_t)value % (uint64_t)STEP == key;
}

static bool is_row_of(tern_key_t key, const double value[WIDTH])
{
    return is_of(key, value[0]) && value[1] == value[0] && value[2] == value[0];
}

/* Keys of a segment whose rows, once made, stay; those of the upper half are evicted. */
static bool stays(const storm_t *storm, uint32_t k)
{
    uint32_t part = NUM_KEYS / storm->num_servers;

    return k % part < part / 2;
}

static tern_range_t evicted_keys(const storm_t *storm, uint32_t server)
{
    tern_range_t keys = storm->store.segment_keys[server];

    keys.first += (keys.end - keys.first) / 2;
    return keys;
}

/* Different keys of [first, end). */
static void random_keys(member_t *member, tern_range_t range, tern_key_t keys[BATCH])
{
    uint64_t part = (range.end - range.first) / BATCH;

    for (uint64_t i = 0; i < BATCH; i++)
        keys[i] = range.first + i * part +
                  tern_random_below(3, member->number, member->counter++, part);
}

static tern_range_t all_keys(const storm_t *storm)
{
    return storm->store.rank.view.keys;
}

/* --- servers --- */

static void make_rows(member_t *server)
{
    tern_view_t *view = &server->rank.view;
    tern_key_t   keys[BATCH];
    uint32_t     missing[BATCH];
    size_t       num;

    random_keys(server, server->storm->store.segment_keys[server->number], keys);
    num = tern_view_update(view, BATCH, keys, steps, missing, 0, 0);
    for (size_t i = 0; i < num; i++) {
        tern_key_t key = keys[missing[i]];

        server->num_wrong += tern_shard_insert_filled(server->shard, key) != TERN_OK ||
                             tern_view_update(view, 1, &key, steps, NULL, 0, 0) != 0;
        server->num_made++;
    }
    for (size_t i = 0; i < BATCH; i++)
        server->num_changes[keys[i] - STORE_FIRST_KEY]++;
}

/* Slots of evicted rows wait for borrowers; while these get no core, more of them would fill the store. */
static bool may_evict(member_t *server)
{
    unsigned num_borrows = atomic_load(&server->storm->num_borrows);

    if (num_borrows < server->next_eviction)
        return false;
    server->next_eviction = num_borrows + 2;
    return true;
}

static void evict_rows(member_t *server)
{
    tern_evict_t   evict = {.what = {.range = evicted_keys(server->storm, server->number),
                                     .by    = TERN_EVICT_SCORE,
                                     .limit = server->counter % 3 == 0 ? 3 * STEP : 1e300}};
    tern_evicted_t evicted;

    server->num_wrong += tern_shard_evict(server->shard, &evict, server->storm->lending,
                                          &evicted) != TERN_OK;
    server->num_evicted += evicted.num_rows;
}

static void list_rows(member_t *server)
{
    tern_range_t range = server->storm->store.segment_keys[server->number];
    tern_key_t   keys[BATCH];
    size_t       num;
    bool         is_end;

    range.first +=
        tern_random_below(4, server->number, server->counter++, range.end - range.first);
    server->num_wrong +=
        tern_shard_list(server->shard, range, BATCH, keys, &num, &is_end) != TERN_OK;
    for (size_t i = 0; i < num; i++)
        server->num_wrong +=
            keys[i] < (i == 0 ? range.first : keys[i - 1] + 1) || keys[i] >= range.end;
    server->num_wrong +=
        tern_shard_count(server->shard, range) > tern_shard_num_rows(server->shard);
}

static void serve(member_t *server, uint64_t round)
{
    make_rows(server);
    if (round % TURNS_OF_EVICTION == TURNS_OF_EVICTION - 1 && may_evict(server))
        evict_rows(server);
    if (round % 40 == 0)
        list_rows(server);
    server->num_seen++;
}

/* --- visitors --- */

/* Keys without a row read as a new one would. */
static void read_rows(member_t *reader, uint64_t round)
{
    tern_key_t keys[BATCH];
    double     rows[BATCH][WIDTH];
    uint32_t   missing[BATCH];
    size_t     num = round % 2 == 0 ? BATCH : 1;

    random_keys(reader, all_keys(reader->storm), keys);
    reader->num_wrong += tern_view_read(&reader->rank.view, num, keys, rows, missing);
    for (size_t i = 0; i < num; i++)
        reader->num_wrong += !is_row_of(keys[i], rows[i]);
    reader->num_seen += num;
}

static void update_rows(member_t *writer, uint64_t round)
{
    tern_key_t keys[BATCH];
    uint32_t   missing[BATCH];
    size_t     num, at = 0;

    (void)round;
    random_keys(writer, all_keys(writer->storm), keys);
    num = tern_view_update(&writer->rank.view, BATCH, keys, steps, missing, 0, 0);
    for (uint32_t i = 0; i < BATCH; i++)
        if (at < num && missing[at] == i)
            at++;
        else
            writer->num_changes[keys[i] - STORE_FIRST_KEY]++;
    writer->num_seen += BATCH - num;
}

/* Readers notice by the row's word that it changed under them; to the thread sanitizer only atomic accesses are no race
 * with them. */
static double load(const double *place)
{
    double value;

    tern_copy_from_row(&value, place, sizeof value);
    return value;
}

static void use_borrowed(member_t *borrower, tern_key_t key, tern_borrow_mode_t mode,
                         double *value)
{
    for (uint32_t j = 0; j < WIDTH; j++) {
        double now = load(&value[j]), next = now + STEP;

        borrower->num_wrong += !is_of(key, now);
        if (mode == TERN_BORROW_LATCHED)
            tern_copy_to_row(&value[j], &next, sizeof next);
    }
    borrower->num_changes[key - STORE_FIRST_KEY] += mode == TERN_BORROW_LATCHED;
    borrower->num_seen++;
}

static void borrow_rows(member_t *borrower, uint64_t round)
{
    tern_borrow_mode_t mode = round % 2 == 0 ? TERN_BORROW_LATCHED : TERN_BORROW_SHARED;
    tern_key_t         keys[BATCH];
    tern_borrowed_t    rows[BATCH];

    random_keys(borrower, all_keys(borrower->storm), keys);
    tern_lending_begin(borrower->storm->lending, borrower->number);
    tern_view_borrow(&borrower->rank.view, BATCH, keys, mode, rows);
    for (size_t i = 0; i < BATCH; i++)
        if (rows[i].value != NULL)
            use_borrowed(borrower, keys[i], mode, rows[i].value);
    tern_view_return(&borrower->rank.view, BATCH, mode, rows);
    tern_lending_end(borrower->storm->lending, borrower->number);
    atomic_fetch_add(&borrower->storm->num_borrows, 1);
}

/* --- all together --- */

static void gather(storm_t *storm, uint32_t num_servers, member_t members[MAX_RANKS])
{
    store_options_t options = {.num_keys     = NUM_KEYS,
                               .width        = WIDTH,
                               .type         = TERN_FLOAT64,
                               .columns      = TERN_COLUMN_VERSION | TERN_COLUMN_CLOCK,
                               .num_segments = num_servers,
                               .is_hashed    = true,
                               .num_slots    = 3 * NUM_KEYS / num_servers};
    pid_t           pids[MAX_RANKS + 1];
    size_t          lending_bytes;

    memset(storm, 0, sizeof *storm);
    memset(members, 0, MAX_RANKS * sizeof *members);
    storm->num_servers = num_servers;
    storm->num_ranks   = num_servers + NUM_VISITORS;
    lending_bytes      = (tern_lending_bytes(storm->num_ranks) + 63) / 64 * 64;
    storm->lending     = aligned_alloc(64, lending_bytes);
    memset(storm->lending, 0, lending_bytes);
    tern_lending_init(storm->lending, storm->num_ranks);
    store_create(&storm->store, &options);
    for (uint32_t r = 0; r <= storm->num_ranks; r++)
        pids[r] = getpid();
    for (uint32_t r = 0; r < storm->num_ranks; r++) {
        members[r].storm  = storm;
        members[r].number = r;
        store_join(&storm->store, &members[r].rank, r + 2, storm->num_ranks + 1, pids);
    }
    for (uint32_t s = 0; s < num_servers; s++)
        CU_ASSERT_EQUAL_FATAL(tern_shard_create(&members[s].rank.view, s,
                                                storm->store.ledger, &members[s].shard),
                              TERN_OK);
}

static void dismiss(storm_t *storm, member_t members[MAX_RANKS])
{
    for (uint32_t s = 0; s < storm->num_servers; s++)
        tern_shard_destroy(&members[s].shard);
    for (uint32_t r = 0; r < storm->num_ranks; r++)
        store_leave(&members[r].rank);
    store_destroy(&storm->store);
    free(storm->lending);
}

/* Until everybody has gone round often enough and met rows. */
static void *go_round(void *argument)
{
    static void (*const acts[NUM_VISITORS])(member_t *, uint64_t) = {
        read_rows, update_rows, borrow_rows};
    member_t *member   = argument;
    storm_t  *storm    = member->storm;
    bool      is_tired = false;

    for (uint64_t round = 0; atomic_load(&storm->num_tired) < storm->num_ranks; round++) {
        if (member->number < storm->num_servers)
            serve(member, round);
        else
            acts[member->number - storm->num_servers](member, round);
        if (is_tired || round < min_rounds || member->num_seen == 0)
            continue;
        is_tired = true;
        atomic_fetch_add(&storm->num_tired, 1);
    }
    return NULL;
}

static void run(storm_t *storm, member_t members[MAX_RANKS])
{
    pthread_t threads[MAX_RANKS];

    for (uint32_t r = 0; r < storm->num_ranks; r++)
        CU_ASSERT_FATAL(pthread_create(&threads[r], NULL, go_round, &members[r]) == 0);
    for (uint32_t r = 0; r < storm->num_ranks; r++)
        pthread_join(threads[r], NULL);
}

static size_t num_lost_changes(storm_t *storm, const member_t members[MAX_RANKS])
{
    size_t num_lost = 0;

    for (uint32_t k = 0; k < NUM_KEYS; k++) {
        tern_key_t key         = STORE_FIRST_KEY + k;
        double     num_changes = 0, row[WIDTH];

        if (!stays(storm, k))
            continue;
        for (uint32_t r = 0; r < storm->num_ranks; r++)
            num_changes += members[r].num_changes[k];
        (void)tern_view_read(&storm->store.rank.view, 1, &key, row, NULL);
        num_lost += row[0] != (double)key + STEP * num_changes;
    }
    return num_lost;
}

static void raise_storm(uint32_t num_servers)
{
    static storm_t  storm;
    static member_t members[MAX_RANKS];

    gather(&storm, num_servers, members);
    run(&storm, members);
    for (uint32_t r = 0; r < storm.num_ranks; r++)
        CU_ASSERT_EQUAL(members[r].num_wrong, 0);
    CU_ASSERT_EQUAL(num_lost_changes(&storm, members), 0);
    for (uint32_t s = 0; s < num_servers; s++) {
        const member_t *server = &members[s];

        printf("# server %u made %llu rows, evicted %llu\n", s,
               (unsigned long long)server->num_made,
               (unsigned long long)server->num_evicted);
        CU_ASSERT(server->num_evicted > 0);
        CU_ASSERT(server->rank.hashes[s].index->num_blocks > 1);
        CU_ASSERT_EQUAL(server->num_made - server->num_evicted,
                        tern_shard_num_rows(server->shard));
        CU_ASSERT_EQUAL(tern_shard_count(server->shard, storm.store.segment_keys[s]),
                        tern_shard_num_rows(server->shard));
        CU_ASSERT(tern_shard_check(server->shard));
    }
    dismiss(&storm, members);
}

static void rows_of_one_server_come_and_go_whole(void)
{
    raise_storm(1);
}

static void rows_of_two_servers_come_and_go_whole(void)
{
    raise_storm(2);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(rows_of_one_server_come_and_go_whole),
        FACT(rows_of_two_servers_come_and_go_whole),
    };

    return facts_run("store/sparse_storm", facts, sizeof facts / sizeof *facts);
}
