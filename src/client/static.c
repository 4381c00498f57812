/** \file
 * The static policy: rows are where the placement says.
 */
#include "client/direct.h"
#include "keys/range.h"

/* Calls with fewer keys look each of them up. */
#define FEW_KEYS 4u

/* A call for other nodes' rows alone needs no look-up for each. The first key tells calls that are worth asking
 * about. */
static bool are_all_elsewhere(const tern_table_t *table, size_t num_keys,
                              const tern_key_t keys[])
{
    const tern_view_t *view = &table->view;

    if (!table->client->uses_memory)
        return true;
    if (num_keys <= FEW_KEYS)
        return false;
    for (uint32_t s = 0; s < view->num_segments; s++)
        if (!tern_range_has_none(view->segment_keys[s], 1, keys))
            return false;
    for (uint32_t s = 0; s < view->num_segments; s++)
        if (!tern_range_has_none(view->segment_keys[s], num_keys, keys))
            return false;
    return true;
}

static size_t read_here(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        void *values, uint32_t missing[])
{
    return are_all_elsewhere(table, num_keys, keys)
               ? tern_direct_miss_all(num_keys, missing)
               : tern_view_read(&table->view, num_keys, keys, values, missing);
}

static size_t change_here(tern_table_t *table, tern_message_kind_t kind, size_t num_keys,
                          const tern_key_t keys[], const void *rows, uint32_t missing[])
{
    return are_all_elsewhere(table, num_keys, keys)
               ? tern_direct_miss_all(num_keys, missing)
               : tern_direct_change_view(table, kind, num_keys, keys, rows, missing);
}

static bool has(const tern_table_t *table, tern_key_t key)
{
    return tern_view_has(&table->view, key);
}

static uint32_t server_of(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key)
{
    (void)kind;
    return tern_placement_server(&table->placement, key);
}

const tern_access_ops_t tern_access_static = {
    .pull        = tern_direct_pull,
    .change      = tern_direct_change,
    .push_pull   = tern_direct_push_pull,
    .read_here   = read_here,
    .change_here = change_here,
    .has         = has,
    .server_of   = server_of,
};
