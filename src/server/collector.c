#include "server/collector.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/simd.h"
#include "sync/tick.h"

#define LEFT UINT64_MAX

tern_status_t tern_collector_create(const tern_collector_shape_t *shape,
                                    tern_collector_t            **collector_p)
{
    tern_collector_t *collector = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *collector);

    if (collector == NULL)
        return TERN_ERR_NO_MEMORY;
    collector->shape     = *shape;
    collector->num_ended = tern_alloc_zeroed(
        TERN_LOG_SERVER, shape->num_workers * sizeof *collector->num_ended);
    if (collector->num_ended == NULL ||
        tern_vector_clock_init(&collector->taken, shape->keys, shape->num_workers) !=
            TERN_OK) {
        tern_collector_destroy(&collector);
        return TERN_ERR_NO_MEMORY;
    }
    *collector_p = collector;
    return TERN_OK;
}

static tern_step_t **place_of(const tern_collector_t *collector, uint64_t step)
{
    return &collector->open[step & (collector->max_open - 1)];
}

void tern_collector_destroy(tern_collector_t **collector_p)
{
    tern_collector_t *collector = *collector_p;

    if (collector == NULL)
        return;
    for (size_t i = 0; i < collector->max_open; i++)
        tern_step_destroy(&collector->open[i]);
    while (collector->unused != NULL) {
        tern_step_t *step = collector->unused;

        collector->unused = step->next;
        tern_step_destroy(&step);
    }
    tern_vector_clock_fini(&collector->taken);
    tern_free(TERN_LOG_SERVER, collector->open);
    tern_free(TERN_LOG_SERVER, collector->num_ended);
    tern_free(TERN_LOG_SERVER, collector);
    *collector_p = NULL;
}

/* --- open steps --- */

/* Places for the steps up to `step`. */
static tern_status_t reach(tern_collector_t *collector, uint64_t step)
{
    size_t        wanted = step - collector->num_applied + 1;
    size_t        max    = collector->max_open == 0 ? 8 : collector->max_open;
    tern_step_t **open;

    if (wanted <= collector->max_open)
        return TERN_OK;
    while (max < wanted)
        max *= 2;
    open = tern_alloc_zeroed(TERN_LOG_SERVER, max * sizeof(tern_step_t *));
    if (open == NULL)
        return TERN_ERR_NO_MEMORY;
    for (uint64_t s = collector->num_applied; s < collector->horizon; s++)
        open[s & (max - 1)] = *place_of(collector, s);
    tern_free(TERN_LOG_SERVER, collector->open);
    collector->open     = open;
    collector->max_open = max;
    return TERN_OK;
}

/* A worker is in, or at the end of, a step of its own. */
static tern_status_t enter(tern_collector_t *collector, uint64_t step)
{
    tern_status_t status;

    if (step < collector->num_applied ||
        step - collector->num_applied >= TERN_COLLECTOR_SPAN)
        return TERN_ERR_ARG;
    status = reach(collector, step);
    if (status == TERN_OK && step >= collector->horizon)
        collector->horizon = step + 1;
    return status;
}

static tern_step_t *open_step(tern_collector_t *collector, uint64_t step)
{
    const tern_collector_shape_t *shape   = &collector->shape;
    tern_step_t                 **place_p = place_of(collector, step);

    if (*place_p != NULL)
        return *place_p;
    *place_p = collector->unused;
    if (*place_p != NULL)
        collector->unused = (*place_p)->next;
    else
        *place_p = tern_step_create(shape->push_width, shape->type, shape->is_ordered);
    return *place_p;
}

/* --- pushes --- */

TERN_CLONES
static tern_range_t range_of(size_t num_keys, const tern_key_t keys[])
{
    tern_range_t range = {keys[0], keys[0]};

    for (size_t i = 1; i < num_keys; i++) {
        range.first = keys[i] < range.first ? keys[i] : range.first;
        range.end   = keys[i] > range.end ? keys[i] : range.end;
    }
    range.end++;
    return range;
}

/* Of a push that was taken in for some of its keys: take in the others. */
static tern_status_t add_fresh(tern_collector_t *collector, tern_step_t *step,
                               tern_contribution_t contribution, const tern_key_t keys[],
                               const char *rows)
{
    size_t        num_keys = contribution.num_keys, bytes = step->sums.row_bytes;
    tern_status_t status = TERN_OK;

    contribution.num_keys = 1;
    for (size_t i = 0; status == TERN_OK && i < num_keys; i++)
        if (tern_vector_clock_get(&collector->taken, contribution.worker, keys[i]) <
            contribution.tick)
            status = tern_step_add(step, contribution, &keys[i], rows + i * bytes);
    return status;
}

static tern_status_t take_in(tern_collector_t *collector, tern_novelty_t novelty,
                             tern_contribution_t contribution, const tern_key_t keys[],
                             const void *rows)
{
    tern_step_t *step = open_step(collector, tern_tick_step(contribution.tick));

    if (step == NULL)
        return TERN_ERR_NO_MEMORY;
    return novelty == TERN_NOVELTY_ALL
               ? tern_step_add(step, contribution, keys, rows)
               : add_fresh(collector, step, contribution, keys, rows);
}

tern_status_t tern_collector_add(tern_collector_t *collector, uint32_t worker,
                                 uint32_t shard, uint64_t tick, size_t num_keys,
                                 const tern_key_t keys[], const void *rows)
{
    tern_contribution_t contribution = {
        .shard = shard, .worker = worker, .tick = tick, .num_keys = num_keys};
    tern_range_t   range = range_of(num_keys, keys);
    tern_novelty_t novelty;
    tern_status_t  status;

    assert(worker < collector->shape.num_workers && num_keys > 0);
    novelty = tern_vector_clock_compare(&collector->taken, worker, range, tick);
    if (novelty == TERN_NOVELTY_NONE)
        return TERN_DONE;
    if (tern_tick_step(tick) >= collector->num_ended[worker])
        status = enter(collector, tern_tick_step(tick));
    else
        status = TERN_ERR_ARG;
    if (status == TERN_OK) /* so that raising cannot fail */
        status = tern_vector_clock_reserve(&collector->taken, worker);
    if (status == TERN_OK)
        status = take_in(collector, novelty, contribution, keys, rows);
    if (status == TERN_OK)
        status = tern_vector_clock_raise(&collector->taken, worker, range, tick);
    return status;
}

/* --- steps --- */

tern_status_t tern_collector_end_step(tern_collector_t *collector, uint32_t worker,
                                      uint64_t tick)
{
    uint64_t      step = tern_tick_step(tick);
    tern_status_t status;

    assert(worker < collector->shape.num_workers);
    if (collector->num_ended[worker] > step)
        return TERN_OK;
    status = enter(collector, step);
    if (status == TERN_OK)
        status = tern_vector_clock_raise(&collector->taken, worker, collector->shape.keys,
                                         tick);
    if (status == TERN_OK)
        collector->num_ended[worker] = step + 1;
    return status;
}

void tern_collector_leave(tern_collector_t *collector, uint32_t worker)
{
    assert(worker < collector->shape.num_workers);
    collector->num_ended[worker] = LEFT;
}

bool tern_collector_has_next(const tern_collector_t *collector)
{
    if (collector->num_applied == collector->horizon)
        return false;
    for (uint32_t w = 0; w < collector->shape.num_workers; w++)
        if (collector->num_ended[w] <= collector->num_applied)
            return false;
    return true;
}

tern_status_t tern_collector_next(tern_collector_t *collector, const tern_sums_t **sums_p)
{
    tern_step_t  *step = *place_of(collector, collector->num_applied);
    tern_status_t status;

    assert(tern_collector_has_next(collector));
    *sums_p = NULL;
    if (step == NULL)
        return TERN_OK;
    status = tern_step_sum(step);
    if (status == TERN_OK)
        *sums_p = &step->sums;
    return status;
}

void tern_collector_end_next(tern_collector_t *collector)
{
    tern_step_t **place_p = place_of(collector, collector->num_applied);
    tern_step_t  *step    = *place_p;

    *place_p = NULL;
    collector->num_applied++;
    if (step == NULL)
        return;
    tern_step_clear(step);
    step->next        = collector->unused;
    collector->unused = step;
}

bool tern_collector_has_pushes(const tern_collector_t *collector)
{
    for (uint64_t s = collector->num_applied; s < collector->horizon; s++)
        if (*place_of(collector, s) != NULL)
            return true;
    return false;
}
