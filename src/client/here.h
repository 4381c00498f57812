/** \file
 * Here: rows of this node, accessed around the keys of which this worker has an operation under way.
 *
 * Such a key counts as missing wherever its row is, so that its next operation goes the same way as the one before and
 * per key a worker's operations keep their order.
 */
#ifndef TERN_CLIENT_HERE_H
#define TERN_CLIENT_HERE_H

#include "client/client.h"

/** The server through which an operation on `key` is under way; TERN_UNDERWAY_NONE: none is, or order was given up
 * for location caches. */
uint32_t tern_here_underway(const tern_table_t *table, tern_key_t key);

/** Read what is here; returns how many rows are not, their positions in `missing`. */
size_t tern_here_read(tern_table_t *table, size_t num_keys, const tern_key_t keys[],
                      void *values, uint32_t missing[]);

/** Push to or set what is here; the rest as above. */
size_t tern_here_change(tern_table_t *table, tern_message_kind_t kind, size_t num_keys,
                        const tern_key_t keys[], const void *rows, uint32_t missing[]);

#endif
