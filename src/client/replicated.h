/** \file
 * Access to tables with replicas: what is here by the policy beneath is read and changed there; then replicas that are fresh
 * enough are read, and pushed to; what is left is asked for, and kept where replicas are made.
 */
#ifndef TERN_CLIENT_REPLICATED_H
#define TERN_CLIENT_REPLICATED_H

#include "client/policy.h"

/** \name Operations of tern_access_ops_t */
/**@{*/
tern_status_t tern_replicated_pull(tern_table_t *table, size_t num_keys,
                                   const tern_key_t keys[], void *values,
                                   tern_request_t **request_p);
tern_status_t tern_replicated_push_pull(tern_table_t *table, size_t num_keys,
                                        const tern_key_t keys[], const void *deltas,
                                        void *values, tern_request_t **request_p);
size_t        tern_replicated_read_here(tern_table_t *table, size_t num_keys,
                                        const tern_key_t keys[], void *values,
                                        uint32_t missing[]);
bool          tern_replicated_has(const tern_table_t *table, tern_key_t key);
/**@}*/

/** Push to the replicas of keys[client->missing[i]], i < num; returns how many have none, their positions in front. */
size_t tern_replicated_push(tern_table_t *table, size_t num, const tern_key_t keys[],
                            const void *deltas);

/** Change the rows at client->missing [num_positions] at their owners and wait; before a set, what this worker has pushed is flushed. */
tern_status_t tern_replicated_change_at_owners(tern_table_t       *table,
                                               tern_message_kind_t kind,
                                               size_t              num_positions,
                                               const tern_key_t keys[], const void *rows);

#endif
