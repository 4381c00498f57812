/** \file
 * Rows of a table: those of this node are borrowed in place, the others pulled into a scratch copy, or have been
 * brought ahead.
 *
 * Borrowed rows may change under the reader when another worker of the node updates them, as in Hogwild
 * (Niu et al., NIPS 2011); with one worker nothing changes before its own update.
 */
#include "rows.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>

typedef struct server_rows {
    kge_rows_t       rows;
    tern_runtime_t  *runtime;
    tern_table_t    *table;
    kge_supply_t     supply;
    size_t           max_keys;
    tern_borrowed_t *borrowed;      /* [max_keys] */
    size_t           num_borrowed;  /* of the last read */
    tern_key_t      *absent_keys;   /* [max_keys] */
    float           *absent_values; /* [max_keys][width]; NULL while none was pulled */
} server_rows_t;

/* A rank that serves others while it works must let the library answer them; rows of its own node
 * do not. */
static tern_status_t attend(kge_rows_t *rows)
{
    const server_rows_t *server = (const server_rows_t *)rows;

    tern_progress(server->runtime);
    return tern_should_stop(server->runtime) ? TERN_ERR_STOPPED : TERN_OK;
}

/* A node without room for more rows leaves them where they are: they are pulled when they are read. */
static tern_status_t unless_full(tern_status_t status)
{
    return status == TERN_ERR_NO_MEMORY ? TERN_OK : status;
}

static tern_status_t claim(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[])
{
    const server_rows_t *server = (const server_rows_t *)rows;

    return unless_full(tern_localize(server->table, num_keys, keys, NULL));
}

static tern_status_t bring(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                           kge_clocks_t clocks, kge_coming_t *coming)
{
    const server_rows_t *server = (const server_rows_t *)rows;

    switch (server->supply) {
    case KGE_PREFETCH:
        return kge_coming_pull(coming, server->table, num_keys, keys);
    case KGE_LOCALIZE:
        return unless_full(
            tern_localize(server->table, num_keys, keys, &coming->request));
    case KGE_INTEND:
        return tern_intent(server->table, num_keys, keys, clocks.first, clocks.end);
    case KGE_ON_DEMAND:
        break;
    }
    return TERN_OK;
}

/* Rows that were pulled ahead and have not come here otherwise; returns how many. */
static size_t use_copies(server_rows_t *server, const kge_coming_t *coming,
                         const float *values[])
{
    size_t num = 0;

    for (size_t i = 0; i < coming->num; i++)
        if (values[coming->places[i]] == NULL) {
            values[coming->places[i]] = coming->values + i * server->rows.width;
            num++;
        }
    return num;
}

static tern_status_t pull_absent(server_rows_t *server, size_t num_keys,
                                 const tern_key_t keys[], const float *values[])
{
    size_t width      = server->rows.width;
    size_t num_absent = 0;

    if (server->absent_values == NULL)
        server->absent_values = APP_NEW(float, server->max_keys *width);
    for (size_t i = 0; i < num_keys; i++)
        if (values[i] == NULL) {
            values[i] = server->absent_values + num_absent * width;
            server->absent_keys[num_absent++] = keys[i];
        }
    return tern_pull(server->table, num_absent, server->absent_keys,
                     server->absent_values, NULL);
}

static tern_status_t read_rows(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                               kge_coming_t *coming, const float *values[])
{
    server_rows_t *server     = (server_rows_t *)rows;
    size_t         num_absent = 0;
    tern_status_t  status     = attend(rows);

    assert(num_keys <= server->max_keys);
    if (status == TERN_OK && coming != NULL)
        status = unless_full(kge_coming_wait(coming));
    if (status == TERN_OK)
        status = tern_borrow(server->table, num_keys, keys, TERN_BORROW_SHARED,
                             server->borrowed, &num_absent);
    if (status != TERN_OK)
        return status;
    server->num_borrowed = num_keys;
    for (size_t i = 0; i < num_keys; i++)
        values[i] = server->borrowed[i].value;
    if (num_absent > 0 && coming != NULL)
        num_absent -= use_copies(server, coming, values);
    return num_absent == 0 ? TERN_OK : pull_absent(server, num_keys, keys, values);
}

static void release(kge_rows_t *rows)
{
    server_rows_t *server = (server_rows_t *)rows;

    tern_return(server->table, server->num_borrowed, TERN_BORROW_SHARED, server->borrowed,
                NULL);
    server->num_borrowed = 0;
}

static tern_status_t update(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                            const float gradients[], tern_request_t **request_p)
{
    server_rows_t *server = (server_rows_t *)rows;

    return tern_push(server->table, num_keys, keys, gradients, request_p);
}

static tern_status_t read_range(kge_rows_t *rows, tern_range_t range, float values[])
{
    server_rows_t *server = (server_rows_t *)rows;
    tern_status_t  status = attend(rows);

    return status == TERN_OK ? tern_pull_range(server->table, range, values, NULL)
                             : status;
}

/* State columns have no message of their own: within reach while all rows are on this node. */
static tern_status_t read_state(kge_rows_t *rows, tern_range_t range, float state[])
{
    server_rows_t *server = (server_rows_t *)rows;
    tern_status_t  status = TERN_OK;

    for (tern_key_t key = range.first; key < range.end && status == TERN_OK; key++) {
        tern_borrowed_t row;
        size_t          num_absent = 0;

        status =
            tern_borrow(server->table, 1, &key, TERN_BORROW_SHARED, &row, &num_absent);
        if (status != TERN_OK)
            return status;
        if (num_absent > 0 || row.state == NULL)
            status = TERN_ERR_UNSUPPORTED;
        for (size_t j = 0; j < rows->width && status == TERN_OK; j++)
            state[(key - range.first) * rows->width + j] = ((const float *)row.state)[j];
        tern_return(server->table, 1, TERN_BORROW_SHARED, &row, NULL);
    }
    return status;
}

static void destroy(kge_rows_t *rows)
{
    server_rows_t *server = (server_rows_t *)rows;

    free(server->borrowed);
    free(server->absent_keys);
    free(server->absent_values);
    free(server);
}

static const kge_rows_ops_t server_ops = {
    .claim      = claim,
    .bring      = bring,
    .read       = read_rows,
    .release    = release,
    .update     = update,
    .read_range = read_range,
    .read_state = read_state,
    .attend     = attend,
    .destroy    = destroy,
};

kge_rows_t *kge_rows_on_server(tern_runtime_t *runtime, tern_table_t *table,
                               size_t max_keys, kge_supply_t supply)
{
    server_rows_t *server = APP_NEW(server_rows_t, 1);
    tern_range_t   keys   = tern_table_keys(table);

    server->rows = (kge_rows_t){&server_ops, tern_table_width(table),
                                (size_t)(keys.end - keys.first)};
    if (max_keys < KGE_MIN_READ)
        max_keys = KGE_MIN_READ;
    server->runtime     = runtime;
    server->table       = table;
    server->supply      = tern_num_nodes(runtime) > 1 ? supply : KGE_ON_DEMAND;
    server->max_keys    = max_keys;
    server->borrowed    = APP_NEW(tern_borrowed_t, max_keys);
    server->absent_keys = APP_NEW(tern_key_t, max_keys);
    return &server->rows;
}

void kge_rows_destroy(kge_rows_t **rows_p)
{
    if (*rows_p != NULL)
        (*rows_p)->ops->destroy(*rows_p);
    *rows_p = NULL;
}
