#include "filter/registry.h"

#include <ctype.h>

#include "base/alloc.h"
#include "base/suggest.h"

static const tern_filter_ops_t *const builtins[] = {
    &tern_filter_significant, &tern_filter_skip,  &tern_filter_zero, &tern_filter_kkt,
    &tern_filter_key_cache,   &tern_filter_fixed, &tern_filter_bf16, &tern_filter_fp16,
    &tern_filter_lz4,         &tern_filter_zstd,
};

#define NUM_BUILTINS (sizeof builtins / sizeof *builtins)

/* A list in order of registration: a handful, looked up once per table. */
typedef struct entry {
    tern_filter_t filter;
    struct entry *next;
} entry_t;

struct tern_filter_registry {
    entry_t *first, **last_p;
};

tern_status_t tern_filter_registry_create(tern_filter_registry_t **registry_p)
{
    tern_filter_registry_t *registry =
        tern_alloc_zeroed(TERN_LOG_FILTER, sizeof *registry);

    if (registry == NULL)
        return TERN_ERR_NO_MEMORY;
    registry->last_p = &registry->first;
    *registry_p      = registry;
    return TERN_OK;
}

void tern_filter_registry_destroy(tern_filter_registry_t **registry_p)
{
    tern_filter_registry_t *registry = *registry_p;

    if (registry == NULL)
        return;
    while (registry->first != NULL) {
        entry_t *entry = registry->first;

        registry->first = entry->next;
        tern_free(TERN_LOG_FILTER, entry);
    }
    tern_free(TERN_LOG_FILTER, registry);
    *registry_p = NULL;
}

const tern_filter_ops_t *tern_filter_registry_find(const tern_filter_registry_t *registry,
                                                   const char                   *name,
                                                   const tern_filter_t         **own_p)
{
    *own_p = NULL;
    for (size_t i = 0; i < NUM_BUILTINS; i++)
        if (strcmp(builtins[i]->name, name) == 0)
            return builtins[i];
    for (const entry_t *entry = registry->first; entry != NULL; entry = entry->next)
        if (strcmp(entry->filter.name, name) == 0) {
            *own_p = &entry->filter;
            return entry->filter.is_exact ? &tern_filter_own_exact
                                          : &tern_filter_own_lossy;
        }
    return NULL;
}

const char *tern_filter_registry_nearest(const tern_filter_registry_t *registry,
                                         const char                   *name)
{
    tern_suggestion_t suggestion;

    tern_suggestion_init(&suggestion, name);
    for (size_t i = 0; i < NUM_BUILTINS; i++)
        tern_suggestion_offer(&suggestion, builtins[i]->name);
    for (const entry_t *entry = registry->first; entry != NULL; entry = entry->next)
        tern_suggestion_offer(&suggestion, entry->filter.name);
    return suggestion.nearest;
}

/* Such as can stand in a chain. */
static bool is_name(const char *name)
{
    size_t length = 0;

    for (; name[length] != '\0'; length++)
        if (!isalnum((unsigned char)name[length]) && name[length] != '-')
            return false;
    return length > 0 && length < TERN_FILTER_NAME_BYTES;
}

static tern_status_t refuse(const char *name, const char *why)
{
    tern_log(TERN_LOG_FILTER, TERN_LOG_ERROR, "cannot register filter '%s': %s",
             name == NULL ? "(no name)" : name, why);
    return TERN_ERR_ARG;
}

tern_status_t tern_filter_registry_add(tern_filter_registry_t *registry,
                                       const tern_filter_t    *filter)
{
    const tern_filter_t *own;
    entry_t             *entry;

    if (filter->name == NULL || !is_name(filter->name))
        return refuse(filter->name, "a name has 1 to 23 letters, digits and '-'");
    if (tern_filter_registry_find(registry, filter->name, &own) != NULL)
        return refuse(filter->name, "there is a filter of this name");
    if (filter->max_bytes == NULL || filter->encode == NULL || filter->decode == NULL)
        return refuse(filter->name, "it needs max_bytes, encode and decode");
    entry = tern_alloc(TERN_LOG_FILTER, sizeof *entry);
    if (entry == NULL)
        return TERN_ERR_NO_MEMORY;
    *entry            = (entry_t){.filter = *filter};
    *registry->last_p = entry;
    registry->last_p  = &entry->next;
    return TERN_OK;
}
