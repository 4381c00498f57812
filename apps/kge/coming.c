/** \file
 * Rows on their way to a batch, see coming.h.
 */
#include "coming.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>

void kge_coming_clear(kge_coming_t *coming)
{
    assert(coming->request == NULL);
    coming->num        = 0;
    coming->num_pulled = 0;
}

void kge_coming_want(kge_coming_t *coming, size_t width, tern_key_t key, uint32_t place)
{
    assert(coming->request == NULL);
    if (coming->num == coming->capacity) {
        coming->capacity = 2 * coming->capacity + 16;
        coming->keys     = app_resize(coming->keys, coming->capacity, sizeof(tern_key_t));
        coming->places   = app_resize(coming->places, coming->capacity, sizeof(uint32_t));
        coming->values =
            app_resize(coming->values, coming->capacity * width, sizeof(float));
    }
    coming->keys[coming->num]     = key;
    coming->places[coming->num++] = place;
}

tern_status_t kge_coming_pull(kge_coming_t *coming, tern_table_t *table)
{
    size_t first = coming->num_pulled;

    if (first == coming->num)
        return TERN_OK;
    coming->num_pulled = coming->num;
    return tern_pull(table, coming->num - first, coming->keys + first,
                     coming->values + first * tern_table_width(table), &coming->request);
}

tern_status_t kge_coming_test(kge_coming_t *coming)
{
    return tern_test(&coming->request);
}

tern_status_t kge_coming_wait(kge_coming_t *coming)
{
    return tern_wait(&coming->request);
}

void kge_coming_fini(kge_coming_t *coming)
{
    (void)!kge_coming_wait(coming); /* its memory is lent; nobody reads it any more */
    free(coming->keys);
    free(coming->places);
    free(coming->values);
    *coming = (kge_coming_t){0};
}
