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

/* An order of 0 to `num` - 1 that meets each number once before it begins anew. */
typedef struct key_walk {
    uint64_t num, step;
} key_walk_t;

/* None if the range is empty. Keys that were drawn in the same way before stay. */
tern_status_t key_stock_fill(key_stock_t *stock, const key_draw_t *draw);
void          key_stock_fini(key_stock_t *stock);

/* The next `num` keys, at most as many as the stock has. */
const uint64_t *key_stock_next(key_stock_t *stock, size_t num);

key_walk_t key_walk(uint64_t num);

static inline uint64_t key_walk_at(const key_walk_t *walk, uint64_t i)
{
    return i % walk->num * walk->step % walk->num; /* num is below 2^32 */
}

#endif
