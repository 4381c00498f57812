#include "table/space.h"

#include "base/alloc.h"
#include "table/sparse.h"

static size_t in_pages(size_t bytes)
{
    return (bytes + TERN_PAGE_BYTES - 1) & ~(size_t)(TERN_PAGE_BYTES - 1);
}

bool tern_space_has_index(const tern_table_t *table)
{
    return table->record.index == TERN_INDEX_PAGED;
}

static size_t index_bytes(const tern_table_t *table)
{
    return tern_space_has_index(table)
               ? in_pages(tern_row_index_bytes(table->record.keys))
               : 0;
}

static uint64_t num_keys_of(const tern_table_t *table, int server)
{
    tern_range_t range = tern_placement_range(&table->placement, (uint32_t)server);

    return range.end - range.first;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a < b ? b : a;
}

uint64_t tern_space_num_slots(const tern_table_t *table, const tern_ledger_t *ledger,
                              int server)
{
    uint64_t own = num_keys_of(table, server);
    uint64_t all = table->record.keys.end - table->record.keys.first;
    uint64_t affordable =
        ledger->limit_bytes / 8 / table->view.layout.stride / table->view.num_segments;

    if (tern_table_is_sparse(table))
        return min_u64(min_u64(own, UINT32_MAX),
                       table->record.max_rows > 0 ? table->record.max_rows : affordable);
    if (!table->policy->moves_rows)
        return own;
    if (table->record.max_rows > 0)
        return max_u64(own, min_u64(all, table->record.max_rows));
    return min_u64(all, max_u64(own + own / 4 + 1024, affordable));
}

size_t tern_space_part_bytes(const tern_table_t *table, const tern_table_site_t *site,
                             int rank)
{
    const tern_member_t *member = &site->group->members[rank];
    size_t               bytes  = member->node_rank == 0 ? index_bytes(table) : 0;

    if (member->server >= 0) {
        uint64_t num_slots = tern_space_num_slots(table, site->ledger, member->server);

        bytes += in_pages(tern_segment_bytes(&table->view.layout, num_slots));
        if (tern_table_is_sparse(table))
            bytes += in_pages(tern_hash_index_bytes(num_slots));
    }
    return bytes;
}

void *tern_space_segment(const tern_table_t *table, const tern_group_t *group, int rank)
{
    int   node_rank = group->members[rank].node_rank;
    char *part      = table->shared->parts[node_rank];

    return part + (node_rank == 0 ? index_bytes(table) : 0);
}

void *tern_space_hash_index(const tern_table_t *table, const tern_group_t *group,
                            int rank)
{
    char                        *segment = tern_space_segment(table, group, rank);
    const tern_segment_header_t *header  = (tern_segment_header_t *)segment;

    return segment +
           in_pages(tern_segment_bytes(&table->view.layout, header->num_slots));
}

/* The smallest shift that numbers the slots of the node's largest segment. */
static uint32_t slot_shift_of(const tern_table_t *table, const tern_ledger_t *ledger)
{
    uint64_t most  = 1;
    uint32_t shift = 0;

    for (uint32_t s = 0; s < table->view.num_segments; s++)
        most = max_u64(
            most, tern_space_num_slots(table, ledger, (int)table->segment_servers[s]));
    while ((UINT64_C(1) << shift) < most)
        shift++;
    return shift;
}

static tern_status_t check_numbers(const tern_table_t *table)
{
    const tern_view_t *view = &table->view;

    if (tern_space_has_index(table) &&
        ((uint64_t)view->num_segments << view->slot_shift) > TERN_INDEX_SLOT_MASK) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "table '%s': a node can index at most %u rows; use more nodes",
                 table->record.name, TERN_INDEX_SLOT_MASK);
        return TERN_ERR_ARG;
    }
    if (table->policy->moves_rows &&
        table->placement.partition.num_parts > TERN_DIRECTORY_MAX_SERVERS) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "table '%s': rows can move between at most %u servers",
                 table->record.name, TERN_DIRECTORY_MAX_SERVERS);
        return TERN_ERR_ARG;
    }
    return TERN_OK;
}

tern_status_t tern_space_list_segments(tern_table_t *table, const tern_table_site_t *site)
{
    const tern_group_t *group = site->group;
    tern_view_t        *view  = &table->view;
    uint32_t            n     = 0;

    for (int i = 0; i < group->node_size; i++)
        if (group->members[group->node_members[i]].server >= 0)
            view->num_segments++;
    view->segments =
        tern_alloc_zeroed(TERN_LOG_TABLE, view->num_segments * sizeof *view->segments);
    view->segment_keys = tern_alloc_zeroed(
        TERN_LOG_TABLE, view->num_segments * sizeof *view->segment_keys);
    table->segment_servers = tern_alloc_zeroed(
        TERN_LOG_TABLE, view->num_segments * sizeof *table->segment_servers);
    if (view->segments == NULL || view->segment_keys == NULL ||
        table->segment_servers == NULL)
        return TERN_ERR_NO_MEMORY;
    for (int i = 0; i < group->node_size; i++) {
        int server = group->members[group->node_members[i]].server;

        if (server < 0)
            continue;
        table->segment_servers[n] = (uint32_t)server;
        view->segment_keys[n++] =
            tern_placement_range(&table->placement, (uint32_t)server);
    }
    view->slot_shift = slot_shift_of(table, site->ledger);
    return check_numbers(table);
}
