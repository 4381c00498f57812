#include "base/names.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

tern_status_t tern_names_append(tern_log_folder_t folder, char **names_p,
                                const char *name)
{
    size_t old_length = *names_p != NULL ? strlen(*names_p) : 0;
    size_t bytes      = old_length + strlen(", ") + strlen(name) + 1;
    char  *names      = tern_realloc(folder, *names_p, bytes);

    if (names == NULL)
        return TERN_ERR_NO_MEMORY;
    snprintf(names + old_length, bytes - old_length, "%s%s", old_length > 0 ? ", " : "",
             name);
    *names_p = names;
    return TERN_OK;
}
