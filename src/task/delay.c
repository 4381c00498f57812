/** \file
 * Behind each iteration goes a *gate*, a task without a body that follows the iteration and the gate before it: it ends
 * when all iterations up to its own have. So iteration t has one more predecessor only, the gate of t - d - 1, and a new
 * delay gives the iterations that have not begun another gate.
 *
 * \code
 *   iteration 0 --> gate 0 --+--------> iteration 2        (largest delay 1)
 *                            v
 *   iteration 1 --> gate 1 --+--------> iteration 3
 * \endcode
 */
#include "task/delay.h"

#include <string.h>

#include "base/alloc.h"

#define MIN_WINDOW 16u

typedef struct iteration {
    tern_delay_t    *delay;
    uint64_t         number;
    uint64_t         timestamp, gate;
    uint64_t         follows; /* a gate; 0: none */
    tern_task_desc_t desc;    /* the user's; without `after` */
} iteration_t;

struct tern_delay {
    tern_graph_t *graph;
    uint32_t      max_delay;
    uint64_t      first,
        next; /* iterations [first, next) are in the window: not all up to them have finished */
    iteration_t **window; /* [size], a power of two; by number modulo size */
    size_t        size;
    bool          is_closed;      /* to be freed with its last iteration */
    uint64_t failed, failed_gate; /* the first iteration whose gate failed; 0: none has */
    uint64_t num_begun_at[TERN_DELAY_MAX_COUNTED + 1];
    uint64_t largest_staleness;
};

static void free_delay(tern_delay_t *delay)
{
    tern_free(TERN_LOG_TASK, delay->window);
    tern_free(TERN_LOG_TASK, delay);
}

tern_status_t tern_delay_open(tern_graph_t *graph, uint32_t max_delay,
                              tern_delay_t **delay_p)
{
    tern_delay_t *delay = tern_alloc_zeroed(TERN_LOG_TASK, sizeof *delay);

    if (delay == NULL)
        return TERN_ERR_NO_MEMORY;
    delay->graph     = graph;
    delay->max_delay = max_delay;
    *delay_p         = delay;
    return TERN_OK;
}

void tern_delay_destroy(tern_delay_t **delay_p)
{
    tern_delay_t *delay = *delay_p;

    if (delay == NULL)
        return;
    delay->is_closed = true;
    if (delay->first == delay->next)
        free_delay(delay);
    *delay_p = NULL;
}

static iteration_t **place_of(const tern_delay_t *delay, uint64_t number)
{
    return &delay->window[number & (delay->size - 1)];
}

static tern_status_t reserve_window(tern_delay_t *delay)
{
    tern_delay_t grown = *delay;

    if (delay->next - delay->first < delay->size)
        return TERN_OK;
    grown.size   = delay->size > 0 ? 2 * delay->size : MIN_WINDOW;
    grown.window = tern_alloc(TERN_LOG_TASK, grown.size * sizeof *grown.window);
    if (grown.window == NULL)
        return TERN_ERR_NO_MEMORY;
    for (uint64_t n = delay->first; n < delay->next; n++)
        *place_of(&grown, n) = *place_of(delay, n);
    tern_free(TERN_LOG_TASK, delay->window);
    *delay = grown;
    return TERN_OK;
}

/* The gate that an iteration has to follow; 0: it is open. One that has failed is remembered: all after it fail, too. */
static uint64_t gate_before(const tern_delay_t *delay, uint64_t number)
{
    uint64_t distance = (uint64_t)delay->max_delay + 1;

    if (number < distance)
        return 0;
    if (number - distance >= delay->first)
        return (*place_of(delay, number - distance))->gate;
    return number - distance >= delay->failed ? delay->failed_gate : 0;
}

/* --- what the tasks do --- */

static void note_staleness(tern_delay_t *delay, uint64_t staleness)
{
    uint64_t counted =
        staleness < TERN_DELAY_MAX_COUNTED ? staleness : TERN_DELAY_MAX_COUNTED;

    delay->num_begun_at[counted]++;
    if (staleness > delay->largest_staleness)
        delay->largest_staleness = staleness;
}

static tern_status_t run_iteration(tern_task_t *task, void *context)
{
    iteration_t *iteration = context;

    note_staleness(iteration->delay, iteration->number - iteration->delay->first);
    return iteration->desc.run == NULL
               ? TERN_OK
               : iteration->desc.run(task, iteration->desc.context);
}

static void end_iteration(const tern_task_result_t *result, void *context)
{
    const iteration_t *iteration = context;

    if (iteration->desc.done != NULL)
        iteration->desc.done(result, iteration->desc.context);
}

/* Gates end in order. */
static void end_gate(const tern_task_result_t *result, void *context)
{
    iteration_t  *iteration = context;
    tern_delay_t *delay     = iteration->delay;

    if (result->status < 0 && delay->failed_gate == 0) {
        delay->failed      = iteration->number;
        delay->failed_gate = result->timestamp;
    }
    delay->first = iteration->number + 1;
    tern_free(TERN_LOG_TASK, iteration);
    if (delay->is_closed && delay->first == delay->next)
        free_delay(delay);
}

/* --- submission --- */

static tern_status_t submit_iteration(tern_delay_t *delay, iteration_t *iteration)
{
    tern_task_desc_t desc      = iteration->desc;
    size_t           num_after = desc.num_after;
    uint64_t        *after = tern_alloc(TERN_LOG_TASK, (num_after + 1) * sizeof *after);
    tern_status_t    status;

    if (after == NULL)
        return TERN_ERR_NO_MEMORY;
    if (num_after > 0)
        memcpy(after, desc.after, num_after * sizeof *after);
    iteration->follows = gate_before(delay, iteration->number);
    after[num_after]   = iteration->follows;
    desc.num_after     = num_after + 1;
    desc.after         = after;
    desc.run           = run_iteration;
    desc.done          = end_iteration;
    desc.context       = iteration;
    status = tern_graph_submit(delay->graph, NULL, &desc, &iteration->timestamp);
    tern_free(TERN_LOG_TASK, after);
    return status;
}

/* Nothing of it can fail: memory is reserved, and nobody waits for it yet. */
static void submit_gate(tern_delay_t *delay, iteration_t *iteration)
{
    uint64_t         after[2] = {iteration->timestamp,
                         iteration->number > delay->first
                                     ? (*place_of(delay, iteration->number - 1))->gate
                                     : 0};
    tern_task_desc_t desc     = {.name      = "gate",
                                 .num_after = 2,
                                 .after     = after,
                                 .done      = end_gate,
                                 .context   = iteration};

    *place_of(delay, delay->next++) = iteration;
    iteration->gate                 = iteration->timestamp + 1;
    (void)!tern_graph_submit(delay->graph, NULL, &desc, NULL);
}

static tern_status_t check(const tern_delay_t *delay, const tern_task_desc_t *desc)
{
    if (delay != NULL && desc != NULL && (desc->num_after == 0 || desc->after != NULL))
        return TERN_OK;
    tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_delay_submit: no %s",
             delay == NULL  ? "sequence"
             : desc == NULL ? "description"
                            : "timestamps in after, though num_after is not 0");
    return TERN_ERR_ARG;
}

tern_status_t tern_delay_submit(tern_delay_t *delay, const tern_task_desc_t *desc,
                                uint64_t *timestamp_p)
{
    tern_status_t status = check(delay, desc);
    iteration_t  *iteration;

    if (status == TERN_OK)
        status = reserve_window(delay);
    if (status == TERN_OK)
        status = tern_graph_reserve(delay->graph, 2, desc->num_after + 3);
    if (status != TERN_OK)
        return status;
    iteration = tern_alloc_zeroed(TERN_LOG_TASK, sizeof *iteration);
    if (iteration == NULL)
        return TERN_ERR_NO_MEMORY;
    iteration->delay  = delay;
    iteration->number = delay->next;
    iteration->desc   = *desc;
    status            = submit_iteration(delay, iteration);
    if (status != TERN_OK) {
        tern_free(TERN_LOG_TASK, iteration);
        return status;
    }
    if (timestamp_p != NULL)
        *timestamp_p = iteration->timestamp;
    submit_gate(delay, iteration);
    return TERN_OK;
}

/* --- changes --- */

static tern_status_t follow_another_gate(const tern_delay_t *delay,
                                         iteration_t        *iteration)
{
    uint64_t before = iteration->follows;
    uint64_t after  = gate_before(delay, iteration->number);

    if (after == before || tern_graph_has_begun(delay->graph, iteration->timestamp))
        return TERN_OK;
    iteration->follows = after; /* now: with a failed gate it may end at once */
    return tern_graph_relink(delay->graph, iteration->timestamp, before, after);
}

tern_status_t tern_delay_set(tern_delay_t *delay, uint32_t max_delay)
{
    tern_status_t status = TERN_OK;

    if (delay == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_delay_set: no sequence");
        return TERN_ERR_ARG;
    }
    delay->max_delay = max_delay;
    for (uint64_t n = delay->first; n < delay->next; n++)
        if (n >= delay->first) { /* else it has just ended, with those before it */
            tern_status_t one = follow_another_gate(delay, *place_of(delay, n));

            if (status == TERN_OK)
                status = one;
        }
    return status;
}

/* --- questions --- */

uint32_t tern_delay_get(const tern_delay_t *delay)
{
    return delay->max_delay;
}

uint64_t tern_delay_num_submitted(const tern_delay_t *delay)
{
    return delay->next;
}

uint64_t tern_delay_num_finished(const tern_delay_t *delay)
{
    return delay->first;
}

uint64_t tern_delay_num_begun_at(const tern_delay_t *delay, uint32_t staleness)
{
    return staleness <= TERN_DELAY_MAX_COUNTED ? delay->num_begun_at[staleness] : 0;
}

uint64_t tern_delay_largest_staleness(const tern_delay_t *delay)
{
    return delay->largest_staleness;
}
