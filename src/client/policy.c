#include "client/policy.h"

#include <assert.h>
#include <string.h>

const tern_access_ops_t *tern_access_ops_of(const tern_policy_t *policy,
                                            tern_index_t         index)
{
    if (policy->collects)
        return &tern_access_aggregate;
    if (index == TERN_INDEX_HASH)
        return &tern_access_sparse;
    if (strcmp(policy->name, "static") == 0)
        return &tern_access_static;
    if (strcmp(policy->name, "relocate") == 0)
        return &tern_access_relocate;
    if (policy->exchanges_wholes)
        return &tern_access_dense;
    if (policy->heeds_intents)
        return &tern_access_adaptive;
    if (policy->keeps_replicas)
        return &tern_access_stale;
    assert(!"every policy that tables know has its operations");
    return NULL;
}
