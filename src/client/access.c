/** \file
 * Pull, push and set by key. What lies on this node is loaded and stored in place; the rest, if any, is
 * issued as messages. A call that finds everything here ends without a request.
 */
#include "client/access.h"

#include "base/log.h"

static tern_status_t check_keys(const tern_table_t *table, size_t num_keys,
                                const tern_key_t keys[])
{
    uint64_t first = table->record.keys.first;
    uint64_t last  = table->record.keys.end - 1 - first;
    uint64_t outside =
        0; /* top bit: some key - first is beyond last; vectorises, unlike a compare */

    if (last >> 63 == 0) {
        for (size_t i = 0; i < num_keys; i++)
            outside |= (keys[i] - first) | (last - (keys[i] - first));
        if (outside >> 63 == 0)
            return TERN_OK;
    }
    for (size_t i = 0; i < num_keys; i++)
        if (keys[i] - first > last) {
            tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                     "key %llu (number %zu of the call) is outside table '%s', which has "
                     "keys %llu to %llu",
                     (unsigned long long)keys[i], i, table->record.name,
                     (unsigned long long)first,
                     (unsigned long long)table->record.keys.end - 1);
            return TERN_ERR_ARG;
        }
    return TERN_OK;
}

tern_status_t tern_access_check_call(const tern_table_t *table, size_t num_keys,
                                     const void *keys, const void *rows)
{
    if (table == NULL || (num_keys > 0 && (keys == NULL || rows == NULL))) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "a call without table, keys or values");
        return TERN_ERR_ARG;
    }
    if (table->client == NULL) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "table '%s': only workers access rows",
                 table->record.name);
        return TERN_ERR_ARG;
    }
    return tern_client_reserve(table->client, num_keys);
}

tern_status_t tern_access_check(const tern_table_t *table, size_t num_keys,
                                const tern_key_t keys[], const void *rows)
{
    tern_status_t status = tern_access_check_call(table, num_keys, keys, rows);

    return status == TERN_OK ? check_keys(table, num_keys, keys) : status;
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

/* Send what is not here. */
static tern_status_t go_remote(tern_table_t *table, tern_message_kind_t kind,
                               size_t num_missing, const tern_key_t keys[],
                               const void *rows, void *values, tern_request_t **request_p)
{
    tern_client_t  *client  = table->client;
    tern_request_t *request = tern_request_create(client, table, kind, values);

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    return tern_access_finish(
        request, tern_issue_keys(request, num_missing, client->missing, keys, rows),
        request_p);
}

static tern_status_t complete_here(tern_request_t **request_p)
{
    if (request_p != NULL)
        *request_p = NULL;
    return TERN_OK;
}

tern_status_t tern_pull(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        void *values, tern_request_t **request_p)
{
    tern_status_t  status = tern_access_check(table, num_keys, keys, values);
    tern_client_t *client;
    tern_phase_t   before;
    size_t         num_missing;

    if (status != TERN_OK)
        return status;
    client      = table->client;
    before      = tern_phase_enter(client->phases, TERN_PHASE_PULL);
    num_missing = tern_view_read(&table->view, num_keys, keys, values, client->missing);
    client->counters->pull_keys += num_keys;
    client->counters->local_keys += num_keys - num_missing;
    status = num_missing == 0 ? complete_here(request_p)
                              : go_remote(table, TERN_MESSAGE_PULL, num_missing, keys,
                                          NULL, values, request_p);
    tern_phase_enter(client->phases, before);
    return status;
}

/* Push and set differ in what they do to a row. */
static tern_status_t change(tern_table_t *table, tern_message_kind_t kind,
                            size_t num_keys, const tern_key_t keys[], const void *rows,
                            tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    tern_phase_t   before = tern_phase_enter(client->phases, TERN_PHASE_PUSH);
    uint32_t       source = table->view.source;
    size_t         num_missing;
    tern_status_t  status;

    if (kind == TERN_MESSAGE_PUSH) {
        num_missing = tern_view_update(&table->view, num_keys, keys, rows,
                                       client->missing, source, 0);
        client->counters->push_keys += num_keys;
    } else {
        num_missing =
            tern_view_set(&table->view, num_keys, keys, rows, client->missing, source, 0);
        client->counters->set_keys += num_keys;
    }
    client->counters->local_keys += num_keys - num_missing;
    status = num_missing == 0
                 ? complete_here(request_p)
                 : go_remote(table, kind, num_missing, keys, rows, NULL, request_p);
    tern_phase_enter(client->phases, before);
    return status;
}

tern_status_t tern_push(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        const void *deltas, tern_request_t **request_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, deltas);

    return status == TERN_OK
               ? change(table, TERN_MESSAGE_PUSH, num_keys, keys, deltas, request_p)
               : status;
}

tern_status_t tern_set(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                       const void *values, tern_request_t **request_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, values);

    return status == TERN_OK
               ? change(table, TERN_MESSAGE_SET, num_keys, keys, values, request_p)
               : status;
}
