/** \file
 * The life of a fetch: get, check, perhaps get again, perhaps ask.
 *
 * One get carries a few hundred rows: enough that a row costs no message of its own where MPI emulates gets
 * by messages, few enough that the gets of one call overlap. The call that wants more of them waits for room.
 */
#include "client/fetch.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timer.h"
#include "store/seal.h"

enum {
    FETCH_ROWS      = 256,      /* most rows of a get */
    FETCH_BYTES     = 64 << 10, /* and most bytes, unless it is one row */
    MAX_UNDER_WAY   = 4 << 20,  /* bytes */
    NUM_GETS_OF_ROW = 2,        /* the first, and one more */
};

typedef struct tern_fetch {
    struct tern_fetch *next; /* under way, oldest first; in the free list */
    tern_request_t    *request;
    const tern_key_t  *keys; /* the user's */
    uint32_t           server;
    uint32_t           num_gets; /* started */
    uint64_t           epoch;    /* when the get was started */
    uint64_t       due_ns; /* over an emulated link: when it may be complete; else 0 */
    tern_get_t     get;
    tern_buffer_t *buffer; /* where rows land */
    bool           is_getting;
    uint32_t       num_rows, num_asked;
    uint32_t       rows[FETCH_ROWS];  /* positions of what is fetched */
    uint32_t       asked[FETCH_ROWS]; /* of what will be asked by message */
} tern_fetch_t;

struct tern_fetcher {
    tern_client_t *client;
    tern_fetch_t  *first, **end_p; /* under way */
    tern_fetch_t  *free;
    tern_fetch_t **open;   /* [num_servers]: being filled by the current call */
    uint64_t      *waited; /* [num_servers]: the last poll that found a get incomplete */
    uint64_t       num_polls;
    size_t         bytes_under_way;
};

static uint32_t rows_of_fetch(const tern_table_t *table)
{
    size_t most = FETCH_BYTES / tern_seal_bytes(&table->view.layout);

    return most < 1 ? 1 : most < FETCH_ROWS ? (uint32_t)most : FETCH_ROWS;
}

/* --- starting --- */

static void ask_for_all(tern_fetch_t *fetch)
{
    memcpy(fetch->asked + fetch->num_asked, fetch->rows,
           fetch->num_rows * sizeof *fetch->rows);
    fetch->num_asked += fetch->num_rows;
    fetch->num_rows   = 0;
    fetch->is_getting = false;
}

/* Gets know nothing of emulated links; they are held as long as one would have taken. */
static uint64_t due_ns_of(const tern_fetch_t *fetch)
{
    const tern_client_t *client  = fetch->request->client;
    tern_emulate_t      *emulate = tern_mailbox_emulate(client->mailbox);
    int                  rank    = client->group->server_ranks[fetch->server];
    size_t bytes = fetch->num_rows * tern_seal_bytes(&fetch->request->table->view.layout);

    return tern_emulate_is_across(emulate, rank)
               ? tern_emulate_round_trip_ns(emulate, rank, bytes, tern_timer_ns())
               : 0;
}

/* Rows of a static table lie in the order of their keys. A get that MPI refuses turns into a message. */
static void start_get(tern_fetch_t *fetch)
{
    const tern_request_t *request = fetch->request;
    const tern_table_t   *table   = request->table;
    tern_client_t        *client  = request->client;
    tern_key_t first = tern_partition_range(&table->placement.partition, fetch->server).first;
    ptrdiff_t  offsets[FETCH_ROWS];

    for (uint32_t i = 0; i < fetch->num_rows; i++)
        offsets[i] = (ptrdiff_t)((fetch->keys[fetch->rows[i]] - first) *
                                 table->view.layout.stride);
    fetch->epoch      = client->epoch;
    fetch->due_ns     = due_ns_of(fetch);
    fetch->is_getting = true;
    fetch->num_gets++;
    if (tern_window_get(table->window, client->group->server_ranks[fetch->server],
                        fetch->num_rows, offsets, tern_seal_bytes(&table->view.layout),
                        fetch->buffer->data, &fetch->get) == TERN_OK)
        client->counters->window_gets++;
    else
        ask_for_all(fetch);
}

static void enter(tern_fetcher_t *fetcher, tern_fetch_t *fetch)
{
    fetch->next     = NULL;
    *fetcher->end_p = fetch;
    fetcher->end_p  = &fetch->next;
    fetcher->bytes_under_way += fetch->buffer->bytes;
    fetch->request->num_parts++;
    fetcher->client->num_parts++;
    start_get(fetch);
}

static tern_fetch_t *open_fetch(tern_fetcher_t *fetcher, tern_request_t *request,
                                const tern_key_t keys[], uint32_t server)
{
    const tern_table_t *table = request->table;
    tern_fetch_t       *fetch = fetcher->free;
    size_t bytes = (size_t)rows_of_fetch(table) * tern_seal_bytes(&table->view.layout);

    if (fetch != NULL)
        fetcher->free = fetch->next;
    else if ((fetch = tern_alloc(TERN_LOG_CLIENT, sizeof *fetch)) == NULL)
        return NULL;
    fetch->buffer = tern_mailbox_allocate(fetcher->client->mailbox, bytes);
    if (fetch->buffer == NULL) {
        fetch->next   = fetcher->free;
        fetcher->free = fetch;
        return NULL;
    }
    fetch->request  = request;
    fetch->keys     = keys;
    fetch->server   = server;
    fetch->num_gets = fetch->num_rows = fetch->num_asked = 0;
    return fetch;
}

/* --- finishing --- */

static void finish(tern_fetcher_t *fetcher, tern_fetch_t **fetch_p)
{
    tern_fetch_t *fetch = *fetch_p;

    *fetch_p = fetch->next;
    if (fetcher->end_p == &fetch->next)
        fetcher->end_p = fetch_p;
    fetcher->bytes_under_way -= fetch->buffer->bytes;
    tern_request_end_part(fetch->request);
    fetcher->client->num_parts--;
    tern_mailbox_release(fetcher->client->mailbox, fetch->buffer);
    fetch->next   = fetcher->free;
    fetcher->free = fetch;
}

/* Copy the good rows out; those that another get may cure stay, the rest will be asked for. */
static void check_rows(tern_fetch_t *fetch)
{
    const tern_table_t      *table     = fetch->request->table;
    const tern_row_layout_t *layout    = &table->view.layout;
    tern_counters_t         *counters  = fetch->request->client->counters;
    const char              *row       = fetch->buffer->data;
    bool                     can_retry = fetch->num_gets < NUM_GETS_OF_ROW;
    uint32_t                 num_left  = 0;

    for (uint32_t i = 0; i < fetch->num_rows; i++, row += tern_seal_bytes(layout)) {
        uint32_t            position = fetch->rows[i];
        tern_seal_verdict_t verdict = tern_seal_check(layout, row, fetch->keys[position]);

        if (verdict == TERN_SEAL_GOOD) {
            memcpy(fetch->request->values + position * table->row_bytes,
                   row + layout->value_offset, table->row_bytes);
            counters->window_rows++;
        } else if (verdict == TERN_SEAL_MISMATCH && can_retry) {
            fetch->rows[num_left++] = position;
        } else {
            fetch->asked[fetch->num_asked++] = position;
        }
    }
    fetch->num_rows   = num_left;
    fetch->is_getting = false;
    counters->window_retries += num_left;
}

/* What was fetched counts only under the membership that named its owner. */
static void take_rows(tern_fetch_t *fetch, tern_status_t status)
{
    if (status != TERN_OK || fetch->epoch != fetch->request->client->epoch)
        ask_for_all(fetch);
    else
        check_rows(fetch);
    if (fetch->num_rows > 0)
        start_get(fetch);
}

/* False: the stream to the server is full; this runs inside progress and must not wait. */
static bool ask_by_message(tern_fetch_t *fetch)
{
    tern_request_t *request = fetch->request;
    tern_key_t      keys[FETCH_ROWS];
    tern_status_t   status;

    for (uint32_t i = 0; i < fetch->num_asked; i++)
        keys[i] = fetch->keys[fetch->asked[i]];
    status =
        tern_issue_pull(request, fetch->server, fetch->num_asked, keys, fetch->asked);
    if (status == TERN_IN_PROGRESS)
        return false;
    if (status != TERN_OK)
        request->status = status;
    request->client->counters->window_fallbacks += fetch->num_asked;
    return true;
}

/* Gets of one server end in order but for rare cases, and a test of one that has not ended costs a round
 * of MPI's progress: so behind such a one, those of its server are not looked at. */
static tern_status_t test(tern_fetcher_t *fetcher, tern_fetch_t *fetch)
{
    uint64_t     *waited = &fetcher->waited[fetch->server];
    tern_status_t status;

    if (!fetch->is_getting || *waited == fetcher->num_polls ||
        (fetch->due_ns != 0 && tern_timer_ns() < fetch->due_ns))
        return TERN_IN_PROGRESS;
    status = tern_get_test(&fetch->get);
    if (status == TERN_IN_PROGRESS)
        *waited = fetcher->num_polls;
    return status;
}

/* A tern_poll_fn. */
static bool poll_fetches(void *context)
{
    tern_fetcher_t *fetcher       = context;
    tern_fetch_t  **fetch_p       = &fetcher->first;
    bool            did_something = false;

    fetcher->num_polls++;
    while (*fetch_p != NULL) {
        tern_fetch_t *fetch  = *fetch_p;
        tern_status_t status = test(fetcher, fetch);

        if (status != TERN_IN_PROGRESS) {
            take_rows(fetch, status);
            did_something = true;
        }
        if (!fetch->is_getting && (fetch->num_asked == 0 || ask_by_message(fetch))) {
            finish(fetcher, fetch_p);
            did_something = true;
        } else {
            fetch_p = &fetch->next;
        }
    }
    return did_something;
}

/* --- the calls of others --- */

typedef struct room {
    const tern_fetcher_t *fetcher;
    size_t                bytes;
} room_t;

static bool has_room(void *context)
{
    const room_t *room = context;

    return room->fetcher->first == NULL ||
           room->fetcher->bytes_under_way + room->bytes <= MAX_UNDER_WAY;
}

static void describe_oldest(void *context, char *text, size_t text_bytes)
{
    tern_fetch_describe(((room_t *)context)->fetcher->client, NULL, text, text_bytes);
}

static void close_fetch(tern_fetcher_t *fetcher, uint32_t server)
{
    tern_fetch_t   *fetch = fetcher->open[server];
    room_t          room  = {fetcher, fetch->buffer->bytes};
    tern_wait_for_t what  = {
         .is_done = has_room, .describe = describe_oldest, .context = &room};

    tern_waiter_wait(fetcher->client->waiter, &what);
    fetcher->open[server] = NULL;
    enter(fetcher, fetch);
}

/* True if a get may read the server's rows for this rank now. */
static bool may_fetch_from(const tern_client_t *client, uint32_t server)
{
    return client->streams[server].num_changes == 0 && client->underway.num_keys == 0 &&
           !tern_group_is_neighbour(client->group, client->group->server_ranks[server]);
}

static tern_status_t add_row(tern_request_t *request, uint32_t server, uint32_t position,
                             const tern_key_t keys[])
{
    tern_fetcher_t *fetcher = request->client->fetcher;
    tern_fetch_t   *fetch   = fetcher->open[server];

    if (fetch == NULL) {
        fetch = open_fetch(fetcher, request, keys, server);
        if (fetch == NULL)
            return TERN_ERR_NO_MEMORY;
        fetcher->open[server] = fetch;
    }
    fetch->rows[fetch->num_rows++] = position;
    if (fetch->num_rows == rows_of_fetch(request->table))
        close_fetch(fetcher, server);
    return TERN_OK;
}

tern_status_t tern_fetch_keys(tern_request_t *request, size_t *num_positions_p,
                              uint32_t positions[], const tern_key_t keys[])
{
    tern_client_t          *client    = request->client;
    const tern_partition_t *partition = &request->table->placement.partition;
    tern_status_t           status    = TERN_OK;
    size_t                  num_left  = 0;

    if (client->fetcher == NULL || request->table->window == NULL)
        return TERN_OK;
    for (size_t i = 0; i < *num_positions_p && status == TERN_OK; i++) {
        uint32_t server = tern_partition_part(partition, keys[positions[i]]);

        if (may_fetch_from(client, server))
            status = add_row(request, server, positions[i], keys);
        else
            positions[num_left++] = positions[i];
    }
    for (uint32_t s = 0; s < (uint32_t)client->group->num_servers; s++)
        if (client->fetcher->open[s] != NULL)
            close_fetch(client->fetcher, s);
    *num_positions_p = num_left;
    return status;
}

void tern_fetch_describe(const tern_client_t *client, const tern_request_t *request,
                         char *text, size_t text_bytes)
{
    const tern_fetch_t *fetch = client->fetcher == NULL ? NULL : client->fetcher->first;

    while (fetch != NULL && request != NULL && fetch->request != request)
        fetch = fetch->next;
    text[0] = '\0';
    if (fetch != NULL)
        snprintf(text, text_bytes, "%s of %u rows of table '%s' from server rank %d",
                 fetch->is_getting ? "one-sided get" : "room to ask for some",
                 fetch->num_rows + fetch->num_asked, fetch->request->table->record.name,
                 client->group->server_ranks[fetch->server]);
}

bool tern_fetch_is_held(const tern_client_t *client)
{
    return client->fetcher != NULL && client->fetcher->first != NULL &&
           client->fetcher->first->due_ns != 0;
}

/* --- life --- */

tern_status_t tern_fetcher_create(tern_client_t *client, tern_fetcher_t **fetcher_p)
{
    size_t          num_servers = (size_t)client->group->num_servers;
    tern_fetcher_t *fetcher     = tern_alloc_zeroed(TERN_LOG_CLIENT, sizeof *fetcher);

    if (fetcher == NULL)
        return TERN_ERR_NO_MEMORY;
    fetcher->client = client;
    fetcher->end_p  = &fetcher->first;
    fetcher->open =
        tern_alloc_zeroed(TERN_LOG_CLIENT, num_servers * sizeof *fetcher->open);
    fetcher->waited =
        tern_alloc_zeroed(TERN_LOG_CLIENT, num_servers * sizeof *fetcher->waited);
    if (fetcher->open == NULL || fetcher->waited == NULL) {
        tern_fetcher_destroy(&fetcher);
        return TERN_ERR_NO_MEMORY;
    }
    tern_mailbox_add_poll(client->mailbox, poll_fetches, fetcher);
    *fetcher_p = fetcher;
    return TERN_OK;
}

void tern_fetcher_destroy(tern_fetcher_t **fetcher_p)
{
    tern_fetcher_t *fetcher = *fetcher_p;

    if (fetcher == NULL)
        return;
    while (fetcher->free != NULL) {
        tern_fetch_t *fetch = fetcher->free;

        fetcher->free = fetch->next;
        tern_free(TERN_LOG_CLIENT, fetch);
    }
    tern_free(TERN_LOG_CLIENT, fetcher->waited);
    tern_free(TERN_LOG_CLIENT, fetcher->open);
    tern_free(TERN_LOG_CLIENT, fetcher);
    *fetcher_p = NULL;
}
