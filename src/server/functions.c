/** \file
 * Functions in a list, in order of registration: a handful, looked up once per call.
 */
#include "server/functions.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/names.h"

#define OWN_PREFIX "tern."

typedef struct entry {
    tern_function_t function;
    struct entry   *next;
} entry_t;

struct tern_functions {
    entry_t *first, **last_p;
    char    *names; /* of all entries, joined by ", " */
};

tern_status_t tern_functions_create(tern_functions_t **functions_p)
{
    tern_functions_t *functions = tern_alloc_zeroed(TERN_LOG_SERVER, sizeof *functions);

    if (functions == NULL)
        return TERN_ERR_NO_MEMORY;
    functions->last_p = &functions->first;
    *functions_p      = functions;
    return TERN_OK;
}

void tern_functions_destroy(tern_functions_t **functions_p)
{
    tern_functions_t *functions = *functions_p;

    if (functions == NULL)
        return;
    while (functions->first != NULL) {
        entry_t *entry = functions->first;

        functions->first = entry->next;
        tern_free(TERN_LOG_SERVER, entry);
    }
    tern_free(TERN_LOG_SERVER, functions->names);
    tern_free(TERN_LOG_SERVER, functions);
    *functions_p = NULL;
}

static tern_status_t refuse(const char *name, const char *why)
{
    tern_log(TERN_LOG_SERVER, TERN_LOG_ERROR, "cannot register function '%s': %s",
             name == NULL ? "(no name)" : name, why);
    return TERN_ERR_ARG;
}

static bool is_own(const char *name)
{
    return strncmp(name, OWN_PREFIX, strlen(OWN_PREFIX)) == 0;
}

static tern_status_t check(const tern_functions_t *functions,
                           const tern_function_t  *function)
{
    const char *name = function->name;

    if (name == NULL || name[0] == '\0')
        return refuse(name, "a function needs a name");
    if (strlen(name) > TERN_FUNCTION_NAME_BYTES)
        return refuse(name, "the name is longer than 63 bytes");
    if (is_own(name))
        return refuse(name,
                      "names that begin with '" OWN_PREFIX "' are the library's own");
    if (function->run == NULL)
        return refuse(name, "there is no code");
    if (tern_functions_find(functions, name) != NULL)
        return refuse(name, "a function of this name is registered");
    return TERN_OK;
}

static tern_status_t append(tern_functions_t *functions, const tern_function_t *function)
{
    tern_status_t status;
    entry_t      *entry;

    entry = tern_alloc(TERN_LOG_SERVER, sizeof *entry);
    if (entry == NULL)
        return TERN_ERR_NO_MEMORY;
    status = tern_names_append(TERN_LOG_SERVER, &functions->names, function->name);
    if (status != TERN_OK) {
        tern_free(TERN_LOG_SERVER, entry);
        return status;
    }
    *entry             = (entry_t){.function = *function};
    *functions->last_p = entry;
    functions->last_p  = &entry->next;
    return TERN_OK;
}

tern_status_t tern_functions_add(tern_functions_t      *functions,
                                 const tern_function_t *function)
{
    tern_status_t status = check(functions, function);

    return status == TERN_OK ? append(functions, function) : status;
}

tern_status_t tern_functions_add_own(tern_functions_t      *functions,
                                     const tern_function_t *function)
{
    assert(is_own(function->name) &&
           tern_functions_find(functions, function->name) == NULL);
    return append(functions, function);
}

const tern_function_t *tern_functions_find(const tern_functions_t *functions,
                                           const char             *name)
{
    for (const entry_t *entry = functions->first; entry != NULL; entry = entry->next)
        if (strcmp(entry->function.name, name) == 0)
            return &entry->function;
    return NULL;
}

const char *tern_functions_names(const tern_functions_t *functions)
{
    return functions->names != NULL ? functions->names : "none";
}
