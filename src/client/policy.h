/** \file
 * What a policy makes of a worker's calls. The public functions check their arguments and count; then the table's
 * operations take over. Arguments are those of the public functions.
 */
#ifndef TERN_CLIENT_POLICY_H
#define TERN_CLIENT_POLICY_H

#include "client/client.h"
#include "table/policy.h"

typedef struct tern_access_ops {
    /* With replicas: what is done to rows that have none here. NULL: there are no replicas. */
    const struct tern_access_ops *beneath;
    tern_status_t (*pull)(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                          void *values, tern_request_t **request_p);
    /* Push or set. */
    tern_status_t (*change)(tern_table_t *table, tern_message_kind_t kind,
                            size_t num_keys, const tern_key_t keys[], const void *rows,
                            tern_request_t **request_p);
    tern_status_t (*push_pull)(tern_table_t *table, size_t num_keys,
                               const tern_key_t keys[], const void *deltas, void *values,
                               tern_request_t **request_p);
    /* Read what is here; returns how many rows are not, their positions in `missing`. */
    size_t (*read_here)(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                        void *values, uint32_t missing[]);
    /* Push to or set what is here; the rest as above. */
    size_t (*change_here)(tern_table_t *table, tern_message_kind_t kind, size_t num_keys,
                          const tern_key_t keys[], const void *rows, uint32_t missing[]);
    bool (*has)(const tern_table_t *table, tern_key_t key);
    /* The server that is sent an operation on a key which is not here. */
    uint32_t (*server_of)(const tern_table_t *table, tern_message_kind_t kind,
                          tern_key_t key);
    /* NULL, here and below: of no use under this policy. */
    tern_status_t (*localize)(tern_table_t *table, size_t num_keys,
                              const tern_key_t keys[], tern_request_t **request_p);
    tern_status_t (*intend)(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                            uint64_t first_clock, uint64_t end_clock);
    /* Ranges are written out as keys, which need not live longer than the call. */
    bool writes_out_ranges;
    /* What its servers must know of a request beside keys and rows, into the header. */
    void (*stamp)(tern_table_t *table, tern_message_header_t *header);
    /* What a request of this kind may be waiting for at its server, for stall reports: appended to a text. */
    void (*describe_wait)(const tern_table_t *table, tern_message_kind_t kind, char *text,
                          size_t text_bytes);
    /* Before a worker's clock is published: what the others must see by then is sent. */
    tern_status_t (*before_clock)(tern_table_t *table);
    /* At a worker's clock, and when it leaves, after all that it pushed elsewhere is acknowledged. */
    void (*end_step)(tern_table_t *table, bool is_last);
    /* Ranges as such; NULL: they are cut at the borders of the servers. */
    tern_status_t (*pull_range)(tern_table_t *table, tern_range_t range, void *values,
                                tern_request_t **request_p);
    tern_status_t (*push_range)(tern_table_t *table, tern_range_t range,
                                const void *deltas, tern_request_t **request_p);
    /* Before a worker leaves: the same, and it wants nothing any more. */
    tern_status_t (*before_leave)(tern_table_t *table);
    /* After the clock's bound holds. */
    tern_status_t (*after_clock)(tern_table_t *table);
    /* A request of the table that is not complete is waited for. */
    void (*before_wait)(tern_request_t *request);
} tern_access_ops_t;

extern const tern_access_ops_t tern_access_static, tern_access_sparse,
    tern_access_relocate, tern_access_stale, tern_access_adaptive, tern_access_aggregate,
    tern_access_dense;

const tern_access_ops_t *tern_access_ops_of(const tern_policy_t *policy,
                                            tern_index_t         index);

#endif
