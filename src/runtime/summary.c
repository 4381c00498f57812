/** \file
 * The end-of-run table: every rank's record to rank 0, which prints.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "comm/collective.h"
#include "runtime/balance.h"
#include "runtime/runtime.h"
#include "runtime/savings.h"
#include "runtime/staleness.h"
#include "runtime/stats.h"

static tern_rank_stats_t own_record(tern_runtime_t *runtime)
{
    const tern_member_t *self = &runtime->group->members[runtime->group->rank];
    tern_rank_stats_t    record;

    memset(&record, 0, sizeof record);
    tern_phase_enter(&runtime->phases,
                     TERN_PHASE_IDLE); /* closes the span that is open */
    memcpy(record.host, self->host, sizeof record.host);
    record.roles    = self->roles;
    record.node     = self->node;
    record.worker_group = self->worker_group;
    record.counters = runtime->counters;
    for (int p = 0; p < TERN_NUM_PHASES; p++)
        record.phase_seconds[p] =
            (double)runtime->phases.ticks[p] * tern_timer_seconds_per_tick();
    return record;
}

/* Rows of sparse tables are those that have come. */
static void count_rows(tern_footprint_t *footprint, const tern_balance_t *balance)
{
    footprint->num_rows = balance->num_rows;
    if (balance->num_rows > 0)
        footprint->index += (double)balance->index_bytes / (double)balance->num_rows;
}

/* Of all tables; NULL if there are none, or no memory to list them. */
static tern_footprint_t *list_tables(const tern_catalogue_t *catalogue,
                                     const tern_balance_t    balances[])
{
    tern_footprint_t *tables = NULL;

    if (catalogue->num_tables > 0)
        tables = tern_alloc(TERN_LOG_RUNTIME, catalogue->num_tables * sizeof *tables);
    for (uint32_t t = 0; tables != NULL && t < catalogue->num_tables; t++) {
        tables[t] = tern_footprint_of(catalogue->tables[t]);
        if (catalogue->tables[t]->record.index == TERN_INDEX_HASH)
            count_rows(&tables[t], &balances[t]);
    }
    return tables;
}

static void print(const tern_runtime_t *runtime, const tern_rank_stats_t records[],
                  const tern_staleness_t staleness[], const tern_savings_t savings[],
                  const tern_balance_t balances[])
{
    const char       *form    = tern_option_string(runtime->options, "stats");
    bool              is_json = strcmp(form, "json") == 0;
    tern_footprint_t *tables;
    tern_stats_t      stats;

    if (strcmp(form, "none") == 0)
        return;
    tern_stats_init(&stats, (size_t)runtime->group->size, records, tern_seconds(runtime));
    tables           = list_tables(&runtime->catalogue, balances);
    stats.tables     = tables;
    stats.num_tables = tables != NULL ? runtime->catalogue.num_tables : 0;
    stats.staleness  = staleness;
    stats.savings    = savings;
    stats.balances   = balances;
    if (is_json)
        tern_stats_print_json(&stats, stdout);
    else /* with --json standard output is for objects only */
        tern_stats_print(&stats,
                         tern_option_flag(runtime->options, "json") ? stderr : stdout);
    fflush(stdout);
    tern_free(TERN_LOG_RUNTIME, tables);
}

tern_status_t tern_summary_print(tern_runtime_t *runtime)
{
    size_t             size    = (size_t)runtime->group->size;
    bool               is_root = runtime->group->rank == 0;
    tern_rank_stats_t  record  = own_record(runtime);
    tern_rank_stats_t *all     = NULL;
    size_t             num     = runtime->catalogue.num_tables + 1; /* never none */
    tern_staleness_t  *steps   = NULL;
    tern_savings_t    *savings = NULL;
    tern_balance_t    *shares  = NULL;
    tern_status_t      status  = TERN_OK;

    if (is_root && ((all = tern_alloc(TERN_LOG_RUNTIME, size * sizeof *all)) == NULL ||
                    (steps = tern_alloc(TERN_LOG_RUNTIME, num * sizeof *steps)) == NULL ||
                    (savings = tern_alloc(TERN_LOG_RUNTIME, num * sizeof *savings)) == NULL ||
                    (shares = tern_alloc(TERN_LOG_RUNTIME, num * sizeof *shares)) == NULL))
        status = TERN_ERR_NO_MEMORY;
    status = tern_collective_agree(&runtime->waiter, status, "the statistics");
    if (status == TERN_OK)
        status = tern_collective_gather(&runtime->waiter, &record, sizeof record, all,
                                        "the statistics");
    if (status == TERN_OK)
        status = tern_staleness_gather(runtime, steps);
    if (status == TERN_OK)
        status = tern_savings_gather(runtime, savings);
    if (status == TERN_OK)
        status = tern_balance_gather(runtime, shares);
    if (status == TERN_OK && is_root)
        print(runtime, all, steps, savings, shares);
    tern_free(TERN_LOG_RUNTIME, shares);
    tern_free(TERN_LOG_RUNTIME, savings);
    tern_free(TERN_LOG_RUNTIME, steps);
    tern_free(TERN_LOG_RUNTIME, all);
    return status;
}
