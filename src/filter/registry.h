/** \file
 * Filters by name: those of the library and those of the program.
 */
#ifndef TERN_FILTER_REGISTRY_H
#define TERN_FILTER_REGISTRY_H

#include "filter/filter.h"

typedef struct tern_filter_registry tern_filter_registry_t;

tern_status_t tern_filter_registry_create(tern_filter_registry_t **registry_p);
void          tern_filter_registry_destroy(tern_filter_registry_t **registry_p);

/** TERN_ERR_ARG, logged: no name, a bad or a taken one, a function is missing. */
tern_status_t tern_filter_registry_add(tern_filter_registry_t *registry,
                                       const tern_filter_t    *filter);

/** The operations of a filter, and into *own_p what the program registered, NULL for the
 * library's own. NULL: unknown. */
const tern_filter_ops_t *tern_filter_registry_find(const tern_filter_registry_t *registry,
                                                   const char                   *name,
                                                   const tern_filter_t         **own_p);

/** The known name that is most like `name`; NULL: none is. */
const char *tern_filter_registry_nearest(const tern_filter_registry_t *registry,
                                         const char                   *name);

#endif
