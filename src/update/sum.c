#include "update/sum.h"

#include <string.h>

#include "base/add.h"

void tern_sum_whole(const tern_sum_shape_t *shape, size_t num_addends,
                    const char *const addends[], char *sum)
{
    size_t num = (size_t)shape->num_rows * shape->width;

    if (num_addends == 1) {
        memcpy(sum, addends[0], num * tern_type_bytes(shape->type));
        return;
    }
    tern_add_two(shape->type, num, sum, addends[0], addends[1]);
    for (size_t i = 2; i < num_addends; i++)
        tern_add(shape->type, num, sum, addends[i]);
}

/* Rows of one addend; returns how many nobody had before. */
static uint32_t take_in(const tern_sum_shape_t *shape, const tern_addend_t *addend,
                        char *sum, bool touched[])
{
    size_t      row_bytes = shape->width * tern_type_bytes(shape->type);
    const char *packed    = addend->rows;
    uint32_t    num_new   = 0;

    for (uint32_t r = 0; r < addend->num_runs; r++)
        for (uint32_t i = addend->runs[r].begin; i < addend->runs[r].end; i++) {
            const char *row = addend->is_packed ? packed : addend->rows + i * row_bytes;

            if (touched[i])
                tern_add(shape->type, shape->width, sum + i * row_bytes, row);
            else
                memcpy(sum + i * row_bytes, row, row_bytes);
            num_new += !touched[i];
            touched[i] = true;
            packed += row_bytes;
        }
    return num_new;
}

uint32_t tern_sum_rows(const tern_sum_shape_t *shape, size_t num_addends,
                       const tern_addend_t addends[], char *sum, bool touched[])
{
    uint32_t num_touched = 0;

    memset(touched, 0, shape->num_rows * sizeof *touched);
    for (size_t a = 0; a < num_addends; a++)
        num_touched += take_in(shape, &addends[a], sum, touched);
    return num_touched;
}
