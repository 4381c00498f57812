/** \file
 * Rules in a list, in order of registration: a handful, looked up once per table.
 */
#include "update/registry.h"

#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "update/rules.h"

typedef struct entry {
    tern_update_t update;
    struct entry *next;
} entry_t;

struct tern_update_registry {
    entry_t *first, **last_p;
    char    *names; /* of all entries, joined by ", " */
};

/* What zero means in tern_update_options_t, per rule. */
static const struct builtin {
    const tern_update_t  *update;
    tern_update_options_t defaults;
} builtins[] = {
    {&tern_update_assign, {.rate = 0}},
    {&tern_update_add, {.rate = 0}},
    {&tern_update_sgd, {.rate = 0.01}},
    {&tern_update_momentum, {.rate = 0.01, .momentum = 0.9}},
    {&tern_update_adagrad, {.rate = 0.01, .epsilon = 1e-10}},
    {&tern_update_rowwise_adagrad, {.rate = 0.01, .epsilon = 1e-10}},
    {&tern_update_adam, {.rate = 0.01, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}},
    {&tern_update_ftrl, {.alpha = 0.05, .beta = 1.0}},
};

#define NUM_BUILTINS (sizeof(builtins) / sizeof(builtins[0]))

tern_status_t tern_update_registry_create(tern_update_registry_t **registry_p)
{
    tern_update_registry_t *registry =
        tern_alloc_zeroed(TERN_LOG_UPDATE, sizeof(*registry));
    tern_status_t status = TERN_OK;

    if (!registry)
        return TERN_ERR_NO_MEMORY;
    registry->last_p = &registry->first;
    for (size_t i = 0; i < NUM_BUILTINS && status == TERN_OK; i++)
        status = tern_update_registry_add(registry, builtins[i].update);
    if (status != TERN_OK) {
        tern_update_registry_destroy(&registry);
        return status;
    }
    *registry_p = registry;
    return TERN_OK;
}

void tern_update_registry_destroy(tern_update_registry_t **registry_p)
{
    tern_update_registry_t *registry = *registry_p;
    entry_t                *next;

    if (!registry)
        return;
    for (entry_t *entry = registry->first; entry; entry = next) {
        next = entry->next;
        tern_free(TERN_LOG_UPDATE, entry);
    }
    tern_free(TERN_LOG_UPDATE, registry->names);
    tern_free(TERN_LOG_UPDATE, registry);
    *registry_p = NULL;
}

static tern_status_t check(const tern_update_registry_t *registry,
                           const tern_update_t          *update)
{
    if (!update->name || !*update->name) {
        tern_log(TERN_LOG_UPDATE, TERN_LOG_ERROR, "an update rule needs a name");
        return TERN_ERR_ARG;
    }
    if (!update->apply) {
        tern_log(TERN_LOG_UPDATE, TERN_LOG_ERROR, "update rule \"%s\" has no function",
                 update->name);
        return TERN_ERR_ARG;
    }
    if (tern_update_registry_find(registry, update->name)) {
        tern_log(TERN_LOG_UPDATE, TERN_LOG_ERROR,
                 "update rule \"%s\" is already registered", update->name);
        return TERN_ERR_ARG;
    }
    return TERN_OK;
}

tern_status_t tern_update_registry_add(tern_update_registry_t *registry,
                                       const tern_update_t    *update)
{
    tern_status_t status = check(registry, update);
    entry_t      *entry;

    if (status != TERN_OK)
        return status;
    entry = tern_alloc(TERN_LOG_UPDATE, sizeof(*entry));
    if (!entry)
        return TERN_ERR_NO_MEMORY;
    status = tern_names_append(TERN_LOG_UPDATE, &registry->names, update->name);
    if (status != TERN_OK) {
        tern_free(TERN_LOG_UPDATE, entry);
        return status;
    }
    *entry            = (entry_t){.update = *update};
    *registry->last_p = entry;
    registry->last_p  = &entry->next;
    return TERN_OK;
}

const tern_update_t *tern_update_registry_find(const tern_update_registry_t *registry,
                                               const char                   *name)
{
    for (const entry_t *entry = registry->first; entry; entry = entry->next)
        if (strcmp(entry->update.name, name) == 0)
            return &entry->update;
    return NULL;
}

const char *tern_update_registry_names(const tern_update_registry_t *registry)
{
    return registry->names;
}

static double value_or(double value, double otherwise)
{
    return value != 0 ? value : otherwise;
}

bool tern_update_is_builtin(const tern_update_t *update)
{
    for (size_t i = 0; i < NUM_BUILTINS; i++)
        if (strcmp(builtins[i].update->name, update->name) == 0)
            return true;
    return false;
}

tern_update_options_t tern_update_options_resolve(const tern_update_t         *update,
                                                  const tern_update_options_t *options)
{
    const tern_update_options_t *defaults = &(tern_update_options_t){0};

    for (size_t i = 0; i < NUM_BUILTINS; i++)
        if (strcmp(builtins[i].update->name, update->name) == 0)
            defaults = &builtins[i].defaults;
    return (tern_update_options_t){
        .rate     = value_or(options->rate, defaults->rate),
        .momentum = value_or(options->momentum, defaults->momentum),
        .beta1    = value_or(options->beta1, defaults->beta1),
        .beta2    = value_or(options->beta2, defaults->beta2),
        .epsilon  = value_or(options->epsilon, defaults->epsilon),
        .alpha    = value_or(options->alpha, defaults->alpha),
        .beta     = value_or(options->beta, defaults->beta),
        .l1       = options->l1,
        .l2       = options->l2,
    };
}
