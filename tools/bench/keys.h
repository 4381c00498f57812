/** \file
 * A stock of keys, drawn before the measurement and used in turn.
 */
#ifndef TERN_BENCH_KEYS_H
#define TERN_BENCH_KEYS_H

#include "tern/types.h"

/* How to draw: `num` keys of [first, end), uniformly if `skew` is negative, else Zipf. */
typedef struct key_draw {
    uint64_t first, end;
    double   skew;
    uint64_t seed, stream;
    size_t   num;
} key_draw_t;

typedef struct key_stock {
    key_draw_t draw; /* that filled it */
    uint64_t  *keys; /* [num] */
    size_t     num, next;
} key_stock_t;

/* None if the range is empty. Keys that were drawn in the same way before stay. */
tern_status_t key_stock_fill(key_stock_t *stock, const key_draw_t *draw);
void          key_stock_fini(key_stock_t *stock);

/* The next `num` keys, at most as many as the stock has. */
const uint64_t *key_stock_next(key_stock_t *stock, size_t num);

#endif
