/** \file
 * Pull, push and set by key: arguments are checked and counted, then the table's policy takes over.
 */
#include "client/access.h"

#include "base/log.h"
#include "client/policy.h"
#include "keys/range.h"

static tern_status_t check_keys(const tern_table_t *table, size_t num_keys,
                                const tern_key_t keys[])
{
    tern_range_t range = table->record.keys;
    size_t       at;

    if (tern_range_has_all(range, num_keys, keys))
        return TERN_OK;
    at = tern_range_first_outside(range, num_keys, keys);
    tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
             "key %llu (number %zu of the call) is outside table '%s', which has "
             "keys %llu to %llu",
             (unsigned long long)keys[at], at, table->record.name,
             (unsigned long long)range.first, (unsigned long long)range.end - 1);
    return TERN_ERR_ARG;
}

static tern_status_t refuse_access(const tern_table_t *table)
{
    if (tern_table_group(table) < 0)
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "table '%s': only workers access rows",
                 table->record.name);
    else
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "table '%s' belongs to worker group %d: only its workers access rows",
                 table->record.name, tern_table_group(table));
    return TERN_ERR_ARG;
}

tern_status_t tern_access_check_call(const tern_table_t *table, size_t num_keys,
                                     const void *keys, const void *rows)
{
    if (table == NULL || (num_keys > 0 && (keys == NULL || rows == NULL))) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "a call without table, keys or values");
        return TERN_ERR_ARG;
    }
    if (table->client == NULL)
        return refuse_access(table);
    return num_keys <= table->client->scratch_keys
               ? TERN_OK
               : tern_client_reserve(table->client, num_keys);
}

tern_status_t tern_access_check(const tern_table_t *table, size_t num_keys,
                                const tern_key_t keys[], const void *rows)
{
    tern_status_t status = tern_access_check_call(table, num_keys, keys, rows);

    if (status != TERN_OK)
        return status;
    if (num_keys == 1 && keys[0] - table->record.keys.first <
                             table->record.keys.end - table->record.keys.first)
        return TERN_OK; /* spares a single key the loop */
    return check_keys(table, num_keys, keys);
}

tern_status_t tern_access_check_range(const tern_table_t *table, tern_range_t range)
{
    const tern_range_t *keys = &table->record.keys;

    if (range.first <= range.end && range.first >= keys->first && range.end <= keys->end)
        return TERN_OK;
    tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
             "range [%llu, %llu) is not inside table '%s', which has keys [%llu, %llu)",
             (unsigned long long)range.first, (unsigned long long)range.end,
             table->record.name, (unsigned long long)keys->first,
             (unsigned long long)keys->end);
    return TERN_ERR_ARG;
}

tern_status_t tern_access_finish(tern_request_t *request, tern_status_t status,
                                 tern_request_t **request_p)
{
    if (status == TERN_OK)
        return tern_request_hand_over(request, request_p);
    if (tern_wait(&request) != TERN_OK) { /* what was sent before the error */
        tern_log(TERN_LOG_CLIENT, TERN_LOG_DEBUG, "a part of a failed call failed too");
    }
    return status;
}

tern_status_t tern_pull(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        void *values, tern_request_t **request_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, values);

    if (status != TERN_OK)
        return status;
    table->client->counters->pull_keys += num_keys;
    return table->access->pull(table, num_keys, keys, values, request_p);
}

tern_status_t tern_push(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        const void *deltas, tern_request_t **request_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, deltas);

    if (status != TERN_OK)
        return status;
    table->client->counters->push_keys += num_keys;
    return table->access->change(table, TERN_MESSAGE_PUSH, num_keys, keys, deltas,
                                 request_p);
}

tern_status_t tern_set(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                       const void *values, tern_request_t **request_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, values);

    if (status != TERN_OK)
        return status;
    table->client->counters->set_keys += num_keys;
    return table->access->change(table, TERN_MESSAGE_SET, num_keys, keys, values,
                                 request_p);
}

tern_status_t tern_push_pull(tern_table_t *table, size_t num_keys,
                             const tern_key_t keys[], const void *deltas, void *values,
                             tern_request_t **request_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, deltas);

    if (status == TERN_OK)
        status = tern_access_check_call(table, num_keys, keys, values);
    if (status != TERN_OK)
        return status;
    table->client->counters->push_keys += num_keys;
    table->client->counters->pull_keys += num_keys;
    return table->access->push_pull(table, num_keys, keys, deltas, values, request_p);
}
