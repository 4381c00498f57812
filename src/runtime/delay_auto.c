/** \file
 * Every worker has a tuner of its own and tells it the same, so that all plan the same delays: a window is planned when a worker
 * enters it, from what earlier ones, up to `lag` before the last, were to all workers.
 */
#include "tern/delay_auto.h"

#include <math.h>

#include "base/alloc.h"
#include "client/client.h"
#include "runtime/runtime.h"
#include "runtime/windows.h"
#include "task/tuner.h"

#define DEFAULT_DELAY  16u
#define DEFAULT_WINDOW 8u

struct tern_delay_auto {
    tern_runtime_t *runtime;
    tern_windows_t *windows;
    tern_tuner_t    tuner;
    uint32_t        window_length, lag;
    uint64_t        num_iterations; /* finished */
    uint32_t        delay;

    /* The present window of this worker. */
    double progress, expected, begun_seconds, begun_busy;
};

/* --- beginning and end --- */

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
    tern_tuner_init(&automatic->tuner, max_delay);
    status =
        tern_windows_create(runtime, options->name != NULL ? options->name : "delay-auto",
                            automatic->lag, &automatic->windows);
    if (status != TERN_OK) {
        tern_free(TERN_LOG_RUNTIME, automatic);
        return status;
    }
    automatic->delay = tern_tuner_plan(&automatic->tuner);
    begin_window(automatic);
    *auto_p = automatic;
    return TERN_OK;
}

void tern_delay_auto_destroy(tern_delay_auto_t **auto_p)
{
    tern_delay_auto_t *automatic = *auto_p;

    if (automatic == NULL)
        return;
    tern_windows_destroy(&automatic->windows,
                         automatic->num_iterations / automatic->window_length);
    tern_free(TERN_LOG_RUNTIME, automatic);
    *auto_p = NULL;
}

/* --- windows --- */

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
    double             busy = scale * (busy_seconds(automatic) - automatic->begun_busy);
    tern_window_note_t note = {seconds, fmax(0, seconds - busy), automatic->progress,
                               automatic->expected};

    return tern_windows_tell(automatic->windows, window, &note);
}

/* Tell the tuner of the window that was asked for. */
static tern_status_t note_window(tern_delay_auto_t *automatic)
{
    tern_tuner_window_t window = {.num_iterations = automatic->window_length};
    tern_window_note_t  sum;
    size_t              num;
    tern_status_t       status = tern_windows_wait(automatic->windows, &sum, &num);

    if (status != TERN_OK)
        return status;
    window.idle_share = sum.seconds > 0 ? sum.idle_seconds / sum.seconds : 0;
    window.seconds    = sum.seconds / (double)num; /* the caller is one of them */
    window.progress   = sum.progress;
    window.expected   = sum.expected;
    tern_tuner_note(&automatic->tuner, &window);
    return TERN_OK;
}

static tern_status_t enter_window(tern_delay_auto_t *automatic)
{
    uint64_t      window = automatic->num_iterations / automatic->window_length;
    tern_status_t status = TERN_OK;

    if (window > automatic->lag)
        status = note_window(automatic);
    if (status == TERN_OK && window >= automatic->lag)
        status = tern_windows_ask(automatic->windows, window - automatic->lag);
    if (status != TERN_OK)
        return status;
    automatic->delay = tern_tuner_plan(&automatic->tuner);
    begin_window(automatic);
    return TERN_OK;
}

/* --- steps --- */

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
