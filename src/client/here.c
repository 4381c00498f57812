#include "client/here.h"

#include "client/direct.h"

/* Where a location cache may know a shorter way, operations that were not waited for may overtake each other. */
static bool forgets_order(const tern_table_t *table)
{
    return table->client->caches_locations && table->policy->moves_rows;
}

uint32_t tern_here_underway(const tern_table_t *table, tern_key_t key)
{
    const tern_client_t *client = table->client;

    return forgets_order(table) ? TERN_UNDERWAY_NONE
                                : tern_underway_server(&client->underway, table->id, key);
}

/* A call on this node's rows: read if `values`, else change by `rows`. */
typedef struct call {
    tern_table_t       *table;
    tern_message_kind_t kind;
    const tern_key_t   *keys;
    char               *values;
    const char         *rows;
} call_t;

static size_t run_on_view(const call_t *call, uint32_t first, uint32_t num,
                          uint32_t missing[])
{
    size_t offset = first * call->table->row_bytes;
    size_t num_missing;

    if (call->values != NULL)
        num_missing = tern_view_read(&call->table->view, num, call->keys + first,
                                     call->values + offset, missing);
    else
        num_missing =
            tern_direct_change_view(call->table, call->kind, num, call->keys + first,
                                    call->rows + offset, missing);
    for (size_t i = 0; i < num_missing; i++)
        missing[i] += first;
    return num_missing;
}

/* Keys of which an operation is under way count as missing, wherever their rows are. */
static size_t run_around(const call_t *call, uint32_t num_keys, uint32_t missing[])
{
    size_t num_missing = 0;

    for (uint32_t i = 0; i < num_keys;) {
        uint32_t first = i;

        while (i < num_keys &&
               tern_here_underway(call->table, call->keys[i]) == TERN_UNDERWAY_NONE)
            i++;
        if (i > first)
            num_missing += run_on_view(call, first, i - first, missing + num_missing);
        while (i < num_keys &&
               tern_here_underway(call->table, call->keys[i]) != TERN_UNDERWAY_NONE)
            missing[num_missing++] = i++;
    }
    return num_missing;
}

static size_t run_here(const call_t *call, size_t num_keys, uint32_t missing[])
{
    const tern_client_t *client = call->table->client;

    if (!client->uses_memory)
        return tern_direct_miss_all(num_keys, missing);
    return client->underway.num_keys == 0 || forgets_order(call->table)
               ? run_on_view(call, 0, (uint32_t)num_keys, missing)
               : run_around(call, (uint32_t)num_keys, missing);
}

size_t tern_here_read(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                      void *values, uint32_t missing[])
{
    call_t call = {.table = table, .keys = keys, .values = values};

    return run_here(&call, num_keys, missing);
}

size_t tern_here_change(tern_table_t *table, tern_message_kind_t kind, size_t num_keys,
                        const tern_key_t keys[], const void *rows, uint32_t missing[])
{
    call_t call = {.table = table, .kind = kind, .keys = keys, .rows = rows};

    return run_here(&call, num_keys, missing);
}
