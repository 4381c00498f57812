/** \file
 * Schemes naive and prelocalized: draw i is made of random number i. Prelocalized makes it twice: to localize its row
 * when it is prepared, and when it is pulled.
 */
#include "client/sample.h"

/* Draws that are localized by one call. */
#define CHUNK 4096u

static void draw(const tern_sampler_t *sampler, uint64_t first, size_t num,
                 tern_key_t keys[])
{
    for (size_t i = 0; i < num; i++)
        keys[i] = tern_sample_draw(sampler, TERN_SAMPLE_DRAWS, first + i);
}

static tern_status_t localize(tern_sampler_t *sampler, size_t num)
{
    tern_key_t keys[CHUNK];
    uint64_t   next = sampler->num_prepared;

    if (!tern_sample_can_localize(sampler))
        return TERN_OK; /* spares the draws */
    for (size_t left = num; left > 0;) {
        size_t part = left < CHUNK ? left : CHUNK;

        draw(sampler, next, part, keys);
        tern_sample_localize(sampler, part, keys);
        next += part;
        left -= part;
    }
    return TERN_OK;
}

static tern_status_t pull(tern_sampler_t *sampler, size_t num, tern_key_t keys[],
                          void *values, tern_request_t **request_p)
{
    draw(sampler, sampler->num_pulled, num, keys);
    return tern_sample_fetch(sampler, num, keys, values, request_p);
}

const tern_sample_ops_t tern_sample_naive = {.name = "naive", .pull = pull};

const tern_sample_ops_t tern_sample_prelocalized = {
    .name = "prelocalized", .prepare = localize, .pull = pull};
