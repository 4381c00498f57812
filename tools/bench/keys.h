/** \file
 * A stock of keys, drawn before the measurement and used in turn.
 */
#ifndef TERN_BENCH_KEYS_H
#define TERN_BENCH_KEYS_H

#include "tern/types.h"

enum { KEY_STOCK_MAX_BATCH = 1 << 20 };

typedef struct key_stock {
    uint64_t *keys; /* [num] */
    size_t    num, next;
} key_stock_t;

/* How to draw: of [first, end), uniformly if `skew` is negative, else Zipf. */
typedef struct key_draw {
    uint64_t first, end;
    double   skew;
    uint64_t seed, stream;
} key_draw_t;

/* None if the range is empty. Frees the keys that were there. */
tern_status_t key_stock_fill(key_stock_t *stock, const key_draw_t *draw);
void          key_stock_fini(key_stock_t *stock);
/* The next `num` keys, at most KEY_STOCK_MAX_BATCH. */
const uint64_t *key_stock_next(key_stock_t *stock, size_t num);

#endif
