/** \file
 * Random choices of training, see sampler.h.
 */
#include "sampler.h"

#include "tern/random.h"

/* Streams of one seed: two for each epoch. */
static uint64_t order_stream(uint64_t epoch)
{
    return 2 * epoch;
}

static uint64_t entity_stream(uint64_t epoch)
{
    return 2 * epoch + 1;
}

void kge_sample_order(uint64_t seed, uint64_t epoch, size_t num, uint32_t order[])
{
    for (size_t i = 0; i < num; i++)
        order[i] = (uint32_t)i;
    for (size_t i = num; i > 1; i--) {
        size_t   j    = (size_t)tern_random_below(seed, order_stream(epoch), i, i);
        uint32_t swap = order[i - 1];

        order[i - 1] = order[j];
        order[j]     = swap;
    }
}

void kge_sample_entities(uint64_t seed, uint64_t epoch, uint64_t first, size_t num,
                         size_t num_entities, tern_key_t entities[])
{
    for (size_t i = 0; i < num; i++)
        entities[i] =
            tern_random_below(seed, entity_stream(epoch), first + i, num_entities);
}
