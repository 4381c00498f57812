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

static void add_copy(w2v_lease_t *lease, size_t i)
{
    lease->copied[lease->num_copied]      = (uint32_t)i;
    lease->copied_keys[lease->num_copied] = lease->keys[i];
    lease->num_copied++;
}

/* Copies from number `first` on are pulled. */
static tern_status_t pull_copies(server_rows_t *server, w2v_lease_t *lease, size_t first,
                                 tern_request_t **request_p)
{
    size_t width = server->rows.width;

    w2v_lease_reserve_copies(lease, lease->num_copied, width);
    return tern_pull(server->table, lease->num_copied - first, lease->copied_keys + first,
                     lease->now + first * width, request_p);
}

static tern_status_t fetch(w2v_rows_t *rows, w2v_lease_t *lease)
{
    server_rows_t *server     = (server_rows_t *)rows;
    bool           copies_all = server->manner.access == W2V_ACCESS_COPY;
    tern_status_t  status     = settle(rows, lease);

    lease->num_copied = 0;
    if (status != TERN_OK || (server->is_alone && !copies_all))
        return status;
    for (size_t i = 0; i < lease->num_keys; i++)
        if (copies_all || !tern_is_local(server->table, lease->keys[i]))
            add_copy(lease, i);
    return lease->num_copied == 0 ? TERN_OK
                                  : pull_copies(server, lease, 0, &lease->request);
}

/* --- opening --- */

/* A row that has come here since it was fetched is worked on in place: its copy is out of date. One that has left
 * since needs a copy, so that copies are listed anew: first those that are there, then those that are missing. */
static tern_status_t choose_places(server_rows_t *server, w2v_lease_t *lease)
{
    size_t width       = server->rows.width;
    size_t num_fetched = lease->num_copied;
    size_t num_kept    = 0;
    size_t next        = 0; /* of the fetched copies, which are in order */

    lease->num_copied = 0;
    for (size_t i = 0; i < lease->num_keys; i++) {
        bool is_fetched = next < num_fetched && lease->copied[next] == i;

        lease->values[i] = lease->borrowed[i].value;
        if (is_fetched && lease->values[i] == NULL) {
            memmove(lease->now + num_kept * width, lease->now + next * width,
                    width * sizeof(float));
            add_copy(lease, i);
            num_kept++;
        }
        next += is_fetched;
    }
    if (server->is_alone)
        return TERN_OK;
    for (size_t i = 0, kept = 0; i < lease->num_keys; i++) {
        if (kept < num_kept && lease->copied[kept] == i)
            kept++;
        else if (lease->values[i] == NULL)
            add_copy(lease, i);
    }
    return num_kept == lease->num_copied ? TERN_OK
                                         : pull_copies(server, lease, num_kept, NULL);
}

/* Work on the copies; remember what they were. */
static void point_to_copies(server_rows_t *server, w2v_lease_t *lease)
{
    size_t width = server->rows.width;

    for (size_t c = 0; c < lease->num_copied; c++)
        lease->values[lease->copied[c]] = lease->now + c * width;
    if (lease->num_copied > 0)
        memcpy(lease->before, lease->now, lease->num_copied * width * sizeof(float));
}

static tern_status_t open_rows(w2v_rows_t *rows, w2v_lease_t *lease)
{
    server_rows_t *server = (server_rows_t *)rows;
    tern_status_t  status = tern_wait(&lease->request);

    if (status == TERN_OK && server->manner.access == W2V_ACCESS_BORROW) {
        status = tern_borrow(server->table, lease->num_keys, lease->keys,
                             TERN_BORROW_EXCLUSIVE, lease->borrowed, NULL);
        if (status == TERN_OK)
            status = choose_places(server, lease);
    }
    if (status == TERN_OK)
        point_to_copies(server, lease);
    return status;
}

/* --- closing --- */

static tern_status_t push_differences(server_rows_t *server, w2v_lease_t *lease)
{
    size_t num = lease->num_copied * server->rows.width;

    if (num == 0)
        return TERN_OK;
    for (size_t j = 0; j < num; j++)
        lease->before[j] = lease->now[j] - lease->before[j];
    return tern_push(server->table, lease->num_copied, lease->copied_keys, lease->before,
                     server->manner.is_push_async ? &lease->request : NULL);
}

static tern_status_t close_rows(w2v_rows_t *rows, w2v_lease_t *lease)
{
    server_rows_t *server = (server_rows_t *)rows;

    if (server->manner.access == W2V_ACCESS_BORROW)
        tern_return(server->table, lease->num_keys, TERN_BORROW_EXCLUSIVE,
                    lease->borrowed, NULL);
    return push_differences(server, lease);
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
    .fetch      = fetch,
    .open       = open_rows,
    .close      = close_rows,
    .settle     = settle,
    .announce   = announce,
    .read_range = read_range,
    .destroy    = destroy,
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
