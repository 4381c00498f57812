/** \file
 * Two servers of a node hand rows to each other at full speed while others read, update and borrow them: no row is seen torn
 * or under another key, and no change of a row that was here is lost. All are threads, each with its own holder number.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "store.h"
#include "store/copy.h"
#include "tern/random.h"

enum {
    NUM_KEYS     = 12,
    WIDTH        = 5,
    NUM_SERVERS  = 2,
    NUM_VISITORS = 3, /* one reads, one updates, one borrows */
    NUM_RANKS    = NUM_SERVERS + NUM_VISITORS
};

#ifdef __SANITIZE_THREAD__
static const uint64_t min_rounds = 3000;
#else
static const uint64_t min_rounds = 300000;
#endif

#define STEP 1024.0 /* a row is its key and so many steps as it was updated */

/* A row between two servers. */
typedef struct parcel {
    uint32_t k;
    double   value[WIDTH], state;
} parcel_t;

typedef struct parcels {
    pthread_mutex_t mutex;
    size_t          num;
    parcel_t        parcels[NUM_KEYS];
} parcels_t;

typedef struct crowd {
    store_t     store;
    atomic_uint num_tired; /* members that have gone round often enough */
    parcels_t   arriving[NUM_SERVERS];
} crowd_t;

typedef struct member {
    crowd_t      *crowd;
    uint32_t      number;
    store_rank_t  rank;
    tern_shard_t *shard; /* servers */
    uint64_t      num_seen, num_wrong;
    uint64_t      num_changes[NUM_KEYS];
} member_t;

/* Adds, and counts in the state, so that both are seen to move together. */
static void add_and_count(const tern_row_view_t *row, const void *delta,
                          const void *context)
{
    double       *value  = row->value;
    const double *change = delta;

    (void)context;
    for (uint32_t j = 0; j < row->width; j++)
        value[j] += change[j];
    *(double *)row->state += 1;
}

static bool is_row_of(uint32_t k, const double value[WIDTH])
{
    for (uint32_t j = 1; j < WIDTH; j++)
        if (value[j] != value[0])
            return false;
    return (uint64_t)value[0] % (uint64_t)STEP == k;
}

/* --- servers --- */

static void send_away(member_t *server, uint32_t k)
{
    parcels_t *arriving = &server->crowd->arriving[1 - server->number];
    parcel_t   parcel   = {.k = k};

    CU_ASSERT_EQUAL(tern_shard_remove(server->shard, STORE_FIRST_KEY + k, parcel.value,
                                      &parcel.state),
                    TERN_OK);
    server->num_wrong += !is_row_of(k, parcel.value);
    pthread_mutex_lock(&arriving->mutex);
    arriving->parcels[arriving->num++] = parcel;
    pthread_mutex_unlock(&arriving->mutex);
}

static void take_in(member_t *server)
{
    parcels_t *arriving = &server->crowd->arriving[server->number];

    pthread_mutex_lock(&arriving->mutex);
    while (arriving->num > 0) {
        parcel_t *parcel = &arriving->parcels[--arriving->num];

        CU_ASSERT_EQUAL(tern_shard_insert(server->shard, STORE_FIRST_KEY + parcel->k,
                                          parcel->value, &parcel->state),
                        TERN_OK);
    }
    pthread_mutex_unlock(&arriving->mutex);
}

/* Whether the server has the row. */
static bool owns(const member_t *server, uint32_t k)
{
    const tern_view_t *view = &server->rank.view;
    uint32_t           word = tern_row_index_get(view->index, STORE_FIRST_KEY + k);

    return tern_index_state(word) == TERN_ROW_OWNED &&
           (word & TERN_INDEX_SLOT_MASK) >> view->slot_shift == server->number;
}

static void serve(member_t *server, uint64_t round)
{
    uint32_t k = (uint32_t)tern_random_below(1, server->number, round, NUM_KEYS);

    take_in(server);
    if (owns(server, k))
        send_away(server, k);
}

/* --- visitors --- */

static void read_rows(member_t *reader, const tern_key_t keys[NUM_KEYS])
{
    double   rows[NUM_KEYS][WIDTH];
    uint32_t missing[NUM_KEYS];
    size_t   num = tern_view_read(&reader->rank.view, NUM_KEYS, keys, rows, missing),
           at    = 0;

    for (uint32_t k = 0; k < NUM_KEYS; k++)
        if (at < num && missing[at] == k) {
            at++;
        } else {
            reader->num_wrong += !is_row_of(k, rows[k]);
            reader->num_seen++;
        }
}

static void update_rows(member_t *writer, const tern_key_t keys[NUM_KEYS])
{
    double   steps[NUM_KEYS][WIDTH];
    uint32_t missing[NUM_KEYS];
    size_t   num, at = 0;

    for (uint32_t k = 0; k < NUM_KEYS; k++)
        for (uint32_t j = 0; j < WIDTH; j++)
            steps[k][j] = STEP;
    num = tern_view_update(&writer->rank.view, NUM_KEYS, keys, steps, missing, 0, 0);
    for (uint32_t k = 0; k < NUM_KEYS; k++)
        if (at < num && missing[at] == k)
            at++;
        else
            writer->num_changes[k]++;
    writer->num_seen += NUM_KEYS - num;
}

/* Readers notice by the row's word that it changed under them; to the thread sanitizer only atomic stores are no
 * race with them. */
static void add_in_place(double *place, double amount)
{
    double sum = *place + amount;

#ifdef __SANITIZE_THREAD__
    tern_copy_to_row(place, &sum, sizeof sum);
#else
    *place = sum;
#endif
}

static void borrow_rows(member_t *borrower, const tern_key_t keys[NUM_KEYS])
{
    tern_borrowed_t rows[NUM_KEYS];

    tern_view_borrow(&borrower->rank.view, NUM_KEYS, keys, TERN_BORROW_LATCHED, rows);
    for (uint32_t k = 0; k < NUM_KEYS; k++) {
        double *value = rows[k].value;

        if (value == NULL)
            continue;
        borrower->num_wrong += !is_row_of(k, value);
        for (uint32_t j = 0; j < WIDTH; j++)
            add_in_place(&value[j], STEP);
        add_in_place(rows[k].state, 1);
        borrower->num_changes[k]++;
        borrower->num_seen++;
    }
    tern_view_return(&borrower->rank.view, NUM_KEYS, TERN_BORROW_LATCHED, rows);
}

static void visit(member_t *visitor)
{
    static void (*const acts[NUM_VISITORS])(member_t *, const tern_key_t[]) = {
        read_rows, update_rows, borrow_rows};
    tern_key_t keys[NUM_KEYS];

    for (uint32_t k = 0; k < NUM_KEYS; k++)
        keys[k] = STORE_FIRST_KEY + k;
    acts[visitor->number - NUM_SERVERS](visitor, keys);
}

/* --- all together --- */

static void gather_crowd(crowd_t *crowd, member_t members[NUM_RANKS])
{
    store_options_t options = {.num_keys     = NUM_KEYS,
                               .width        = WIDTH,
                               .state_width  = 1,
                               .type         = TERN_FLOAT64,
                               .num_segments = NUM_SERVERS,
                               .is_paged     = true,
                               .num_slots    = NUM_KEYS,
                               .is_empty     = true,
                               .apply        = add_and_count};
    pid_t           pids[NUM_RANKS + 1];

    for (uint32_t r = 0; r <= NUM_RANKS; r++)
        pids[r] = getpid();
    memset(crowd, 0, sizeof *crowd);
    store_create(&crowd->store, &options);
    for (uint32_t r = 0; r < NUM_RANKS; r++) {
        members[r] = (member_t){.crowd = crowd, .number = r};
        store_join(&crowd->store, &members[r].rank, r + 2, NUM_RANKS + 1, pids);
    }
    for (uint32_t s = 0; s < NUM_SERVERS; s++) {
        pthread_mutex_init(&crowd->arriving[s].mutex, NULL);
        CU_ASSERT_EQUAL(tern_shard_create(&members[s].rank.view, s, crowd->store.ledger,
                                          &members[s].shard),
                        TERN_OK);
    }
    for (uint32_t k = 0; k < NUM_KEYS; k++) {
        double value[WIDTH] = {k, k, k, k, k};

        CU_ASSERT_EQUAL(tern_shard_insert(members[k % NUM_SERVERS].shard,
                                          STORE_FIRST_KEY + k, value, NULL),
                        TERN_OK);
    }
}

/* Until everybody has gone round often enough, and every visitor has met rows. */
static void *go_round(void *argument)
{
    member_t *member   = argument;
    crowd_t  *crowd    = member->crowd;
    bool      is_tired = false;

    for (uint64_t round = 0; atomic_load(&crowd->num_tired) < NUM_RANKS; round++) {
        if (member->number < NUM_SERVERS)
            serve(member, round);
        else
            visit(member);
        if (is_tired || round < min_rounds ||
            (member->number >= NUM_SERVERS && member->num_seen == 0))
            continue;
        is_tired = true;
        atomic_fetch_add(&crowd->num_tired, 1);
    }
    return NULL;
}

static void run_crowd(member_t members[NUM_RANKS])
{
    pthread_t threads[NUM_RANKS];

    for (uint32_t r = 0; r < NUM_RANKS; r++)
        CU_ASSERT_FATAL(pthread_create(&threads[r], NULL, go_round, &members[r]) == 0);
    for (uint32_t r = 0; r < NUM_RANKS; r++)
        pthread_join(threads[r], NULL);
    for (uint32_t s = 0; s < NUM_SERVERS; s++)
        take_in(&members[s]);
}

static void dismiss_crowd(crowd_t *crowd, member_t members[NUM_RANKS])
{
    for (uint32_t s = 0; s < NUM_SERVERS; s++) {
        tern_shard_destroy(&members[s].shard);
        pthread_mutex_destroy(&crowd->arriving[s].mutex);
    }
    for (uint32_t r = 0; r < NUM_RANKS; r++)
        store_leave(&members[r].rank);
    store_destroy(&crowd->store);
}

/* Where the row is now, it holds what all have added. */
static void check_row(member_t members[NUM_RANKS], uint32_t k)
{
    double   value[WIDTH], state = 0;
    uint32_t owner       = owns(&members[0], k) ? 0 : 1;
    uint64_t num_changes = 0;

    CU_ASSERT(owns(&members[owner], k));
    CU_ASSERT_EQUAL(
        tern_shard_remove(members[owner].shard, STORE_FIRST_KEY + k, value, &state),
        TERN_OK);
    for (uint32_t r = 0; r < NUM_RANKS; r++)
        num_changes += members[r].num_changes[k];
    CU_ASSERT_EQUAL(state, (double)num_changes);
    for (uint32_t j = 0; j < WIDTH; j++)
        CU_ASSERT_EQUAL(value[j], k + STEP * (double)num_changes);
}

static void rows_that_move_are_whole_and_lose_no_change(void)
{
    static crowd_t crowd;
    member_t       members[NUM_RANKS];

    gather_crowd(&crowd, members);
    run_crowd(members);
    for (uint32_t r = 0; r < NUM_RANKS; r++)
        CU_ASSERT_EQUAL(members[r].num_wrong, 0);
    for (uint32_t v = NUM_SERVERS; v < NUM_RANKS; v++)
        CU_ASSERT(members[v].num_seen > 0);
    for (uint32_t s = 0; s < NUM_SERVERS; s++)
        CU_ASSERT(tern_shard_check(members[s].shard));
    for (uint32_t k = 0; k < NUM_KEYS; k++)
        check_row(members, k);
    dismiss_crowd(&crowd, members);
}

int main(void)
{
    static const fact_t facts[] = {FACT(rows_that_move_are_whole_and_lose_no_change)};

    return facts_run("store/moving", facts, sizeof(facts) / sizeof(facts[0]));
}
