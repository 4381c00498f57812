/** \file
 * Every worker has a tuner of its own and tells it the same, so that all plan the same delays.
 *
 * The control table has a row for each worker and each of the last windows: what the window was to that worker; and a row for
 * each worker that says since when it takes no part. Window w is planned when a worker enters it, from windows up to
 * w - 1 - lag. By then all workers have passed these if they are no more than `lag` windows apart; a worker that is further ahead
 * waits. A row is used again 2 lag + 2 windows later, when everybody has read it: who writes for window w has seen w - 1 - lag of
 * all, who had then read up to w - 2 - 2 lag.
 */
#include "tern/delay_auto.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "client/client.h"
#include "runtime/runtime.h"
#include "task/tuner.h"
#include "tern/access.h"
#include "tern/sync.h"
#include "tern/table.h"

#define DEFAULT_DELAY  16u
#define DEFAULT_WINDOW 8u
#define LOOK_NS        100000u /* between two looks at the table */

/* Columns of a row; of a row that says since when a worker takes no part, the first one. */
enum {
    STAMP,
    SECONDS,
    IDLE,
    PROGRESS,
    EXPECTED,
    NUM_COLUMNS
}; /* stamp: number of the window + 1; 0: none */

struct tern_delay_auto {
    tern_runtime_t *runtime;
    tern_table_t   *table;
    tern_tuner_t    tuner;
    size_t          first_worker, num_workers,
        own; /* of the caller's group; the caller's place in it */
    uint32_t window_length, lag, num_slots;
    uint64_t num_iterations; /* finished */
    uint32_t delay;

    /* The present window of this worker. */
    double progress, expected, begun_seconds, begun_busy;

    double          sent[NUM_COLUMNS]; /* kept until its request has completed */
    tern_request_t *sending;

    /* Of a wait for a window: its rows, then those of workers that have left. */
    tern_key_t *keys;            /* [2 * num_workers] */
    double (*rows)[NUM_COLUMNS]; /* [2 * num_workers] */
    uint64_t        wanted;      /* the window */
    tern_request_t *asking;
    uint64_t        next_look_ns;
    tern_status_t   status;
};

static size_t num_workers_of_all(const tern_delay_auto_t *automatic)
{
    return (size_t)automatic->runtime->group->num_workers;
}

/* The workers that go together are those of the caller's group. */
static void find_companions(tern_delay_auto_t *automatic)
{
    const tern_group_t *group        = automatic->runtime->group;
    int                 worker_group = tern_group_own_worker_group(group);

    if (worker_group < 0)
        return;
    automatic->first_worker = (size_t)group->worker_group_begins[worker_group];
    automatic->num_workers  = (size_t)tern_group_num_workers_of(group, worker_group);
    automatic->own = (size_t)tern_worker(automatic->runtime) - automatic->first_worker;
}

static tern_key_t key_of(const tern_delay_auto_t *automatic, uint64_t window,
                         size_t worker)
{
    return (window % automatic->num_slots) * num_workers_of_all(automatic) +
           automatic->first_worker + worker;
}

static tern_key_t key_of_leaving(const tern_delay_auto_t *automatic, size_t worker)
{
    return (tern_key_t)automatic->num_slots * num_workers_of_all(automatic) +
           automatic->first_worker + worker;
}

/* --- beginning and end --- */

static tern_status_t create_table(tern_delay_auto_t *automatic, const char *name)
{
    size_t num_rows        = (automatic->num_slots + 1) * num_workers_of_all(automatic);
    tern_table_desc_t desc = {.name  = name,
                              .keys  = {0, num_rows},
                              .width = NUM_COLUMNS,
                              .type  = TERN_FLOAT64,
                              .sync  = TERN_SYNC_ASYNC};

    return tern_table_create(automatic->runtime, &desc, &automatic->table);
}

static double busy_seconds(const tern_delay_auto_t *automatic)
{
    tern_phases_t *phases = &automatic->runtime->phases;

    tern_phase_enter(phases, phases->now); /* books the span that is under way */
    return (double)(phases->ticks[TERN_PHASE_COMPUTE] + phases->ticks[TERN_PHASE_APPLY]) *
           tern_timer_seconds_per_tick();
}

static void begin_window(tern_delay_auto_t *automatic)
{
    automatic->progress      = 0;
    automatic->expected      = 0;
    automatic->begun_seconds = tern_seconds(automatic->runtime);
    automatic->begun_busy    = busy_seconds(automatic);
}

static tern_status_t take_memory(tern_delay_auto_t *automatic)
{
    size_t n = 2 * automatic->num_workers;

    automatic->keys = tern_alloc(TERN_LOG_RUNTIME, n * sizeof *automatic->keys);
    automatic->rows = tern_alloc(TERN_LOG_RUNTIME, n * sizeof *automatic->rows);
    return automatic->keys != NULL && automatic->rows != NULL ? TERN_OK
                                                              : TERN_ERR_NO_MEMORY;
}

static void free_memory(tern_delay_auto_t *automatic)
{
    tern_free(TERN_LOG_RUNTIME, automatic->keys);
    tern_free(TERN_LOG_RUNTIME, automatic->rows);
    tern_free(TERN_LOG_RUNTIME, automatic);
}

tern_status_t tern_delay_auto_create(tern_runtime_t                  *runtime,
                                     const tern_delay_auto_options_t *options,
                                     tern_delay_auto_t              **auto_p)
{
    static const tern_delay_auto_options_t defaults = {.name = NULL};
    tern_delay_auto_t                     *automatic;
    uint32_t                               max_delay;
    tern_status_t                          status;

    if (runtime == NULL || auto_p == NULL) {
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "tern_delay_auto_create: no %s",
                 runtime == NULL ? "runtime" : "place for the controller");
        return TERN_ERR_ARG;
    }
    if (options == NULL)
        options = &defaults;
    automatic = tern_alloc_zeroed(TERN_LOG_RUNTIME, sizeof *automatic);
    if (automatic == NULL)
        return TERN_ERR_NO_MEMORY;
    max_delay          = options->max_delay > 0 ? options->max_delay : DEFAULT_DELAY;
    automatic->runtime = runtime;
    automatic->window_length = options->window > 0 ? options->window : DEFAULT_WINDOW;
    automatic->lag =
        1 + (max_delay + automatic->window_length - 1) / automatic->window_length;
    automatic->num_slots = 2 * automatic->lag + 2;
    tern_tuner_init(&automatic->tuner, max_delay);
    find_companions(automatic);
    status = tern_agree(runtime, take_memory(automatic));
    if (status == TERN_OK)
        status =
            create_table(automatic, options->name != NULL ? options->name : "delay-auto");
    if (status != TERN_OK) {
        free_memory(automatic);
        return status;
    }
    automatic->delay = tern_tuner_plan(&automatic->tuner);
    begin_window(automatic);
    *auto_p = automatic;
    return TERN_OK;
}

void tern_delay_auto_destroy(tern_delay_auto_t **auto_p)
{
    tern_delay_auto_t *automatic            = *auto_p;
    double             leaving[NUM_COLUMNS] = {0};
    tern_key_t         key;

    if (automatic == NULL)
        return;
    if (automatic->runtime->client != NULL) {
        key = key_of_leaving(automatic, automatic->own);
        leaving[STAMP] =
            (double)(automatic->num_iterations / automatic->window_length + 1);
        if (tern_wait(&automatic->asking) != TERN_OK ||
            tern_wait(&automatic->sending) != TERN_OK ||
            tern_set(automatic->table, 1, &key, leaving, NULL) != TERN_OK)
            tern_log(TERN_LOG_RUNTIME, TERN_LOG_WARN,
                     "could not tell the other workers that this one leaves '%s'",
                     tern_table_name(automatic->table));
    }
    free_memory(automatic);
    *auto_p = NULL;
}

/* --- what this worker tells the others --- */

/* The clock of the first window begins with the end of its first iteration: nobody says when that began. */
static double scale_of(const tern_delay_auto_t *automatic, uint64_t window)
{
    double length = automatic->window_length;

    return window == 0 && length > 1 ? length / (length - 1) : 1;
}

static tern_status_t end_window(tern_delay_auto_t *automatic)
{
    uint64_t window = automatic->num_iterations / automatic->window_length - 1;
    double   scale  = scale_of(automatic, window);
    double   seconds =
        scale * (tern_seconds(automatic->runtime) - automatic->begun_seconds);
    double        busy   = scale * (busy_seconds(automatic) - automatic->begun_busy);
    tern_key_t    key    = key_of(automatic, window, automatic->own);
    tern_status_t status = tern_wait(&automatic->sending);

    if (status != TERN_OK)
        return status;
    automatic->sent[STAMP]    = (double)(window + 1);
    automatic->sent[SECONDS]  = seconds;
    automatic->sent[IDLE]     = busy < seconds ? seconds - busy : 0;
    automatic->sent[PROGRESS] = automatic->progress;
    automatic->sent[EXPECTED] = automatic->expected;
    return tern_set(automatic->table, 1, &key, automatic->sent, &automatic->sending);
}

/* --- what they tell it --- */

static bool has_left(const tern_delay_auto_t *automatic, size_t worker)
{
    double stamp = automatic->rows[automatic->num_workers + worker][STAMP];

    return stamp > 0 && stamp <= (double)(automatic->wanted + 1);
}

static bool has_told(const tern_delay_auto_t *automatic, size_t worker)
{
    return automatic->rows[worker][STAMP] == (double)(automatic->wanted + 1);
}

static bool all_have_told(const tern_delay_auto_t *automatic)
{
    for (size_t w = 0; w < automatic->num_workers; w++)
        if (!has_told(automatic, w) && !has_left(automatic, w))
            return false;
    return true;
}

/* A tern_wait_done_fn: asks for the rows now and then. */
static bool is_known(void *context)
{
    tern_delay_auto_t *automatic = context;

    if (automatic->status != TERN_OK)
        return true;
    if (automatic->asking == NULL) {
        if (tern_timer_ns() < automatic->next_look_ns)
            return false;
        automatic->status =
            tern_pull(automatic->table, 2 * automatic->num_workers, automatic->keys,
                      automatic->rows, &automatic->asking);
        automatic->next_look_ns = tern_timer_ns() + LOOK_NS;
    }
    if (automatic->asking != NULL) {
        if (!tern_request_is_complete(automatic->asking))
            return false;
        automatic->status = tern_wait(&automatic->asking);
    }
    if (tern_node_stop_signal(automatic->runtime->node) != 0)
        automatic->status = TERN_ERR_STOPPED;
    return automatic->status != TERN_OK || all_have_told(automatic);
}

/* A tern_wait_sleep_fn: nobody wakes who looks at a table. */
static void sleep_until_look(void *context, uint64_t timeout_ns)
{
    struct timespec pause = {.tv_nsec =
                                 (long)(timeout_ns < LOOK_NS ? timeout_ns : LOOK_NS)};

    (void)context;
    nanosleep(&pause, NULL);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const tern_delay_auto_t *automatic = context;
    size_t                   w         = 0;

    while (w + 1 < automatic->num_workers &&
           (has_told(automatic, w) || has_left(automatic, w)))
        w++;
    snprintf(text, text_bytes, "worker %zu to finish window %llu of '%s'", w,
             (unsigned long long)automatic->wanted, tern_table_name(automatic->table));
}

/* Ask for the rows of a window, long before they are needed: its last worker has mostly told by now. */
static tern_status_t ask_for_window(tern_delay_auto_t *automatic, uint64_t window)
{
    automatic->wanted = window;
    for (size_t w = 0; w < automatic->num_workers; w++) {
        automatic->keys[w]                          = key_of(automatic, window, w);
        automatic->keys[automatic->num_workers + w] = key_of_leaving(automatic, w);
    }
    automatic->next_look_ns = tern_timer_ns();
    return tern_pull(automatic->table, 2 * automatic->num_workers, automatic->keys,
                     automatic->rows, &automatic->asking);
}

static tern_status_t wait_for_window(tern_delay_auto_t *automatic)
{
    tern_wait_for_t what = {.is_done  = is_known,
                            .describe = describe,
                            .sleep    = sleep_until_look,
                            .context  = automatic};
    tern_phase_t    before;

    automatic->status = TERN_OK;
    before            = tern_phase_enter(&automatic->runtime->phases, TERN_PHASE_WAIT);
    tern_waiter_wait(&automatic->runtime->waiter, &what);
    tern_phase_enter(&automatic->runtime->phases, before);
    return automatic->status;
}

/* What iterations brought of what was expected of them, where that is known. */
static double progress_of(double progress, double expected, double num_iterations)
{
    if (isnan(expected))
        return progress;
    return expected > 0 ? num_iterations * progress / expected : num_iterations;
}

/* Sums in the order of the workers: the same on all of them. */
static void note_window(tern_delay_auto_t *automatic)
{
    tern_tuner_window_t window = {.num_iterations = automatic->window_length};
    double              idle = 0, expected = 0;
    size_t              num = 0;

    for (size_t w = 0; w < automatic->num_workers; w++) {
        const double *row = automatic->rows[w];

        if (has_left(automatic, w))
            continue;
        num++;
        window.seconds += row[SECONDS];
        idle += row[IDLE];
        window.progress += row[PROGRESS];
        expected += row[EXPECTED];
    }
    window.idle_share = window.seconds > 0 ? idle / window.seconds : 0;
    window.seconds /= (double)num; /* the caller is one of them */
    window.progress = progress_of(window.progress, expected, window.num_iterations);
    tern_tuner_note(&automatic->tuner, &window);
}

static tern_status_t enter_window(tern_delay_auto_t *automatic)
{
    uint64_t      window = automatic->num_iterations / automatic->window_length;
    tern_status_t status = TERN_OK;

    if (window > automatic->lag) {
        status = wait_for_window(automatic);
        if (status != TERN_OK)
            return status;
        note_window(automatic);
    }
    if (window >= automatic->lag)
        status = ask_for_window(automatic, window - automatic->lag);
    if (status != TERN_OK)
        return status;
    automatic->delay = tern_tuner_plan(&automatic->tuner);
    begin_window(automatic);
    return TERN_OK;
}

/* --- public --- */

static tern_status_t check_step(const tern_delay_auto_t *automatic, double progress)
{
    const char *why = NULL;

    if (automatic == NULL)
        why = "no controller";
    else if (automatic->runtime->client == NULL)
        why = "only workers take steps";
    else if (!isfinite(progress))
        why = "progress is no number";
    if (why == NULL)
        return TERN_OK;
    tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "tern_delay_auto_step: %s", why);
    return TERN_ERR_ARG;
}

tern_status_t tern_delay_auto_step(tern_delay_auto_t *automatic, double progress,
                                   double expected, uint32_t *max_delay_p)
{
    tern_status_t status = check_step(automatic, progress);

    if (status != TERN_OK)
        return status;
    if (automatic->num_iterations == 0)
        begin_window(automatic);
    automatic->progress += progress;
    automatic->expected += expected;
    if (++automatic->num_iterations % automatic->window_length == 0) {
        status = end_window(automatic);
        if (status == TERN_OK)
            status = enter_window(automatic);
    }
    if (status == TERN_OK)
        *max_delay_p = automatic->delay;
    return status;
}

uint32_t tern_delay_auto_delay(const tern_delay_auto_t *automatic)
{
    return automatic->delay;
}

tern_delay_auto_state_t tern_delay_auto_get(const tern_delay_auto_t *automatic)
{
    const tern_tuner_t *tuner = &automatic->tuner;

    return (tern_delay_auto_state_t){.delay          = automatic->delay,
                                     .is_settled     = tuner->stage == TERN_TUNER_SETTLED,
                                     .best           = tuner->grid[tuner->best],
                                     .staleness_cost = tuner->staleness_cost,
                                     .num_windows    = tuner->first_pending};
}
