/** \file
 * The memory of a table's replicas: one part for the node, given by its first rank.
 */
#ifndef TERN_TABLE_REPLICAS_H
#define TERN_TABLE_REPLICAS_H

#include "table/create.h"

/** Collective over the ranks. A node that owns all rows has none. */
tern_status_t tern_table_create_replicas(const tern_table_site_t *site,
                                         tern_table_t            *table);

/** Collective over the node. */
void tern_table_destroy_replicas(tern_table_t *table);

#endif
