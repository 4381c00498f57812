/** \file
 * Names that are known, joined by ", " for error messages.
 */
#ifndef TERN_BASE_NAMES_H
#define TERN_BASE_NAMES_H

#include "base/log.h"

/* Append `name` to *names_p, which is NULL at first and belongs to the caller. TERN_ERR_NO_MEMORY: it stays as it is. */
tern_status_t tern_names_append(tern_log_folder_t folder, char **names_p,
                                const char *name);

#endif
