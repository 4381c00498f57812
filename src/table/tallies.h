/** \file
 * The tallies of a table whose pushes are collected: one for each server of the node, in memory that the node shares.
 */
#ifndef TERN_TABLE_TALLIES_H
#define TERN_TABLE_TALLIES_H

#include "table/create.h"

/** Collective over the ranks. The segments must have been listed. */
tern_status_t tern_table_create_tallies(const tern_table_site_t *site,
                                        tern_table_t            *table);

/** What this rank's server has counted; zero where there is none, and for tables of other policies. */
tern_staleness_t tern_table_own_staleness(const tern_table_t *table);

/** Collective over the node. */
void tern_table_destroy_tallies(tern_table_t *table);

#endif
