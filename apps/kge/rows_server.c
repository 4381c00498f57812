/** \file
 * Rows of a table: those of this node are borrowed in place, the others brought here ahead, or copied.
 *
 * Borrowed rows may change under the reader when another worker of the node updates them, as in Hogwild
 * (Niu et al., NIPS 2011); with one worker nothing changes before its own update.
 */
#include "rows.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct server_rows {
    kge_rows_t       rows;
    tern_runtime_t  *runtime;
    tern_table_t    *table;
    kge_supply_t     supply;
    size_t           max_keys;
    tern_borrowed_t *borrowed; /* [num_borrowed of max_keys] */
    size_t           num_borrowed;
    tern_key_t      *wanted; /* [num_wanted], to be localized together */
    size_t           num_wanted, wanted_capacity;
    double           next_look; /* by tern_seconds(): when others are attended to */
} server_rows_t;

/* A rank that serves others while it works must let the library answer them; rows of its own node
 * do not. Looking costs a microsecond, a triple not much more. */
static tern_status_t attend(kge_rows_t *rows)
{
    const double   look_every = 20e-6;
    server_rows_t *server     = (server_rows_t *)rows;
    double         now        = tern_seconds(server->runtime);

    if (now < server->next_look)
        return TERN_OK;
    server->next_look = now + look_every;
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

static void keep_back(server_rows_t *server, size_t num_keys, const tern_key_t keys[])
{
    if (server->num_wanted + num_keys > server->wanted_capacity) {
        server->wanted_capacity = 2 * server->wanted_capacity + num_keys;
        server->wanted =
            app_resize(server->wanted, server->wanted_capacity, sizeof(tern_key_t));
    }
    memcpy(server->wanted + server->num_wanted, keys, num_keys * sizeof(tern_key_t));
    server->num_wanted += num_keys;
}

static tern_status_t bring(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                           kge_clocks_t clocks, kge_coming_t *coming)
{
    server_rows_t *server = (server_rows_t *)rows;

    kge_coming_clear(coming);
    switch (server->supply) {
    case KGE_LOCALIZE:
        keep_back(server, num_keys, keys);
        return TERN_OK;
    case KGE_INTEND:
        return tern_intent(server->table, num_keys, keys, clocks.first, clocks.end);
    case KGE_ON_DEMAND:
        break;
    }
    return TERN_OK;
}

/* One localize for the rows of several batches: its messages do not grow with them. */
static tern_status_t depart(kge_rows_t *rows, kge_coming_t *coming)
{
    server_rows_t *server   = (server_rows_t *)rows;
    size_t         num_keys = server->num_wanted;

    if (num_keys == 0)
        return TERN_OK;
    server->num_wanted = 0;
    return unless_full(
        tern_localize(server->table, num_keys, server->wanted, &coming->request));
}

static tern_status_t prefetch(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                              kge_coming_t *coming)
{
    const server_rows_t *server = (const server_rows_t *)rows;
    tern_status_t        status = kge_coming_test(coming);

    if (status == TERN_IN_PROGRESS)
        return TERN_OK;
    for (size_t i = 0; i < num_keys; i++)
        if (!tern_is_local(server->table, keys[i]))
            kge_coming_want(coming, rows->width, keys[i], (uint32_t)i);
    status = unless_full(status);
    return status == TERN_OK ? kge_coming_pull(coming, server->table) : status;
}

static size_t borrow(kge_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                     kge_coming_t *coming, const float *values[])
{
    server_rows_t *server      = (server_rows_t *)rows;
    size_t         num_missing = 0;
    tern_status_t  status = tern_borrow(server->table, num_keys, keys, TERN_BORROW_SHARED,
                                        server->borrowed, &num_missing);

    assert(num_keys <= server->max_keys && status == TERN_OK);
    (void)status;
    server->num_borrowed = num_keys;
    for (size_t i = 0; i < num_keys; i++)
        values[i] = server->borrowed[i].value;
    if (num_missing == 0)
        return 0;
    for (size_t i = 0; i < coming->num; i++)
        if (values[coming->places[i]] == NULL)
            values[coming->places[i]] = coming->values + i * rows->width;
    num_missing = 0;
    for (size_t i = 0; i < num_keys; i++)
        if (values[i] == NULL) {
            kge_coming_want(coming, rows->width, keys[i], (uint32_t)i);
            num_missing++;
        }
    return num_missing;
}

static tern_status_t fetch(kge_rows_t *rows, kge_coming_t *coming)
{
    const server_rows_t *server = (const server_rows_t *)rows;
    tern_status_t        status = unless_full(kge_coming_wait(coming));

    return status == TERN_OK ? kge_coming_pull(coming, server->table) : status;
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
    free(server->wanted);
    free(server);
}

static const kge_rows_ops_t server_ops = {
    .claim      = claim,
    .bring      = bring,
    .depart     = depart,
    .prefetch   = prefetch,
    .borrow     = borrow,
    .release    = release,
    .fetch      = fetch,
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

    server->rows     = (kge_rows_t){&server_ops, tern_table_width(table),
                                    (size_t)(keys.end - keys.first)};
    server->runtime  = runtime;
    server->table    = table;
    server->supply   = tern_num_nodes(runtime) > 1 ? supply : KGE_ON_DEMAND;
    server->max_keys = max_keys < KGE_MIN_READ ? KGE_MIN_READ : max_keys;
    server->borrowed = APP_NEW(tern_borrowed_t, server->max_keys);
    return &server->rows;
}
