#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts.h"
#include "store.h"
#include "store/latch.h"

static void every_release_raises_the_counter(void)
{
    tern_holders_t    holders  = {.num_holders = 5, .self = 5};
    tern_counters_t   counters = {0};
    tern_latch_user_t user;
    uint64_t          latch = 0, before;

    tern_latch_user_init(&user, &holders, &counters);
    for (uint64_t n = 0; n < 3; n++) {
        before = tern_latch_acquire(&latch, &user);
        CU_ASSERT_EQUAL(before, n * TERN_LATCH_COUNTER_ONE);
        CU_ASSERT(latch & TERN_LATCH_LOCKED);
        CU_ASSERT_EQUAL(tern_latch_holder(latch), 5);
        tern_latch_release(&latch, before);
        CU_ASSERT_EQUAL(latch, (n + 1) * TERN_LATCH_COUNTER_ONE);
    }
    before = tern_latch_acquire(&latch, &user);
    tern_latch_release_unchanged(&latch, before);
    CU_ASSERT_EQUAL(latch, 3 * TERN_LATCH_COUNTER_ONE);
    CU_ASSERT_EQUAL(counters.latch_waits, 0);
}

static void the_own_latch_does_not_stop_its_holder(void)
{
    tern_holders_t    holders  = {.num_holders = 1, .self = 1};
    tern_counters_t   counters = {0};
    tern_latch_user_t user;
    uint64_t          latch = 0, outer, inner;

    tern_latch_user_init(&user, &holders, &counters);
    outer = tern_latch_acquire(&latch, &user);
    inner = tern_latch_acquire(&latch, &user);
    tern_latch_release(&latch, inner);
    CU_ASSERT(latch & TERN_LATCH_LOCKED);
    tern_latch_release(&latch, outer);
    CU_ASSERT_EQUAL(latch, TERN_LATCH_COUNTER_ONE);
}

enum { NUM_THREADS = 3, NUM_TURNS = 20000 };

typedef struct shared_sum {
    uint64_t latch, sum;
} shared_sum_t;

typedef struct adder {
    shared_sum_t     *shared;
    tern_holders_t    holders;
    tern_counters_t   counters;
    tern_latch_user_t user;
} adder_t;

static void *add_often(void *argument)
{
    adder_t *adder = argument;

    for (int i = 0; i < NUM_TURNS; i++) {
        uint64_t before = tern_latch_acquire(&adder->shared->latch, &adder->user);

        adder->shared->sum++;
        tern_latch_release(&adder->shared->latch, before);
    }
    return NULL;
}

static void holders_exclude_each_other_and_the_living_are_never_broken(void)
{
    shared_sum_t shared = {0};
    adder_t      adders[NUM_THREADS];
    pthread_t    threads[NUM_THREADS];
    pid_t        pids[NUM_THREADS] = {getpid(), getpid(), getpid()};

    for (uint32_t t = 0; t < NUM_THREADS; t++) {
        adders[t] = (adder_t){.shared = &shared};
        CU_ASSERT_FATAL(tern_holders_init(&adders[t].holders, NUM_THREADS, pids, t + 1) ==
                        TERN_OK);
        tern_latch_user_init(&adders[t].user, &adders[t].holders, &adders[t].counters);
    }
    for (uint32_t t = 0; t < NUM_THREADS; t++)
        CU_ASSERT_FATAL(pthread_create(&threads[t], NULL, add_often, &adders[t]) == 0);
    for (uint32_t t = 0; t < NUM_THREADS; t++) {
        pthread_join(threads[t], NULL);
        CU_ASSERT_EQUAL(adders[t].counters.latches_broken, 0);
        tern_holders_fini(&adders[t].holders);
    }
    CU_ASSERT_EQUAL(shared.sum, NUM_THREADS * NUM_TURNS);
    CU_ASSERT_EQUAL(shared.latch, NUM_THREADS * NUM_TURNS * TERN_LATCH_COUNTER_ONE);
}

/* The child borrows a row latched, says so, and waits to be killed. */
static void hold_for_ever(const store_t *store, const int ready[2], const int go[2])
{
    tern_key_t      key = STORE_FIRST_KEY + 1;
    tern_borrowed_t row;
    store_rank_t    rank;
    char            byte = 1;

    if (read(go[0], &byte, 1) != 1)
        _exit(1);
    store_join(store, &rank, 2, 2, (pid_t[]){getppid(), getpid()});
    tern_view_borrow(&rank.view, 1, &key, TERN_BORROW_LATCHED, &row);
    if (write(ready[1], &byte, 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static void a_killed_holder_does_not_block_others(void)
{
    store_options_t options  = {.num_keys = 4, .width = 4};
    tern_key_t      key      = STORE_FIRST_KEY + 1;
    float           delta[4] = {1, 1, 1, 1}, value[4];
    int             ready[2], go[2];
    char            byte = 1;
    pid_t           pids[2];
    store_t         store;
    store_rank_t    rank;

    store_create(&store, &options);
    CU_ASSERT_FATAL(pipe(ready) == 0 && pipe(go) == 0);
    pids[0] = getpid();
    pids[1] = fork();
    if (pids[1] == 0)
        hold_for_ever(&store, ready, go);
    store_join(&store, &rank, 1, 2, pids);
    CU_ASSERT_FATAL(write(go[1], &byte, 1) == 1 && read(ready[0], &byte, 1) == 1);
    kill(pids[1], SIGKILL); /* and not waited for: a zombie */
    CU_ASSERT_EQUAL(tern_view_update(&rank.view, 1, &key, delta, NULL, 0, 0), 0);
    CU_ASSERT_EQUAL(rank.counters.latches_broken, 1);
    CU_ASSERT_EQUAL(tern_view_read(&rank.view, 1, &key, value, NULL), 0);
    CU_ASSERT(value[0] == (float)key + 1);
    CU_ASSERT_EQUAL(rank.counters.latches_broken, 1);
    waitpid(pids[1], NULL, 0);
    store_leave(&rank);
    store_destroy(&store);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(every_release_raises_the_counter),
        FACT(the_own_latch_does_not_stop_its_holder),
        FACT(holders_exclude_each_other_and_the_living_are_never_broken),
        FACT(a_killed_holder_does_not_block_others),
    };

    return facts_run("store/latch", facts, sizeof(facts) / sizeof(facts[0]));
}
