/** \file
 * Sparse tables: rows that come with the first change of their key.
 *
 * A key that has no row reads as its initial value, which is a function of seed, table and key, and reading makes no
 * row. The server of a key, and nobody else, makes its row: at its first set, or at its first push, or, where the table
 * admits keys after several, at that push. So a model takes memory for what was trained, not for what was looked at.
 */
#ifndef TERN_TABLE_SPARSE_H
#define TERN_TABLE_SPARSE_H

#include "comm/message.h"
#include "table/create.h"

static inline bool tern_table_is_sparse(const tern_table_t *table)
{
    return table->record.index == TERN_INDEX_HASH;
}

/** Most keys of a range that tern_pull_range() and tern_push_range() take. */
#define TERN_SPARSE_RANGE_KEYS (UINT64_C(1) << 24)

/** Where keys are at home, seen from this node. TERN_ERR_NO_MEMORY. */
tern_status_t tern_sparse_prepare(tern_table_t *table, const tern_group_t *group);

/** By a server, before others attach: its empty index. TERN_ERR_NO_MEMORY. */
tern_status_t tern_sparse_format(tern_table_t *table, const tern_table_site_t *site);

/** By every rank: the indices of the node's servers. */
void tern_sparse_attach(tern_table_t *table, const tern_group_t *group);

/** By a server, of its shard: what counts sightings, if the table admits keys late. TERN_ERR_NO_MEMORY. */
tern_status_t tern_sparse_open(tern_table_t *table);

void tern_sparse_destroy(tern_table_t *table);

/** A change as it was asked for; `keys` and `rows` are of all of its positions. */
typedef struct tern_sparse_change {
    tern_message_kind_t kind; /* set, or anything else that pushes */
    const tern_key_t   *keys;
    const char         *rows;
    uint32_t            source;
    uint64_t            sequence;
} tern_sparse_change_t;

/** By a server: what was missing when a change was applied to the node's rows, positions missing[0], ... [num_missing],
 * and is at home here gets its row now, and the change. Returns how many are still missing, in order: those of other
 * servers, and those for which there is no room. */
size_t tern_sparse_make_rows(tern_table_t *table, const tern_sparse_change_t *change,
                             size_t num_missing, uint32_t missing[]);

#endif
