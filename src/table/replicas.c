/** \file
 * How many replicas a node may have: all rows that it does not own, as far as half of the memory goes that the node
 * has not promised yet. Memory is committed as rows come; a row that finds no room is asked for each time.
 */
#include "table/replicas.h"

#include "base/log.h"
#include "comm/collective.h"

static uint64_t num_foreign_keys(const tern_table_t *table)
{
    uint64_t num = table->record.keys.end - table->record.keys.first;

    if (table->policy->moves_rows)
        return num;
    for (uint32_t s = 0; s < table->view.num_segments; s++)
        num -= table->view.segment_keys[s].end - table->view.segment_keys[s].first;
    return num;
}

/* Called by the rank that gives the memory. */
static uint64_t num_slots(const tern_table_t *table, const tern_ledger_t *ledger,
                          const tern_replica_shape_t *shape)
{
    uint64_t reserved = __atomic_load_n(&ledger->reserved_bytes, __ATOMIC_ACQUIRE);
    uint64_t half =
        ledger->limit_bytes > reserved ? (ledger->limit_bytes - reserved) / 2 : 0;
    uint64_t fixed = tern_replicas_bytes(shape); /* of no slots */
    uint64_t num   = num_foreign_keys(table);
    uint64_t most  = half > fixed
                         ? (half - fixed) / tern_replicas_stride(shape->width, shape->type)
                         : 0;

    num = num < most ? num : most;
    return num < TERN_INDEX_SLOT_MASK ? num : TERN_INDEX_SLOT_MASK;
}

static tern_status_t reserve(const tern_table_site_t *site, tern_table_t *table,
                             size_t bytes)
{
    if (tern_ledger_reserve(site->ledger, bytes)) {
        table->replica_bytes = bytes;
        table->ledger        = site->ledger;
        return TERN_OK;
    }
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
             "table '%s': no shared memory for the index of its replicas (%zu bytes): "
             "raise --shared-limit or the size of /dev/shm",
             table->record.name, bytes);
    return TERN_ERR_NO_MEMORY;
}

static tern_status_t attach(const tern_table_site_t *site, tern_table_t *table,
                            const tern_replica_shape_t *shape)
{
    tern_replicas_t *replicas = &table->replicas;
    uint32_t         self     = 0;
    tern_status_t    status;

    status = tern_replicas_init(replicas, table->replica_memory->parts[0], shape,
                                &table->view.latch, site->ledger);
    for (int i = 0; site->group->node_members[i] != site->group->rank; i++)
        self += site->group->members[site->group->node_members[i]].worker >= 0;
    replicas->self  = self;
    replicas->adds  = table->rule.is_additive;
    replicas->makes = !table->policy->heeds_intents;
    /* who follows must not forget; what is wanted stays */
    replicas->evicts = !table->policy->sends_changes && !table->policy->heeds_intents;
    return status;
}

/* Replicas are shared or there are none. */
static tern_status_t check(const tern_table_site_t *site, const tern_table_t *table)
{
    if (site->shares_memory)
        return TERN_OK;
    tern_log(TERN_LOG_TABLE, TERN_LOG_ERROR,
             "table '%s': policy '%s' keeps replicas in memory that the node shares, "
             "which --shared-memory no forbids",
             table->record.name, table->policy->name);
    return TERN_ERR_ARG;
}

tern_status_t tern_table_create_replicas(const tern_table_site_t *site,
                                         tern_table_t            *table)
{
    tern_replica_shape_t shape  = {.keys        = table->record.keys,
                                   .width       = table->record.width,
                                   .type        = (tern_type_t)table->record.type,
                                   .num_servers = (uint32_t)site->group->num_servers};
    tern_status_t        status = check(site, table);
    size_t               bytes  = 0;

    if (status != TERN_OK || site->group->num_nodes == 1)
        return status;
    if (site->group->node_rank == 0) {
        shape.num_slots = num_slots(table, site->ledger, &shape);
        bytes           = tern_replicas_bytes(&shape);
        status          = reserve(site, table, bytes);
    }
    status = tern_collective_agree(site->waiter, status, "reserving replicas");
    if (status != TERN_OK)
        return status;
    status = tern_shared_create(site->group, bytes, &table->replica_memory);
    if (status == TERN_OK && site->group->node_rank == 0)
        tern_replicas_format(table->replica_memory->parts[0], &shape);
    status = tern_collective_agree(site->waiter, status, "allocating replicas");
    if (status == TERN_OK)
        status = attach(site, table, &shape);
    return tern_collective_agree(site->waiter, status, "attaching replicas");
}

void tern_table_destroy_replicas(tern_table_t *table)
{
    tern_replicas_fini(&table->replicas);
    tern_shared_destroy(&table->replica_memory);
    if (table->replica_bytes > 0)
        tern_ledger_release(table->ledger, table->replica_bytes);
}
