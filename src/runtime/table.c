#include "tern/table.h"
#include <string.h>

#include "client/policy.h"
#include "runtime/runtime.h"
#include "runtime/topology.h"

/* The rule by name; an unknown one is refused by the check of the description, with the known names. */
static const tern_update_t *find_rule(const tern_runtime_t    *runtime,
                                      const tern_table_desc_t *desc)
{
    const char          *name = desc->update == NULL ? "add" : desc->update;
    const tern_update_t *rule = tern_update_registry_find(runtime->updates, name);

    if (rule == NULL)
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR,
                 "there is no update rule '%s'; known are: %s", name,
                 tern_update_registry_names(runtime->updates));
    return rule;
}

tern_status_t tern_table_create(tern_runtime_t *runtime, const tern_table_desc_t *desc,
                                tern_table_t **table_p)
{
    tern_table_site_t site;

    if (runtime == NULL || desc == NULL || table_p == NULL)
        return TERN_ERR_ARG;
    site = (tern_table_site_t){
        .group        = runtime->group,
        .waiter       = &runtime->waiter,
        .ledger       = runtime->ledger,
        .holders      = &runtime->holders,
        .counters     = &runtime->counters,
        .catalogue    = &runtime->catalogue,
        .filters      = runtime->filters,
        .client       = runtime->client,
        .access_ops   = tern_access_ops_of,
        .clock        = tern_clock_now(runtime),
        .chunk_bytes  = (size_t)tern_option_int(runtime->options, "chunk-kb") << 10,
        .epoch        = runtime->epoch,
        .seed         = (uint64_t)tern_option_int(runtime->options, "seed"),
        .uses_windows = runtime->probe.uses_windows,
        .caches_locations =
            strcmp(tern_option_string(runtime->options, "locations"), "cache") == 0,
        .shares_memory = tern_option_flag(runtime->options, "shared-memory"),
        .bind_memory   = tern_topology_bind_memory,
    };
    return tern_table_build(&site, desc, find_rule(runtime, desc), table_p);
}
