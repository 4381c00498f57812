#include "task/failures.h"

#include <assert.h>

#include "base/alloc.h"

#define MIN_RESULTS 16u

void tern_failures_init(tern_failures_t *failures)
{
    *failures = (tern_failures_t){.num_results = 0};
    tern_map_init(&failures->by_timestamp, TERN_LOG_TASK);
}

void tern_failures_fini(tern_failures_t *failures)
{
    tern_map_fini(&failures->by_timestamp);
    tern_free(TERN_LOG_TASK, failures->results);
    failures->results = NULL;
}

static tern_status_t reserve(tern_failures_t *failures)
{
    size_t max = failures->max_results > 0 ? 2 * failures->max_results : MIN_RESULTS;
    tern_task_result_t *results = failures->results;

    if (failures->num_results == failures->max_results) {
        results = tern_realloc(TERN_LOG_TASK, results, max * sizeof *results);
        if (results == NULL)
            return TERN_ERR_NO_MEMORY;
        failures->results     = results;
        failures->max_results = max;
    }
    return tern_map_reserve(&failures->by_timestamp, failures->num_results + 1);
}

void tern_failures_add(tern_failures_t *failures, const tern_task_result_t *result)
{
    assert(result->status < 0 && result->timestamp != 0);
    if (failures->lowest.timestamp == 0 || result->timestamp < failures->lowest.timestamp)
        failures->lowest = *result;
    failures->is_full = failures->is_full || reserve(failures) != TERN_OK;
    if (failures->is_full)
        return;
    (void)tern_map_enter(&failures->by_timestamp, result->timestamp,
                         (uint32_t)failures->num_results);
    failures->results[failures->num_results++] = *result;
}

const tern_task_result_t *tern_failures_find(const tern_failures_t *failures,
                                             uint64_t               timestamp)
{
    const uint32_t *number_p = tern_map_find(&failures->by_timestamp, timestamp);

    if (number_p != NULL)
        return &failures->results[*number_p];
    return failures->is_full ? &failures->lowest : NULL;
}

tern_task_result_t tern_failures_take(tern_failures_t *failures)
{
    tern_task_result_t lowest = failures->lowest;

    tern_map_clear(&failures->by_timestamp);
    failures->num_results = 0;
    failures->is_full     = false;
    failures->lowest      = (tern_task_result_t){.timestamp = 0};
    return lowest;
}
