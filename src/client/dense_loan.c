/** \file
 * Pushing without a copy. Who pushes a whole table and keeps the request lends the array: the parts that this rank itself will sum
 * or send are read from there, and only those that others of the node read are copied to the stage, which is nothing in a node of one rank.
 * The loan ends with the step. Who waits for the request before the clock wants the array back: then the other parts are copied, too.
 */
#include <assert.h>
#include <string.h>

#include "client/dense.h"

static void copy_part(const tern_table_t *table, uint32_t server)
{
    tern_dense_t *dense  = table->dense;
    tern_range_t  keys   = tern_placement_range(&table->placement, server);
    size_t        offset = (keys.first - table->record.keys.first) * table->row_bytes;

    memcpy(tern_dense_rows(dense, dense->own) + offset, dense->lent + offset,
           (keys.end - keys.first) * table->row_bytes);
}

/* To the stage: the parts that this rank reads, or the others. */
static void copy_parts(const tern_table_t *table, bool are_read_here)
{
    const tern_group_t *group = table->client->group;

    for (uint32_t s = 0; s < (uint32_t)group->num_servers; s++)
        if ((tern_dense_reader(table->dense, group, s) == group->rank) == are_read_here)
            copy_part(table, s);
}

tern_status_t tern_dense_lend(tern_table_t *table, const void *rows,
                              tern_request_t **request_p)
{
    tern_dense_t   *dense = table->dense;
    tern_request_t *request =
        tern_request_create(table->client, table, TERN_MESSAGE_PUSH, NULL);

    assert(dense->borrower == NULL);

    if (request == NULL)
        return TERN_ERR_NO_MEMORY;
    request->num_parts = 1;
    dense->lent        = rows;
    dense->borrower    = request;
    copy_parts(table, false);
    *request_p = request;
    return TERN_OK;
}

void tern_dense_copy_lent(const tern_table_t *table)
{
    if (table->dense->lent != NULL)
        copy_parts(table, true);
    tern_dense_return_lent(table);
}

void tern_dense_return_lent(const tern_table_t *table)
{
    tern_dense_t *dense = table->dense;

    dense->lent = NULL;
    if (dense->borrower == NULL || !tern_dense_have_gone(dense))
        return;
    tern_request_end_part(dense->borrower);
    dense->borrower = NULL;
}
