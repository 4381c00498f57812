/** \file
 * Tables: named parameter spaces, keys -> rows.
 */
#ifndef TERN_TABLE_H
#define TERN_TABLE_H

#include "tern/types.h"
#include "tern/update.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How far a worker may run ahead of the slowest one; see tern_clock(). */
typedef enum tern_sync {
    TERN_SYNC_BSP = 0, /**< bulk-synchronous: staleness 0 */
    TERN_SYNC_SSP =
        1, /**< bounded delay: `staleness` clocks (tau of OSDI'14, s of Ho et al.) */
    TERN_SYNC_ASYNC = 2, /**< no bound */
} tern_sync_t;

/** Initial values of a row: a function of seed, table name, key and column alone, so that the
 * initial model does not depend on the number of ranks. */
typedef enum tern_init_kind {
    TERN_INIT_ZERO     = 0,
    TERN_INIT_CONSTANT = 1, /**< every value is `a` */
    TERN_INIT_UNIFORM  = 2, /**< uniform in [a, b) */
    TERN_INIT_NORMAL   = 3, /**< mean a, standard deviation b */
} tern_init_kind_t;

typedef struct tern_initializer {
    tern_init_kind_t kind;
    double           a, b;
} tern_initializer_t;

/** How a node finds the row of a key. */
typedef enum tern_index {
    TERN_INDEX_AUTO = 0, /**< arithmetic for static tables */
    TERN_INDEX_ARITHMETIC =
        1, /**< slot = key - first key of the server; nothing to look up */
    TERN_INDEX_PAGED =
        2, /**< one 32-bit word per key; what tables whose rows move need */
    /** Open addressing over any 64-bit keys: the table is *sparse*, see tern/sparse.h. At most 8 bytes a row when it
     * grows, twice that after. Policies "static" and "aggregate". */
    TERN_INDEX_HASH = 3,
} tern_index_t;

/** How the server of a key is chosen. */
typedef enum tern_placement {
    TERN_PLACEMENT_AUTO = 0, /**< on a ring with TERN_INDEX_HASH, else by ranges */
    TERN_PLACEMENT_RANGE = 1, /**< one range of keys a server, all of the same length */
    /** Consistent hashing: keys are spread evenly whatever their numbers are, and a server that joins takes over its
     * share only. With TERN_INDEX_HASH only. Source: Li et al., OSDI 2014, section 4.3. */
    TERN_PLACEMENT_RING = 2,
} tern_placement_t;

/** What a pull may return of a row that others change meanwhile. */
typedef enum tern_consistency {
    TERN_WHOLE_ROWS = 0, /**< the row as one change left it */
    /** Rows of other nodes may be a mix of several changes, element by element, as Hogwild accepts; each
     * element is one that was there. In return one-sided pulls need no checksum: rows are 8 or 16 bytes
     * smaller, and rows that their own node changes are fetched like all others. A rank still reads its
     * own writes, and rows of its own node are whole. */
    TERN_EVENTUAL = 1,
} tern_consistency_t;

/** Extra columns of each row; combined with `|`. */
typedef enum tern_column {
    TERN_COLUMN_VERSION = 1u << 0, /**< 8 B: counts the changes of the row */
    TERN_COLUMN_CHECKSUM =
        1u << 1, /**< 8 B: seals rows for one-sided reads; added where needed */
    TERN_COLUMN_ORIGIN       = 1u << 2, /**< 16 B: origin and time of the last change */
    TERN_COLUMN_SIGNIFICANCE = 1u << 3, /**< 4 B: accumulated size of unsent changes */
    TERN_COLUMN_CLOCK = 1u << 4, /**< 8 B: clock of the worker that changed the row last */
} tern_column_t;

/** Description of a table; zero means the default of each field. */
typedef struct tern_table_desc {
    const char           *name;           /**< same on every rank; names the HDF5 group */
    tern_range_t          keys;           /**< the keys; with TERN_INDEX_HASH those that may come */
    uint32_t              width;          /**< values per row, at least 1 */
    tern_type_t           type;           /**< default TERN_FLOAT32 */
    tern_initializer_t    init;           /**< default zero */
    const char           *update;         /**< name of the update rule; NULL: "add" */
    tern_update_options_t update_options; /**< for the built-in rules */
    tern_sync_t           sync;           /**< default TERN_SYNC_BSP */
    uint32_t              staleness;      /**< clocks; TERN_SYNC_SSP only */
    const char           *policy;         /**< see tern/locality.h; NULL: "static" */
    tern_index_t          index;
    uint32_t              columns; /**< of tern_column_t */
    tern_consistency_t    consistency;
    /** Most rows that a server may hold where rows move or come. Default: all keys of the table as far as an eighth of
     * the node's shared memory goes, where rows move at least a quarter more than its share; memory is taken only
     * as rows come. */
    uint64_t max_rows;
    /** Which worker group may access the table: TERN_GROUP_ALL (the default) or tern_group_only(g), see tern/group.h. Policies
     * that keep replicas (ssp, essp, adaptive) need one where there are several. */
    uint32_t group;
    tern_placement_t placement;
    /** TERN_PLACEMENT_RING: points of each server on the ring. Default 256, with which the largest share of four
     * servers is 1.06 of their mean, of 32 servers 1.14. */
    uint32_t virtual_servers;
    /** TERN_INDEX_HASH: a key gets a row with its `admit_after`-th push; earlier pushes are acknowledged, counted
     * (tern_counters_t.pushes_not_admitted) and dropped. Default: with the first. Sightings are counted by a sketch
     * that may count too many, never too few; sets are always admitted. */
    uint32_t admit_after;
    uint64_t admit_bytes; /**< of a server's sketch; default: 8 per row of max_rows, 64 MiB at most */
    /** Policy "aggregate": values of a pushed row; 0: `width`. Built-in rules need `width`; a registered rule sees
     * delta[push_width] of the table's type, such as a gradient and its curvature for each value. */
    uint32_t push_width;
    /** Policy "aggregate": sums are taken in the order (step, data shard, position) and so do not depend on timing, nor, with
     * a fixed number of data shards, on the number of ranks; see tern_table_set_shard(). The servers keep what was
     * pushed in a step until it has ended. */
    bool ordered;
    const char *push_filters; /**< for what is pushed; see tern/filter.h; NULL: none */
    const char *pull_filters; /**< for what is pulled; with either no pull is one-sided */
} tern_table_desc_t;

/** Create a table.
 *
 * Blocking. Collective over the ranks of the runtime, spares included: all call it with the same
 * description in the same order. The rows are committed in shared memory and initialised when it
 * returns.
 *
 * \param [in]  runtime  From tern_init().
 * \param [in]  desc     Copied; the same on every rank, which is checked.
 * \param [out] table_p  Owned by the runtime, freed by tern_finalize(). Unchanged on error.
 *
 * \return  TERN_OK; TERN_ERR_ARG (zero width, empty range, unknown rule or policy, name taken,
 *          descriptions differ); TERN_ERR_NO_MEMORY (the message says how many bytes were asked, how
 *          many there are, and how to raise them). Every rank returns the same code.
 */
TERN_API TERN_CHECK_RESULT tern_status_t tern_table_create(tern_runtime_t *runtime,
                                                           const tern_table_desc_t *desc,
                                                           tern_table_t **table_p);

/** Change the bound of a table while workers run. Not collective: it binds the calling worker from
 * its next tern_clock() on, under the policy "aggregate" from its next pull on. TERN_SYNC_BSP sets 0, TERN_SYNC_ASYNC
 * removes the bound. */
TERN_API void tern_table_set_sync(tern_table_t *table, tern_sync_t sync,
                                  uint32_t staleness);

/** Policy "aggregate": what the calling worker pushes from now on comes from this part of the training data. It starts as
 * the worker's number. Within a step an ordered table sums by shard, whoever pushed: a program that cuts its
 * data into a fixed number of shards and deals them to its workers in contiguous blocks gets the same bits on any
 * number of ranks. Not collective; no effect under other policies. */
TERN_API void tern_table_set_shard(tern_table_t *table, uint32_t shard);

TERN_API const char  *tern_table_name(const tern_table_t *table);
TERN_API tern_range_t tern_table_keys(const tern_table_t *table);
TERN_API uint32_t     tern_table_width(const tern_table_t *table);
TERN_API tern_type_t  tern_table_type(const tern_table_t *table);

/** Make a rule known by name. Not collective, but every rank must register the same rules before the
 * first table that uses one. The strings and the context are borrowed until tern_finalize().
 *
 * \return  TERN_OK; TERN_ERR_ARG (no name, no function, name taken). */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_update_register(tern_runtime_t *runtime, const tern_update_t *update);

#ifdef __cplusplus
}
#endif
#endif
