/** \file
 * The order in which blocks are taken.
 */
#ifndef LR_ORDER_H
#define LR_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* The order of a pass, [num_blocks]: random, the same on every rank; half of the blocks come in its first half in every pass,
 * so that between two visits of a block there are at least num_blocks / 2 - 1 of others. */
void lr_order_blocks(uint64_t seed, size_t pass, size_t num_blocks, uint32_t order[]);

#endif
