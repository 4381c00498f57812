/** \file
 * Parameters that the server moves: rows once to the worker that has their ratings (data clustering), columns from
 * worker to worker, ahead of their use (latency hiding). Renz-Wieland et al., PVLDB 2020, section 2.2.
 *
 * Under `adaptive` the worker announces instead what it will use in which clock, an epoch ahead.
 */
#include "memory.h"
#include "travel.h"

#include <stdlib.h>

typedef struct server_travel {
    mf_travel_t      travel;
    mf_migration_t   migration;
    bool             has_rows;
    size_t           round_end;   /* groups of the current round end there */
    size_t           next;        /* group to be asked for next */
    uint64_t         next_intent; /* clock from which on nothing is announced yet */
    tern_request_t **requests;    /* [num_groups] */
    uint32_t        *ids;         /* scratch */
    tern_key_t      *keys;        /* scratch */
    size_t           capacity;
} server_travel_t;

static void reserve(server_travel_t *server, size_t num)
{
    if (num <= server->capacity)
        return;
    server->capacity = num + num / 2;
    server->ids      = app_resize(server->ids, server->capacity, sizeof(uint32_t));
    server->keys     = app_resize(server->keys, server->capacity, sizeof(tern_key_t));
}

/* --- rows: all that this worker has, once --- */

static size_t list_rows(server_travel_t *server)
{
    const mf_keys_t *keys = server->migration.row_keys;

    reserve(server, keys->num_near);
    for (size_t i = 0; i < keys->num_near; i++)
        server->ids[i] = keys->first + (uint32_t)i;
    mf_keys_of(keys, keys->num_near, server->ids, server->keys);
    return keys->num_near;
}

static tern_status_t bring_rows(server_travel_t *server)
{
    const mf_migration_t *migration = &server->migration;
    const mf_keys_t      *keys      = migration->row_keys;
    size_t                num;

    server->has_rows = true;
    if (keys->num_near == 0)
        return TERN_OK;
    if (!keys->is_random && !migration->has_intent)
        return tern_localize_range(
            migration->rows, (tern_range_t){keys->first, keys->first + keys->num_near},
            NULL);
    num = list_rows(server);
    if (migration->has_intent)
        return tern_intent(migration->rows, num, server->keys,
                           tern_clock_now(migration->runtime), UINT64_MAX);
    return tern_localize(migration->rows, num, server->keys, NULL);
}

/* --- columns: group by group --- */

/* Append the columns of a group's panels. */
static size_t list_columns(server_travel_t *server, size_t num, size_t group)
{
    const mf_plan_t *plan = server->travel.plan;

    for (size_t p = plan->groups[group].panels.first; p < plan->groups[group].panels.end;
         p++) {
        mf_span_t columns = plan->panels[p].columns;

        reserve(server, num + mf_span_size(columns));
        for (size_t i = columns.first; i < columns.end; i++)
            server->ids[num++] = plan->columns[i];
    }
    return num;
}

static tern_status_t ask_for(server_travel_t *server, size_t group)
{
    const mf_migration_t *migration = &server->migration;
    mf_span_t             range     = server->travel.plan->groups[group].range;
    size_t                num;

    if (mf_span_size(range) > 0 && !migration->column_keys->is_random)
        return tern_localize_range(migration->columns,
                                   (tern_range_t){range.first, range.end},
                                   &server->requests[group]);
    num = list_columns(server, 0, group);
    mf_keys_of(migration->column_keys, num, server->ids, server->keys);
    return tern_localize(migration->columns, num, server->keys, &server->requests[group]);
}

static tern_status_t ask_ahead(server_travel_t *server, size_t end)
{
    tern_status_t status = TERN_OK;

    if (end > server->round_end)
        end = server->round_end;
    while (server->next < end && status == TERN_OK)
        status = ask_for(server, server->next++);
    return status;
}

/* --- intents: round by round --- */

static tern_status_t announce_round(server_travel_t *server, uint64_t clock)
{
    const mf_plan_t      *plan      = server->travel.plan;
    const mf_migration_t *migration = &server->migration;
    mf_span_t             groups    = plan->rounds[clock % plan->num_rounds];
    size_t                num       = 0;

    for (size_t group = groups.first; group < groups.end; group++)
        num = list_columns(server, num, group);
    mf_keys_of(migration->column_keys, num, server->ids, server->keys);
    return num == 0
               ? TERN_OK
               : tern_intent(migration->columns, num, server->keys, clock, clock + 1);
}

static tern_status_t announce_ahead(server_travel_t *server)
{
    uint64_t      now    = tern_clock_now(server->migration.runtime);
    uint64_t      end    = now + server->travel.plan->num_rounds + 1;
    tern_status_t status = TERN_OK;

    if (server->next_intent < now)
        server->next_intent = now;
    while (server->next_intent < end && status == TERN_OK)
        status = announce_round(server, server->next_intent++);
    return status;
}

/* --- the operations --- */

static tern_status_t begin_round(mf_travel_t *travel, size_t round)
{
    server_travel_t *server = (server_travel_t *)travel;
    tern_status_t    status = server->has_rows ? TERN_OK : bring_rows(server);

    server->next      = travel->plan->rounds[round].first;
    server->round_end = travel->plan->rounds[round].end;
    if (status != TERN_OK || !server->migration.moves_columns)
        return status;
    if (server->migration.has_intent)
        return announce_ahead(server);
    return ask_ahead(server, server->next + server->migration.ahead);
}

static tern_status_t arrive(mf_travel_t *travel, size_t group)
{
    server_travel_t *server = (server_travel_t *)travel;
    tern_status_t    status = TERN_OK;

    if (!server->migration.moves_columns || server->migration.has_intent)
        return TERN_OK;
    status = ask_ahead(server, group + 1 + server->migration.ahead);
    return status == TERN_OK ? tern_wait(&server->requests[group]) : status;
}

static tern_status_t depart(mf_travel_t *travel, size_t group)
{
    (void)travel;
    (void)group;
    return TERN_OK;
}

static tern_status_t settle(mf_travel_t *travel)
{
    (void)travel;
    return TERN_OK;
}

static void destroy(mf_travel_t *travel)
{
    server_travel_t *server = (server_travel_t *)travel;

    free(server->requests);
    free(server->ids);
    free(server->keys);
    free(server);
}

static const mf_travel_ops_t server_ops = {
    .begin_round = begin_round,
    .arrive      = arrive,
    .depart      = depart,
    .settle      = settle,
    .destroy     = destroy,
};

mf_travel_t *mf_travel_by_server(const mf_plan_t *plan, const mf_migration_t *migration)
{
    server_travel_t *server = APP_NEW(server_travel_t, 1);

    server->travel    = (mf_travel_t){&server_ops, plan};
    server->migration = *migration;
    server->requests  = APP_NEW(tern_request_t *, plan->num_groups);
    return &server->travel;
}
