#include "server/step.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

tern_step_t *tern_step_create(uint32_t width, tern_type_t type, bool is_ordered)
{
    tern_step_t *step = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *step);

    if (step == NULL)
        return NULL;
    step->is_ordered = is_ordered;
    tern_sums_init(&step->sums, width, type);
    return step;
}

void tern_step_destroy(tern_step_t **step_p)
{
    tern_step_t *step = *step_p;

    if (step == NULL)
        return;
    tern_sums_fini(&step->sums);
    tern_free(TERN_LOG_SERVER, step->contributions);
    tern_free(TERN_LOG_SERVER, step->keys);
    tern_free(TERN_LOG_SERVER, step->rows);
    tern_free(TERN_LOG_SERVER, step);
    *step_p = NULL;
}

void tern_step_clear(tern_step_t *step)
{
    tern_sums_clear(&step->sums);
    step->num_contributions = 0;
    step->num_keys          = 0;
}

/* Room for one more contribution, of `num_keys`. */
static bool reserve(tern_step_t *step, size_t num_keys)
{
    size_t wanted = step->num_keys + num_keys;

    if (step->num_contributions == step->max_contributions) {
        size_t               max           = 2 * step->max_contributions + 16;
        tern_contribution_t *contributions = tern_realloc(
            TERN_LOG_SERVER, step->contributions, max * sizeof *contributions);

        if (contributions == NULL)
            return false;
        step->contributions     = contributions;
        step->max_contributions = max;
    }
    if (wanted > step->max_keys) {
        size_t      max  = wanted > 2 * step->max_keys ? wanted : 2 * step->max_keys;
        tern_key_t *keys = tern_realloc(TERN_LOG_SERVER, step->keys, max * sizeof *keys);
        char       *rows;

        if (keys == NULL)
            return false;
        step->keys = keys;
        rows = tern_realloc(TERN_LOG_SERVER, step->rows, max * step->sums.row_bytes);
        if (rows == NULL)
            return false;
        step->rows     = rows;
        step->max_keys = max;
    }
    return true;
}

static tern_status_t keep(tern_step_t *step, tern_contribution_t contribution,
                          const tern_key_t keys[], const void *rows)
{
    size_t bytes = step->sums.row_bytes;

    if (!reserve(step, contribution.num_keys))
        return TERN_ERR_NO_MEMORY;
    contribution.first = step->num_keys;
    memcpy(step->keys + step->num_keys, keys, contribution.num_keys * sizeof *keys);
    memcpy(step->rows + step->num_keys * bytes, rows, contribution.num_keys * bytes);
    step->contributions[step->num_contributions++] = contribution;
    step->num_keys += contribution.num_keys;
    return TERN_OK;
}

tern_status_t tern_step_add(tern_step_t *step, tern_contribution_t contribution,
                            const tern_key_t keys[], const void *rows)
{
    return step->is_ordered
               ? keep(step, contribution, keys, rows)
               : tern_sums_add(&step->sums, contribution.num_keys, keys, rows);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare(const void *a, const void *b)
{
    const tern_contribution_t *x = a, *y = b;

    if (x->shard != y->shard)
        return compare_numbers(x->shard, y->shard);
    if (x->worker != y->worker)
        return compare_numbers(x->worker, y->worker);
    return compare_numbers(x->tick, y->tick);
}

/* What was kept, added in its order. */
static tern_status_t sum_in_order(tern_step_t *step)
{
    size_t        bytes  = step->sums.row_bytes;
    tern_status_t status = TERN_OK;

    tern_sums_clear(&step->sums);
    qsort(step->contributions, step->num_contributions, sizeof *step->contributions,
          compare);
    for (size_t c = 0; status == TERN_OK && c < step->num_contributions; c++) {
        const tern_contribution_t *part = &step->contributions[c];

        status = tern_sums_add(&step->sums, part->num_keys, step->keys + part->first,
                               step->rows + part->first * bytes);
    }
    return status;
}

tern_status_t tern_step_sum(tern_step_t *step)
{
    tern_status_t status = TERN_OK;

    if (step->is_ordered && step->num_contributions > 0)
        status = sum_in_order(step);
    if (status == TERN_OK)
        tern_sums_close(&step->sums);
    return status;
}
