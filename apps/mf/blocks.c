/** \file
 * Cutting columns into blocks and pieces, see plan.h.
 */
#include "memory.h"
#include "plan.h"

#include <stdlib.h>

static mf_blocks_t *cut(size_t num_columns, const double counts[], size_t num_blocks,
                        size_t pieces)
{
    size_t       num    = num_blocks * pieces;
    mf_blocks_t *blocks = app_alloc(1, sizeof(mf_blocks_t) + (num + 1) * sizeof(size_t));
    double       total = (double)num_columns, before = 0;
    size_t       column = 0;

    *blocks = (mf_blocks_t){.num_blocks = num_blocks, .pieces = pieces};
    /* A column counts a little even without ratings, so that such columns are spread, too. */
    for (size_t c = 0; c < num_columns; c++)
        total += counts[c];
    for (size_t piece = 0; piece < num; piece++) {
        while (column < num_columns && before < total * (double)piece / (double)num)
            before += counts[column++] + 1;
        blocks->first[piece] = column;
    }
    blocks->first[num] = num_columns;
    return blocks;
}

static bool is_too_wide(const mf_blocks_t *blocks)
{
    for (size_t piece = 0; piece < blocks->num_blocks * blocks->pieces; piece++)
        if (blocks->first[piece + 1] - blocks->first[piece] > MF_MAX_OPEN_COLUMNS)
            return true;
    return false;
}

mf_blocks_t *mf_blocks_create(size_t num_columns, const double counts[],
                              size_t num_blocks, size_t pieces)
{
    mf_blocks_t *blocks = cut(num_columns, counts, num_blocks, pieces);

    while (is_too_wide(blocks)) {
        free(blocks);
        pieces *= 2;
        blocks = cut(num_columns, counts, num_blocks, pieces);
    }
    return blocks;
}
