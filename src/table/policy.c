#include "table/policy.h"

#include <string.h>

static const tern_policy_t policies[] = {
    {.name = "static", .takes_filters = true},
    {.name = "relocate", .moves_rows = true},
    {.name           = "adaptive",
     .moves_rows     = true,
     .keeps_replicas = true,
     .heeds_intents  = true},
    {.name = "dense", .exchanges_wholes = true},
    {.name = "ssp", .keeps_replicas = true},
    {.name = "essp", .keeps_replicas = true, .sends_changes = true},
    {.name = "aggregate", .collects = true, .takes_filters = true},
};

const tern_policy_t *tern_policy_find(const char *name)
{
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        if (strcmp(policies[i].name, name) == 0)
            return &policies[i];
    return NULL;
}

const char *tern_policy_names(void)
{
    return "static, relocate, ssp, essp, adaptive, aggregate, dense";
}
