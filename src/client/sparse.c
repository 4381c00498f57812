/** \file
 * Sparse tables: rows are on the server that the placement names, once their key has been changed.
 *
 * Ranks of the server's node read and change the rows that are there in place. What has no row is read as its initial
 * value, without a message; a change of it goes to the server, who alone makes rows: directly where the caller is that
 * server, else by message, even to a neighbour.
 */
#include "table/sparse.h"
#include "client/direct.h"
#include "client/here.h"

/* A caller that is a server makes the rows of its own keys. An operation on such a key can be under way only where there
 * was no room for its row, so that there is nothing to overtake. */
static size_t change_here(tern_table_t *table, tern_message_kind_t kind, size_t num_keys,
                          const tern_key_t keys[], const void *rows, uint32_t missing[])
{
    tern_sparse_change_t change = {
        .kind = kind, .keys = keys, .rows = rows, .source = table->view.source};
    size_t num_missing;

    table->view.clock = table->client->clock;
    num_missing       = tern_here_change(table, kind, num_keys, keys, rows, missing);
    if (num_missing == 0 || table->shard == NULL || !table->client->uses_memory)
        return num_missing;
    return tern_sparse_make_rows(table, &change, num_missing, missing);
}

static bool has(const tern_table_t *table, tern_key_t key)
{
    return tern_view_has(&table->view, key);
}

static uint32_t server_of(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key)
{
    (void)kind;
    return tern_placement_server(&table->placement, key);
}

const tern_access_ops_t tern_access_sparse = {
    .pull              = tern_direct_pull,
    .change            = tern_direct_change,
    .push_pull         = tern_direct_push_pull,
    .read_here         = tern_here_read,
    .change_here       = change_here,
    .has               = has,
    .server_of         = server_of,
    .writes_out_ranges = true,
};
