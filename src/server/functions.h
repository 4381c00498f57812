/** \file
 * Functions: those that a rank has registered, by name. Names that begin with "tern." are the library's own.
 */
#ifndef TERN_SERVER_FUNCTIONS_H
#define TERN_SERVER_FUNCTIONS_H

#include "tern/function.h"

typedef struct tern_functions tern_functions_t;

tern_status_t tern_functions_create(tern_functions_t **functions_p);
void          tern_functions_destroy(tern_functions_t **functions_p);

/** A program's. TERN_ERR_ARG, logged; TERN_ERR_NO_MEMORY. */
tern_status_t tern_functions_add(tern_functions_t      *functions,
                                 const tern_function_t *function);

/** The library's. TERN_ERR_NO_MEMORY. */
tern_status_t tern_functions_add_own(tern_functions_t      *functions,
                                     const tern_function_t *function);

/** NULL if there is none of that name. */
const tern_function_t *tern_functions_find(const tern_functions_t *functions,
                                           const char             *name);

/** All names, separated by commas; valid until the next is added. "none" if there are none. */
const char *tern_functions_names(const tern_functions_t *functions);

#endif
