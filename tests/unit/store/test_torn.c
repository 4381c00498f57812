/** \file
 * Torn reads: writers at full speed on few rows, each of which always holds one number in all its places,
 * so that a mix of two writes shows. Readers and writers are threads, each with its own holder number.
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

enum { WIDTH = 16, NUM_ROWS = 8, BATCH = 64, NUM_WRITERS = 1, NUM_READERS = 1 };

#ifdef __SANITIZE_THREAD__
static const uint64_t min_reads = 200000;
#else
static const uint64_t min_reads = 100000000;
#endif

typedef struct race {
    store_t          *store;
    atomic_bool       is_over;
    bool              validates;
    _Atomic(uint64_t) num_reads, num_torn, num_retries;
} race_t;

typedef struct racer {
    race_t      *race;
    store_rank_t rank;
    uint64_t     seed;
} racer_t;

static void random_keys(tern_key_t keys[BATCH], uint64_t seed, uint64_t *counter)
{
    for (size_t i = 0; i < BATCH; i++)
        keys[i] = STORE_FIRST_KEY + tern_random_below(seed, 0, (*counter)++, NUM_ROWS);
}

static bool is_mixed(const float row[WIDTH])
{
    for (uint32_t j = 1; j < WIDTH; j++)
        if (row[j] != row[0])
            return true;
    return false;
}

static void *write_rows(void *argument)
{
    racer_t   *racer   = argument;
    uint64_t   counter = 0;
    tern_key_t keys[BATCH];
    float      values[BATCH][WIDTH];

    while (!atomic_load(&racer->race->is_over)) {
        random_keys(keys, racer->seed, &counter);
        for (size_t i = 0; i < BATCH; i++)
            for (uint32_t j = 0; j < WIDTH; j++)
                values[i][j] = (float)(counter % 1000000 + i);
        if (counter % 2 == 0)
            (void)tern_view_set(&racer->rank.view, BATCH, keys, values, NULL, 0, 0);
        else
            (void)tern_view_update(&racer->rank.view, BATCH, keys, values, NULL, 0, 0);
        counter++;
    }
    return NULL;
}

/* As the store reads, without the second look at the word. */
static void read_unchecked(const tern_view_t *view, const tern_key_t keys[BATCH],
                           float values[BATCH][WIDTH])
{
    for (size_t i = 0; i < BATCH; i++)
        tern_copy_from_row(values[i],
                           view->segments[0].rows +
                               (keys[i] - STORE_FIRST_KEY) * view->layout.stride +
                               view->layout.value_offset,
                           view->layout.value_bytes);
}

static void *read_rows(void *argument)
{
    racer_t   *racer   = argument;
    race_t    *race    = racer->race;
    uint64_t   counter = 0;
    tern_key_t keys[BATCH];
    float      values[BATCH][WIDTH];

    while (!atomic_load(&race->is_over)) {
        uint64_t num_torn = 0;

        random_keys(keys, racer->seed, &counter);
        if (race->validates)
            (void)tern_view_read(&racer->rank.view, BATCH, keys, values, NULL);
        else
            read_unchecked(&racer->rank.view, keys, values);
        for (size_t i = 0; i < BATCH; i++)
            num_torn += is_mixed(values[i]);
        atomic_fetch_add(&race->num_torn, num_torn);
        atomic_store(&race->num_retries, racer->rank.counters.read_retries);
        if (atomic_fetch_add(&race->num_reads, BATCH) + BATCH >= min_reads ||
            (!race->validates && num_torn > 0))
            atomic_store(&race->is_over, true);
    }
    return NULL;
}

static void run_race(race_t *race, bool validates)
{
    store_options_t options = {.num_keys = NUM_ROWS, .width = WIDTH};
    store_t         store;
    racer_t         racers[NUM_WRITERS + NUM_READERS];
    pthread_t       threads[NUM_WRITERS + NUM_READERS];
    pid_t           pids[NUM_WRITERS + NUM_READERS];

    store_create(&store, &options);
    memset(race, 0, sizeof(*race));
    race->store     = &store;
    race->validates = validates;
    for (size_t t = 0; t < NUM_WRITERS + NUM_READERS; t++)
        pids[t] = getpid();
    for (uint32_t t = 0; t < NUM_WRITERS + NUM_READERS; t++) {
        racers[t] = (racer_t){.race = race, .seed = t};
        store_join(&store, &racers[t].rank, t + 1, NUM_WRITERS + NUM_READERS, pids);
    }
    for (size_t t = 0; t < NUM_WRITERS + NUM_READERS; t++) {
        void *(*run)(void *) = t < NUM_WRITERS ? write_rows : read_rows;

        CU_ASSERT_FATAL(pthread_create(&threads[t], NULL, run, &racers[t]) == 0);
    }
    for (size_t t = 0; t < NUM_WRITERS + NUM_READERS; t++) {
        pthread_join(threads[t], NULL);
        store_leave(&racers[t].rank);
    }
    store_destroy(&store);
}

static void validated_reads_are_never_torn(void)
{
    race_t race;

    run_race(&race, true);
    printf("# %llu reads, %llu met a writer\n", (unsigned long long)race.num_reads,
           (unsigned long long)race.num_retries);
    CU_ASSERT(race.num_reads >= min_reads);
    CU_ASSERT(race.num_torn == 0);
#ifndef __SANITIZE_THREAD__
    CU_ASSERT(race.num_retries >= 1000);
#endif
}

static void without_validation_torn_reads_are_seen(void)
{
    race_t race;

    run_race(&race, false);
    CU_ASSERT(race.num_torn > 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(validated_reads_are_never_torn),
        FACT(without_validation_torn_reads_are_seen),
    };

    return facts_run("store/torn", facts, sizeof(facts) / sizeof(facts[0]));
}
