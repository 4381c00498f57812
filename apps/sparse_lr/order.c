/** \file
 * The order in which blocks are taken, see order.h.
 */
#include "order.h"

#include "tern/random.h"

/* Fisher and Yates. */
static void shuffle(uint64_t seed, uint64_t stream, size_t num, uint32_t items[])
{
    for (size_t i = num; i > 1; i--) {
        size_t   j    = tern_random_below(seed, stream, i, i);
        uint32_t item = items[i - 1];

        items[i - 1] = items[j];
        items[j]     = item;
    }
}

void lr_order_blocks(uint64_t seed, size_t pass, size_t num_blocks, uint32_t order[])
{
    size_t half = num_blocks / 2;

    for (size_t i = 0; i < num_blocks; i++)
        order[i] = (uint32_t)i;
    shuffle(seed, 2 * pass, half, order);
    shuffle(seed, 2 * pass + 1, num_blocks - half, order + half);
}
