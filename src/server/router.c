/** \file
 * Where a key's row may be, seen from a server:
 *
 * \code
 * owned on this node                  do it, through the node's view as any of its workers
 * on its way to this server           wait with it
 * on its way to a server of this node that server
 * elsewhere                           its home; the home itself asks its directory
 * \endcode
 * The home switches its directory before it tells the old owner, and messages of one server to another keep their
 * order; so who the home names has the row, will have it, or meets the order to hand it on behind the errand.
 */
#include "server/router.h"

#include <string.h>

#include "base/log.h"
#include "server/answers.h"
#include "server/arrivals.h"
#include "server/rows.h"

/* A row that the index shows and the view does not is moving between servers of this node, or its segment is sealed:
 * looked at so often. */
enum { MAX_LOOKS = 8 };

/* --- what is here --- */

/* The keys between the missing ones; `missing` rises. */
static uint32_t list_others(uint32_t num_keys, size_t num_missing,
                            const uint32_t missing[], uint32_t others[])
{
    uint32_t num = 0;

    for (uint32_t i = 0, m = 0; i < num_keys; i++)
        if (m < num_missing && missing[m] == i)
            m++;
        else
            others[num++] = i;
    return num;
}

static size_t list_absent(const tern_errand_t *errand, uint32_t missing[])
{
    size_t num = 0;

    for (uint32_t i = 0; i < errand->num_keys; i++)
        if (!tern_view_has(&errand->table->view, errand->keys[i]))
            missing[num++] = i;
    return num;
}

/* Push or set, unless it was done before. Keys whose rows are not here go to `missing`. */
static size_t change(tern_server_t *server, const tern_errand_t *errand)
{
    tern_message_header_t header  = {.kind     = errand->route.kind,
                                     .source   = errand->route.client,
                                     .sequence = errand->route.sequence,
                                     .num_keys = errand->num_keys};
    tern_server_request_t request = {.header = &header,
                                     .table  = errand->table,
                                     .keys   = errand->keys,
                                     .rows   = errand->rows};

    return errand->route.is_repeat ? list_absent(errand, server->missing)
                                   : tern_server_change_rows(server, &request);
}

/* Of what a view has read, keep the rows that were here, and their positions. */
static uint32_t close_ranks(tern_server_t *server, const tern_errand_t *errand,
                            uint32_t num, const uint32_t which[], size_t num_missing,
                            char *rows)
{
    size_t   row_bytes = errand->table->row_bytes;
    uint32_t num_kept  = 0;

    for (uint32_t i = 0, m = 0; i < num; i++) {
        if (m < num_missing && server->missing[m] == i) {
            m++;
            continue;
        }
        if (num_kept != i)
            memcpy(rows + num_kept * row_bytes, rows + i * row_bytes, row_bytes);
        server->part_positions[num_kept++] = tern_errand_position(errand, which[i]);
    }
    return num_kept;
}

/* Answer with the rows of keys which[0], ... [num]; returns how many are not here, listed in `lost`. */
static uint32_t answer_rows(tern_server_t *server, const tern_errand_t *errand,
                            uint32_t num, const uint32_t which[], uint32_t lost[])
{
    size_t   row_bytes = errand->table->row_bytes;
    size_t   most      = server->chunk_bytes / row_bytes;
    uint32_t step = most > 0 ? (uint32_t)most : 1, num_lost = 0;

    for (uint32_t done = 0; done < num; done += step) {
        uint32_t       n    = num - done < step ? num - done : step;
        tern_buffer_t *rows = tern_mailbox_allocate(server->mailbox, n * row_bytes);
        size_t         num_missing;
        uint32_t       num_kept;

        if (rows == NULL)
            return num_lost; /* the client asks again */
        for (uint32_t i = 0; i < n; i++)
            server->part_keys[i] = errand->keys[which[done + i]];
        num_missing = tern_view_read(&errand->table->view, n, server->part_keys,
                                     rows->data, server->missing);
        num_kept = close_ranks(server, errand, n, which + done, num_missing, rows->data);
        for (size_t m = 0; m < num_missing; m++)
            lost[num_lost++] = which[done + server->missing[m]];
        tern_answers_send(server->answers, &errand->route, errand->table, num_kept,
                          server->part_positions, rows);
        tern_mailbox_nudge(server->mailbox);
    }
    return num_lost;
}

static void answer_done(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                        const uint32_t which[])
{
    if (num == 0)
        return;
    for (uint32_t i = 0; i < num; i++)
        server->part_positions[i] = tern_errand_position(errand, which[i]);
    tern_answers_send(server->answers, &errand->route, errand->table, num,
                      server->part_positions, NULL);
}

/* --- what is not --- */

void tern_router_wait(tern_server_t *server, const tern_errand_t *errand, uint32_t i)
{
    size_t row_bytes = tern_message_carries_rows((tern_message_kind_t)errand->route.kind)
                           ? errand->table->row_bytes
                           : 0;
    const char *row  = row_bytes > 0 ? errand->rows + i * row_bytes : NULL;

    server->counters->queued_keys++;
    if (tern_arrivals_add(server->arrivals, errand->table->id, errand->keys[i],
                          &errand->route, tern_errand_position(errand, i), row,
                          (uint32_t)row_bytes) != TERN_OK)
        tern_answers_fail(server->answers, &errand->route, errand->table,
                          TERN_ERR_NO_MEMORY);
}

void tern_router_scatter(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                         const uint32_t which[], const uint32_t to[])
{
    uint32_t *counts      = server->counts;
    uint32_t  num_servers = errand->table->placement.partition.num_parts;

    memset(counts, 0, (num_servers + 1) * sizeof *counts);
    for (uint32_t i = 0; i < num; i++)
        counts[to[which[i]] + 1]++;
    for (uint32_t s = 0; s < num_servers; s++)
        counts[s + 1] += counts[s];
    for (uint32_t i = 0; i < num; i++)
        server->order[counts[to[which[i]]]++] = which[i];
    for (uint32_t s = 0, begin = 0; s < num_servers && begin < num; s++) {
        if (counts[s] > begin)
            tern_errand_forward(server, errand, counts[s] - begin, server->order + begin,
                                s);
        begin = counts[s];
    }
}

typedef enum place { PLACE_HERE, PLACE_ARRIVING, PLACE_ELSEWHERE, PLACE_NOWHERE } place_t;

static place_t find(const tern_server_t *server, const tern_table_t *table,
                    tern_key_t key, uint32_t *server_p)
{
    uint32_t         segment;
    tern_row_state_t state = tern_view_state(&table->view, key, &segment);
    uint32_t         home  = tern_placement_server(&table->placement, key);

    if (state == TERN_ROW_OWNED)
        return PLACE_HERE;
    if (state == TERN_ROW_ARRIVING) {
        *server_p = table->segment_servers[segment];
        return *server_p == server->number ? PLACE_ARRIVING : PLACE_ELSEWHERE;
    }
    *server_p =
        home == server->number ? tern_directory_owner(&table->directory, key) : home;
    return *server_p == server->number ? PLACE_NOWHERE : PLACE_ELSEWHERE;
}

void tern_router_fail(tern_server_t *server, const tern_errand_t *errand, uint32_t i)
{
    tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
             "the row of key %llu of table '%s' is out of reach",
             (unsigned long long)errand->keys[i], errand->table->record.name);
    tern_answers_fail(server->answers, &errand->route, errand->table, TERN_ERR_PEER_LOST);
}

/* Keys which[0], ... [num], whose rows were not here. */
static void pass_on(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                    uint32_t which[])
{
    uint32_t num_elsewhere = 0, num_here = 0;

    for (uint32_t i = 0; i < num; i++) {
        uint32_t k = which[i];

        switch (find(server, errand->table, errand->keys[k], &server->to[k])) {
        case PLACE_ELSEWHERE:
            which[num_elsewhere++] = k;
            break;
        case PLACE_ARRIVING:
            tern_router_wait(server, errand, k);
            break;
        case PLACE_HERE: /* since a moment ago */
            server->again[num_here++] = k;
            break;
        case PLACE_NOWHERE:
            tern_router_fail(server, errand, k);
            break;
        }
    }
    tern_router_scatter(server, errand, num_elsewhere, which, server->to);
    for (uint32_t i = 0; i < num_here; i++)
        tern_router_run_one(server, errand, server->again[i]);
}

void tern_router_run(tern_server_t *server, const tern_errand_t *errand)
{
    tern_message_kind_t kind        = (tern_message_kind_t)errand->route.kind;
    tern_errand_t       rest        = *errand;
    size_t              num_missing = 0;
    uint32_t            num_found, num_lost = 0;

    if (tern_message_carries_rows(kind))
        num_missing = change(server, errand);
    num_found =
        list_others(errand->num_keys, num_missing, server->missing, server->found);
    if (num_missing > 0)
        memcpy(server->which, server->missing, num_missing * sizeof *server->which);
    if (tern_message_brings_rows(kind))
        num_lost = answer_rows(server, errand, num_found, server->found, server->lost);
    else
        answer_done(server, errand, num_found, server->found);
    if (num_missing > 0)
        pass_on(server, errand, (uint32_t)num_missing, server->which);
    if (num_lost > 0) { /* a push-pull is applied and wants only its answer */
        rest.route.is_repeat |= kind == TERN_MESSAGE_PUSH_PULL;
        pass_on(server, &rest, num_lost, server->lost);
    }
    tern_answers_flush(server->answers);
}

/* --- one key --- */

/* Do it here if the row is here; *row is what was read. A row that another server of the node hands over between the
 * change and the reading is changed, and wants only to be read where it is then. */
static bool do_one(tern_server_t *server, tern_errand_t *one, char *row)
{
    tern_message_kind_t kind = (tern_message_kind_t)one->route.kind;
    uint32_t            missing;

    if (tern_message_carries_rows(kind) && change(server, one) > 0)
        return false;
    if (!tern_message_brings_rows(kind))
        return true;
    one->route.is_repeat |= kind == TERN_MESSAGE_PUSH_PULL;
    return tern_view_read(&one->table->view, 1, one->keys, row, &missing) == 0;
}

/* The answer is gathered; the caller flushes. */
void tern_router_run_one(tern_server_t *server, const tern_errand_t *errand, uint32_t i)
{
    static const uint32_t zero = 0;
    uint32_t              position, to;
    tern_errand_t         one = tern_errand_one(errand, i, &position);
    tern_buffer_t *row   = tern_mailbox_allocate(server->mailbox, one.table->row_bytes);
    place_t        place = PLACE_HERE;

    if (row == NULL)
        return; /* the client asks again */
    for (unsigned look = 0; look < MAX_LOOKS && place == PLACE_HERE; look++) {
        if (do_one(server, &one, row->data)) {
            tern_answers_add(server->answers, &one.route, one.table, position, row->data);
            break;
        }
        place = find(server, one.table, one.keys[0], &to);
        if (look + 1 == MAX_LOOKS && place == PLACE_HERE)
            place = PLACE_NOWHERE;
    }
    tern_mailbox_release(server->mailbox, row);
    if (place == PLACE_ELSEWHERE)
        tern_errand_forward(server, &one, 1, &zero, to);
    else if (place == PLACE_ARRIVING)
        tern_router_wait(server, &one, 0);
    else if (place == PLACE_NOWHERE)
        tern_router_fail(server, &one, 0);
}

/* --- await --- */

/* A row that is neither here nor on its way has come and left again. */
void tern_router_await(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                       const uint32_t which[])
{
    uint32_t num_elsewhere = 0, num_done = 0, segment;

    for (uint32_t i = 0; i < num; i++) {
        uint32_t k = which[i];

        if (tern_view_state(&errand->table->view, errand->keys[k], &segment) !=
            TERN_ROW_ARRIVING) {
            server->found[num_done++] = k;
            continue;
        }
        server->to[k] = errand->table->segment_servers[segment];
        if (server->to[k] == server->number)
            tern_router_wait(server, errand, k);
        else
            server->which[num_elsewhere++] = k;
    }
    answer_done(server, errand, num_done, server->found);
    tern_router_scatter(server, errand, num_elsewhere, server->which, server->to);
}
