#include <string.h>

#include "base/log.h"
#include "client/dense.h"

void tern_dense_ring(const tern_client_t *client)
{
    const tern_group_t *group = client->group;

    for (int i = 0; i < group->node_size; i++)
        if (group->node_members[i] != group->rank)
            tern_node_ring(tern_mailbox_node(client->mailbox), group->node_members[i]);
}

bool tern_dense_is_done(const tern_table_t *table, uint64_t step)
{
    for (uint32_t s = 0; s < (uint32_t)table->client->group->num_servers; s++)
        if (tern_dense_num_chunks(table, s) > 0 &&
            __atomic_load_n(&table->dense->done[s].steps, __ATOMIC_ACQUIRE) < step)
            return false;
    return true;
}

/* --- what the node pushed --- */

static tern_buffer_t *compose(const tern_table_t *table, uint64_t step, tern_range_t keys,
                              const tern_sum_run_t runs[], uint32_t num_runs,
                              size_t rows_bytes)
{
    size_t         head = tern_message_runs_bytes(num_runs);
    tern_buffer_t *message =
        tern_mailbox_compose(table->client->mailbox, TERN_MESSAGE_SUM, head + rows_bytes);
    tern_message_header_t *header;

    if (message == NULL)
        return NULL;
    header            = tern_buffer_header(message);
    header->table     = table->id;
    header->clock     = step;
    header->first_key = keys.first;
    header->num_keys  = (uint32_t)(keys.end - keys.first);
    header->num_runs  = num_runs;
    if (num_runs > 0)
        memcpy(tern_buffer_payload(message), runs, num_runs * sizeof *runs);
    return message;
}

static char *rows_of(tern_buffer_t *message)
{
    return (char *)tern_buffer_payload(message) +
           tern_message_runs_bytes(tern_buffer_header(message)->num_runs);
}

/* All addends have all rows. A single one is sent from where it lies. */
static tern_buffer_t *compose_whole(const tern_table_t *table, uint64_t step,
                                    tern_range_t keys, size_t num_addends)
{
    tern_dense_t    *dense   = table->dense;
    tern_sum_shape_t shape   = {(tern_type_t)table->record.type, table->record.width,
                                (uint32_t)(keys.end - keys.first)};
    tern_sum_run_t   all     = {0, shape.num_rows};
    size_t           bytes   = shape.num_rows * table->row_bytes;
    bool             is_long = bytes >= TERN_DENSE_TAIL_BYTES;
    tern_buffer_t   *message = compose(table, step, keys, &all, 1, is_long ? 0 : bytes);
    tern_buffer_t   *tail    = NULL;

    if (message == NULL)
        return NULL;
    if (is_long && num_addends == 1) {
        tern_buffer_lend_tail(message, dense->addends[0].rows, bytes);
        return message;
    }
    if (is_long && (tail = tern_mailbox_allocate(dense->mailbox, bytes)) == NULL) {
        tern_mailbox_release(dense->mailbox, message);
        return NULL;
    }
    if (is_long)
        tern_buffer_set_tail(message, tail);
    for (size_t a = 0; a < num_addends; a++)
        dense->wholes[a] = dense->addends[a].rows;
    tern_sum_whole(&shape, num_addends, dense->wholes,
                   is_long ? tail->data : rows_of(message));
    return message;
}

/* The runs of touched rows; at most one for two rows. */
static uint32_t list_touched(const bool touched[], uint32_t num, tern_sum_run_t runs[])
{
    uint32_t num_runs = 0;

    for (uint32_t i = 0; i < num; i++) {
        if (!touched[i])
            continue;
        if (num_runs > 0 && runs[num_runs - 1].end == i)
            runs[num_runs - 1].end++;
        else
            runs[num_runs++] = (tern_sum_run_t){i, i + 1};
    }
    return num_runs;
}

/* What somebody pushed, and nothing else. */
static tern_buffer_t *compose_rows(const tern_table_t *table, uint64_t step,
                                   tern_range_t keys, size_t num_addends)
{
    tern_dense_t    *dense = table->dense;
    tern_sum_shape_t shape = {(tern_type_t)table->record.type, table->record.width,
                              (uint32_t)(keys.end - keys.first)};
    uint32_t         num_touched =
        tern_sum_rows(&shape, num_addends, dense->addends, dense->sum, dense->touched);
    uint32_t       num_runs = list_touched(dense->touched, shape.num_rows, dense->runs);
    tern_buffer_t *message =
        compose(table, step, keys, dense->runs, num_runs, num_touched * table->row_bytes);
    char *to = message != NULL ? rows_of(message) : NULL;

    for (uint32_t r = 0; to != NULL && r < num_runs; r++) {
        size_t bytes = (dense->runs[r].end - dense->runs[r].begin) * table->row_bytes;

        memcpy(to, dense->sum + dense->runs[r].begin * table->row_bytes, bytes);
        to += bytes;
    }
    return message;
}

static bool are_all_whole(const tern_dense_t *dense, size_t num_addends,
                          uint32_t num_rows)
{
    for (size_t a = 0; a < num_addends; a++)
        if (!tern_addend_is_whole(&dense->addends[a], num_rows))
            return false;
    return num_addends > 0;
}

static bool send_chunk(const tern_table_t *table, uint64_t step, uint32_t server,
                       uint64_t chunk)
{
    tern_dense_t  *dense       = table->dense;
    tern_range_t   keys        = tern_dense_chunk(table, server, chunk);
    size_t         num_addends = tern_dense_list_addends(table, keys, dense->addends);
    tern_buffer_t *message =
        are_all_whole(dense, num_addends, (uint32_t)(keys.end - keys.first))
            ? compose_whole(table, step, keys, num_addends)
            : compose_rows(table, step, keys, num_addends);
    tern_status_t status;

    if (message == NULL)
        return false;
    tern_buffer_header(message)->flags =
        tern_dense_is_whole(dense) ? TERN_MESSAGE_WHOLE : 0;
    status = tern_mailbox_send(dense->mailbox, table->client->group->server_ranks[server],
                               message);
    tern_dense_note_sending(dense, message);
    return status == TERN_OK;
}

static bool send_left(const tern_table_t *table, uint32_t server)
{
    tern_buffer_t *message =
        compose(table, TERN_DENSE_LEFT, (tern_range_t){0, 0}, NULL, 0, 0);

    return message != NULL &&
           tern_mailbox_post(table->dense->mailbox,
                             table->client->group->server_ranks[server],
                             message) == TERN_OK;
}

static void tell_server(const tern_table_t *table, uint64_t step, uint32_t server)
{
    uint64_t num_chunks = tern_dense_num_chunks(table, server);
    bool     is_good    = true;

    if (step == TERN_DENSE_LEFT)
        is_good = num_chunks == 0 || send_left(table, server);
    for (uint64_t chunk = 0; step != TERN_DENSE_LEFT && is_good && chunk < num_chunks;
         chunk++)
        is_good = send_chunk(table, step, server, chunk);
    if (!is_good)
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR,
                 "no memory to send what was pushed to dense table '%s' to server rank "
                 "%d: the step cannot end",
                 table->record.name, table->client->group->server_ranks[server]);
}

/* When all workers of the node have ended a step, their delegates tell the servers of other nodes. */
static bool tell_servers(const tern_table_t *table)
{
    tern_dense_t       *dense = table->dense;
    const tern_group_t *group = table->client->group;
    uint64_t            step  = dense->num_told + 1;
    bool                have_left;

    if (dense->num_told == TERN_DENSE_LEFT ||
        !tern_dense_is_staged(dense, step, &have_left))
        return false;
    if (have_left)
        step = TERN_DENSE_LEFT;
    for (uint32_t s = 0; s < (uint32_t)group->num_servers; s++)
        if (!tern_group_is_neighbour(group, group->server_ranks[s]) &&
            tern_dense_reader(dense, group, s) == group->rank)
            tell_server(table, step, s);
    dense->num_told = step;
    return true;
}

/* --- what the rows are after it --- */

static tern_table_t *find_table(const tern_client_t         *client,
                                const tern_message_header_t *header, uint32_t *server_p)
{
    tern_table_t *table = tern_catalogue_get(client->catalogue, header->table);
    int           server;

    if (table == NULL || table->dense == NULL || table->dense->own == NULL ||
        header->source >= (uint32_t)client->group->size)
        return NULL;
    server = client->group->members[header->source].server;
    if (server < 0)
        return NULL;
    *server_p = (uint32_t)server;
    return table;
}

static bool is_well_formed(const tern_table_t *table, uint32_t server,
                           const tern_message_header_t *header, size_t row_bytes)
{
    tern_range_t part     = tern_placement_range(&table->placement, server);
    bool         has_rows = (header->flags & TERN_MESSAGE_WHOLE) != 0;

    return header->first_key >= part.first && header->first_key <= part.end &&
           header->num_keys <= part.end - header->first_key &&
           row_bytes == (has_rows ? header->num_keys * table->row_bytes : 0);
}

static char *place_of(const tern_table_t *table, const tern_message_header_t *header)
{
    return table->dense->values +
           (header->first_key - table->record.keys.first) * table->row_bytes;
}

/* A tern_placement_fn: into the node's memory. */
static void *place_values(void *context, const tern_message_t *message)
{
    uint32_t      server;
    tern_table_t *table = find_table(context, message->header, &server);

    return table != NULL && is_well_formed(table, server, message->header,
                                           message->header->tail_bytes)
               ? place_of(table, message->header)
               : NULL;
}

static void note_chunk(tern_client_t *client, const tern_table_t *table, uint32_t server,
                       const tern_message_header_t *header)
{
    tern_dense_t      *dense = table->dense;
    tern_dense_done_t *done  = &dense->done[server];

    if (++dense->num_chunks_here[server] < tern_dense_num_chunks(table, server))
        return;
    dense->num_chunks_here[server] = 0;
    done->is_whole                 = (header->flags & TERN_MESSAGE_WHOLE) != 0;
    __atomic_store_n(&done->steps, header->clock, __ATOMIC_RELEASE);
    tern_dense_ring(client);
}

/* A tern_message_fn. */
static void take_values(void *context, const tern_message_t *message)
{
    tern_client_t *client = context;
    uint32_t       server;
    tern_table_t  *table = find_table(client, message->header, &server);
    size_t         bytes;
    const char    *rows = tern_message_rows(message, 0, &bytes);

    if (table == NULL || !is_well_formed(table, server, message->header, bytes)) {
        tern_log(TERN_LOG_CLIENT, TERN_LOG_ERROR, "malformed values from rank %u",
                 message->header->source);
        return;
    }
    if (!message->is_placed && bytes > 0)
        memcpy(place_of(table, message->header), rows, bytes);
    note_chunk(client, table, server, message->header);
}

/* --- the duties --- */

/* Who has the rows after a step knows that every worker has ended it. */
static void raise_clock(const tern_table_t *table)
{
    const tern_dense_t *dense = table->dense;
    tern_board_t       *board = table->client->board;
    uint64_t            clock = dense->first_clock + dense->num_ended;

    if (dense->shares_clock && dense->num_ended != TERN_DENSE_LEFT &&
        tern_board_global_min(board, TERN_LANE_CLOCK) < clock &&
        tern_dense_is_done(table, dense->num_ended))
        tern_board_raise_global(board, TERN_LANE_CLOCK, clock, -1);
}

/* A tern_poll_fn. */
static bool do_duties(void *context)
{
    tern_client_t *client        = context;
    bool           did_something = false;

    for (uint32_t t = 0;
         client->catalogue->num_dense > 0 && t < client->catalogue->num_tables; t++) {
        const tern_table_t *table = client->catalogue->tables[t];

        if (table->dense == NULL || table->dense->own == NULL)
            continue;
        did_something |= tell_servers(table);
        if (table->dense->borrower != NULL && table->dense->lent == NULL)
            tern_dense_return_lent(table);
        raise_clock(table);
    }
    return did_something;
}

void tern_dense_duties_register(tern_client_t *client)
{
    tern_mailbox_handle(client->mailbox, TERN_MESSAGE_VALUES, take_values, client);
    tern_mailbox_place(client->mailbox, TERN_MESSAGE_VALUES, place_values, client);
    tern_mailbox_add_poll(client->mailbox, do_duties, client);
}
