/** \file
 * Update rules by name.
 */
#ifndef TERN_UPDATE_REGISTRY_H
#define TERN_UPDATE_REGISTRY_H

#include "tern/update.h"

typedef struct tern_update_registry tern_update_registry_t;

/* Starts with the built-in rules. */
tern_status_t tern_update_registry_create(tern_update_registry_t **registry_p);
void          tern_update_registry_destroy(tern_update_registry_t **registry_p);

/* TERN_ERR_ARG, logged: no name, no function, name taken. */
tern_status_t tern_update_registry_add(tern_update_registry_t *registry,
                                       const tern_update_t    *update);

/* NULL if unknown. */
const tern_update_t *tern_update_registry_find(const tern_update_registry_t *registry,
                                               const char                   *name);

/* Names, separated by ", ", for error messages. */
const char *tern_update_registry_names(const tern_update_registry_t *registry);

/* True if the rule, or one of that name, comes with the library. */
bool tern_update_is_builtin(const tern_update_t *update);

/* The options with defaults filled in for that rule. */
tern_update_options_t tern_update_options_resolve(const tern_update_t         *update,
                                                  const tern_update_options_t *options);

/* State columns of one row. */
static inline uint32_t tern_update_state_width(const tern_update_t *update,
                                               uint32_t             width)
{
    return update->state_factor * width + update->state_extra;
}

#endif
