#include "store/sketch.h"

#include "base/alloc.h"
#include "tern/random.h"

tern_status_t tern_sketch_init(tern_sketch_t *sketch, size_t bytes)
{
    uint64_t width = bytes / (TERN_SKETCH_ROWS * sizeof *sketch->counters);

    sketch->width    = width > 0 ? width : 1;
    sketch->counters = tern_alloc_zeroed(
        TERN_LOG_STORE, TERN_SKETCH_ROWS * sketch->width * sizeof *sketch->counters);
    return sketch->counters == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;
}

void tern_sketch_fini(tern_sketch_t *sketch)
{
    tern_free(TERN_LOG_STORE, sketch->counters);
    *sketch = (tern_sketch_t){0};
}

static uint16_t *counter_of(const tern_sketch_t *sketch, uint32_t row, tern_key_t key)
{
    return &sketch->counters[row * sketch->width +
                             tern_random_below(row, 0, key, sketch->width)];
}

uint32_t tern_sketch_count(const tern_sketch_t *sketch, tern_key_t key)
{
    uint32_t least = TERN_SKETCH_MOST;

    for (uint32_t row = 0; row < TERN_SKETCH_ROWS; row++) {
        uint32_t count = *counter_of(sketch, row, key);

        least = count < least ? count : least;
    }
    return least;
}

uint32_t tern_sketch_add(tern_sketch_t *sketch, tern_key_t key)
{
    uint16_t *counters[TERN_SKETCH_ROWS];
    uint32_t  least = TERN_SKETCH_MOST;

    for (uint32_t row = 0; row < TERN_SKETCH_ROWS; row++) {
        counters[row] = counter_of(sketch, row, key);
        least         = *counters[row] < least ? *counters[row] : least;
    }
    if (least == TERN_SKETCH_MOST)
        return least;
    for (uint32_t row = 0; row < TERN_SKETCH_ROWS; row++)
        if (*counters[row] == least)
            *counters[row] = (uint16_t)(least + 1);
    return least + 1;
}
