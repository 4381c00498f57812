/** \file
 * Rows of a table, worked on in place where they are on this node, else in a copy whose difference is pushed.
 *
 * In place means that workers of a node change a row at the same time and now and then lose a part of a change to each
 * other, as threads of word2vec.c do (Hogwild: Niu et al., NIPS 2011). The borrow is exclusive in the words of
 * tern/access.h: nobody is kept away, but the library learns which rows were changed.
 */
#include "memory.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

typedef struct server_rows {
    w2v_rows_t      rows;
    tern_runtime_t *runtime;
    tern_table_t   *table;
    w2v_manner_t    manner;
    bool            is_alone; /* all rows are on this node, whatever happens */
} server_rows_t;

static tern_status_t settle(w2v_rows_t *rows, w2v_lease_t *lease)
{
    (void)rows;
    return tern_wait(&lease->request);
}

/* --- fetching --- */

static void add_copy(w2v_lease_t *lease, uint32_t i)
{
    lease->copied[lease->num_copied]      = i;
    lease->copied_keys[lease->num_copied] = lease->keys[i];
    lease->num_copied++;
}

static void add_lent(w2v_lease_t *lease, uint32_t i)
{
    lease->lent[lease->num_lent]      = i;
    lease->lent_keys[lease->num_lent] = lease->keys[i];
    lease->num_lent++;
}

/* Copies from number `first` on are pulled. */
static tern_status_t pull_copies(server_rows_t *server, w2v_lease_t *lease, size_t first)
{
    size_t width = server->rows.width;

    if (first == lease->num_copied)
        return TERN_OK;
    w2v_lease_reserve_copies(lease, lease->num_copied, width);
    return tern_pull(server->table, lease->num_copied - first, lease->copied_keys + first,
                     lease->now + first * width, &lease->request);
}

static tern_status_t fetch(w2v_rows_t *rows, w2v_lease_t *lease)
{
    server_rows_t *server     = (server_rows_t *)rows;
    bool           copies_all = server->manner.access == W2V_ACCESS_COPY;
    tern_status_t  status     = settle(rows, lease);

    lease->num_copied = lease->num_lent = 0;
    for (uint32_t i = 0; i < lease->num_keys; i++)
        if (copies_all ||
            !(server->is_alone || tern_is_local(server->table, lease->keys[i])))
            add_copy(lease, i);
        else
            add_lent(lease, i);
    return status == TERN_OK ? pull_copies(server, lease, 0) : status;
}

/* Rows that were on this node when the batch was made and are not any more. */
static tern_status_t fetch_missing(w2v_rows_t *rows, w2v_lease_t *lease)
{
    size_t num_lent  = lease->num_lent;
    size_t num_there = lease->num_copied;

    lease->num_lent = 0;
    for (size_t l = 0; l < num_lent; l++)
        if (lease->borrowed[l].value == NULL)
            add_copy(lease, lease->lent[l]);
        else
            add_lent(lease, lease->lent[l]);
    return pull_copies((server_rows_t *)rows, lease, num_there);
}

/* --- lending --- */

/* Work on the copies; remember what they were. */
static void point_to_copies(const server_rows_t *server, w2v_lease_t *lease)
{
    size_t width = server->rows.width;

    for (size_t c = 0; c < lease->num_copied; c++)
        lease->values[lease->copied[c]] = lease->now + c * width;
    if (lease->num_copied > 0)
        memcpy(lease->before, lease->now, lease->num_copied * width * sizeof(float));
}

/* A borrow that is given back at once: borrowing waits before it lends anything. */
static tern_status_t await_own(w2v_rows_t *rows, w2v_lease_t *lease)
{
    const server_rows_t *server = (server_rows_t *)rows;
    tern_status_t        status;

    if (server->is_alone)
        return TERN_OK;
    status = tern_borrow(server->table, lease->num_lent, lease->lent_keys,
                         TERN_BORROW_SHARED, lease->borrowed, NULL);
    if (status == TERN_OK)
        tern_return(server->table, lease->num_lent, TERN_BORROW_SHARED, lease->borrowed,
                    NULL);
    return status;
}

static tern_status_t lend(w2v_rows_t *rows, w2v_lease_t *lease)
{
    const server_rows_t *server     = (server_rows_t *)rows;
    size_t               num_absent = 0;
    tern_status_t        status =
        tern_borrow(server->table, lease->num_lent, lease->lent_keys,
                    TERN_BORROW_EXCLUSIVE, lease->borrowed, &num_absent);

    if (status != TERN_OK) {
        lease->num_lent = 0;
        return status;
    }
    for (size_t l = 0; l < lease->num_lent; l++)
        lease->values[lease->lent[l]] = lease->borrowed[l].value;
    point_to_copies(server, lease);
    return num_absent == 0 ? TERN_OK : TERN_IN_PROGRESS;
}

static void give_back(w2v_rows_t *rows, w2v_lease_t *lease)
{
    const server_rows_t *server = (server_rows_t *)rows;

    tern_return(server->table, lease->num_lent, TERN_BORROW_EXCLUSIVE, lease->borrowed,
                NULL);
}

static tern_status_t push(w2v_rows_t *rows, w2v_lease_t *lease)
{
    const server_rows_t *server = (server_rows_t *)rows;
    size_t               num    = lease->num_copied * rows->width;

    if (num == 0)
        return TERN_OK;
    for (size_t j = 0; j < num; j++)
        lease->before[j] = lease->now[j] - lease->before[j];
    return tern_push(server->table, lease->num_copied, lease->copied_keys, lease->before,
                     server->manner.is_push_async ? &lease->request : NULL);
}

/* --- the rest --- */

static tern_status_t announce(w2v_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                              uint64_t first_clock, uint64_t end_clock,
                              tern_request_t **request_p)
{
    const server_rows_t *server = (server_rows_t *)rows;

    if (server->manner.has_intents)
        return tern_intent(server->table, num_keys, keys, first_clock, end_clock);
    return tern_localize(server->table, num_keys, keys, request_p);
}

static tern_status_t read_range(w2v_rows_t *rows, tern_range_t range, float values[])
{
    return tern_pull_range(((server_rows_t *)rows)->table, range, values, NULL);
}

static void destroy(w2v_rows_t *rows)
{
    free(rows);
}

static const w2v_rows_ops_t server_ops = {
    .fetch         = fetch,
    .settle        = settle,
    .await_own     = await_own,
    .lend          = lend,
    .give_back     = give_back,
    .fetch_missing = fetch_missing,
    .push          = push,
    .announce      = announce,
    .read_range    = read_range,
    .destroy       = destroy,
};

w2v_rows_t *w2v_rows_on_server(tern_runtime_t *runtime, tern_table_t *table,
                               w2v_manner_t manner)
{
    server_rows_t *server = APP_NEW(server_rows_t, 1);
    tern_range_t   keys   = tern_table_keys(table);

    server->rows     = (w2v_rows_t){&server_ops, tern_table_width(table),
                                    (size_t)(keys.end - keys.first)};
    server->runtime  = runtime;
    server->table    = table;
    server->manner   = manner;
    server->is_alone = tern_num_nodes(runtime) == 1;
    return &server->rows;
}
