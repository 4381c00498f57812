/** \file
 * A list of keys that grows.
 */
#ifndef TERN_KEYS_LIST_H
#define TERN_KEYS_LIST_H

#include "tern/types.h"

/* All zero is an empty list. */
typedef struct tern_key_list {
    tern_key_t *keys; /* [num] */
    size_t      num, capacity;
} tern_key_list_t;

void tern_key_list_fini(tern_key_list_t *list);

/** Room for `num_more` keys. TERN_ERR_NO_MEMORY. */
tern_status_t tern_key_list_reserve(tern_key_list_t *list, size_t num_more);

/** TERN_ERR_NO_MEMORY: the list is as it was. */
static inline tern_status_t tern_key_list_add(tern_key_list_t *list, tern_key_t key)
{
    if (list->num == list->capacity && tern_key_list_reserve(list, 1) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    list->keys[list->num++] = key;
    return TERN_OK;
}

#endif
