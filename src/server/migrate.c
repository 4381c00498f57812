#include "server/migrate.h"

#include <string.h>

#include "base/alloc.h"
#include "server/answers.h"
#include "server/arrivals.h"
#include "server/interest.h"
#include "server/leaving.h"
#include "server/router.h"

/* A row that is to leave as soon as it has come. */
struct tern_departure {
    tern_route_t route;
    uint32_t     position;
    tern_key_t   key;
};

/* Keys between asking for an index word and using it. */
enum { PREFETCH_DISTANCE = 24 };

/* Rows of a transfer: so many that MPI sends them without asking first, so few that taking rows out, sending them and
 * taking them in overlap. */
#define TRANSFER_BYTES ((size_t)56 << 10)

static uint32_t landing_of(const tern_server_t *server, const tern_route_t *route)
{
    const tern_group_t *group = tern_mailbox_group(server->mailbox);

    return (uint32_t)group->members[route->client].landing;
}

/* --- at the home --- */

static void hand_over(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                      const uint32_t which[]);

/* Keys that are the client's already, or were when this request came first: answered from there. */
static void await_there(tern_server_t *server, tern_errand_t errand, uint32_t num,
                        const uint32_t which[])
{
    uint32_t landing = landing_of(server, &errand.route);

    errand.route.kind = TERN_MESSAGE_AWAIT;
    if (landing != server->number) {
        if (num > 0)
            tern_errand_forward(server, &errand, num, which, landing);
        return;
    }
    tern_router_await(server, &errand, num, which);
}

void tern_migrate_localize(tern_server_t *server, const tern_errand_t *errand)
{
    uint32_t landing  = landing_of(server, &errand->route);
    uint32_t num_here = 0, num_away = 0, num_done = 0;
    /* The arrays of the scratch that the calls below leave alone. */
    uint32_t *here = server->lost, *away = server->again, *done = server->missing;

    for (uint32_t i = 0; i < errand->num_keys; i++) {
        tern_directory_t *directory = &errand->table->directory;
        uint32_t          owner     = tern_directory_owner(directory, errand->keys[i]);

        if (errand->route.is_repeat || owner == landing) {
            done[num_done++] = i;
            continue;
        }
        server->to[i] = tern_directory_switch(directory, errand->keys[i], landing);
        if (owner == server->number)
            here[num_here++] = i;
        else
            away[num_away++] = i;
        if (server->interest != NULL && errand->table->policy->heeds_intents)
            tern_interest_moved(server->interest, errand->table, errand->keys[i], owner);
    }
    if (server->interest != NULL && errand->table->policy->heeds_intents)
        tern_interest_tell(server->interest, errand->table);
    tern_router_scatter(server, errand, num_away, away, server->to);
    hand_over(server, errand, num_here, here);
    await_there(server, *errand, num_done, done);
}

/* --- at the owner --- */

static void hand_over(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                      const uint32_t which[])
{
    size_t   most = TRANSFER_BYTES / tern_row_body_bytes(&errand->table->view.layout);
    uint32_t step = most > 0 ? (uint32_t)most : 1;
    uint32_t num_ready = 0, segment;

    for (uint32_t i = 0; i < num; i++) {
        if (i + PREFETCH_DISTANCE < num)
            tern_index_view_prefetch(&errand->table->view.words,
                                     errand->keys[which[i + PREFETCH_DISTANCE]]);
        switch (tern_view_state(&errand->table->view, errand->keys[which[i]], &segment)) {
        case TERN_ROW_OWNED:
            server->found[num_ready++] = which[i];
            break;
        case TERN_ROW_ARRIVING:
            tern_router_wait(server, errand, which[i]);
            break;
        default:
            tern_router_fail(server, errand, which[i]);
        }
    }
    for (uint32_t done = 0; done < num_ready; done += step)
        tern_leaving_begin(server, errand,
                           num_ready - done < step ? num_ready - done : step,
                           server->found + done, landing_of(server, &errand->route));
}

void tern_migrate_hand_over(tern_server_t *server, const tern_errand_t *errand)
{
    tern_errand_list_all(errand, server->which);
    hand_over(server, errand, errand->num_keys, server->which);
}

/* --- at the client's server --- */

static bool note_departure(tern_server_t *server, const tern_waiting_t *order,
                           tern_key_t key)
{
    if (server->num_departures == server->max_departures) {
        size_t                 max_departures = 2 * server->max_departures + 64;
        struct tern_departure *departures     = tern_realloc(
                TERN_LOG_SERVER, server->departures, max_departures * sizeof *departures);

        if (departures == NULL)
            return false;
        server->departures     = departures;
        server->max_departures = max_departures;
    }
    server->departures[server->num_departures++] =
        (struct tern_departure){order->route, order->position, key};
    return true;
}

static void run_waiting(tern_server_t *server, tern_table_t *table, tern_key_t key,
                        const tern_waiting_t *waiting)
{
    tern_errand_t errand = {.route     = waiting->route,
                            .table     = table,
                            .num_keys  = 1,
                            .keys      = &key,
                            .positions = &waiting->position,
                            .rows      = waiting->row};

    if (waiting->route.kind == TERN_MESSAGE_AWAIT)
        tern_answers_add(server->answers, &waiting->route, table, waiting->position,
                         NULL);
    else
        tern_router_run_one(server, &errand, 0);
}

/* Operations are done, an order to hand the row on is noted. */
static void run_queue(tern_server_t *server, tern_table_t *table, tern_key_t key,
                      tern_waiting_t *waiting)
{
    while (waiting != NULL) {
        tern_waiting_t *next = waiting->next;

        if (waiting->route.kind != TERN_MESSAGE_LOCALIZE)
            run_waiting(server, table, key, waiting);
        else if (!note_departure(server, waiting, key))
            tern_answers_fail(server->answers, &waiting->route, table,
                              TERN_ERR_NO_MEMORY);
        tern_arrivals_free(waiting);
        waiting = next;
    }
}

static bool is_same_order(const struct tern_departure *a, const struct tern_departure *b)
{
    return a->route.sequence == b->route.sequence && a->route.client == b->route.client &&
           a->route.via == b->route.via;
}

/* Rows that leave at once, those of one request together. */
static void depart(tern_server_t *server, tern_table_t *table)
{
    const struct tern_departure *departures = server->departures;

    for (size_t i = 0; i < server->num_departures;) {
        uint32_t      num    = 0;
        tern_errand_t errand = {.route     = departures[i].route,
                                .table     = table,
                                .keys      = server->keys,
                                .positions = server->positions};

        for (; i + num < server->num_departures &&
               is_same_order(&departures[i], &departures[i + num]);
             num++) {
            server->keys[num]      = departures[i + num].key;
            server->positions[num] = departures[i + num].position;
        }
        errand.num_keys = num;
        tern_migrate_hand_over(server, &errand);
        i += num;
    }
    server->num_departures = 0;
}

static bool is_expected(const tern_server_t *server, const tern_errand_t *errand,
                        uint32_t i)
{
    uint32_t         segment;
    tern_row_state_t state =
        tern_view_state(&errand->table->view, errand->keys[i], &segment);

    return state == TERN_ROW_ARRIVING &&
           errand->table->segment_servers[segment] == server->number;
}

/* What this node has pushed to its replica of a row that has come goes in before anybody sees the row. */
static void merge_replica(tern_table_t *table, tern_key_t key, char *body)
{
    const tern_row_layout_t *layout = &table->view.layout;
    char                    *row    = body - TERN_ROW_BODY_OFFSET;
    tern_row_view_t          view   = {.key   = key,
                                       .width = layout->width,
                                       .type  = layout->type,
                                       .value = row + layout->value_offset,
                                       .state = layout->state_bytes > 0 ? row + layout->state_offset
                                                                        : NULL};

    if (tern_replica_take_over(&table->replicas, key, table->replicas.staged))
        table->view.apply(&view, table->replicas.staged, table->view.apply_context);
}

static void merge_replicas(const tern_errand_t *errand)
{
    size_t body_bytes = tern_row_body_bytes(&errand->table->view.layout);

    for (uint32_t i = 0; i < errand->num_keys; i++) /* the message is ours to write in */
        merge_replica(errand->table, errand->keys[i],
                      (char *)(uintptr_t)errand->rows + i * body_bytes);
}

void tern_migrate_take_in(tern_server_t *server, const tern_errand_t *errand)
{
    tern_table_t *table = errand->table;

    for (uint32_t i = 0; i < errand->num_keys; i++) {
        if (i + PREFETCH_DISTANCE < errand->num_keys)
            tern_index_view_prefetch(&table->view.words,
                                     errand->keys[i + PREFETCH_DISTANCE]);
        if (is_expected(server, errand, i))
            continue;
        tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR,
                 "a row came for key %llu, which nobody here asked for",
                 (unsigned long long)errand->keys[i]);
        return;
    }
    if (table->replicas.header != NULL)
        merge_replicas(errand);
    tern_shard_take_in(table->shard, errand->num_keys, errand->keys, errand->rows);
    server->counters->rows_taken_in += errand->num_keys;
    tern_answers_send(server->answers, &errand->route, table, errand->num_keys,
                      errand->positions, NULL);
    if (tern_arrivals_num_keys(server->arrivals) > 0)
        for (uint32_t i = 0; i < errand->num_keys; i++)
            run_queue(server, table, errand->keys[i],
                      tern_arrivals_take(server->arrivals, table->id, errand->keys[i]));
    if (server->num_departures > 0)
        depart(server, table);
    tern_answers_flush(server->answers);
}
