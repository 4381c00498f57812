/** \file
 * Rows on their way to a batch, see coming.h.
 */
#include "coming.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>

/* What is far differs from batch to batch, so the room grows to what was needed. */
static void make_room(kge_coming_t *coming, size_t num, size_t width)
{
    if (num <= coming->capacity)
        return;
    coming->capacity = num + num / 4;
    coming->keys     = app_resize(coming->keys, coming->capacity, sizeof(tern_key_t));
    coming->places   = app_resize(coming->places, coming->capacity, sizeof(uint32_t));
    coming->values = app_resize(coming->values, coming->capacity * width, sizeof(float));
}

tern_status_t kge_coming_pull(kge_coming_t *coming, tern_table_t *table, size_t num_keys,
                              const tern_key_t keys[])
{
    size_t num_far = 0;

    assert(coming->request == NULL);
    coming->num = 0;
    for (size_t i = 0; i < num_keys; i++)
        num_far += !tern_is_local(table, keys[i]);
    if (num_far == 0)
        return TERN_OK;
    make_room(coming, num_far, tern_table_width(table));
    for (size_t i = 0; i < num_keys && coming->num < num_far; i++)
        if (!tern_is_local(table, keys[i])) {
            coming->keys[coming->num]     = keys[i];
            coming->places[coming->num++] = (uint32_t)i;
        }
    return tern_pull(table, coming->num, coming->keys, coming->values, &coming->request);
}

tern_status_t kge_coming_wait(kge_coming_t *coming)
{
    return tern_wait(&coming->request);
}

void kge_coming_fini(kge_coming_t *coming)
{
    if (coming->request != NULL && kge_coming_wait(coming) != TERN_OK)
        coming->num = 0; /* whoever would have read the rows has failed before */
    free(coming->keys);
    free(coming->places);
    free(coming->values);
    *coming = (kge_coming_t){0};
}
