/** \file
 * Initial values of rows: a function of seed, table name, key and column alone.
 */
#ifndef TERN_TABLE_INITIALIZER_H
#define TERN_TABLE_INITIALIZER_H

#include "table/table.h"

/** A tern_row_fill_fn; `context` is a tern_table_record_t. */
void tern_initializer_fill(tern_key_t key, uint32_t width, tern_type_t type, void *value,
                           void *context);

#endif
