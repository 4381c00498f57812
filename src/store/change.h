/** \file
 * The change log's hook: one place sees every applied change.
 *
 * Replication chains, incremental checkpoints and geo-synchronisation feed on it. Called with the row's
 * latch held, after the row changed. Where it is NULL it costs one predictable branch a batch.
 */
#ifndef TERN_STORE_CHANGE_H
#define TERN_STORE_CHANGE_H

#include "tern/update.h"

typedef enum tern_change_kind {
    TERN_CHANGE_UPDATE,
    TERN_CHANGE_SET,
    TERN_CHANGE_REMOVE
} tern_change_kind_t;

typedef struct tern_change {
    tern_change_kind_t kind;
    uint32_t           source; /* rank that pushed */
    uint64_t    sequence; /* of the source's request; 0 for accesses in node memory */
    tern_key_t  key;
    const void *delta; /* UPDATE: what was pushed; SET: the new values; REMOVE: NULL */
    const tern_row_view_t *row; /* the row after the change */
} tern_change_t;

typedef struct tern_change_hook {
    void (*applied)(const tern_change_t *change, void *context);
    void *context;
} tern_change_hook_t;

#endif
