/** \file
 * The clock board under threads and processes.
 *
 * A lost wake-up would make a wait without time-out hang, which the alarm in main() turns into a failure.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/facts.h"
#include "sync/board.h"
#include "tern/random.h"

enum { NUM_WORKERS = 5, FOREVER = -1 };

static tern_board_t *new_board(uint32_t num_workers, bool holds_all)
{
    void *memory = mmap(NULL, tern_board_bytes(num_workers), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CU_ASSERT_FATAL(memory != MAP_FAILED);
    tern_board_init(memory, num_workers, holds_all);
    return memory;
}

static void free_board(tern_board_t *board, uint32_t num_workers)
{
    munmap(board, tern_board_bytes(num_workers));
}

static void wait_until(tern_board_t *board, tern_lane_t lane, uint64_t clock)
{
    while (!tern_board_wait(board, lane, clock, (uint64_t)FOREVER))
        ;
}

/* One worker's life: `body` runs as a thread or a process of its own. */
typedef struct worker {
    tern_board_t *board;
    uint32_t      slot;
    uint64_t      num_steps;
    uint64_t      staleness;
    bool          leaves_early;
    bool (*body)(const struct worker *worker);
    bool went_well;
} worker_t;

static void *run_thread(void *context)
{
    worker_t *worker = context;

    worker->went_well = worker->body(worker);
    return NULL;
}

static bool run_as_threads(worker_t workers[], size_t num_workers)
{
    pthread_t threads[NUM_WORKERS];
    bool      went_well = true;

    for (size_t i = 0; i < num_workers; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, run_thread, &workers[i]),
                              0);
    for (size_t i = 0; i < num_workers; i++) {
        pthread_join(threads[i], NULL);
        went_well = went_well && workers[i].went_well;
    }
    return went_well;
}

static bool run_as_processes(worker_t workers[], size_t num_workers)
{
    pid_t pids[NUM_WORKERS];
    bool  went_well = true;

    for (size_t i = 0; i < num_workers; i++) {
        pids[i] = fork();
        CU_ASSERT_FATAL(pids[i] >= 0);
        if (pids[i] == 0) {
            alarm(60);
            _exit(workers[i].body(&workers[i]) ? 0 : 1);
        }
    }
    for (size_t i = 0; i < num_workers; i++) {
        int status = -1;

        waitpid(pids[i], &status, 0);
        went_well = went_well && status == 0;
    }
    return went_well;
}

static void fill_workers(worker_t workers[NUM_WORKERS], worker_t pattern)
{
    for (uint32_t i = 0; i < NUM_WORKERS; i++) {
        workers[i]      = pattern;
        workers[i].slot = i;
    }
}

static uint64_t least_clock(const tern_board_t *board, uint32_t num_workers)
{
    uint64_t least = TERN_CLOCK_LEFT;

    for (uint32_t slot = 0; slot < num_workers; slot++) {
        uint64_t clock = tern_board_worker_clock(board, TERN_LANE_CLOCK, slot);

        least = clock < least ? clock : least;
    }
    return least;
}

/* Step as the staleness rule allows; false if the rule was ever broken. */
static bool step_under_a_bound(const worker_t *worker)
{
    for (uint64_t clock = 1; clock <= worker->num_steps; clock++) {
        uint64_t required = clock > worker->staleness ? clock - worker->staleness : 0;

        if (worker->leaves_early && clock == worker->num_steps / 3)
            break;
        tern_board_publish(worker->board, TERN_LANE_CLOCK, worker->slot, clock);
        wait_until(worker->board, TERN_LANE_CLOCK, required);
        if (least_clock(worker->board, NUM_WORKERS) < required)
            return false;
    }
    tern_board_publish(worker->board, TERN_LANE_CLOCK, worker->slot, TERN_CLOCK_LEFT);
    return true;
}

static void zeroed_memory_is_everybody_at_clock_zero(void)
{
    tern_board_t *board = new_board(NUM_WORKERS, true);

    for (int lane = 0; lane < TERN_NUM_LANES; lane++) {
        CU_ASSERT_EQUAL(tern_board_node_min(board, lane, NULL), 0);
        CU_ASSERT_EQUAL(tern_board_global_min(board, lane), 0);
        for (uint32_t slot = 0; slot < NUM_WORKERS; slot++)
            CU_ASSERT_EQUAL(tern_board_worker_clock(board, lane, slot), 0);
    }
    free_board(board, NUM_WORKERS);
}

static void board_without_workers_holds_nobody(void)
{
    tern_board_t *board = new_board(0, false);

    CU_ASSERT_EQUAL(tern_board_node_min(board, TERN_LANE_CLOCK, NULL), TERN_CLOCK_LEFT);
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_CLOCK), 0);
    free_board(board, 0);
}

/* Random publishes, one at a time, against the definition of a minimum. */
static void node_minimum_follows_the_slowest(void)
{
    enum { NUM_SLOTS = 300 };
    tern_board_t *board    = new_board(NUM_SLOTS, false);
    uint64_t      node_min = 0;

    for (uint64_t i = 0; i < 20000; i++) {
        uint32_t slot  = (uint32_t)tern_random_below(1, 1, i, NUM_SLOTS);
        uint64_t clock = tern_board_worker_clock(board, TERN_LANE_CLOCK, slot) +
                         tern_random_below(1, 2, i, 3);
        bool     has_risen = tern_board_publish(board, TERN_LANE_CLOCK, slot, clock);
        uint64_t expected  = least_clock(board, NUM_SLOTS);
        uint32_t laggard;

        CU_ASSERT_EQUAL(tern_board_node_min(board, TERN_LANE_CLOCK, &laggard), expected);
        CU_ASSERT_EQUAL(tern_board_worker_clock(board, TERN_LANE_CLOCK, laggard),
                        expected);
        CU_ASSERT_EQUAL(has_risen, expected > node_min);
        node_min = expected;
    }
    CU_ASSERT(node_min > 0);
    CU_ASSERT_EQUAL(tern_board_node_min(board, TERN_LANE_BARRIER, NULL), 0);
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_CLOCK), 0);
    free_board(board, NUM_SLOTS);
}

static bool publish_one_after_the_other(const worker_t *worker)
{
    for (uint64_t clock = 1; clock <= worker->num_steps; clock++) {
        tern_board_publish(worker->board, TERN_LANE_CLOCK, worker->slot, clock);
        if (tern_board_node_min(worker->board, TERN_LANE_CLOCK, NULL) > clock)
            return false;
    }
    return true;
}

/* Nobody publishes afterwards to repair what two at once might have missed. */
static void minimum_is_exact_after_publishes_at_once(void)
{
    enum { NUM_ROUNDS = 3000, NUM_STEPS = 10 };
    tern_board_t *board = new_board(NUM_WORKERS, true);
    worker_t      workers[NUM_WORKERS];
    uint64_t      num_exact = 0;

    for (int round = 0; round < NUM_ROUNDS / NUM_STEPS; round++) {
        memset(board, 0, tern_board_bytes(NUM_WORKERS));
        tern_board_init(board, NUM_WORKERS, true);
        fill_workers(workers, (worker_t){.board     = board,
                                         .num_steps = NUM_STEPS,
                                         .body      = publish_one_after_the_other});
        CU_ASSERT(run_as_threads(workers, NUM_WORKERS));
        num_exact += tern_board_node_min(board, TERN_LANE_CLOCK, NULL) == NUM_STEPS &&
                     tern_board_global_min(board, TERN_LANE_CLOCK) == NUM_STEPS;
    }
    CU_ASSERT_EQUAL(num_exact, NUM_ROUNDS / NUM_STEPS);
    free_board(board, NUM_WORKERS);
}

static void threads_never_see_a_gap_beyond_the_bound(void)
{
    for (uint64_t staleness = 0; staleness <= 3; staleness++) {
        tern_board_t *board = new_board(NUM_WORKERS, true);
        worker_t      workers[NUM_WORKERS];

        fill_workers(workers, (worker_t){.board     = board,
                                         .num_steps = 1500,
                                         .staleness = staleness,
                                         .body      = step_under_a_bound});
        CU_ASSERT(run_as_threads(workers, NUM_WORKERS));
        CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_CLOCK), TERN_CLOCK_LEFT);
        free_board(board, NUM_WORKERS);
    }
}

static void processes_never_see_a_gap_beyond_the_bound(void)
{
    for (uint64_t staleness = 0; staleness <= 2; staleness++) {
        tern_board_t *board = new_board(NUM_WORKERS, true);
        worker_t      workers[NUM_WORKERS];

        fill_workers(workers, (worker_t){.board     = board,
                                         .num_steps = 1500,
                                         .staleness = staleness,
                                         .body      = step_under_a_bound});
        CU_ASSERT(run_as_processes(workers, NUM_WORKERS));
        CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_CLOCK), TERN_CLOCK_LEFT);
        free_board(board, NUM_WORKERS);
    }
}

static void who_has_left_holds_nobody(void)
{
    tern_board_t *board = new_board(NUM_WORKERS, true);
    worker_t      workers[NUM_WORKERS];

    fill_workers(
        workers,
        (worker_t){.board = board, .num_steps = 900, .body = step_under_a_bound});
    workers[0].leaves_early = true;
    workers[3].leaves_early = true;
    CU_ASSERT(run_as_threads(workers, NUM_WORKERS));
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_CLOCK), TERN_CLOCK_LEFT);
    free_board(board, NUM_WORKERS);
}

/* Each waits for the other in turn, so that every step needs its own wake-up. */
static bool alternate(const worker_t *worker)
{
    for (uint64_t round = 0; round < worker->num_steps; round++) {
        tern_lane_t mine   = worker->slot == 0 ? TERN_LANE_CLOCK : TERN_LANE_BARRIER;
        tern_lane_t theirs = worker->slot == 0 ? TERN_LANE_BARRIER : TERN_LANE_CLOCK;

        if (worker->slot == 1)
            wait_until(worker->board, theirs, round + 1);
        tern_board_raise_global(worker->board, mine, round + 1, 0);
        if (worker->slot == 0)
            wait_until(worker->board, theirs, round + 1);
    }
    return true;
}

static void no_wait_sleeps_past_its_wake_up(void)
{
    tern_board_t *board      = new_board(2, false);
    worker_t      workers[2] = {
             {.board = board, .slot = 0, .num_steps = 20000, .body = alternate},
             {.board = board, .slot = 1, .num_steps = 20000, .body = alternate}};

    CU_ASSERT(run_as_threads(workers, 2));
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_BARRIER), 20000);
    free_board(board, 2);

    board            = new_board(2, false);
    workers[0].board = workers[1].board = board;
    CU_ASSERT(run_as_processes(workers, 2));
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_BARRIER), 20000);
    free_board(board, 2);
}

static atomic_int num_sleepers;

static bool sleep_once(const worker_t *worker)
{
    bool has_reached = tern_board_wait(
        worker->board, worker->slot % 2 ? TERN_LANE_CLOCK : TERN_LANE_BARRIER, 1,
        (uint64_t)FOREVER);

    atomic_fetch_sub(&num_sleepers, 1);
    return !has_reached;
}

static void wake_ends_the_waits_of_all_lanes(void)
{
    tern_board_t *board = new_board(NUM_WORKERS, true);
    worker_t      workers[NUM_WORKERS];
    pthread_t     threads[NUM_WORKERS];

    atomic_store(&num_sleepers, NUM_WORKERS);
    fill_workers(workers, (worker_t){.board = board, .body = sleep_once});
    for (int i = 0; i < NUM_WORKERS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, run_thread, &workers[i]),
                              0);
    while (atomic_load(&num_sleepers) > 0) { /* some may not be asleep yet */
        tern_board_wake(board);
        sched_yield();
    }
    for (int i = 0; i < NUM_WORKERS; i++) {
        pthread_join(threads[i], NULL);
        CU_ASSERT(workers[i].went_well);
    }
    free_board(board, NUM_WORKERS);
}

static void wait_without_hope_ends_by_its_time_out(void)
{
    tern_board_t *board = new_board(1, true);

    CU_ASSERT_FALSE(tern_board_wait(board, TERN_LANE_CLOCK, 1, 0));
    CU_ASSERT_FALSE(tern_board_wait(board, TERN_LANE_CLOCK, 1, 1000));
    CU_ASSERT_TRUE(tern_board_wait(board, TERN_LANE_CLOCK, 0, 0));
    free_board(board, 1);
}

static void global_minimum_only_rises(void)
{
    tern_board_t *board = new_board(2, false);

    tern_board_publish(board, TERN_LANE_CLOCK, 0, 9);
    tern_board_publish(board, TERN_LANE_CLOCK, 1, 9);
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_CLOCK), 0);
    CU_ASSERT_EQUAL(tern_board_laggard(board, TERN_LANE_CLOCK), -1);
    tern_board_raise_global(board, TERN_LANE_CLOCK, 5, 17);
    tern_board_raise_global(board, TERN_LANE_CLOCK, 4, 18);
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_CLOCK), 5);
    CU_ASSERT_EQUAL(tern_board_laggard(board, TERN_LANE_CLOCK), 17);
    tern_board_raise_global(board, TERN_LANE_CLOCK, 5, 19);
    CU_ASSERT_EQUAL(tern_board_laggard(board, TERN_LANE_CLOCK), 19);
    CU_ASSERT_EQUAL(tern_board_global_min(board, TERN_LANE_BARRIER), 0);
    free_board(board, 2);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(zeroed_memory_is_everybody_at_clock_zero),
        FACT(board_without_workers_holds_nobody),
        FACT(node_minimum_follows_the_slowest),
        FACT(minimum_is_exact_after_publishes_at_once),
        FACT(threads_never_see_a_gap_beyond_the_bound),
        FACT(processes_never_see_a_gap_beyond_the_bound),
        FACT(who_has_left_holds_nobody),
        FACT(no_wait_sleeps_past_its_wake_up),
        FACT(wake_ends_the_waits_of_all_lanes),
        FACT(wait_without_hope_ends_by_its_time_out),
        FACT(global_minimum_only_rises),
    };

    alarm(120);
    return facts_run("sync/board", facts, sizeof(facts) / sizeof(facts[0]));
}
