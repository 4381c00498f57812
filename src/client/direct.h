/** \file
 * Direct access: a row is read and changed where it is, and nowhere else. What lies on this node is loaded and stored in
 * place; the rest, if any, is fetched one-sidedly or issued as messages. A call that finds everything here ends
 * without a request. What "here" means, and which server is asked, is up to the policy's operations.
 */
#ifndef TERN_CLIENT_DIRECT_H
#define TERN_CLIENT_DIRECT_H

#include "client/policy.h"

/** \name Operations of tern_access_ops_t */
/**@{*/
tern_status_t tern_direct_pull(tern_table_t *table, size_t num_keys,
                               const tern_key_t keys[], void *values,
                               tern_request_t **request_p);
tern_status_t tern_direct_change(tern_table_t *table, tern_message_kind_t kind,
                                 size_t num_keys, const tern_key_t keys[],
                                 const void *rows, tern_request_t **request_p);
tern_status_t tern_direct_push_pull(tern_table_t *table, size_t num_keys,
                                    const tern_key_t keys[], const void *deltas,
                                    void *values, tern_request_t **request_p);
/**@}*/

/** Nothing is here. */
static inline size_t tern_direct_miss_all(size_t num_keys, uint32_t missing[])
{
    for (uint32_t i = 0; i < num_keys; i++)
        missing[i] = i;
    return num_keys;
}

/** Push to or set the rows of this node's view. */
static inline size_t tern_direct_change_view(tern_table_t       *table,
                                             tern_message_kind_t kind, size_t num_keys,
                                             const tern_key_t keys[], const void *rows,
                                             uint32_t missing[])
{
    tern_view_t *view = &table->view;

    return kind == TERN_MESSAGE_SET
               ? tern_view_set(view, num_keys, keys, rows, missing, view->source, 0)
               : tern_view_update(view, num_keys, keys, rows, missing, view->source, 0);
}

#endif
