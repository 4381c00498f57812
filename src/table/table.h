/** \file
 * Table: everything a rank knows about one table. Pull and push read it, only its creation writes it.
 */
#ifndef TERN_TABLE_TABLE_H
#define TERN_TABLE_TABLE_H

#include "comm/message.h"
#include "comm/shared.h"
#include "comm/window.h"
#include "keys/directory.h"
#include "keys/placement.h"
#include "store/replica.h"
#include "store/shard.h"
#include "store/sketch.h"
#include "store/view.h"
#include "sync/rule.h"
#include "sync/tally.h"
#include "table/filters.h"
#include "table/policy.h"
#include "tern/table.h"

/** Rows stay far below what one message can carry. */
#define TERN_MAX_WIDTH (1u << 24)

/** A ring with more would be slower to look at than the rows. */
#define TERN_MAX_VIRTUAL_SERVERS 4096u

#define TERN_MIN_ADMIT_BYTES 1024u

/** A table as the catalogue describes it: fixed size, no pointers, so that it travels as it is. */
typedef struct tern_table_record {
    char                  name[64];
    char                  update[32];
    char                  policy[16];
    tern_range_t          keys;
    uint32_t              width;
    uint32_t              type, sync, staleness, index, columns, consistency;
    tern_initializer_t    init;
    tern_update_options_t update_options; /* defaults filled in */
    uint64_t              max_rows;       /* of a server; 0: the default */
    uint32_t              placement;      /* range or ring */
    uint32_t              virtual_servers; /* 0: by ranges */
    uint32_t              admit_after;    /* at least 1 */
    uint32_t              group;          /* as in the description */
    uint64_t              admit_bytes;    /* 0: the default */
    uint32_t              push_width;     /* default filled in */
    uint32_t              is_ordered;
    char                  push_filters[TERN_FILTER_TEXT_BYTES]; /* "": none */
    char                  pull_filters[TERN_FILTER_TEXT_BYTES];
    uint64_t              seed;
    uint64_t              version; /* of the catalogue that has it */
} tern_table_record_t;

struct tern_table {
    uint32_t            id; /* number in the catalogue */
    tern_table_record_t record;
    tern_update_t       rule;
    tern_placement_map_t placement; /* of the keys over the servers, by server number */
    tern_view_t         view;      /* the rows of this node */
    tern_shard_t       *shard;     /* the caller's rows; NULL where it is no server */
    tern_directory_t    directory; /* where the rows move: of the caller's home keys */
    uint32_t           *segment_servers; /* [view.num_segments]: their numbers */
    uint32_t     *home_segments; /* sparse: [servers]: their segments on this node */
    tern_sketch_t sightings; /* sparse: of keys that the caller's shard has not admitted */
    tern_shared_t      *shared;
    tern_ledger_t      *ledger; /* where reserved_bytes are entered; NULL: nothing is */
    size_t              reserved_bytes;
    tern_window_t *window; /* on the rows of all servers; NULL: other nodes are asked */
    bool     is_being_sealed; /* by the sealer of this rank, which stands at seal_word */
    uint64_t seal_word;
    tern_replicas_t replicas; /* of rows of other nodes; header NULL: none are kept */
    tern_shared_t  *replica_memory;
    size_t          replica_bytes; /* entered in the ledger by this rank */
    tern_table_filters_t         *filters; /* NULL: none */
    struct tern_dense *dense; /* where whole tables are exchanged; else NULL */
    const tern_policy_t          *policy;
    const struct tern_access_ops *access; /* what the policy makes of a worker's calls */
    const tern_sync_ops_t        *sync;
    uint32_t                      staleness;
    uint16_t *
        locations; /* [keys]: server + 1 at which this rank saw the row last; NULL: not noted */
    bool   is_known_full; /* a localize was refused here, and that was said */
    size_t row_bytes; /* of the values of a row, on the wire and in the user's arrays */
    size_t   push_bytes;  /* of a pushed row, likewise */
    uint64_t first_clock; /* of this worker, when the table was created */
    uint32_t data_shard;  /* that this worker pushes from */
    uint32_t
        num_contributions; /* messages of this worker in its step, where pushes are collected */
    tern_tally_t      **tallies; /* [view.num_segments], where pushes are collected */
    tern_shared_t      *tally_memory;
    uint64_t served_keys; /* of the caller's shard, asked for by message */
    struct tern_client *client; /* of the rank that holds this handle */
};

/** Bytes of a row that requests of this kind send or ask for. */
static inline size_t tern_table_row_bytes(const tern_table_t *table,
                                          tern_message_kind_t kind)
{
    return tern_message_pushes(kind) ? table->push_bytes : table->row_bytes;
}

const tern_sync_ops_t *tern_table_sync_ops(tern_sync_t sync);

/** The worker group that a table belongs to; -1: all share it. */
static inline int tern_table_group(const tern_table_t *table)
{
    return (int)table->record.group - 1;
}

/** The part of `range` whose rows a server may have; empty (first == end): it has none. */
tern_range_t tern_table_part(const tern_table_t *table, uint32_t server,
                             tern_range_t range);

#endif
