/** \file
 * Column j of key k is draw number j of the stream k, under a seed into which the table's name is mixed: two
 * tables with one seed differ, and so does no number when ranks do.
 */
#include "table/initializer.h"

#include <string.h>

#include "tern/random.h"

/* FNV-1a (Fowler, Noll, Vo): short names, once a row; then mixed with the seed. */
static uint64_t table_seed(const tern_table_record_t *record)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (const char *c = record->name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
    return tern_random_mix(hash ^ tern_random_mix(record->seed));
}

static double draw(const tern_initializer_t *init, uint64_t seed, tern_key_t key,
                   uint32_t column)
{
    switch (init->kind) {
    case TERN_INIT_CONSTANT:
        return init->a;
    case TERN_INIT_UNIFORM:
        return init->a + (init->b - init->a) * tern_random_unit(seed, key, column);
    case TERN_INIT_NORMAL:
        return init->a + init->b * tern_random_normal(seed, key, column);
    default:
        return 0;
    }
}

void tern_initializer_fill(tern_key_t key, uint32_t width, tern_type_t type, void *value,
                           void *context)
{
    const tern_table_record_t *record = context;
    uint64_t                   seed;

    if (record->init.kind == TERN_INIT_ZERO) {
        memset(value, 0, width * tern_type_bytes(type));
        return;
    }
    seed = table_seed(record);
    for (uint32_t j = 0; j < width; j++) {
        double number = draw(&record->init, seed, key, j);

        if (type == TERN_FLOAT64)
            ((double *)value)[j] = number;
        else
            ((float *)value)[j] = (float)number;
    }
}
