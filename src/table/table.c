#include "table/table.h"

#include <assert.h>

#include "keys/range.h"
#include "tern/sparse.h"

const tern_sync_ops_t *tern_table_sync_ops(tern_sync_t sync)
{
    switch (sync) {
    case TERN_SYNC_SSP:
        return &tern_sync_ssp;
    case TERN_SYNC_ASYNC:
        return &tern_sync_async;
    default:
        return &tern_sync_bsp;
    }
}

tern_range_t tern_table_part(const tern_table_t *table, uint32_t server,
                             tern_range_t range)
{
    return table->policy->moves_rows
               ? range /* any row may be anywhere */
               : tern_range_overlap(range,
                                    tern_placement_range(&table->placement, server));
}

void tern_table_set_sync(tern_table_t *table, tern_sync_t sync, uint32_t staleness)
{
    assert(table != NULL);
    table->sync      = tern_table_sync_ops(sync);
    table->staleness = staleness;
}

tern_staleness_t tern_table_staleness(const tern_table_t *table)
{
    tern_staleness_t sum         = {.largest = 0};
    uint64_t         num_applied = UINT64_MAX;

    for (uint32_t s = 0; table->tallies != NULL && s < table->view.num_segments; s++) {
        uint64_t applied = tern_tally_num_applied(table->tallies[s]);

        tern_tally_add(table->tallies[s], &sum);
        num_applied = applied < num_applied ? applied : num_applied;
    }
    sum.num_applied = num_applied == UINT64_MAX ? 0 : num_applied;
    return sum;
}

void tern_table_set_shard(tern_table_t *table, uint32_t shard)
{
    assert(table != NULL);
    table->data_shard = shard;
}

const char *tern_table_name(const tern_table_t *table)
{
    return table->record.name;
}

tern_range_t tern_table_keys(const tern_table_t *table)
{
    return table->record.keys;
}

uint32_t tern_table_width(const tern_table_t *table)
{
    return table->record.width;
}

tern_type_t tern_table_type(const tern_table_t *table)
{
    return (tern_type_t)table->record.type;
}

size_t tern_table_bytes_per_row(const tern_table_t *table)
{
    return table->view.layout.stride;
}
