/** \file
 * The yardstick: the best loops over the same rows that know nothing of keys, latches or owners.
 * Prefetched and vectorised.
 */
#ifndef TERN_BENCH_RAW_H
#define TERN_BENCH_RAW_H

#include <stddef.h>
#include <stdint.h>

/* Rows at a constant stride: that of key k at base + (k - first) * stride. */
typedef struct raw_rows {
    char    *base;
    size_t   stride;
    uint64_t first, end;
} raw_rows_t;

void raw_gather(const raw_rows_t *rows, uint32_t width, size_t num_keys,
                const uint64_t keys[], float values[]);
void raw_scatter_add(const raw_rows_t *rows, uint32_t width, size_t num_keys,
                     const uint64_t keys[], const float deltas[]);

#endif
