/** \file
 * Space: what a table asks of its node's shared memory, and where in it things are. Ranks of a node reckon alike.
 */
#ifndef TERN_TABLE_SPACE_H
#define TERN_TABLE_SPACE_H

#include "table/create.h"

/** The table has an index in shared memory. */
bool tern_space_has_index(const tern_table_t *table);

/** Note the servers of this node, their keys, and how slots are numbered. TERN_ERR_ARG: more rows or servers than can be
 * numbered; TERN_ERR_NO_MEMORY. */
tern_status_t tern_space_list_segments(tern_table_t            *table,
                                       const tern_table_site_t *site);

/** Slots of a server: its keys, and where rows move, room for those of others; where they come with their first change,
 * what the table asked for. What is not filled at once is address space. The segments must have been listed. */
uint64_t tern_space_num_slots(const tern_table_t *table, const tern_ledger_t *ledger,
                              int server);

/** Bytes that `rank` of this node contributes to the window. */
size_t tern_space_part_bytes(const tern_table_t *table, const tern_table_site_t *site,
                             int rank);

/** The hash index of a server of this node, behind its segment. */
void *tern_space_hash_index(const tern_table_t *table, const tern_group_t *group,
                            int rank);

/** The segment of a server of this node, in the window. */
void *tern_space_segment(const tern_table_t *table, const tern_group_t *group, int rank);

#endif
