#include "server/scan.h"

#include "base/alloc.h"
#include "store/evict.h"
#include "table/table.h"
#include "table/scan.h"

static tern_status_t count(tern_invocation_t *invocation, void *context)
{
    const tern_table_t *table = tern_invocation_table(invocation);
    uint64_t num = tern_shard_count(table->shard, tern_invocation_range(invocation));

    (void)context;
    return tern_invocation_answer(invocation, &num, sizeof num);
}

/* --- scans --- */

/* Keys and, if wanted, values of a batch. */
static tern_status_t answer_batch(tern_invocation_t *invocation, tern_table_t *table,
                                  const tern_scan_head_t *head, tern_key_t keys[],
                                  void *values)
{
    size_t        num    = head->num_keys;
    tern_status_t status = tern_invocation_answer(invocation, head, sizeof *head);

    if (status == TERN_OK)
        status = tern_invocation_answer(invocation, keys, num * sizeof *keys);
    if (status != TERN_OK || values == NULL || num == 0)
        return status;
    (void)tern_view_read(&table->view, num, keys, values, NULL); /* they are here */
    return tern_invocation_answer(invocation, values, num * table->row_bytes);
}

static tern_status_t scan(tern_invocation_t *invocation, void *context)
{
    tern_table_t           *table = tern_invocation_table(invocation);
    const tern_scan_args_t *args  = tern_invocation_args(invocation, NULL);
    size_t      bytes = sizeof(tern_key_t) + (args->wants_values ? table->row_bytes : 0);
    tern_key_t *keys  = tern_alloc(TERN_LOG_SERVER, args->max_keys * bytes);
    tern_scan_head_t head = {0};
    size_t           num_keys;
    bool             is_end;
    tern_status_t    status = TERN_ERR_NO_MEMORY;

    (void)context;
    if (keys != NULL)
        status = tern_shard_list(table->shard, tern_invocation_range(invocation),
                                 args->max_keys, keys, &num_keys, &is_end);
    if (status == TERN_OK) {
        head   = (tern_scan_head_t){.num_keys = num_keys, .is_end = is_end};
        status = answer_batch(invocation, table, &head, keys,
                              args->wants_values ? keys + args->max_keys : NULL);
    }
    tern_free(TERN_LOG_SERVER, keys);
    return status;
}

/* --- eviction --- */

static tern_status_t evict(tern_invocation_t *invocation, void *context)
{
    tern_table_t            *table = tern_invocation_table(invocation);
    const tern_evict_args_t *args  = tern_invocation_args(invocation, NULL);
    tern_evict_t             rule  = {.what = args->what, .now = args->now};
    tern_evicted_t           evicted;
    tern_status_t            status;

    rule.what.range = tern_invocation_range(invocation);
    status          = tern_shard_evict(table->shard, &rule, context, &evicted);
    if (!rule.what.is_dry_run)
        table->view.counters->rows_evicted += evicted.num_rows;
    return status == TERN_OK
               ? tern_invocation_answer(invocation, &evicted, sizeof evicted)
               : status;
}

tern_status_t tern_scan_register(tern_functions_t *functions, tern_lending_t *lending)
{
    const tern_function_t all[] = {
        {.name = TERN_SCAN_COUNT, .run = count},
        {.name = TERN_SCAN_KEYS, .run = scan},
        {.name = TERN_SCAN_EVICT, .run = evict, .context = lending},
    };
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < sizeof all / sizeof *all && status == TERN_OK; i++)
        status = tern_functions_add_own(functions, &all[i]);
    return status;
}
