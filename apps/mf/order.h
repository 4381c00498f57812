/** \file
 * Sorting positions by a key: radix sort, least significant digit first, stable.
 */
#ifndef MF_ORDER_H
#define MF_ORDER_H

#include <stddef.h>
#include <stdint.h>

typedef struct mf_ordered {
    uint64_t key;
    uint32_t position;
} mf_ordered_t;

void mf_order_sort(size_t num, mf_ordered_t items[]);

#endif
