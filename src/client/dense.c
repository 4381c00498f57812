/** \file
 * The policy `dense`: all workers push, tern_clock() exchanges, all workers pull.
 *
 * A push adds to the worker's own copy of the table, in memory that its node shares; a whole table whose request the worker
 * keeps is lent instead (dense_loan.c). At the clock each server sums what
 * the workers of its node pushed to its rows and what the delegates of other nodes send, applies the update rule once to each
 * row with that sum, and sends the new values to the delegates. Where every worker pushed all rows and reads all rows
 * this is a reduce-scatter and an all-gather, two messages for each pair of a server and another node (or
 * some, if they are long): 2 (n - 1) / n of the table for each of n nodes. In other steps messages carry the pushed rows
 * only, and pulls ask for what they want.
 *
 * Sums are taken in the order of nodes and workers, so a run can be repeated bit by bit. Rejected: MPI's nonblocking
 * collectives, which do not know what is pushed, wait for all before they begin, and know no rule.
 */
#include "client/dense.h"

#include <stdio.h>
#include <string.h>

#include "base/add.h"
#include "base/log.h"
#include "client/access.h"
#include "client/direct.h"

/* --- push --- */

static bool is_marked(const uint64_t *marks, uint64_t at)
{
    return marks[at / 64] >> at % 64 & 1;
}

/* Rows [first, first + num) one by one: the first push of a row puts it, others add. */
static void stage_rows(const tern_table_t *table, uint64_t first, uint64_t num,
                       const char *rows)
{
    tern_dense_t *dense = table->dense;
    uint64_t     *marks = tern_dense_marks(dense->own);
    char         *to    = tern_dense_rows(dense, dense->own) + first * table->row_bytes;

    for (uint64_t i = 0; i < num; i++) {
        uint64_t at = first + i;

        if (is_marked(marks, at)) {
            tern_add((tern_type_t)table->record.type, table->record.width,
                     to + i * table->row_bytes, rows + i * table->row_bytes);
            continue;
        }
        memcpy(to + i * table->row_bytes, rows + i * table->row_bytes, table->row_bytes);
        marks[at / 64] |= UINT64_C(1) << at % 64;
        dense->num_marked++;
    }
    dense->own->pushed =
        dense->num_marked < dense->num_keys ? TERN_PUSHED_ROWS : TERN_PUSHED_ALL;
}

static void stage(const tern_table_t *table, tern_range_t range, const char *rows)
{
    tern_dense_t *dense = table->dense;
    uint64_t      first = range.first - table->record.keys.first;
    uint64_t      num   = range.end - range.first;
    char         *to    = tern_dense_rows(dense, dense->own) + first * table->row_bytes;

    if (num == 0)
        return;
    tern_dense_copy_lent(table);
    if (dense->own->pushed == TERN_PUSHED_ALL) {
        tern_add((tern_type_t)table->record.type, num * table->record.width, to, rows);
    } else if (dense->own->pushed == TERN_PUSHED_NOTHING && num == dense->num_keys) {
        memcpy(to, rows, num * table->row_bytes);
        dense->own->pushed = TERN_PUSHED_ALL;
    } else {
        stage_rows(table, first, num, rows);
    }
}

static void complete_at_once(tern_request_t **request_p)
{
    if (request_p != NULL)
        *request_p = NULL;
}

static tern_status_t push_range(tern_table_t *table, tern_range_t range,
                                const void *deltas, tern_request_t **request_p)
{
    tern_dense_t *dense    = table->dense;
    bool          is_whole = range.end - range.first == dense->num_keys;
    tern_phase_t  before   = tern_phase_enter(table->client->phases, TERN_PHASE_PUSH);
    tern_status_t status   = TERN_OK;

    if (request_p != NULL && is_whole && dense->own->pushed == TERN_PUSHED_NOTHING) {
        status = tern_dense_lend(table, deltas, request_p);
        if (status == TERN_OK)
            dense->own->pushed = TERN_PUSHED_ALL;
    } else {
        stage(table, range, deltas);
        complete_at_once(request_p);
    }
    tern_phase_enter(table->client->phases, before);
    return status;
}

/* Who waits before the clock wants the array back before it is read. */
static void before_wait(tern_request_t *request)
{
    if (request == request->table->dense->borrower)
        tern_dense_copy_lent(request->table);
}

/* Sets are of this moment, not of the step. */
static tern_status_t change(tern_table_t *table, tern_message_kind_t kind,
                            size_t num_keys, const tern_key_t keys[], const void *rows,
                            tern_request_t **request_p)
{
    if (kind != TERN_MESSAGE_PUSH)
        return tern_direct_change(table, kind, num_keys, keys, rows, request_p);
    for (size_t i = 0; i < num_keys; i++)
        stage(table, (tern_range_t){keys[i], keys[i] + 1},
              (const char *)rows + i * table->row_bytes);
    complete_at_once(request_p);
    return TERN_OK;
}

/* What is pushed counts from the clock on, so the rows are those of the last step. */
static tern_status_t push_pull(tern_table_t *table, size_t num_keys,
                               const tern_key_t keys[], const void *deltas, void *values,
                               tern_request_t **request_p)
{
    tern_status_t status =
        change(table, TERN_MESSAGE_PUSH, num_keys, keys, deltas, request_p);

    return status == TERN_OK ? tern_direct_pull(table, num_keys, keys, values, request_p)
                             : status;
}

/* --- pull --- */

static bool are_values_here(const tern_table_t *table)
{
    for (uint32_t s = 0; s < (uint32_t)table->client->group->num_servers; s++)
        if (tern_dense_num_chunks(table, s) > 0 && !table->dense->done[s].is_whole)
            return false;
    return true;
}

/* Rows of this node from where they are, others from what was exchanged. */
static size_t copy_values(tern_table_t *table, tern_range_t range, char *values)
{
    const tern_group_t *group       = table->client->group;
    size_t              num_missing = 0;

    for (uint32_t s = 0; s < (uint32_t)group->num_servers; s++) {
        tern_range_t piece = tern_table_part(table, s, range);
        char        *to    = values + (piece.first - range.first) * table->row_bytes;

        if (tern_group_is_neighbour(group, group->server_ranks[s]))
            num_missing +=
                tern_view_read_range(&table->view, piece, to, table->client->missing);
        else
            memcpy(to,
                   table->dense->values +
                       (piece.first - table->record.keys.first) * table->row_bytes,
                   (piece.end - piece.first) * table->row_bytes);
    }
    return num_missing;
}

/* A whole table may be read in pieces, in order. */
static void note_reading(const tern_table_t *table, tern_range_t range)
{
    tern_dense_t *dense = table->dense;
    uint64_t      end   = range.end - table->record.keys.first;

    if (range.first - table->record.keys.first <= dense->num_read &&
        end > dense->num_read)
        dense->num_read = end;
}

static tern_status_t pull_range(tern_table_t *table, tern_range_t range, void *values,
                                tern_request_t **request_p)
{
    tern_client_t *client = table->client;
    tern_phase_t   before;
    size_t         num_missing;

    note_reading(table, range);
    if (!are_values_here(table))
        return tern_range_pull_in_parts(table, range, values, request_p);
    before      = tern_phase_enter(client->phases, TERN_PHASE_PULL);
    num_missing = copy_values(table, range, values);
    tern_phase_enter(client->phases, before);
    if (num_missing > 0) /* a sealed segment: its server says why */
        return tern_range_pull_in_parts(table, range, values, request_p);
    client->counters->local_keys += range.end - range.first;
    complete_at_once(request_p);
    return TERN_OK;
}

/* --- the clock --- */

static void end_step(tern_table_t *table, bool is_last)
{
    tern_dense_t *dense = table->dense;

    if (is_last && dense->own->pushed != TERN_PUSHED_NOTHING)
        tern_log(TERN_LOG_CLIENT, TERN_LOG_WARN,
                 "what was pushed to dense table '%s' since the last clock is lost",
                 table->record.name);
    if (is_last)
        tern_dense_return_lent(table);
    dense->own->is_whole = dense->own->pushed == TERN_PUSHED_ALL &&
                           (dense->num_ended == 0 || dense->num_read == dense->num_keys);
    dense->num_ended = is_last ? TERN_DENSE_LEFT : dense->num_ended + 1;
    __atomic_store_n(&dense->own->ended, dense->num_ended, __ATOMIC_RELEASE);
    tern_dense_ring(table->client);
    tern_mailbox_progress(table->client->mailbox);
}

static bool is_stopped(const tern_client_t *client)
{
    return tern_node_stop_signal(tern_mailbox_node(client->mailbox)) != 0;
}

/* The rows are here, and others have what this rank had to send them. */
static bool is_over(void *context)
{
    const tern_table_t *table = context;

    return (tern_dense_is_done(table, table->dense->num_ended) &&
            tern_dense_have_gone(table->dense)) ||
           is_stopped(table->client);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const tern_table_t *table = context;
    const tern_group_t *group = table->client->group;

    snprintf(text, text_bytes, "others to take step %llu of dense table '%s'",
             (unsigned long long)table->dense->num_ended, table->record.name);
    for (int s = 0; s < group->num_servers; s++)
        if (tern_dense_num_chunks(table, (uint32_t)s) > 0 &&
            __atomic_load_n(&table->dense->done[s].steps, __ATOMIC_ACQUIRE) <
                table->dense->num_ended) {
            snprintf(text, text_bytes,
                     "server rank %d to apply step %llu of dense table '%s'",
                     group->server_ranks[s], (unsigned long long)table->dense->num_ended,
                     table->record.name);
            return;
        }
}

static void begin_step(tern_table_t *table)
{
    tern_dense_t *dense    = table->dense;
    bool          is_whole = are_values_here(table);

    if (dense->own->pushed == TERN_PUSHED_ROWS || dense->num_marked > 0)
        memset(tern_dense_marks(dense->own), 0,
               (dense->num_keys + 63) / 64 * sizeof(uint64_t));
    dense->own->pushed = TERN_PUSHED_NOTHING;
    dense->num_marked  = 0;
    dense->num_read    = 0;
    tern_dense_return_lent(table);
    table->client->counters->dense_whole_steps += is_whole;
    table->client->counters->dense_part_steps += !is_whole;
    if (dense->num_ended > 1 && is_whole != dense->was_whole)
        tern_log(TERN_LOG_CLIENT, TERN_LOG_DEBUG,
                 "dense table '%s' from step %llu on: %s", table->record.name,
                 (unsigned long long)dense->num_ended,
                 is_whole ? "reduce-scatter and all-gather of the whole table"
                          : "messages with what is pushed");
    dense->was_whole = is_whole;
}

static tern_status_t after_clock(tern_table_t *table)
{
    tern_client_t  *client = table->client;
    tern_wait_for_t what   = {.is_done = is_over, .describe = describe, .context = table};
    tern_phase_t    before = tern_phase_enter(client->phases, TERN_PHASE_WAIT);

    tern_waiter_wait(client->waiter, &what);
    tern_phase_enter(client->phases, before);
    if (is_stopped(client)) {
        tern_dense_copy_lent(table);
        return TERN_ERR_STOPPED;
    }
    begin_step(table);
    return TERN_OK;
}

/* --- what is as in static tables --- */

static size_t read_here(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        void *values, uint32_t missing[])
{
    return tern_access_static.read_here(table, num_keys, keys, values, missing);
}

static size_t change_here(tern_table_t *table, tern_message_kind_t kind, size_t num_keys,
                          const tern_key_t keys[], const void *rows, uint32_t missing[])
{
    return tern_access_static.change_here(table, kind, num_keys, keys, rows, missing);
}

static bool has(const tern_table_t *table, tern_key_t key)
{
    return tern_access_static.has(table, key);
}

static uint32_t server_of(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key)
{
    return tern_access_static.server_of(table, kind, key);
}

const tern_access_ops_t tern_access_dense = {
    .pull        = tern_direct_pull,
    .change      = change,
    .push_pull   = push_pull,
    .read_here   = read_here,
    .change_here = change_here,
    .has         = has,
    .server_of   = server_of,
    .pull_range  = pull_range,
    .push_range  = push_range,
    .end_step    = end_step,
    .after_clock = after_clock,
    .before_wait = before_wait,
};
