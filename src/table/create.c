/** \file
 * One shared window a table and node: each server contributes its segment, the node's first rank the
 * paged index in front of that.
 *
 * \code
 * part of node rank 0:   [ index ] [ segment, if it is a server ]
 * part of other servers: [ segment ]
 * \endcode
 * Where one-sided pulls were chosen, a second window shows the rows of all servers to all ranks; rows
 * then have the column that seals them, unless the table is TERN_EVENTUAL.
 */
#include "table/create.h"

#include <string.h>

#include "base/alloc.h"
#include "comm/collective.h"
#include "store/seal.h"
#include "table/dense.h"
#include "table/initializer.h"
#include "table/replicas.h"
#include "table/space.h"
#include "table/sparse.h"
#include "table/tallies.h"
#include "tern/group.h"
#include "update/registry.h"
#include "update/rules.h"

/* Additions of wider rows are worth a call of the vectorised rule. */
#define MAX_INLINE_WIDTH 32u

static tern_status_t place(tern_table_t *table, uint32_t num_servers)
{
    const tern_table_record_t *record = &table->record;

    if (record->placement == TERN_PLACEMENT_RING)
        return tern_placement_init_ring(&table->placement, record->keys, num_servers,
                                        record->virtual_servers, record->seed);
    tern_placement_init_range(&table->placement, record->keys, num_servers);
    return TERN_OK;
}

/* Servers may, and have no client. */
static bool may_access(const tern_group_t *group, const tern_table_record_t *record)
{
    return record->group == TERN_GROUP_ALL ||
           tern_group_only(tern_group_own_worker_group(group)) == record->group;
}

/* Number of the calling worker; 0 where the rank is none. */
static uint32_t worker_of(const tern_table_site_t *site)
{
    int worker = site->group->members[site->group->rank].worker;

    return worker < 0 ? 0 : (uint32_t)worker;
}

static tern_table_t *new_table(const tern_table_site_t   *site,
                               const tern_table_record_t *record,
                               const tern_update_t       *rule)
{
    tern_table_t *table = tern_alloc_zeroed(TERN_LOG_TABLE, sizeof *table);
    tern_view_t  *view;

    if (table == NULL)
        return NULL;
    table->record    = *record;
    table->rule      = *rule;
    table->client    = may_access(site->group, record) ? site->client : NULL;
    table->policy    = tern_policy_find(record->policy);
    table->access    = site->access_ops(table->policy, (tern_index_t)record->index);
    table->sync      = tern_table_sync_ops((tern_sync_t)record->sync);
    table->staleness = record->staleness;
    table->row_bytes   = record->width * tern_type_bytes((tern_type_t)record->type);
    table->push_bytes  = record->push_width * tern_type_bytes((tern_type_t)record->type);
    table->data_shard  = worker_of(site);
    table->first_clock = site->clock;
    if (place(table, (uint32_t)site->group->num_servers) != TERN_OK) {
        tern_free(TERN_LOG_TABLE, table);
        return NULL;
    }
    view               = &table->view;
    view->keys         = record->keys;
    view->holders      = site->holders;
    view->epoch        = site->epoch;
    view->adds_float32 = rule->apply == tern_update_add.apply &&
                         record->type == TERN_FLOAT32 &&
                         record->width <= MAX_INLINE_WIDTH;
    view->apply = rule->apply;
    view->apply_context =
        rule->context != NULL ? rule->context : &table->record.update_options;
    view->push_bytes = (uint32_t)table->push_bytes;
    view->source   = (uint32_t)site->group->rank;
    view->counters = site->counters;
    tern_row_layout_init(&view->layout, record->width, (tern_type_t)record->type,
                         tern_update_state_width(rule, record->width), record->columns);
    return table;
}

/* The window; refused before MPI is asked when the ledger says that it cannot fit. */
static tern_status_t reserve(const tern_table_site_t *site, tern_table_t *table)
{
    tern_status_t status = tern_space_list_segments(table, site);
    size_t        bytes;

    if (status == TERN_OK && tern_table_is_sparse(table))
        status = tern_sparse_prepare(table, site->group);
    bytes =
        status == TERN_OK ? tern_space_part_bytes(table, site, site->group->rank) : 0;

    if (status == TERN_OK && !tern_ledger_reserve(site->ledger, bytes)) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "table '%s' asks for %zu bytes of shared memory here; the node has %llu "
                 "and has "
                 "promised %llu of them: raise --shared-limit or the size of /dev/shm, "
                 "or use more nodes",
                 table->record.name, bytes, (unsigned long long)site->ledger->limit_bytes,
                 (unsigned long long)site->ledger->reserved_bytes);
        status = TERN_ERR_NO_MEMORY;
    } else if (status == TERN_OK) {
        table->reserved_bytes = bytes;
        table->ledger         = site->ledger;
    }
    status = tern_collective_agree(site->waiter, status, "reserving a table");
    if (status == TERN_OK)
        status = tern_collective_agree(
            site->waiter, tern_shared_create(site->group, bytes, &table->shared),
            "allocating a table");
    return status;
}

/* Every server commits and fills its own rows; the index has been formatted before. */
static tern_status_t fill(const tern_table_site_t *site, tern_table_t *table,
                          uint32_t segment)
{
    tern_status_t status =
        tern_shard_create(&table->view, segment, site->ledger, &table->shard);

    if (status == TERN_OK && tern_table_is_sparse(table))
        status = tern_sparse_open(table);
    else if (status == TERN_OK)
        status = tern_shard_fill(table->shard, table->view.segment_keys[segment],
                                 tern_initializer_fill, &table->record);
    if (status == TERN_OK && table->policy->moves_rows)
        status = tern_directory_init(&table->directory, table->view.segment_keys[segment],
                                     table->segment_servers[segment]);
    if (status == TERN_OK)
        tern_segment_open(&table->view.segments[segment], site->epoch, TERN_LEASE_NONE);
    return status;
}

static tern_status_t format_own_part(const tern_table_site_t *site, tern_table_t *table)
{
    const tern_group_t *group = site->group;
    int                 own   = group->members[group->rank].server;
    uint64_t            num_slots;
    void               *memory;

    if (group->node_rank == 0 && tern_space_has_index(table))
        tern_row_index_format(table->shared->parts[0], table->record.keys);
    if (own < 0)
        return TERN_OK;
    memory    = tern_space_segment(table, group, group->rank);
    num_slots = tern_space_num_slots(table, site->ledger, own);
    site->bind_memory(memory, tern_segment_bytes(&table->view.layout, num_slots));
    tern_segment_format(memory, &table->view.layout, num_slots, site->epoch);
    return tern_table_is_sparse(table) ? tern_sparse_format(table, site) : TERN_OK;
}

static void attach(const tern_table_site_t *site, tern_table_t *table)
{
    const tern_group_t *group = site->group;
    uint32_t            n     = 0;

    if (tern_space_has_index(table))
        table->view.index = table->shared->parts[0];
    for (int i = 0; i < group->node_size; i++) {
        int rank = group->node_members[i];

        if (group->members[rank].server >= 0)
            tern_segment_attach(&table->view.segments[n++],
                                tern_space_segment(table, group, rank),
                                &table->view.layout);
    }
    if (tern_table_is_sparse(table))
        tern_sparse_attach(table, group);
}

static uint32_t own_segment(const tern_group_t *group)
{
    uint32_t segment = 0;

    for (int i = 0; group->node_members[i] != group->rank; i++)
        if (group->members[group->node_members[i]].server >= 0)
            segment++;
    return segment;
}

static tern_status_t allocate_locations(tern_table_t *table)
{
    uint64_t num_keys = table->record.keys.end - table->record.keys.first;

    table->locations =
        tern_alloc_zeroed(TERN_LOG_TABLE, num_keys * sizeof *table->locations);
    return table->locations == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;
}

/* The rows, between two agreements: all headers before anybody attaches, all rows before anybody reads. */
static tern_status_t populate(const tern_table_site_t *site, tern_table_t *table)
{
    tern_status_t status;

    status = tern_collective_agree(site->waiter, format_own_part(site, table),
                                   "formatting a table");
    if (status != TERN_OK)
        return status;
    attach(site, table);
    status = tern_view_init(&table->view);
    if (status == TERN_OK && site->caches_locations && table->policy->moves_rows)
        status = allocate_locations(table);
    if (status == TERN_OK && tern_group_has(site->group, TERN_ROLE_SERVER))
        status = fill(site, table, own_segment(site->group));
    return tern_collective_agree(site->waiter, status, "filling a table");
}

/* Show the own rows to all ranks, sealed. Without a window the table is asked by message. */
static tern_status_t open_window(const tern_table_site_t *site, tern_table_t *table)
{
    char     why[256];
    void    *rows     = NULL;
    uint64_t num_rows = 0;

    if (!site->uses_windows || table->policy->keeps_replicas || table->policy->collects ||
        table->filters != NULL)
        return TERN_OK;
    if (tern_table_is_sparse(table)) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_DEBUG,
                 "table '%s' is sparse: pulls from other nodes go by message",
                 table->record.name);
        return TERN_OK;
    }
    if (table->shard != NULL) {
        const tern_segment_t *segment =
            &table->view.segments[tern_shard_segment(table->shard)];

        rows     = segment->rows;
        num_rows = tern_shard_num_rows(table->shard);
        if (table->view.layout.checksum_offset != 0)
            tern_seal_slots(&table->view.layout, segment, 0, num_rows);
    }
    if (tern_window_create(site->waiter, rows, num_rows * table->view.layout.stride, why,
                           sizeof why, &table->window) != TERN_OK)
        tern_log(TERN_LOG_TABLE, TERN_LOG_WARN,
                 "table '%s' has no window (%s); pulls from other nodes go by message",
                 table->record.name, why);
    return TERN_OK;
}

/* All ranks must have given the same description. */
static tern_status_t compare(const tern_table_site_t   *site,
                             const tern_table_record_t *record)
{
    tern_table_record_t first = *record;
    tern_status_t status = tern_collective_broadcast(site->waiter, &first, sizeof first,
                                                     "describing a table");

    if (status == TERN_OK && memcmp(&first, record, sizeof first) != 0) {
        tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
                 "table '%s' is described differently on rank 0 (where it is '%s')",
                 record->name, first.name);
        status = TERN_ERR_ARG;
    }
    return tern_collective_agree(site->waiter, status,
                                 "comparing the descriptions of a table");
}

/* The record of the table and what filters it has at this rank, checked on all ranks. */
static tern_status_t describe(const tern_table_site_t *site,
                              const tern_table_desc_t *desc, const tern_update_t *rule,
                              tern_table_record_t   *record,
                              tern_table_filters_t **filters_p)
{
    const tern_group_t *group = site->group;
    tern_status_t       status =
        tern_catalogue_describe(site->catalogue, desc, rule, site->seed, record);

    if (status == TERN_OK)
        status = tern_table_filters_create(
            site->filters, record, rule, (uint32_t)group->num_servers,
            (uint32_t)group->size, (uint32_t)group->rank, filters_p);
    status = tern_collective_agree(site->waiter, status,
                                   "checking the description of a table");
    if (status == TERN_OK && site->uses_windows && record->index != TERN_INDEX_HASH &&
        record->consistency != TERN_EVENTUAL && *filters_p == NULL &&
        !tern_policy_find(record->policy)->keeps_replicas &&
        !tern_policy_find(record->policy)->collects)
        record->columns |= TERN_COLUMN_CHECKSUM;
    return status == TERN_OK ? compare(site, record) : status;
}

tern_status_t tern_table_build(const tern_table_site_t *site,
                               const tern_table_desc_t *desc, const tern_update_t *rule,
                               tern_table_t **table_p)
{
    tern_table_record_t   record;
    tern_table_filters_t *filters = NULL;
    tern_table_t         *table   = NULL;
    tern_status_t         status  = describe(site, desc, rule, &record, &filters);

    if (status != TERN_OK) {
        tern_table_filters_destroy(&filters);
        return status;
    }
    table = new_table(site, &record, rule);
    if (table != NULL)
        table->filters = filters;
    else
        tern_table_filters_destroy(&filters);
    status = tern_collective_agree(
        site->waiter, table == NULL ? TERN_ERR_NO_MEMORY : TERN_OK, "creating a table");
    if (status == TERN_OK)
        status = reserve(site, table);
    if (status == TERN_OK)
        status = populate(site, table);
    if (status == TERN_OK && table->policy->keeps_replicas)
        status = tern_table_create_replicas(site, table);
    if (status == TERN_OK && table->policy->collects)
        status = tern_table_create_tallies(site, table);
    if (status == TERN_OK && table->policy->exchanges_wholes)
        status = tern_table_create_dense(site, table);
    if (status == TERN_OK)
        status = open_window(site, table);
    if (status == TERN_OK)
        status = tern_collective_agree(
            site->waiter, tern_catalogue_add(site->catalogue, table), "entering a table");
    if (status != TERN_OK) {
        tern_table_destroy(&table);
        return status;
    }
    *table_p = table;
    return TERN_OK;
}

void tern_table_destroy(tern_table_t **table_p)
{
    tern_table_t *table = *table_p;

    if (table == NULL)
        return;
    tern_window_destroy(&table->window);
    tern_table_destroy_tallies(table);
    tern_table_destroy_dense(table);
    tern_table_destroy_replicas(table);
    tern_shard_destroy(&table->shard);
    tern_view_fini(&table->view);
    tern_shared_destroy(&table->shared);
    if (table->ledger != NULL)
        tern_ledger_release(table->ledger, table->reserved_bytes);
    tern_table_filters_destroy(&table->filters);
    tern_free(TERN_LOG_TABLE, table->locations);
    tern_directory_fini(&table->directory);
    tern_placement_fini(&table->placement);
    tern_sparse_destroy(table);
    tern_free(TERN_LOG_TABLE, table->segment_servers);
    tern_free(TERN_LOG_TABLE, table->view.segment_keys);
    tern_free(TERN_LOG_TABLE, table->view.segments);
    tern_free(TERN_LOG_TABLE, table);
    *table_p = NULL;
}
