#include "table/tallies.h"

#include "base/alloc.h"
#include "comm/collective.h"

/* The parts of this node's servers, in the order of the segments. */
static tern_status_t attach(const tern_group_t *group, tern_table_t *table)
{
    uint32_t n = 0;

    table->tallies = tern_alloc_zeroed(TERN_LOG_TABLE,
                                       table->view.num_segments * sizeof(tern_tally_t *));
    if (table->tallies == NULL)
        return TERN_ERR_NO_MEMORY;
    for (int i = 0; i < group->node_size; i++)
        if (group->members[group->node_members[i]].server >= 0)
            table->tallies[n++] = table->tally_memory->parts[i];
    return TERN_OK;
}

tern_status_t tern_table_create_tallies(const tern_table_site_t *site,
                                        tern_table_t            *table)
{
    bool          is_server = tern_group_has(site->group, TERN_ROLE_SERVER);
    size_t        bytes     = is_server ? tern_tally_bytes(site->group->num_workers) : 0;
    tern_status_t status = tern_shared_create(site->group, bytes, &table->tally_memory);

    if (status == TERN_OK)
        status = attach(site->group, table);
    return tern_collective_agree(site->waiter, status, "sharing the steps of a table");
}

tern_staleness_t tern_table_own_staleness(const tern_table_t *table)
{
    tern_staleness_t    counts = {.largest = 0};
    const tern_tally_t *tally;

    if (table->shard == NULL || table->tallies == NULL)
        return counts;
    tally = table->tallies[tern_shard_segment(table->shard)];
    tern_tally_add(tally, &counts);
    counts.num_applied = tern_tally_num_applied(tally);
    return counts;
}

void tern_table_destroy_tallies(tern_table_t *table)
{
    tern_free(TERN_LOG_TABLE, table->tallies);
    tern_shared_destroy(&table->tally_memory);
}
