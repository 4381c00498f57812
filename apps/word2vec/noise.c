/** \file
 * Drawing words by Walker's alias method (Vose's construction, IEEE Trans. Software Eng. 17(9), 1991): exact, and
 * one look-up in eight bytes a word, where word2vec.c looks into a table of 10^8 entries.
 */
#include "noise.h"

#include "memory.h"

#include <math.h>
#include <stdlib.h>

/* Of each n-th of the probability, this word has the share `limit` / 2^32 and `alias` the rest. */
typedef struct column {
    uint32_t limit;
    uint32_t alias;
} column_t;

struct w2v_noise {
    uint32_t  num_words;
    column_t *columns; /* [num_words] */
};

double *w2v_noise_weights(size_t num_words, const uint64_t counts[])
{
    double *weights = APP_NEW(double, num_words);

    for (size_t i = 0; i < num_words; i++)
        weights[i] = pow((double)counts[i], W2V_NOISE_POWER);
    return weights;
}

static column_t column_of(double share, uint32_t alias)
{
    double limit = share * 4294967296.0;

    return (column_t){limit >= 4294967295.0 ? UINT32_MAX : (uint32_t)limit, alias};
}

/* Fill up each column that is less than full from one that is more than full. `shares` have mean 1. */
static void fill_columns(uint32_t num, double shares[], column_t columns[])
{
    uint32_t *small     = APP_NEW(uint32_t, num);
    uint32_t *large     = APP_NEW(uint32_t, num);
    uint32_t  num_small = 0, num_large = 0;

    for (uint32_t i = 0; i < num; i++)
        if (shares[i] < 1)
            small[num_small++] = i;
        else
            large[num_large++] = i;
    while (num_small > 0 && num_large > 0) {
        uint32_t poor = small[--num_small];
        uint32_t rich = large[num_large - 1];

        columns[poor] = column_of(shares[poor], rich);
        shares[rich] -= 1 - shares[poor];
        if (shares[rich] < 1) {
            num_large--;
            small[num_small++] = rich;
        }
    }
    while (num_large > 0)
        columns[large[num_large - 1]] = column_of(1, large[num_large - 1]), num_large--;
    while (num_small > 0) /* short of one by rounding */
        columns[small[num_small - 1]] = column_of(1, small[num_small - 1]), num_small--;
    free(small);
    free(large);
}

w2v_noise_t *w2v_noise_create(size_t num_words, const double weights[])
{
    w2v_noise_t *noise  = APP_NEW(w2v_noise_t, 1);
    double      *shares = APP_NEW(double, num_words);
    double       sum    = 0;

    for (size_t i = 0; i < num_words; i++)
        sum += weights[i];
    for (size_t i = 0; i < num_words; i++)
        shares[i] = weights[i] / sum * (double)num_words;
    noise->num_words = (uint32_t)num_words;
    noise->columns   = APP_NEW(column_t, num_words);
    fill_columns(noise->num_words, shares, noise->columns);
    free(shares);
    return noise;
}

void w2v_noise_destroy(w2v_noise_t **noise_p)
{
    if (*noise_p == NULL)
        return;
    free((*noise_p)->columns);
    free(*noise_p);
    *noise_p = NULL;
}

uint32_t w2v_noise_draw(const w2v_noise_t *noise, w2v_random_t *random)
{
    uint64_t        bits   = w2v_random_next(random);
    uint32_t        word   = (uint32_t)(((bits >> 32) * noise->num_words) >> 32);
    const column_t *column = &noise->columns[word];

    return (uint32_t)bits <= column->limit ? word : column->alias;
}
