/** \file
 * Drawing keys. Frequent ranks of a Zipf distribution are spread over the keys, as in real models, by a
 * hash.
 */
#include "keys.h"

#include <stdlib.h>

#include "tern/random.h"
#include "zipf.h"

static void draw_uniform(key_stock_t *stock, const key_draw_t *draw)
{
    uint64_t num = draw->end - draw->first;

    for (size_t i = 0; i < stock->num; i++)
        stock->keys[i] =
            draw->first + tern_random_below(draw->seed, draw->stream, i, num);
}

static void draw_zipf(key_stock_t *stock, const key_draw_t *draw)
{
    uint64_t num     = draw->end - draw->first;
    uint64_t counter = 0;
    zipf_t   zipf;

    zipf_init(&zipf, num, draw->skew);
    for (size_t i = 0; i < stock->num; i++) {
        uint64_t rank = zipf_draw(&zipf, draw->seed, draw->stream, &counter);

        stock->keys[i] = draw->first + tern_random_mix(rank) % num;
    }
}

static bool is_same(const key_draw_t *a, const key_draw_t *b)
{
    return a->first == b->first && a->end == b->end && a->skew == b->skew &&
           a->seed == b->seed && a->stream == b->stream && a->num == b->num;
}

tern_status_t key_stock_fill(key_stock_t *stock, const key_draw_t *draw)
{
    if (stock->keys != NULL && is_same(&stock->draw, draw))
        return TERN_OK;
    key_stock_fini(stock);
    if (draw->first == draw->end)
        return TERN_OK;
    stock->draw = *draw;
    stock->num  = draw->num;
    stock->keys = malloc(stock->num * sizeof(stock->keys[0]));
    if (stock->keys == NULL)
        return TERN_ERR_NO_MEMORY;
    if (draw->skew < 0.0)
        draw_uniform(stock, draw);
    else
        draw_zipf(stock, draw);
    return TERN_OK;
}

void key_stock_fini(key_stock_t *stock)
{
    free(stock->keys);
    *stock = (key_stock_t){.keys = NULL};
}

const uint64_t *key_stock_next(key_stock_t *stock, size_t num)
{
    const uint64_t *keys;

    if (stock->next + num > stock->num)
        stock->next = 0;
    keys = stock->keys + stock->next;
    stock->next += num;
    return keys;
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Steps of about the golden section: neighbours in time are far apart. */
key_walk_t key_walk(uint64_t num)
{
    key_walk_t walk = {.num = num, .step = (uint64_t)(0.618034 * (double)num) + 1};

    while (greatest_common_divisor(walk.step, num) > 1)
        walk.step++;
    return walk;
}
