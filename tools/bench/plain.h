/** \file
 * The yardstick of sparse tables: a plain hash table of one process, keys and values in place, prefetched. Open addressing
 * with linear probing, between a quarter and half full.
 */
#ifndef TERN_BENCH_PLAIN_H
#define TERN_BENCH_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct plain {
    char    *entries; /* [mask + 1]: a key, 0 where there is none, and its values */
    size_t   bytes, stride;
    uint64_t mask;
    uint32_t width;
} plain_t;

/* Room for `num_keys`. False: there is no memory. */
bool plain_init(plain_t *plain, uint64_t num_keys, uint32_t width);
void plain_fini(plain_t *plain);

/* Enter a key, with values of 1, unless it is there. */
void plain_enter(plain_t *plain, uint64_t key);

/* All keys must be there. */
void plain_pull(const plain_t *plain, size_t num_keys, const uint64_t keys[],
                float values[]);
void plain_push(plain_t *plain, size_t num_keys, const uint64_t keys[],
                const float deltas[]);

#endif
