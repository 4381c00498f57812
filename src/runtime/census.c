#include "runtime/census.h"

#include "base/alloc.h"
#include "comm/collective.h"

static tern_status_t ask(tern_runtime_t *runtime, const tern_census_t *census,
                         const tern_table_t *table, char *all, void *own, char *sum)
{
    bool          concerns = census->concerns == NULL || census->concerns(table);
    bool          is_root  = runtime->group->rank == 0;
    tern_status_t status   = TERN_OK;

    census->own(table, own);
    if (concerns)
        status = tern_collective_gather(&runtime->waiter, own, census->own_bytes, all,
                                        census->what);
    if (is_root && concerns)
        census->sum((size_t)runtime->group->size, all, sum);
    else if (is_root)
        census->sum(1, own, sum);
    return status;
}

tern_status_t tern_census_take(tern_runtime_t *runtime, const tern_census_t *census,
                               void *sums)
{
    size_t        num_ranks = (size_t)runtime->group->size;
    bool          is_root   = runtime->group->rank == 0;
    char         *own       = tern_alloc(TERN_LOG_RUNTIME, census->own_bytes);
    char         *all       = NULL;
    tern_status_t status    = own == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;

    if (is_root &&
        (all = tern_alloc(TERN_LOG_RUNTIME, num_ranks * census->own_bytes)) == NULL)
        status = TERN_ERR_NO_MEMORY;
    status = tern_collective_agree(&runtime->waiter, status, census->what);
    for (uint32_t t = 0; status == TERN_OK && t < runtime->catalogue.num_tables; t++)
        status = ask(runtime, census, runtime->catalogue.tables[t], all, own,
                     is_root ? (char *)sums + t * census->sum_bytes : NULL);
    tern_free(TERN_LOG_RUNTIME, all);
    tern_free(TERN_LOG_RUNTIME, own);
    return status;
}
