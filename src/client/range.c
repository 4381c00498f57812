/** \file
 * Pull and push of ranges: cut at the borders of the servers. The pieces of this node go through its
 * memory, the others as one message each, without keys.
 */
#include "base/alloc.h"
#include "client/access.h"
#include "client/policy.h"
#include "base/log.h"
#include "table/sparse.h"

typedef struct range_call {
    tern_table_t       *table;
    tern_message_kind_t kind;
    tern_range_t        range;
    char               *values; /* PULL: rows to fill */
    const char         *deltas; /* PUSH: rows to apply */
    tern_request_t     *request;
} range_call_t;

/* Rows of this node that could not be reached in memory: one message for each run of them. */
static tern_status_t send_missing(range_call_t *call, uint32_t server, tern_range_t piece,
                                  size_t num_missing)
{
    const uint32_t *missing = call->table->client->missing;
    uint32_t        offset  = (uint32_t)(piece.first - call->range.first);

    for (size_t i = 0; i < num_missing;) {
        size_t        n = 1;
        tern_range_t  run;
        tern_status_t status;

        while (i + n < num_missing && missing[i + n] == missing[i] + n)
            n++;
        run    = (tern_range_t){piece.first + missing[i], piece.first + missing[i] + n};
        status = tern_issue_range(call->request, server, run, offset + missing[i],
                                  call->deltas);
        if (status != TERN_OK)
            return status;
        i += n;
    }
    return TERN_OK;
}

static tern_status_t access_here(range_call_t *call, uint32_t server, tern_range_t piece)
{
    tern_table_t  *table  = call->table;
    tern_client_t *client = table->client;
    size_t         offset = (piece.first - call->range.first) * table->row_bytes;
    size_t         num_missing;

    if (call->kind == TERN_MESSAGE_PULL)
        num_missing = tern_view_read_range(&table->view, piece, call->values + offset,
                                           client->missing);
    else
        num_missing = tern_view_update_range(&table->view, piece, call->deltas + offset,
                                             client->missing, table->view.source, 0);
    client->counters->local_keys += piece.end - piece.first - num_missing;
    if (call->kind != TERN_MESSAGE_PULL)
        client->counters->local_changes += piece.end - piece.first - num_missing;
    return send_missing(call, server, piece, num_missing);
}

static tern_status_t access_piece(range_call_t *call, uint32_t server, tern_range_t piece)
{
    const tern_group_t *group = call->table->client->group;

    if (tern_group_is_neighbour(group, group->server_ranks[server]) &&
        call->table->client->uses_memory)
        return access_here(call, server, piece);
    return tern_issue_range(call->request, server, piece,
                            (uint32_t)(piece.first - call->range.first), call->deltas);
}

static tern_status_t access_range(range_call_t *call)
{
    const tern_partition_t *partition = &call->table->placement.partition;
    tern_key_t              next      = call->range.first;

    while (next < call->range.end) {
        uint32_t      server = tern_partition_part(partition, next);
        tern_range_t  piece  = {next, tern_partition_range(partition, server).end};
        tern_status_t status;

        if (piece.end > call->range.end)
            piece.end = call->range.end;
        status = access_piece(call, server, piece);
        if (status != TERN_OK)
            return status;
        next = piece.end;
    }
    return TERN_OK;
}

/* Rows that move are found one by one. */
static tern_status_t access_keys(range_call_t *call)
{
    tern_table_t            *table    = call->table;
    tern_client_t           *client   = table->client;
    const tern_access_ops_t *access   = table->access;
    size_t                   num_keys = call->range.end - call->range.first;
    tern_key_t   *keys = tern_alloc(TERN_LOG_CLIENT, (num_keys + 1) * sizeof *keys);
    size_t        num_missing;
    tern_status_t status;

    if (keys == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_keys; i++)
        keys[i] = call->range.first + i;
    if (call->kind == TERN_MESSAGE_PULL)
        num_missing =
            access->read_here(table, num_keys, keys, call->values, client->missing);
    else
        num_missing = access->change_here(table, call->kind, num_keys, keys, call->deltas,
                                          client->missing);
    client->counters->local_keys += num_keys - num_missing;
    if (call->kind != TERN_MESSAGE_PULL)
        client->counters->local_changes += num_keys - num_missing;
    status = num_missing == 0 ? TERN_OK
                              : tern_issue_keys(call->request, call->kind, num_missing,
                                                client->missing, keys, call->deltas);
    tern_free(TERN_LOG_CLIENT, keys);
    return status;
}

static tern_status_t run_call(range_call_t *call, tern_request_t **request_p)
{
    tern_client_t *client = call->table->client;
    tern_phase_t before = tern_phase_enter(client->phases, call->kind == TERN_MESSAGE_PULL
                                                               ? TERN_PHASE_PULL
                                                               : TERN_PHASE_PUSH);
    tern_status_t status = TERN_ERR_NO_MEMORY;

    call->request = tern_request_create(client, call->table, call->kind, call->values);
    if (call->request != NULL) {
        status = call->table->policy->moves_rows ? access_keys(call) : access_range(call);
        if (status == TERN_OK && call->request->num_parts == 0) {
            tern_request_release(call->request);
            if (request_p != NULL)
                *request_p = NULL;
        } else {
            status = tern_access_finish(call->request, status, request_p);
        }
    }
    tern_phase_enter(client->phases, before);
    return status;
}

/* The keys of a range one by one, for policies that look at each. */
static tern_status_t write_out(const range_call_t *call, tern_request_t **request_p)
{
    tern_table_t *table    = call->table;
    size_t        num_keys = call->range.end - call->range.first;
    tern_key_t   *keys = tern_alloc(TERN_LOG_CLIENT, (num_keys + 1) * sizeof *keys);
    tern_status_t status;

    if (keys == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_keys; i++)
        keys[i] = call->range.first + i;
    status = call->kind == TERN_MESSAGE_PULL
                 ? table->access->pull(table, num_keys, keys, call->values, request_p)
                 : table->access->change(table, TERN_MESSAGE_PUSH, num_keys, keys,
                                         call->deltas, request_p);
    tern_free(TERN_LOG_CLIENT, keys);
    return status;
}

static tern_status_t check(const tern_table_t *table, tern_range_t range,
                           const void *rows)
{
    size_t        num_keys = range.first < range.end ? range.end - range.first : 0;
    tern_status_t status;

    if (table != NULL && tern_table_is_sparse(table) &&
        num_keys > TERN_SPARSE_RANGE_KEYS) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "a range of %zu keys of table '%s', which is sparse; at most %llu are "
                 "possible: tern_scan() finds the keys that exist",
                 num_keys, table->record.name,
                 (unsigned long long)TERN_SPARSE_RANGE_KEYS);
        return TERN_ERR_ARG;
    }
    status = tern_access_check_call(table, num_keys, rows, rows);

    return status == TERN_OK ? tern_access_check_range(table, range) : status;
}

tern_status_t tern_pull_range(tern_table_t *table, tern_range_t range, void *values,
                              tern_request_t **request_p)
{
    range_call_t  call   = {table, TERN_MESSAGE_PULL, range, values, NULL, NULL};
    tern_status_t status = check(table, range, values);

    if (status != TERN_OK)
        return status;
    table->client->counters->pull_keys += range.end - range.first;
    if (table->access->pull_range != NULL)
        return table->access->pull_range(table, range, values, request_p);
    return table->access->writes_out_ranges ? write_out(&call, request_p)
                                            : run_call(&call, request_p);
}

tern_status_t tern_range_pull_in_parts(tern_table_t *table, tern_range_t range, void *values,
                                       tern_request_t **request_p)
{
    range_call_t call = {table, TERN_MESSAGE_PULL, range, values, NULL, NULL};

    return run_call(&call, request_p);
}

tern_status_t tern_push_range(tern_table_t *table, tern_range_t range, const void *deltas,
                              tern_request_t **request_p)
{
    range_call_t  call   = {table, TERN_MESSAGE_PUSH, range, NULL, deltas, NULL};
    tern_status_t status = check(table, range, deltas);

    if (status != TERN_OK)
        return status;
    table->client->counters->push_keys += range.end - range.first;
    if (table->access->push_range != NULL)
        return table->access->push_range(table, range, deltas, request_p);
    return table->access->writes_out_ranges ? write_out(&call, request_p)
                                            : run_call(&call, request_p);
}
