#include "server/aggregate.h"

#include <string.h>

#include "base/alloc.h"
#include "server/collector.h"
#include "server/parked.h"
#include "server/reply.h"
#include "server/rows.h"
#include "sync/tick.h"
#include "sync/trail.h"
#include "table/sparse.h"

/* One table. */
typedef struct aggregate {
    tern_table_t     *table;
    tern_collector_t *collector; /* NULL: nothing has come for this table */
    tern_parked_t     parked;
    tern_tally_t     *tally;
    tern_trail_t     *trails; /* [num_workers] */
} aggregate_t;

struct tern_aggregates {
    tern_server_t *server;
    aggregate_t  **by_table; /* [num_tables]; NULL: nothing has come for it */
    uint32_t       num_tables;
};

/* Workers of other groups than the table's count for nothing. */
static void leave_out_others(const tern_group_t *group, const tern_table_t *table,
                             tern_collector_t *collector)
{
    int own = tern_table_group(table);

    for (int w = 0; own >= 0 && w < group->num_workers; w++)
        if (group->members[group->worker_ranks[w]].worker_group != own)
            tern_collector_leave(collector, (uint32_t)w);
}

static aggregate_t *create(tern_aggregates_t *aggregates, tern_table_t *table)
{
    const tern_group_t    *group     = tern_mailbox_group(aggregates->server->mailbox);
    tern_collector_shape_t shape     = {.keys        = table->record.keys,
                                        .push_width  = table->record.push_width,
                                        .type        = (tern_type_t)table->record.type,
                                        .is_ordered  = table->record.is_ordered,
                                        .num_workers = (uint32_t)group->num_workers};
    aggregate_t           *aggregate = tern_alloc(TERN_LOG_SERVER, sizeof *aggregate);

    if (aggregate == NULL)
        return NULL;
    aggregate->table = table;
    aggregate->tally = table->tallies[tern_shard_segment(table->shard)];
    aggregate->trails = tern_alloc_zeroed(TERN_LOG_SERVER,
                                          shape.num_workers * sizeof(tern_trail_t));
    tern_parked_init(&aggregate->parked);
    if (aggregate->trails == NULL ||
        tern_collector_create(&shape, &aggregate->collector) != TERN_OK) {
        tern_free(TERN_LOG_SERVER, aggregate->trails);
        tern_free(TERN_LOG_SERVER, aggregate);
        return NULL;
    }
    leave_out_others(group, table, aggregate->collector);
    return aggregate;
}

/* That of a table, made with the first message. NULL when memory is exhausted. */
static aggregate_t *aggregate_of(tern_aggregates_t *aggregates, tern_table_t *table)
{
    uint32_t num = table->id + 1;

    if (num > aggregates->num_tables) {
        aggregate_t **by_table = tern_realloc(TERN_LOG_SERVER, aggregates->by_table,
                                              num * sizeof(aggregate_t *));

        if (by_table == NULL)
            return NULL;
        memset(by_table + aggregates->num_tables, 0,
               (num - aggregates->num_tables) * sizeof(aggregate_t *));
        aggregates->by_table   = by_table;
        aggregates->num_tables = num;
    }
    if (aggregates->by_table[table->id] == NULL)
        aggregates->by_table[table->id] = create(aggregates, table);
    return aggregates->by_table[table->id];
}

/* Number of the worker that sent a message; UINT32_MAX: it is none. */
static uint32_t worker_of(const tern_server_t         *server,
                          const tern_message_header_t *header)
{
    return (uint32_t)tern_mailbox_group(server->mailbox)->members[header->source].worker;
}

/* --- pulls --- */

/* Steps that a pull's worker has ended, and that must be applied before it is answered. */
static uint64_t steps_ended(const tern_message_header_t *header)
{
    return tern_tick_step(header->clock);
}

static bool is_due(const aggregate_t *aggregate, const tern_message_header_t *header)
{
    return steps_ended(header) <= aggregate->collector->num_applied + header->staleness;
}

static void answer(tern_server_t *server, const aggregate_t *aggregate,
                   const tern_server_request_t *request)
{
    tern_tally_count(aggregate->tally, steps_ended(request->header));
    tern_tally_show(aggregate->tally, (int)worker_of(server, request->header),
                    aggregate->collector->num_applied);
    tern_reply_rows(server, request);
}

static void pull(tern_server_t *server, aggregate_t *aggregate,
                 const tern_server_request_t *request)
{
    if (is_due(aggregate, request->header))
        answer(server, aggregate, request);
    else if (!tern_parked_add(&aggregate->parked, server->mailbox, request))
        tern_log(TERN_LOG_SERVER, TERN_LOG_WARN, "no memory to let a pull wait");
}

/* Those whose turn it is, in the order in which they came. */
static void answer_parked(tern_server_t *server, aggregate_t *aggregate)
{
    tern_parked_pull_t **pull_p = &aggregate->parked.first;

    while (*pull_p != NULL) {
        tern_server_request_t request = {.header = &(*pull_p)->header,
                                         .table  = aggregate->table,
                                         .keys   = (*pull_p)->keys};

        if (!is_due(aggregate, request.header)) {
            pull_p = &(*pull_p)->next;
            continue;
        }
        answer(server, aggregate, &request);
        tern_parked_remove(&aggregate->parked, server->mailbox, pull_p);
    }
}

/* The job was asked to stop: nobody need end the steps that they wait for. */
static bool refuse_parked(tern_server_t *server, aggregate_t *aggregate)
{
    bool did_something = aggregate->parked.first != NULL;

    while (aggregate->parked.first != NULL) {
        tern_reply_failure(server, &aggregate->parked.first->header, TERN_ERR_STOPPED);
        tern_parked_remove(&aggregate->parked, server->mailbox, &aggregate->parked.first);
    }
    return did_something;
}

/* --- steps --- */

/* The rule, once a row. */
static void apply(tern_server_t *server, const aggregate_t *aggregate,
                  const tern_sums_t *sums)
{
    tern_table_t *table = aggregate->table;
    uint64_t      step  = aggregate->collector->num_applied;
    size_t        num_missing;

    table->view.clock = step;
    num_missing =
        tern_server_push_sums(server, table, sums->num_keys, sums->keys, sums->rows);
    if (num_missing > 0)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "table '%s': %zu of %zu rows that were pushed to in step %llu %s",
                 table->record.name, num_missing, sums->num_keys,
                 (unsigned long long)step,
                 tern_table_is_sparse(table)
                     ? "find no room: raise its max_rows, or use more servers"
                     : "are not here");
}

/* The next step, which is complete, and then whoever waited for it. False: no memory; the poll tries again. */
static bool apply_next(tern_server_t *server, aggregate_t *aggregate)
{
    tern_collector_t  *collector = aggregate->collector;
    const tern_sums_t *sums;

    if (tern_collector_next(collector, &sums) != TERN_OK)
        return false;
    tern_tally_begin_step(aggregate->tally);
    if (sums != NULL && sums->num_keys > 0)
        apply(server, aggregate, sums);
    tern_collector_end_next(collector);
    tern_tally_end_step(aggregate->tally);
    answer_parked(server, aggregate);
    return true;
}

/* All steps that are complete, in order. */
static bool advance(tern_server_t *server, aggregate_t *aggregate)
{
    bool did_something = false;

    while (tern_collector_has_next(aggregate->collector) && apply_next(server, aggregate))
        did_something = true;
    return did_something;
}

/* --- requests --- */

static void report(const tern_message_header_t *header, const aggregate_t *aggregate,
                   tern_status_t status)
{
    tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
             "table '%s': cannot collect a %s of rank %u in its step %llu: %s",
             aggregate->table->record.name,
             tern_message_kind_name((tern_message_kind_t)header->kind), header->source,
             (unsigned long long)tern_tick_step(header->clock),
             tern_status_string(status));
}

static void push(tern_server_t *server, const aggregate_t *aggregate,
                 const tern_server_request_t *request)
{
    const tern_message_header_t *header = request->header;
    tern_status_t                status;

    status =
        tern_collector_add(aggregate->collector, worker_of(server, header), header->shard,
                           header->clock, header->num_keys, request->keys, request->rows);
    if (status < 0) {
        report(header, aggregate, status);
        tern_reply_failure(server, header, status);
        return;
    }
    server->counters->duplicates_dropped += status == TERN_DONE;
    tern_trail_add(&aggregate->trails[worker_of(server, header)],
                   tern_tick_step(header->clock));
    tern_reply_change(server, request, 0);
}

/* Rows are given their first values before anybody has pushed, or between two steps. */
static void set(tern_server_t *server, const aggregate_t *aggregate,
                const tern_server_request_t *request)
{
    if (!tern_collector_has_pushes(aggregate->collector)) {
        tern_reply_change(server, request, tern_server_change_rows(server, request));
        return;
    }
    tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
             "table '%s': rank %u sets rows while pushes wait for the end of their step; "
             "end it, or set rows before anybody pushes",
             aggregate->table->record.name, request->header->source);
    tern_reply_failure(server, request->header, TERN_ERR_ARG);
}

/* A change that comes again is answered, not made again. */
static void repeat(tern_server_t *server, const tern_server_request_t *request)
{
    server->counters->duplicates_dropped++;
    tern_reply_change(server, request, 0);
}

void tern_aggregates_serve(tern_aggregates_t           *aggregates,
                           const tern_server_request_t *request, bool is_applied)
{
    tern_server_t *server    = aggregates->server;
    aggregate_t   *aggregate = aggregate_of(aggregates, request->table);

    if (aggregate == NULL) {
        tern_reply_failure(server, request->header, TERN_ERR_NO_MEMORY);
        return;
    }
    switch (request->header->kind) {
    case TERN_MESSAGE_PULL:
        pull(server, aggregate, request);
        break;
    case TERN_MESSAGE_PUSH:
        if (is_applied)
            repeat(server, request);
        else
            push(server, aggregate, request);
        break;
    case TERN_MESSAGE_SET:
        if (is_applied)
            repeat(server, request);
        else
            set(server, aggregate, request);
        break;
    default:
        tern_reply_failure(server, request->header, TERN_ERR_UNSUPPORTED);
    }
}

/* How far the worker has run ahead of what it was given, unless the end of this step comes again. */
static void count_step(const aggregate_t *aggregate, uint32_t worker, uint64_t step)
{
    const tern_trail_t *trail    = &aggregate->trails[worker];
    uint64_t            num_seen = tern_tally_num_seen(aggregate->tally, (int)worker);

    if (aggregate->collector->num_ended[worker] <= step && tern_trail_has(trail, step))
        tern_tally_count_step(aggregate->tally,
                              tern_trail_staleness(trail, num_seen, step));
}

void tern_aggregates_end_step(tern_aggregates_t           *aggregates,
                              const tern_message_header_t *header)
{
    tern_server_t *server = aggregates->server;
    uint32_t       worker = worker_of(server, header);
    tern_table_t  *table  = tern_catalogue_get(server->catalogue, header->table);
    aggregate_t   *aggregate;
    tern_status_t  status = TERN_OK;

    if (table == NULL || !table->policy->collects || worker == UINT32_MAX) {
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "rank %u ends a step of table %u, which has none", header->source,
                 header->table);
        tern_reply_failure(server, header, TERN_ERR_ARG);
        return;
    }
    aggregate = aggregate_of(aggregates, table);
    if (aggregate == NULL)
        status = TERN_ERR_NO_MEMORY;
    else if (header->flags & TERN_MESSAGE_LAST)
        tern_collector_leave(aggregate->collector, worker);
    else {
        count_step(aggregate, worker, tern_tick_step(header->clock));
        status = tern_collector_end_step(aggregate->collector, worker, header->clock);
    }
    if (status < 0 && aggregate != NULL)
        report(header, aggregate, status);
    tern_reply_failure(server, header, status);
    if (status == TERN_OK)
        advance(server, aggregate);
}

/* --- life --- */

static bool poll(void *context)
{
    tern_aggregates_t *aggregates = context;
    tern_server_t     *server     = aggregates->server;
    bool is_stopping   = tern_node_stop_signal(tern_mailbox_node(server->mailbox)) != 0;
    bool did_something = false;

    for (uint32_t t = 0; t < aggregates->num_tables; t++) {
        if (aggregates->by_table[t] == NULL)
            continue;
        did_something |= advance(server, aggregates->by_table[t]);
        if (is_stopping)
            did_something |= refuse_parked(server, aggregates->by_table[t]);
    }
    return did_something;
}

tern_status_t tern_aggregates_create(tern_server_t      *server,
                                     tern_aggregates_t **aggregates_p)
{
    tern_aggregates_t *aggregates =
        tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *aggregates);

    if (aggregates == NULL)
        return TERN_ERR_NO_MEMORY;
    aggregates->server = server;
    tern_mailbox_add_poll(server->mailbox, poll, aggregates);
    *aggregates_p = aggregates;
    return TERN_OK;
}

void tern_aggregates_destroy(tern_aggregates_t **aggregates_p)
{
    tern_aggregates_t *aggregates = *aggregates_p;

    if (aggregates == NULL)
        return;
    for (uint32_t t = 0; t < aggregates->num_tables; t++) {
        aggregate_t *aggregate = aggregates->by_table[t];

        if (aggregate == NULL)
            continue;
        while (aggregate->parked.first != NULL)
            tern_parked_remove(&aggregate->parked, aggregates->server->mailbox,
                               &aggregate->parked.first);
        tern_collector_destroy(&aggregate->collector);
        tern_free(TERN_LOG_SERVER, aggregate->trails);
        tern_free(TERN_LOG_SERVER, aggregate);
    }
    tern_free(TERN_LOG_SERVER, aggregates->by_table);
    tern_free(TERN_LOG_SERVER, aggregates);
    *aggregates_p = NULL;
}
