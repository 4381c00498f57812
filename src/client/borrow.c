#include <stdio.h>

#include "client/access.h"
#include "table/sparse.h"

static size_t borrow_nothing(size_t num_keys, tern_borrowed_t rows[])
{
    for (size_t i = 0; i < num_keys; i++)
        rows[i] = (tern_borrowed_t){.value = NULL};
    return num_keys;
}

/* Keys that a call is about. */
typedef struct subject {
    const tern_table_t *table;
    size_t              num_keys;
    const tern_key_t   *keys;
} subject_t;

static bool is_at_rest(void *context)
{
    const subject_t *subject = context;

    for (size_t i = 0; i < subject->num_keys; i++)
        if (tern_underway_server(&subject->table->client->underway, subject->table->id,
                                 subject->keys[i]) != TERN_UNDERWAY_NONE)
            return false;
    return true;
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const subject_t *subject = context;

    snprintf(text, text_bytes, "own operations on rows of table '%s' that are borrowed",
             subject->table->record.name);
}

/* Rows that stay need no note of who has them. */
static bool is_lending(const tern_table_t *table, size_t num_keys)
{
    return (table->policy->moves_rows || tern_table_is_sparse(table)) && num_keys > 0 &&
           table->client->uses_memory;
}

/* A row to which an own operation is still under way would be seen without it. */
static void wait_for_keys(const tern_table_t *table, size_t num_keys,
                          const tern_key_t keys[])
{
    subject_t       subject = {table, num_keys, keys};
    tern_wait_for_t what    = {
           .is_done = is_at_rest, .describe = describe, .context = &subject};

    tern_waiter_wait(table->client->waiter, &what);
}

static size_t borrow_here(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                          tern_borrow_mode_t mode, tern_borrowed_t rows[])
{
    tern_client_t *client = table->client;

    if (!client->uses_memory)
        return borrow_nothing(num_keys, rows);
    table->view.clock = client->clock;
    if (client->underway.num_keys > 0 && !client->caches_locations)
        wait_for_keys(table, num_keys, keys);
    if (is_lending(table, num_keys))
        tern_lending_begin(client->lending, client->slot);
    return tern_view_borrow(&table->view, num_keys, keys, mode, rows);
}

tern_status_t tern_borrow(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                          tern_borrow_mode_t mode, tern_borrowed_t rows[],
                          size_t *num_absent_p)
{
    tern_status_t status = tern_access_check(table, num_keys, keys, rows);
    tern_phase_t  before;
    size_t        num_absent;

    if (status != TERN_OK)
        return status;
    before     = tern_phase_enter(table->client->phases, TERN_PHASE_PULL);
    num_absent = borrow_here(table, num_keys, keys, mode, rows);
    table->client->counters->borrowed_rows += num_keys - num_absent;
    if (num_absent_p != NULL)
        *num_absent_p = num_absent;
    tern_phase_enter(table->client->phases, before);
    return TERN_OK;
}

/* Those of the node may wait for the rows to be given back. */
static void ring_servers(const tern_client_t *client)
{
    const tern_group_t *group = client->group;

    for (int i = 0; i < group->node_size; i++)
        if (group->members[group->node_members[i]].server >= 0)
            tern_node_ring(tern_mailbox_node(client->mailbox), group->node_members[i]);
}

void tern_return(tern_table_t *table, size_t num_keys, tern_borrow_mode_t mode,
                 tern_borrowed_t rows[], size_t *num_changed_p)
{
    tern_phase_t before      = tern_phase_enter(table->client->phases, TERN_PHASE_PUSH);
    size_t       num_changed = tern_view_return(&table->view, num_keys, mode, rows);

    if (is_lending(table, num_keys) &&
        tern_lending_end(table->client->lending, table->client->slot))
        ring_servers(table->client);
    if (num_changed_p != NULL)
        *num_changed_p = num_changed;
    tern_phase_enter(table->client->phases, before);
}
