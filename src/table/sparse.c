#include "table/sparse.h"

#include "base/alloc.h"
#include "table/initializer.h"
#include "table/space.h"

/* Memory of a sketch unless the table asks for some: a counter in each row for each row of the table, within limits. */
#define SKETCH_BYTES_PER_ROW 8u
#define SKETCH_BYTES_MOST    ((uint64_t)64 << 20)

/* Keys whose index line is asked for ahead of their turn. */
enum { KEYS_AHEAD = 16 };

/* --- creation --- */

tern_status_t tern_sparse_prepare(tern_table_t *table, const tern_group_t *group)
{
    tern_view_t *view        = &table->view;
    size_t       num_servers = (size_t)group->num_servers;

    view->hashes =
        tern_alloc_zeroed(TERN_LOG_TABLE, view->num_segments * sizeof *view->hashes);
    table->home_segments =
        tern_alloc(TERN_LOG_TABLE, num_servers * sizeof *table->home_segments);
    if (view->hashes == NULL || table->home_segments == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t s = 0; s < num_servers; s++)
        table->home_segments[s] = TERN_SEGMENT_ELSEWHERE;
    for (uint32_t n = 0; n < view->num_segments; n++)
        table->home_segments[table->segment_servers[n]] = n;
    view->homes.ring     = table->placement.is_ring ? &table->placement.ring.arcs : NULL;
    view->homes.segments = table->home_segments;
    view->homes.num_servers = (uint32_t)num_servers;
    view->fill              = tern_initializer_fill;
    view->fill_context      = &table->record;
    return TERN_OK;
}

tern_status_t tern_sparse_format(tern_table_t *table, const tern_table_site_t *site)
{
    const tern_group_t *group  = site->group;
    int                 server = group->members[group->rank].server;

    return tern_hash_index_format(tern_space_hash_index(table, group, group->rank),
                                  tern_space_num_slots(table, site->ledger, server),
                                  site->ledger);
}

void tern_sparse_attach(tern_table_t *table, const tern_group_t *group)
{
    tern_view_t *view = &table->view;

    for (uint32_t n = 0; n < view->num_segments; n++)
        tern_hash_view_init(
            &view->hashes[n],
            tern_space_hash_index(table, group,
                                  group->server_ranks[table->segment_servers[n]]),
            view->segments[n].rows, view->layout.stride);
}

tern_status_t tern_sparse_open(tern_table_t *table)
{
    const tern_table_record_t *record = &table->record;
    uint64_t bytes = tern_shard_num_free(table->shard) * SKETCH_BYTES_PER_ROW;

    if (record->admit_after <= 1)
        return TERN_OK;
    if (bytes > SKETCH_BYTES_MOST)
        bytes = SKETCH_BYTES_MOST;
    if (record->admit_bytes > 0)
        bytes = record->admit_bytes;
    return tern_sketch_init(&table->sightings, bytes);
}

void tern_sparse_destroy(tern_table_t *table)
{
    tern_sketch_fini(&table->sightings);
    tern_free(TERN_LOG_TABLE, table->home_segments);
    tern_free(TERN_LOG_TABLE, table->view.hashes);
}

/* --- rows --- */

/* Change the one row of `key`; false if there is none. */
static bool change_row(tern_table_t *table, const tern_sparse_change_t *change,
                       uint32_t position)
{
    tern_view_t      *view = &table->view;
    const tern_key_t *key  = &change->keys[position];
    const char *row = change->rows + position * tern_table_row_bytes(table, change->kind);

    if (change->kind == TERN_MESSAGE_SET)
        return tern_view_set(view, 1, key, row, NULL, change->source, change->sequence) ==
               0;
    return tern_view_update(view, 1, key, row, NULL, change->source, change->sequence) ==
           0;
}

static bool is_admitted(tern_table_t *table, tern_message_kind_t kind, tern_key_t key)
{
    return table->record.admit_after <= 1 || kind == TERN_MESSAGE_SET ||
           tern_sketch_add(&table->sightings, key) >= table->record.admit_after;
}

/* True if the change is done with: applied, or dropped because its key is not admitted yet. */
static bool make_row(tern_table_t *table, const tern_sparse_change_t *change,
                     uint32_t position)
{
    tern_key_t       key      = change->keys[position];
    tern_counters_t *counters = table->view.counters;

    if (change_row(table, change, position)) /* its key is there twice */
        return true;
    if (!is_admitted(table, change->kind, key)) {
        counters->pushes_not_admitted++;
        return true;
    }
    if (tern_shard_insert_filled(table->shard, key) != TERN_OK)
        return false;
    counters->rows_created++;
    return change_row(table, change, position);
}

size_t tern_sparse_make_rows(tern_table_t *table, const tern_sparse_change_t *change,
                             size_t num_missing, uint32_t missing[])
{
    uint32_t own      = tern_shard_segment(table->shard);
    size_t   num_left = 0;
    bool     is_full  = false; /* said once a call */

    for (size_t i = 0; i < num_missing; i++) {
        if (i + KEYS_AHEAD < num_missing)
            tern_shard_prefetch_key(table->shard, change->keys[missing[i + KEYS_AHEAD]]);
        if (tern_view_home(&table->view, change->keys[missing[i]]) == own && !is_full) {
            if (make_row(table, change, missing[i]))
                continue;
            is_full = true;
        }
        missing[num_left++] = missing[i];
    }
    return num_left;
}
