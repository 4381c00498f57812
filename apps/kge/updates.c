/** \file
 * Updates on their way, see updates.h.
 */
#include "updates.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct update {
    tern_key_t     *keys;      /* [max_keys] */
    float          *gradients; /* [max_keys][width] */
    tern_request_t *request;   /* NULL: free */
} update_t;

struct kge_updates {
    update_t *ring; /* [num] */
    size_t    num, next;
    size_t    width;
    bool      waits; /* for each update when it is sent */
};

kge_updates_t *kge_updates_create(size_t max_under_way, size_t max_keys, size_t width)
{
    kge_updates_t *updates = APP_NEW(kge_updates_t, 1);

    updates->num   = max_under_way + 1;
    updates->width = width;
    updates->waits = max_under_way == 0;
    updates->ring  = APP_NEW(update_t, updates->num);
    for (size_t i = 0; i < updates->num; i++)
        updates->ring[i] = (update_t){.keys      = APP_NEW(tern_key_t, max_keys),
                                      .gradients = APP_NEW(float, max_keys *width)};
    return updates;
}

tern_status_t kge_updates_settle(kge_updates_t *updates)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < updates->num; i++) {
        tern_status_t one = tern_wait(&updates->ring[i].request);

        if (status == TERN_OK)
            status = one;
    }
    return status;
}

void kge_updates_destroy(kge_updates_t **updates_p)
{
    kge_updates_t *updates = *updates_p;

    if (updates == NULL)
        return;
    (void)!kge_updates_settle(updates); /* their memory is lent; what failed is known */
    for (size_t i = 0; i < updates->num; i++) {
        free(updates->ring[i].keys);
        free(updates->ring[i].gradients);
    }
    free(updates->ring);
    free(updates);
    *updates_p = NULL;
}

tern_status_t kge_updates_begin(kge_updates_t *updates, size_t num_keys,
                                float **gradients_p)
{
    update_t     *update = &updates->ring[updates->next];
    tern_status_t status = tern_wait(&update->request);

    memset(update->gradients, 0, num_keys * updates->width * sizeof(float));
    *gradients_p = update->gradients;
    return status;
}

tern_status_t kge_updates_send(kge_updates_t *updates, kge_rows_t *rows, size_t num_keys,
                               const tern_key_t keys[])
{
    update_t *update = &updates->ring[updates->next];

    memcpy(update->keys, keys, num_keys * sizeof(tern_key_t));
    updates->next = (updates->next + 1) % updates->num;
    return rows->ops->update(rows, num_keys, update->keys, update->gradients,
                             updates->waits ? NULL : &update->request);
}
