#include "keys/list.h"

#include "base/alloc.h"

void tern_key_list_fini(tern_key_list_t *list)
{
    tern_free(TERN_LOG_KEYS, list->keys);
    *list = (tern_key_list_t){0};
}

tern_status_t tern_key_list_reserve(tern_key_list_t *list, size_t num_more)
{
    size_t      capacity = list->capacity + list->capacity / 2 + num_more + 64;
    tern_key_t *keys;

    if (list->num + num_more <= list->capacity)
        return TERN_OK;
    keys = tern_realloc(TERN_LOG_KEYS, list->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return TERN_ERR_NO_MEMORY;
    list->keys     = keys;
    list->capacity = capacity;
    return TERN_OK;
}
