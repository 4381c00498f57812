/** \file
 * Steps come one after the other: no worker ends the next before it has the rows of this one. Within a step chunks do, too,
 * so that one is summed while the next is on its way.
 */
#include "server/dense.h"

#include <string.h>

#include "base/log.h"
#include "table/dense.h"

/* Rows that are summed and then changed while they are in the cache. */
#define BLOCK_BYTES ((size_t)32 << 10)

static const tern_group_t *group_of(const tern_server_t *server)
{
    return tern_mailbox_group(server->mailbox);
}

static tern_buffer_t **sum_of(const tern_dense_t *dense, uint32_t node, uint64_t chunk)
{
    return &dense->sums[node * dense->num_chunks + chunk];
}

/* --- what was pushed --- */

/* What another node pushed. */
static tern_addend_t addend_of(tern_buffer_t *buffer)
{
    tern_message_t message = tern_message_of(buffer);
    size_t         bytes;

    return (tern_addend_t){
        .rows = tern_message_rows(
            &message, tern_message_runs_bytes(message.header->num_runs), &bytes),
        .runs      = (const tern_sum_run_t *)message.payload,
        .num_runs  = message.header->num_runs,
        .is_packed = true};
}

/* All that was pushed to a chunk, in the order of nodes and workers; *is_whole_p: the whole table is exchanged. */
static size_t list_addends(const tern_server_t *server, const tern_table_t *table,
                           uint64_t chunk, bool *is_whole_p)
{
    tern_dense_t *dense = table->dense;
    tern_range_t  keys  = tern_dense_chunk(table, server->number, chunk);
    size_t        num   = 0;

    *is_whole_p = true;
    for (uint32_t n = 0; n < dense->num_nodes; n++) {
        tern_buffer_t *buffer = *sum_of(dense, n, chunk);

        if (dense->nodes[n].node == group_of(server)->node) {
            num += tern_dense_list_addends(table, keys, dense->addends + num);
            *is_whole_p = *is_whole_p && tern_dense_is_whole(dense);
        } else if (buffer != NULL) {
            if (tern_buffer_header(buffer)->num_runs > 0)
                dense->addends[num++] = addend_of(buffer);
            *is_whole_p = *is_whole_p &&
                          (tern_buffer_header(buffer)->flags & TERN_MESSAGE_WHOLE) != 0;
        }
    }
    return num;
}

static void report_missing(const tern_table_t *table, size_t num_missing)
{
    if (num_missing > 0)
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "%zu rows of dense table '%s' could not be changed", num_missing,
                 table->record.name);
}

/* Every addend has every row. What the rows are then is also copied to `values`, unless NULL. */
static void apply_whole(const tern_server_t *server, tern_table_t *table,
                        tern_range_t keys, size_t num_addends, char *values)
{
    tern_dense_t *dense = table->dense;
    uint64_t      step  = BLOCK_BYTES / table->row_bytes;

    step += step == 0;
    for (tern_key_t key = keys.first; key < keys.end; key += step) {
        tern_range_t     block = {key, keys.end - key < step ? keys.end : key + step};
        tern_sum_shape_t shape = {(tern_type_t)table->record.type, table->record.width,
                                  (uint32_t)(block.end - block.first)};
        const char      *sum   = dense->sum;

        for (size_t a = 0; a < num_addends; a++)
            dense->wholes[a] =
                dense->addends[a].rows + (key - keys.first) * table->row_bytes;
        if (num_addends == 1)
            sum = dense->wholes[0];
        else
            tern_sum_whole(&shape, num_addends, dense->wholes, dense->sum);
        report_missing(table,
                       tern_view_update_range(&table->view, block, sum, dense->missing,
                                              table->view.source, 0));
        if (values != NULL)
            report_missing(table, tern_view_read_range(&table->view, block,
                                                       values + (key - keys.first) *
                                                                    table->row_bytes,
                                                       dense->missing));
    }
    tern_mailbox_nudge(server->mailbox);
}

static void apply_rows(tern_table_t *table, tern_range_t keys, size_t num_addends)
{
    tern_dense_t    *dense = table->dense;
    tern_sum_shape_t shape = {(tern_type_t)table->record.type, table->record.width,
                              (uint32_t)(keys.end - keys.first)};
    uint32_t         num   = 0;

    tern_sum_rows(&shape, num_addends, dense->addends, dense->sum, dense->touched);
    for (uint32_t i = 0; i < shape.num_rows; i++) {
        if (!dense->touched[i])
            continue;
        if (num < i)
            memcpy(dense->sum + num * table->row_bytes, dense->sum + i * table->row_bytes,
                   table->row_bytes);
        dense->keys[num++] = keys.first + i;
    }
    report_missing(table, tern_view_update(&table->view, num, dense->keys, dense->sum,
                                           dense->missing, table->view.source, 0));
}

static bool are_all_whole(const tern_dense_t *dense, size_t num_addends,
                          uint32_t num_rows)
{
    for (size_t a = 0; a < num_addends; a++)
        if (!tern_addend_is_whole(&dense->addends[a], num_rows))
            return false;
    return num_addends > 0;
}

/* --- what the rows are after it --- */

/* Memory for the rows of the chunk in hand: that of a sum which came, as each block of it is read before it is written. */
static tern_buffer_t *find_tail(const tern_server_t *server, const tern_dense_t *dense,
                                size_t bytes)
{
    for (uint32_t n = 0; n < dense->num_nodes; n++) {
        tern_buffer_t *sum = *sum_of(dense, n, dense->next_chunk);

        if (sum != NULL && sum->tail_buffer != NULL && sum->tail_bytes == bytes) {
            tern_buffer_keep(sum->tail_buffer);
            return sum->tail_buffer;
        }
    }
    return tern_mailbox_allocate(server->mailbox, bytes);
}

/* With room for the rows, if all are sent; *values_p: there, or NULL. */
static tern_buffer_t *compose(const tern_server_t *server, const tern_table_t *table,
                              tern_range_t keys, bool is_whole, char **values_p)
{
    size_t         bytes   = is_whole ? (keys.end - keys.first) * table->row_bytes : 0;
    bool           is_long = bytes >= TERN_DENSE_TAIL_BYTES;
    tern_buffer_t *message =
        tern_mailbox_compose(server->mailbox, TERN_MESSAGE_VALUES, is_long ? 0 : bytes);
    tern_buffer_t         *tail = is_long ? find_tail(server, table->dense, bytes) : NULL;
    tern_message_header_t *header;

    if (message == NULL || (is_long && tail == NULL)) {
        if (message != NULL)
            tern_mailbox_release(server->mailbox, message);
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "no memory to send the values of dense table '%s'", table->record.name);
        return NULL;
    }
    header            = tern_buffer_header(message);
    header->table     = table->id;
    header->clock     = table->dense->num_applied + 1;
    header->flags     = is_whole ? TERN_MESSAGE_WHOLE : 0;
    header->first_key = keys.first;
    header->num_keys  = (uint32_t)(keys.end - keys.first);
    if (is_long)
        tern_buffer_set_tail(message, tail);
    if (is_whole)
        *values_p = is_long ? tail->data : tern_buffer_payload(message);
    return message;
}

/* To the delegate of every other node that still has workers. */
static void send_values(const tern_server_t *server, const tern_table_t *table,
                        tern_buffer_t *message)
{
    tern_dense_t       *dense = table->dense;
    const tern_group_t *group = group_of(server);

    for (uint32_t n = 0; n < dense->num_nodes; n++) {
        int to = tern_dense_delegate(dense, group, &dense->nodes[n], server->number);

        if (dense->nodes[n].node != group->node && !dense->has_left[n] &&
            tern_mailbox_send(server->mailbox, to, message) != TERN_OK)
            tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot send values to rank %d",
                     to);
    }
    tern_dense_note_sending(dense, message);
}

static bool has_readers_elsewhere(const tern_server_t *server, const tern_dense_t *dense)
{
    for (uint32_t n = 0; n < dense->num_nodes; n++)
        if (dense->nodes[n].node != group_of(server)->node && !dense->has_left[n])
            return true;
    return false;
}

/* --- steps --- */

/* Everybody who takes this step has said what he pushes to the chunk. */
static bool is_ready(const tern_server_t *server, const tern_dense_t *dense)
{
    bool is_taken = false, have_left;

    for (uint32_t n = 0; n < dense->num_nodes; n++) {
        if (dense->nodes[n].node == group_of(server)->node) {
            if (!tern_dense_is_staged(dense, dense->num_applied + 1, &have_left))
                return false;
            is_taken = is_taken || !have_left;
        } else if (*sum_of(dense, n, dense->next_chunk) != NULL) {
            is_taken = true;
        } else if (!dense->has_left[n]) {
            return false;
        }
    }
    return is_taken;
}

static void release_sums(const tern_server_t *server, const tern_dense_t *dense)
{
    for (uint32_t n = 0; n < dense->num_nodes; n++) {
        tern_buffer_t **sum = sum_of(dense, n, dense->next_chunk);

        if (*sum != NULL)
            tern_mailbox_release(server->mailbox, *sum);
        *sum = NULL;
    }
}

/* Those of this node who wait for the rows. */
static void end_step(const tern_server_t *server, tern_dense_t *dense, bool is_whole)
{
    const tern_group_t *group = group_of(server);
    tern_dense_done_t  *done  = &dense->done[server->number];

    dense->next_chunk = 0;
    done->is_whole    = is_whole;
    __atomic_store_n(&done->steps, ++dense->num_applied, __ATOMIC_RELEASE);
    for (int i = 0; i < group->node_size; i++)
        if (group->node_members[i] != group->rank)
            tern_node_ring(tern_mailbox_node(server->mailbox), group->node_members[i]);
}

static void apply_chunk(const tern_server_t *server, tern_table_t *table)
{
    tern_dense_t *dense = table->dense;
    tern_range_t  keys  = tern_dense_chunk(table, server->number, dense->next_chunk);
    bool          is_whole;
    size_t        num_addends = list_addends(server, table, dense->next_chunk, &is_whole);
    tern_buffer_t *message    = NULL;
    char          *values     = NULL;

    bool have_all_rows =
        are_all_whole(dense, num_addends, (uint32_t)(keys.end - keys.first));

    is_whole = is_whole && have_all_rows;
    if (has_readers_elsewhere(server, dense))
        message = compose(server, table, keys, is_whole, &values);
    if (have_all_rows)
        apply_whole(server, table, keys, num_addends, values);
    else if (num_addends > 0)
        apply_rows(table, keys, num_addends);
    release_sums(server, dense);
    if (message != NULL)
        send_values(server, table, message);
    if (++dense->next_chunk == dense->num_chunks)
        end_step(server, dense, is_whole);
}

static bool advance(const tern_server_t *server, tern_table_t *table)
{
    bool         did_something = false;
    tern_phase_t before;

    if (!is_ready(server, table->dense))
        return false;
    before = tern_phase_enter(server->phases, TERN_PHASE_APPLY);
    while (is_ready(server, table->dense)) {
        apply_chunk(server, table);
        did_something = true;
    }
    tern_phase_enter(server->phases, before);
    return did_something;
}

/* A tern_poll_fn. */
static bool poll_tables(void *context)
{
    tern_server_t *server        = context;
    bool           did_something = false;

    for (uint32_t t = 0;
         server->catalogue->num_dense > 0 && t < server->catalogue->num_tables; t++) {
        tern_table_t *table = server->catalogue->tables[t];

        if (table->dense == NULL || table->dense->num_chunks == 0)
            continue;
        tern_dense_have_gone(table->dense);
        did_something |= advance(server, table);
    }
    return did_something;
}

/* --- messages --- */

static bool find_node(const tern_server_t *server, const tern_dense_t *dense,
                      uint32_t source, uint32_t *node_p)
{
    for (uint32_t n = 0; n < dense->num_nodes; n++)
        if (dense->nodes[n].node == group_of(server)->members[source].node) {
            *node_p = n;
            return dense->nodes[n].node != group_of(server)->node;
        }
    return false;
}

static bool has_good_runs(const tern_message_t *message, size_t row_bytes)
{
    const tern_sum_run_t *runs = (const tern_sum_run_t *)message->payload;
    size_t   head = tern_message_runs_bytes(message->header->num_runs), bytes;
    uint32_t at = 0, num_rows = 0;

    if (message->payload_bytes < head)
        return false;
    for (uint32_t r = 0; r < message->header->num_runs; r++) {
        if (runs[r].begin < at || runs[r].begin >= runs[r].end ||
            runs[r].end > message->header->num_keys)
            return false;
        at = runs[r].end;
        num_rows += runs[r].end - runs[r].begin;
    }
    tern_message_rows(message, head, &bytes);
    return bytes == num_rows * row_bytes;
}

/* Keep the sum of a node for the chunk that it is of. False: it is malformed, or of no chunk that is waited for. */
static bool keep_sum(const tern_server_t *server, const tern_table_t *table,
                     uint32_t node, const tern_message_t *message)
{
    const tern_message_header_t *header = message->header;
    const tern_dense_t          *dense  = table->dense;
    tern_range_t    part  = tern_placement_range(&table->placement, server->number);
    uint64_t        chunk = (header->first_key - part.first) / dense->rows_per_chunk;
    tern_range_t    keys;
    tern_buffer_t **sum;

    if (header->first_key < part.first || header->first_key >= part.end ||
        header->clock != dense->num_applied + 1 || chunk < dense->next_chunk)
        return false;
    keys = tern_dense_chunk(table, server->number, chunk);
    sum  = sum_of(dense, node, chunk);
    if (header->first_key != keys.first || header->num_keys != keys.end - keys.first ||
        *sum != NULL || !has_good_runs(message, table->row_bytes))
        return false;
    tern_buffer_keep(message->buffer);
    *sum = message->buffer;
    return true;
}

/* A tern_message_fn. */
static void take_sum(void *context, const tern_message_t *message)
{
    tern_server_t               *server = context;
    const tern_message_header_t *header = message->header;
    tern_table_t *table   = tern_catalogue_get(server->catalogue, header->table);
    bool          is_good = table != NULL && table->dense != NULL &&
                   table->dense->num_chunks > 0 &&
                   header->source < (uint32_t)server->size;
    uint32_t node = 0;

    is_good = is_good && find_node(server, table->dense, header->source, &node);
    if (is_good && header->clock == TERN_DENSE_LEFT)
        table->dense->has_left[node] = true;
    else if (is_good)
        is_good = keep_sum(server, table, node, message);
    if (is_good)
        advance(server, table);
    else
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "malformed sum from rank %u: table %u",
                 header->source, header->table);
}

void tern_dense_server_register(tern_server_t *server)
{
    tern_mailbox_handle(server->mailbox, TERN_MESSAGE_SUM, take_sum, server);
    tern_mailbox_add_poll(server->mailbox, poll_tables, server);
}
