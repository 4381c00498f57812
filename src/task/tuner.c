#include "task/tuner.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define FADING         0.98 /* of what is known, per window */
#define CLEARLY        0.97 /* by so much another delay must be better to be taken */
#define AS_GOOD        1.02 /* of delays within this factor of the best the smallest is taken */
#define HOPELESS       1.25 /* so far from the best the grid is not followed further */
#define FIRST_PLACE    2u /* of the grid: hardly as idle as 0, or as stale as the last */
#define HARDLY_IDLE    0.04 /* a larger delay can gain no more than this */
#define MOST           0.6 /* of the windows of a delay: without progress they rule it out */
#define PROBE_PERIOD   16u /* windows between two probes */
#define PROBE_LENGTH   2u  /* windows of a probe */
#define LEAST_STRETCH  16u /* windows; fewer go backwards by chance */
#define MOST_STRETCH   24u
#define STRETCH_LAG    8u   /* windows before a stretch that may have caused it */
#define CEILING_PERIOD 128u /* windows for which a ceiling holds */
#define NO_PROGRESS    0.3  /* of the window before: what no progress at all counts for */
#define FIRST_COST     0.001
#define COST_STEP      1.25
#define NUM_COSTS      40
#define LEAST_NOISE    0.02 /* variance of a change of log progress */
#define LIKELY_COST    0.05

void tern_tuner_init(tern_tuner_t *tuner, uint32_t max_delay)
{
    memset(tuner, 0, sizeof *tuner);
    tuner->num_grid = 1; /* 0 */
    for (uint32_t d = 1; tuner->num_grid < TERN_TUNER_MAX_GRID && d <= max_delay;
         d          = d > UINT32_MAX / 2 ? UINT32_MAX : 2 * d)
        tuner->grid[tuner->num_grid++] = d;
    tuner->until_probe = PROBE_PERIOD;
    tuner->ceiling     = tuner->num_grid - 1;
    tuner->place = FIRST_PLACE < tuner->num_grid ? FIRST_PLACE : tuner->num_grid - 1;
}

/* --- what is known --- */

static uint32_t planned_place(const tern_tuner_t *tuner, uint64_t number)
{
    return tuner->plan[number % sizeof tuner->plan];
}

/* Seconds per iteration by place, made to fall with the delay: a place that is slower than one before it shares its
 * measurements with that one (pool adjacent violators). Places that were not tried have 0. */
static void smooth_seconds(const tern_tuner_t *tuner, double seconds[])
{
    double   sum[TERN_TUNER_MAX_GRID], weight[TERN_TUNER_MAX_GRID];
    uint32_t first[TERN_TUNER_MAX_GRID + 1], num_blocks = 0;

    for (uint32_t g = 0; g < tuner->num_grid; g++) {
        if (tuner->iterations[g] == 0)
            continue;
        first[num_blocks]  = g;
        sum[num_blocks]    = tuner->seconds[g];
        weight[num_blocks] = tuner->iterations[g];
        num_blocks++;
        while (num_blocks > 1 && sum[num_blocks - 1] * weight[num_blocks - 2] >
                                     sum[num_blocks - 2] * weight[num_blocks - 1]) {
            num_blocks--;
            sum[num_blocks - 1] += sum[num_blocks];
            weight[num_blocks - 1] += weight[num_blocks];
        }
    }
    first[num_blocks] = tuner->num_grid;
    memset(seconds, 0, tuner->num_grid * sizeof *seconds);
    for (uint32_t b = 0; b < num_blocks; b++)
        for (uint32_t g = first[b]; g < first[b + 1]; g++)
            if (tuner->iterations[g] > 0)
                seconds[g] = sum[b] / weight[b];
}

static double worth(const tern_tuner_t *tuner, double cost, uint32_t place)
{
    return 1 / (1 + cost * tuner->grid[place]);
}

/* Sum of squares that a cost of staleness leaves unexplained of the changes between neighbouring windows: each is the change of
 * the worth of an iteration, and a fading that is in proportion to what was done meanwhile and the same for all. */
static double misfit(const tern_tuner_t *tuner, double cost)
{
    uint64_t end    = tuner->first_pending;
    uint64_t begin  = end > TERN_TUNER_MAX_HISTORY ? end - TERN_TUNER_MAX_HISTORY : 0;
    double   weight = 1, cc = 0, cd = 0, dd = 0;

    for (uint64_t n = end; n-- > begin + 1; weight *= FADING) {
        uint32_t before = planned_place(tuner, n - 1), after = planned_place(tuner, n);
        double   work   = (worth(tuner, cost, before) + worth(tuner, cost, after)) / 2;
        double   change = tuner->history[n % TERN_TUNER_MAX_HISTORY] -
                        tuner->history[(n - 1) % TERN_TUNER_MAX_HISTORY] -
                        log(worth(tuner, cost, after) / worth(tuner, cost, before));

        cc += weight * change * change;
        cd += weight * change * work;
        dd += weight * work * work;
    }
    return dd > 0 ? cc - cd * cd / dd : 0;
}

/* The cost that explains most, if `doubt` speaks against large ones. */
static double fit_cost(const tern_tuner_t *tuner, double doubt)
{
    double best = misfit(tuner, 0), best_cost = 0, cost = FIRST_COST;

    for (int i = 0; i < NUM_COSTS; i++, cost *= COST_STEP) {
        double rest = misfit(tuner, cost) + doubt * cost / LIKELY_COST;

        if (rest < best) {
            best      = rest;
            best_cost = cost;
        }
    }
    return best_cost;
}

/* Variance of the changes that the best fit leaves unexplained. */
static double noise(const tern_tuner_t *tuner)
{
    uint64_t num    = tuner->first_pending < TERN_TUNER_MAX_HISTORY ? tuner->first_pending
                                                                    : TERN_TUNER_MAX_HISTORY;
    double   weight = (1 - pow(FADING, (double)num)) / (1 - FADING) - 3;
    double   rest   = weight > 3 ? misfit(tuner, fit_cost(tuner, 0)) / weight : 0;

    return rest > LEAST_NOISE ? rest : LEAST_NOISE;
}

/* What an iteration brought, of what was expected of it if that is known. */
static double progress_of(const tern_tuner_window_t *window)
{
    if (isnan(window->expected))
        return window->progress / window->num_iterations;
    return window->expected > 0 ? window->progress / window->expected : 1;
}

/* A window without progress counts for a small part of the last one that had some. */
static void note_progress(tern_tuner_t *tuner, uint32_t place,
                          const tern_tuner_window_t *window)
{
    uint64_t n       = tuner->first_pending;
    double   brought = progress_of(window);
    double   least = tuner->last_progress + log(NO_PROGRESS), now = least;

    tuner->progress[n % TERN_TUNER_MAX_HISTORY] = window->progress;
    tuner->lost[place] += !(brought > 0);
    if (brought > 0) {
        now = log(brought);
        if (tuner->has_progressed && now < least)
            now = least;
        tuner->last_progress  = now;
        tuner->has_progressed = true;
    }
    tuner->history[n % TERN_TUNER_MAX_HISTORY] = now;
}

/* The largest delay before and in a stretch that begins with window `first`, and larger ones, are too large. */
static void lower_ceiling(tern_tuner_t *tuner, uint64_t first)
{
    uint32_t highest = 0;

    for (uint64_t n = first > STRETCH_LAG ? first - STRETCH_LAG : 0;
         n < tuner->first_pending; n++)
        if (planned_place(tuner, n) > highest)
            highest = planned_place(tuner, n);
    if (highest > 0 && highest <= tuner->ceiling) {
        tuner->ceiling   = highest - 1;
        tuner->lifted_at = tuner->num_planned + CEILING_PERIOD;
    }
    tuner->judged_from = tuner->num_planned + STRETCH_LAG;
}

static void judge_stretches(tern_tuner_t *tuner)
{
    uint64_t end = tuner->first_pending;
    double   sum = 0;

    for (uint64_t n = end; n-- > tuner->judged_from && end - n <= MOST_STRETCH;) {
        sum += tuner->progress[n % TERN_TUNER_MAX_HISTORY];
        if (end - n >= LEAST_STRETCH && sum < 0) {
            lower_ceiling(tuner, n);
            return;
        }
    }
    if (end == tuner->lifted_at)
        tuner->ceiling = tuner->num_grid - 1;
}

void tern_tuner_note(tern_tuner_t *tuner, const tern_tuner_window_t *window)
{
    uint32_t place = planned_place(tuner, tuner->first_pending);

    assert(tuner->first_pending < tuner->num_planned);
    for (uint32_t g = 0; g < tuner->num_grid; g++) {
        tuner->seconds[g] *= FADING;
        tuner->iterations[g] *= FADING;
        tuner->windows[g] *= FADING;
        tuner->lost[g] *= FADING;
    }
    tuner->seconds[place] += window->seconds;
    tuner->iterations[place] += window->num_iterations;
    tuner->idle[place] = window->idle_share;
    tuner->windows[place] += 1;
    note_progress(tuner, place, window);
    tuner->first_pending++;
    judge_stretches(tuner);
    tuner->staleness_cost = fit_cost(tuner, noise(tuner));
}

/* --- what is best --- */

static bool is_ruinous(const tern_tuner_t *tuner, uint32_t place)
{
    return place > tuner->ceiling ||
           (place > 0 && tuner->lost[place] > MOST * tuner->windows[place]);
}

/* 0: not tried, or out of the question. */
static void costs_of(const tern_tuner_t *tuner, double costs[])
{
    bool is_too_large = false;

    smooth_seconds(tuner, costs);
    for (uint32_t g = 0; g < tuner->num_grid; g++) {
        is_too_large = is_too_large || is_ruinous(tuner, g);
        costs[g] = is_too_large ? 0 : costs[g] / worth(tuner, tuner->staleness_cost, g);
    }
}

static double lowest(const tern_tuner_t *tuner, const double costs[])
{
    double low = 0;

    for (uint32_t g = 0; g < tuner->num_grid; g++)
        if (costs[g] > 0 && (low == 0 || costs[g] < low))
            low = costs[g];
    return low;
}

static uint32_t highest_allowed(const tern_tuner_t *tuner)
{
    uint32_t place = 0;

    while (place + 1 < tuner->num_grid && !is_ruinous(tuner, place + 1))
        place++;
    return place;
}

/* Of those that are about as good as the best, the one with the least staleness; of those of which nothing is known, the largest. */
static uint32_t best_place(const tern_tuner_t *tuner, const double costs[])
{
    double low = lowest(tuner, costs);

    for (uint32_t g = 0; g < tuner->num_grid; g++)
        if (costs[g] > 0 && costs[g] <= AS_GOOD * low)
            return g;
    return highest_allowed(tuner);
}

/* --- what to do next --- */

static bool is_known(const tern_tuner_t *tuner, uint32_t place)
{
    return tuner->iterations[place] > 0;
}

/* Nothing larger than `place` can be better: it leaves nobody idle, ruins the run, or is far from the best already. */
static bool is_far_enough_up(const tern_tuner_t *tuner, uint32_t place,
                             const double costs[])
{
    return place >= tuner->ceiling || is_ruinous(tuner, place) ||
           tuner->idle[place] < HARDLY_IDLE ||
           costs[place] > HOPELESS * lowest(tuner, costs);
}

static uint32_t settle(tern_tuner_t *tuner, const double costs[])
{
    tuner->stage = TERN_TUNER_SETTLED;
    tuner->best  = best_place(tuner, costs);
    return tuner->best;
}

static uint32_t go_down(tern_tuner_t *tuner, const double costs[])
{
    double low = lowest(tuner, costs);

    tuner->stage = TERN_TUNER_DOWN;
    if (tuner->place > tuner->ceiling)
        return tuner->ceiling;
    /* Below the best, what is hopeless need not be tried again. */
    if (tuner->place == 0 || (tuner->place <= best_place(tuner, costs) &&
                              costs[tuner->place - 1] > HOPELESS * low))
        return settle(tuner, costs);
    return tuner->place - 1;
}

/* A delay is kept until it is known what it does: a larger one may be worse by far. */
static uint32_t go_up(tern_tuner_t *tuner, const double costs[])
{
    if (!is_known(tuner, tuner->place))
        return tuner->place;
    if (is_far_enough_up(tuner, tuner->place, costs))
        return go_down(tuner, costs);
    return tuner->place + 1;
}

static void begin_probe(tern_tuner_t *tuner)
{
    bool can_go_up   = tuner->best < tuner->ceiling;
    bool can_go_down = tuner->best > 0;

    tuner->until_probe = PROBE_PERIOD;
    tuner->probes_up   = !tuner->probes_up;
    if (!can_go_up && !can_go_down)
        return;
    tuner->probe_left  = PROBE_LENGTH;
    tuner->probe_place = (tuner->probes_up && can_go_up) || !can_go_down
                             ? tuner->best + 1
                             : tuner->best - 1;
}

static uint32_t stay(tern_tuner_t *tuner, const double costs[])
{
    uint32_t best = best_place(tuner, costs);

    if (costs[tuner->best] == 0 || costs[best] < CLEARLY * costs[tuner->best])
        tuner->best = best;
    if (tuner->probe_place > tuner->ceiling)
        tuner->probe_left = 0;
    if (tuner->probe_left == 0 && --tuner->until_probe == 0)
        begin_probe(tuner);
    if (tuner->probe_left == 0)
        return tuner->best;
    tuner->probe_left--;
    return tuner->probe_place;
}

uint32_t tern_tuner_plan(tern_tuner_t *tuner)
{
    double costs[TERN_TUNER_MAX_GRID];

    assert(tuner->num_planned - tuner->first_pending < TERN_TUNER_MAX_HISTORY);
    costs_of(tuner, costs);
    switch (tuner->stage) {
    case TERN_TUNER_UP:
        tuner->place = go_up(tuner, costs);
        break;
    case TERN_TUNER_DOWN:
        tuner->place = go_down(tuner, costs);
        break;
    case TERN_TUNER_SETTLED:
        tuner->place = stay(tuner, costs);
        break;
    }
    tuner->plan[tuner->num_planned++ % sizeof tuner->plan] = (uint8_t)tuner->place;
    return tuner->grid[tuner->place];
}
