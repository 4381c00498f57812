/** \file
 * Where rows are, and hints where they will be wanted.
 */
#include "tern/locality.h"

#include "base/alloc.h"
#include "client/access.h"
#include "client/policy.h"

bool tern_is_local(const tern_table_t *table, tern_key_t key)
{
    tern_range_t range = table->record.keys;

    return key >= range.first && key < range.end && table->access->has(table, key);
}

tern_status_t tern_localize(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                            tern_request_t **request_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, keys);

    if (status != TERN_OK)
        return status;
    if (table->access->localize != NULL)
        return table->access->localize(table, num_keys, keys, request_p);
    if (request_p != NULL)
        *request_p = NULL;
    return TERN_OK;
}

tern_status_t tern_localize_range(tern_table_t *table, tern_range_t range,
                                  tern_request_t **request_p)
{
    size_t        num_keys = range.first < range.end ? range.end - range.first : 0;
    tern_key_t   *keys     = tern_alloc(TERN_LOG_CLIENT, (num_keys + 1) * sizeof *keys);
    tern_status_t status;

    if (keys == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_keys; i++)
        keys[i] = range.first + i;
    status = tern_localize(table, num_keys, keys, request_p);
    tern_free(TERN_LOG_CLIENT, keys);
    return status;
}

tern_status_t tern_pull_if_local(tern_table_t *table, size_t num_keys,
                                 const tern_key_t keys[], void *values, uint32_t absent[],
                                 size_t *num_absent_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, values);

    if (status != TERN_OK)
        return status;
    *num_absent_p = table->access->read_here(table, num_keys, keys, values, absent);
    table->client->counters->pull_keys += num_keys - *num_absent_p;
    table->client->counters->local_keys += num_keys - *num_absent_p;
    return TERN_OK;
}

tern_status_t tern_intent(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                          uint64_t first_clock, uint64_t end_clock)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, keys);

    if (status != TERN_OK)
        return status;
    if (end_clock <= first_clock) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "table '%s': an intent for clocks %llu to %llu", table->record.name,
                 (unsigned long long)first_clock, (unsigned long long)end_clock);
        return TERN_ERR_ARG;
    }
    return table->access->intend == NULL
               ? TERN_OK
               : table->access->intend(table, num_keys, keys, first_clock, end_clock);
}
