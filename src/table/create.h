/** \file
 * Creation of tables: collective, agreed at every step that can fail, so that all ranks return the same
 * status and nobody is left waiting.
 */
#ifndef TERN_TABLE_CREATE_H
#define TERN_TABLE_CREATE_H

#include "comm/wait.h"
#include "table/catalogue.h"

/** What a table is built in; borrowed until the table is destroyed. */
typedef struct tern_table_site {
    tern_group_t         *group;
    tern_waiter_t        *waiter;
    tern_ledger_t        *ledger; /* of the node */
    const tern_holders_t *holders;
    tern_counters_t      *counters;
    tern_catalogue_t     *catalogue;
    const tern_filter_registry_t *filters; /* that tables may name */
    struct tern_client   *client; /* NULL where the rank is no worker */
    /* The operations of a policy: the client's, which tables know by name only. */
    const struct tern_access_ops *(*access_ops)(const tern_policy_t *policy,
                                                 tern_index_t         index);
    size_t   chunk_bytes; /* rows that a message should carry */
    uint64_t clock; /* of the worker, if the rank is one */
    uint64_t epoch;
    uint64_t seed;
    bool     uses_windows;     /* pulls from other nodes may be one-sided */
    bool     caches_locations; /* where rows move: note where they were seen */
    bool     shares_memory;    /* workers use what their node shares */
    void (*bind_memory)(void *memory, size_t bytes); /* to the caller's NUMA domain */
} tern_table_site_t;

/** Collective over the ranks. On success the table is in the catalogue. */
tern_status_t tern_table_build(const tern_table_site_t *site,
                               const tern_table_desc_t *desc, const tern_update_t *rule,
                               tern_table_t **table_p);

/** Collective over the ranks if the table has a window, else over the node. */
void tern_table_destroy(tern_table_t **table_p);

#endif
