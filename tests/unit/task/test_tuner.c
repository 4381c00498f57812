/** \file
 * The tuner against a simulated cluster: eight workers whose tasks take log-normal times (sigma 0.5) obey a bounded delay d;
 * the target takes iterations + iterations * cost * d iterations. What the tuner is told has 10 % noise.
 */
#include "task/tuner.h"

#include <math.h>
#include <string.h>

#include "facts.h"
#include "tern/random.h"

#define NUM_WORKERS    8
#define MAX_ITERATIONS 4000
#define WINDOW         8
#define LAG            3 /* windows that pass before one is known */
#define MAX_DELAY      16
#define TARGET         1e-4 /* of the first distance from the optimum */
#define NOISE          0.1

typedef struct workload {
    double   iterations, cost;
    uint64_t seed;
} workload_t;

static struct {
    double   finished[MAX_ITERATIONS][NUM_WORKERS], idle[MAX_ITERATIONS][NUM_WORKERS];
    double   all_finished[MAX_ITERATIONS]; /* this iteration and those before */
    double   gap[MAX_ITERATIONS + 1];
    uint32_t delay[MAX_ITERATIONS];
} run;

static double max_of(double a, double b)
{
    return a > b ? a : b;
}

/* Mean 1. */
static double task_seconds(uint64_t seed, int worker, int iteration)
{
    return exp(0.5 * tern_random_normal(seed, (uint64_t)worker, (uint64_t)iteration) -
               0.125);
}

static void simulate_iteration(const workload_t *load, int t)
{
    int waits_for = t - (int)run.delay[t] - 1;

    run.all_finished[t] = t > 0 ? run.all_finished[t - 1] : 0;
    for (int w = 0; w < NUM_WORKERS; w++) {
        double free  = t > 0 ? run.finished[t - 1][w] : 0;
        double begin = waits_for >= 0 ? max_of(free, run.all_finished[waits_for]) : free;

        run.idle[t][w]      = begin - free;
        run.finished[t][w]  = begin + task_seconds(load->seed, w, t);
        run.all_finished[t] = max_of(run.all_finished[t], run.finished[t][w]);
    }
    run.gap[t + 1] = run.gap[t] * exp(log(TARGET) / load->iterations /
                                      (1 + load->cost * run.delay[t]));
}

static tern_tuner_window_t look_at_window(const workload_t *load, int window)
{
    int                 first = window * WINDOW, last = first + WINDOW - 1;
    tern_tuner_window_t result = {.num_iterations = WINDOW, .expected = NAN};
    double              idle   = 0;

    for (int w = 0; w < NUM_WORKERS; w++) {
        result.seconds +=
            run.finished[last][w] - (first > 0 ? run.finished[first - 1][w] : 0);
        for (int t = first; t <= last; t++)
            idle += run.idle[t][w];
    }
    result.idle_share = idle / result.seconds;
    result.seconds /= NUM_WORKERS;
    result.progress = (run.gap[first] - run.gap[last + 1]) *
                      (1 + NOISE * tern_random_normal(load->seed, 99, (uint64_t)window));
    return result;
}

/* Seconds to the target; with a tuner if there is one. */
static double simulate(const workload_t *load, tern_tuner_t *tuner, uint32_t delay)
{
    int t = 0;

    for (run.gap[0] = 1; run.gap[t] > TARGET; t++) {
        CU_ASSERT_FATAL(t < MAX_ITERATIONS);
        if (tuner != NULL && t % WINDOW == 0) {
            int known = t / WINDOW - 1 - LAG;

            if (known >= 0) {
                tern_tuner_window_t window = look_at_window(load, known);

                tern_tuner_note(tuner, &window);
            }
            delay = tern_tuner_plan(tuner);
        }
        run.delay[t] = delay;
        simulate_iteration(load, t);
    }
    return run.all_finished[t - 1];
}

static double best_fixed(const workload_t *load, uint32_t *delay_p)
{
    double best = INFINITY;

    for (uint32_t delay = 0; delay <= MAX_DELAY; delay++) {
        double seconds = simulate(load, NULL, delay);

        if (seconds < best) {
            best     = seconds;
            *delay_p = delay;
        }
    }
    return best;
}

/* How much longer a tuned run takes than the best run with a fixed delay, what it tries included. */
static double compare(const workload_t *load, uint32_t *best_p)
{
    tern_tuner_t tuner;

    tern_tuner_init(&tuner, MAX_DELAY);
    return simulate(load, &tuner, 0) / best_fixed(load, best_p);
}

/* In the mean of several runs; and none is much worse. */
static void runs_take_a_tenth_longer_at_most_than_with_the_best_delay(void)
{
    static const double costs[] = {0.002, 0.02, 0.2};
    uint32_t            best[3];

    for (int c = 0; c < 3; c++) {
        double sum = 0;

        for (uint64_t seed = 1; seed <= 5; seed++) {
            workload_t load  = {.iterations = 600, .cost = costs[c], .seed = seed};
            double     ratio = compare(&load, &best[c]);

            CU_ASSERT(ratio <= 1.15);
            sum += ratio;
        }
        CU_ASSERT(sum / 5 <= 1.1);
    }
    CU_ASSERT(best[0] > best[1] && best[1] > best[2]); /* else this proves little */
}

static void it_settles(void)
{
    workload_t   load = {.iterations = 600, .cost = 0.02, .seed = 5};
    tern_tuner_t tuner;
    int          num_changes = 0, num_iterations = 0;

    tern_tuner_init(&tuner, MAX_DELAY);
    simulate(&load, &tuner, 0);
    while (run.gap[num_iterations] > TARGET)
        num_iterations++;
    for (int t = num_iterations / 2; t < num_iterations; t++)
        num_changes += run.delay[t] != run.delay[t - 1];
    CU_ASSERT_EQUAL(tuner.stage, TERN_TUNER_SETTLED);
    CU_ASSERT(num_changes <= 10); /* there and back for a few probes */
}

/* Windows as a constant machine gives them. */
static void feed(tern_tuner_t *tuner, int num_windows, double (*seconds)(uint32_t),
                 double (*progress)(uint32_t))
{
    for (int n = 0; n < num_windows; n++) {
        uint32_t            delay  = tern_tuner_plan(tuner);
        tern_tuner_window_t window = {.num_iterations = 8,
                                      .seconds        = 8 * seconds(delay),
                                      .idle_share     = 0.3,
                                      .progress       = 8 * progress(delay),
                                      .expected       = NAN};

        tern_tuner_note(tuner, &window);
    }
}

static double faster(uint32_t delay)
{
    return 1 + 1.0 / (1 + delay);
}

static double always_one(uint32_t delay)
{
    (void)delay;
    return 1;
}

static double worse(uint32_t delay)
{
    return 1.0 / (1 + 2 * delay);
}

static double backwards(uint32_t delay)
{
    (void)delay;
    return -1;
}

static double diverging(uint32_t delay)
{
    return delay < 4 ? 1 : -1;
}

static void if_staleness_costs_nothing_the_fastest_is_taken(void)
{
    tern_tuner_t tuner;

    tern_tuner_init(&tuner, 32);
    feed(&tuner, 40, faster, always_one);
    CU_ASSERT(tuner.grid[tuner.best] >= 16);
}

static void if_nothing_is_gained_the_delay_is_zero(void)
{
    tern_tuner_t tuner;

    tern_tuner_init(&tuner, 32);
    feed(&tuner, 40, always_one, always_one);
    CU_ASSERT_EQUAL(tuner.grid[tuner.best], 0);
}

static void if_staleness_ruins_iterations_the_delay_is_zero(void)
{
    tern_tuner_t tuner;

    tern_tuner_init(&tuner, 32);
    feed(&tuner, 40, faster, worse);
    CU_ASSERT_EQUAL(tuner.grid[tuner.best], 0);
}

static void delays_with_which_nothing_converges_are_left(void)
{
    tern_tuner_t tuner;

    tern_tuner_init(&tuner, 32);
    feed(&tuner, 40, faster, diverging);
    CU_ASSERT(tuner.grid[tuner.best] < 4);
}

/* Whatever the delay of the windows in which that shows: for a time. */
static void if_the_run_goes_backwards_the_delay_is_taken_back(void)
{
    tern_tuner_t tuner;

    tern_tuner_init(&tuner, 32);
    feed(&tuner, 60, faster, always_one);
    CU_ASSERT(tuner.grid[tuner.best] >= 16);
    for (int n = 0; n < 20; n++)
        feed(&tuner, 1, faster, n % 3 == 0 ? always_one : backwards);
    feed(&tuner, 40, faster, always_one);
    CU_ASSERT(tuner.grid[tuner.best] <= 16);
    CU_ASSERT(tern_tuner_plan(&tuner) <= 16);
    CU_ASSERT_EQUAL(tuner.ceiling, tuner.num_grid - 2);
}

static void what_was_taken_back_is_tried_again_later(void)
{
    tern_tuner_t tuner;

    tern_tuner_init(&tuner, 32);
    feed(&tuner, 40, faster, always_one);
    feed(&tuner, 20, faster, backwards);
    CU_ASSERT(tuner.ceiling < tuner.num_grid - 1);
    feed(&tuner, 140, faster, always_one);
    CU_ASSERT_EQUAL(tuner.ceiling, tuner.num_grid - 1);
    CU_ASSERT(tuner.grid[tuner.best] >= 16);
}

static void where_nobody_is_idle_no_larger_delay_is_tried(void)
{
    tern_tuner_t        tuner;
    tern_tuner_window_t window = {
        .num_iterations = 8, .seconds = 8, .progress = 8, .expected = NAN};
    uint32_t first = 0;

    tern_tuner_init(&tuner, 32);
    for (int n = 0; n < 12; n++) {
        uint32_t delay = tern_tuner_plan(&tuner);

        first = n == 0 ? delay : first;
        CU_ASSERT(delay <= first);
        tern_tuner_note(&tuner, &window);
    }
    CU_ASSERT_EQUAL(tuner.grid[tuner.best], 0);
}

static void the_same_windows_give_the_same_delays(void)
{
    workload_t   load = {.iterations = 300, .cost = 0.05, .seed = 7};
    tern_tuner_t tuner;
    uint32_t     before[400];
    double       seconds;

    tern_tuner_init(&tuner, MAX_DELAY);
    seconds = simulate(&load, &tuner, 0);
    memcpy(before, run.delay, sizeof before);
    tern_tuner_init(&tuner, MAX_DELAY);
    CU_ASSERT_EQUAL(simulate(&load, &tuner, 0), seconds);
    CU_ASSERT_EQUAL(memcmp(before, run.delay, sizeof before), 0);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(runs_take_a_tenth_longer_at_most_than_with_the_best_delay),
        FACT(it_settles),
        FACT(if_staleness_costs_nothing_the_fastest_is_taken),
        FACT(if_nothing_is_gained_the_delay_is_zero),
        FACT(if_staleness_ruins_iterations_the_delay_is_zero),
        FACT(delays_with_which_nothing_converges_are_left),
        FACT(if_the_run_goes_backwards_the_delay_is_taken_back),
        FACT(what_was_taken_back_is_tried_again_later),
        FACT(where_nobody_is_idle_no_larger_delay_is_tried),
        FACT(the_same_windows_give_the_same_delays),
    };

    return facts_run("task/tuner", facts, sizeof facts / sizeof *facts);
}
