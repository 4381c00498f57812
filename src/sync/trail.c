#include "sync/trail.h"

/* First of the steps that are remembered. */
static uint64_t first(const tern_trail_t *trail)
{
    return trail->end > TERN_TRAIL_STEPS ? trail->end - TERN_TRAIL_STEPS : 0;
}

void tern_trail_add(tern_trail_t *trail, uint64_t step)
{
    if (step > trail->end + TERN_TRAIL_STEPS) /* nothing before is remembered */
        trail->end = step - TERN_TRAIL_STEPS;
    while (trail->end <= step)
        trail->has_pushed[trail->end++ % TERN_TRAIL_STEPS] = false;
    if (step >= first(trail))
        trail->has_pushed[step % TERN_TRAIL_STEPS] = true;
}

bool tern_trail_has(const tern_trail_t *trail, uint64_t step)
{
    return step >= first(trail) && step < trail->end &&
           trail->has_pushed[step % TERN_TRAIL_STEPS];
}

uint64_t tern_trail_staleness(const tern_trail_t *trail, uint64_t num_seen, uint64_t step)
{
    uint64_t oldest = num_seen > first(trail) ? num_seen : first(trail);

    while (oldest < step && !tern_trail_has(trail, oldest))
        oldest++;
    return oldest < step ? step - oldest : 0;
}
