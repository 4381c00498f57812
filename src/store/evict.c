#include "store/evict.h"

#include <math.h>

#include "store/copy.h"
#include "store/shard_parts.h"

/* Some ten microseconds of work. */
#define ROWS_BETWEEN_PAUSES 1024u

static uint64_t column_of(const char *row, uint32_t offset)
{
    return __atomic_load_n((const uint64_t *)(row + offset), __ATOMIC_RELAXED);
}

static double norm_of(const tern_shard_t *shard, const char *row)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    const void              *values = shard->initial;
    double                   sum    = 0;

    tern_copy_from_row(shard->initial, row + layout->value_offset, layout->value_bytes);
    for (uint32_t j = 0; j < layout->width; j++) {
        double value = layout->type == TERN_FLOAT64 ? ((const double *)values)[j]
                                                    : (double)((const float *)values)[j];

        sum += value * value;
    }
    return sqrt(sum);
}

/* Under the row's latch. */
static bool is_to_go(const tern_shard_t *shard, const tern_evict_t *evict,
                     const char *row)
{
    const tern_row_layout_t *layout = &shard->view->layout;
    uint64_t                 clock;

    switch (evict->what.by) {
    case TERN_EVICT_AGE:
        clock = column_of(row, layout->clock_offset);
        return clock <= evict->now && (double)(evict->now - clock) >= evict->what.limit;
    case TERN_EVICT_FREQUENCY:
        return (double)column_of(row, layout->version_offset) <= evict->what.limit;
    default:
        return norm_of(shard, row) <= evict->what.limit;
    }
}

/* Look at one row; true if it goes. The latch is held over both, so that no change falls between. */
static bool judge(tern_shard_t *shard, const tern_evict_t *evict, uint64_t slot,
                  tern_key_t key)
{
    char    *row    = tern_shard_row(shard, slot);
    uint64_t before = tern_latch_acquire(tern_row_word(row), &shard->view->latch), again;
    bool     goes   = is_to_go(shard, evict, row);

    if (goes && !evict->what.is_dry_run) {
        again = tern_shard_begin_leaving(shard, slot, key);
        tern_shard_end_leaving(shard, slot, key, again);
        tern_limbo_add(&shard->limbo, slot);
        tern_latch_release(tern_row_word(row), before);
    } else {
        tern_latch_release_unchanged(tern_row_word(row), before);
    }
    return goes;
}

static tern_status_t look_at_rows(tern_shard_t *shard, const tern_evict_t *evict,
                                  tern_evicted_t *evicted)
{
    tern_range_t range = evict->what.range;

    for (uint64_t slot = 0; slot < shard->num_used; slot++) {
        tern_key_t key = tern_row_key(tern_shard_row(shard, slot));

        if (slot % ROWS_BETWEEN_PAUSES == ROWS_BETWEEN_PAUSES - 1 && evict->pause != NULL)
            evict->pause(evict->pause_context);
        if (key == TERN_KEY_NONE || key < range.first || key >= range.end)
            continue;
        if (tern_limbo_reserve(&shard->limbo) != TERN_OK)
            return TERN_ERR_NO_MEMORY;
        evicted->num_rows_before++;
        evicted->num_rows += judge(shard, evict, slot, key);
    }
    return TERN_OK;
}

void tern_shard_leave_limbo(tern_shard_t *shard)
{
    size_t num;

    while ((num = tern_limbo_num_free(&shard->limbo)) > 0) {
        tern_shard_give_slots(shard, num, shard->limbo.slots);
        tern_limbo_drop(&shard->limbo, num);
    }
}

tern_status_t tern_shard_evict(tern_shard_t *shard, const tern_evict_t *evict,
                               tern_lending_t *lending, tern_evicted_t *evicted_p)
{
    tern_evicted_t evicted = {0};
    tern_status_t  status  = tern_limbo_open(&shard->limbo, lending);

    assert(shard->hash != NULL);

    if (status == TERN_OK)
        status = look_at_rows(shard, evict, &evicted);
    tern_shard_leave_limbo(shard);
    evicted.num_bytes = evicted.num_rows * shard->view->layout.stride;
    *evicted_p        = evicted;
    return status;
}
