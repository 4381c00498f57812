/** \file
 * Raw loops. Widths 16 and 100, by which the store is judged, are known to the compiler; so is the
 * vector unit of the processor, where the compiler can choose when the program starts.
 */
#include "raw.h"

#include <string.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef TERN_HAVE_TARGET_CLONES
#define CLONES                                                                           \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef float vector_t __attribute__((vector_size(64), aligned(4), may_alias));

/* Rows ahead, so that about 128 lines are on their way. */
ALWAYS_INLINE size_t distance_of(size_t bytes)
{
    return bytes <= 64 ? 32 : 128 / (bytes / 64 + 1) + 4;
}

ALWAYS_INLINE char *row_of(const raw_rows_t *rows, uint64_t key)
{
    return rows->base + (key - rows->first) * rows->stride;
}

/* To the second-level cache, which can wait for more lines at once than the first. */
ALWAYS_INLINE void prefetch_row(const char *row, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 64)
        __builtin_prefetch(row + at, 0, 2);
    __builtin_prefetch(row + bytes - 1, 0, 2);
}

ALWAYS_INLINE void copy_row(char *to, const char *row, size_t bytes)
{
    size_t at = 0;

    for (; at + 64 <= bytes; at += 64)
        memcpy(to + at, row + at, 64);
    if (bytes >= 64)
        memcpy(to + bytes - 64, row + bytes - 64, 64);
    else
        memcpy(to, row, bytes);
}

ALWAYS_INLINE void add_row(float *row, const float *delta, uint32_t width)
{
    uint32_t j = 0;

    for (; j + 16 <= width; j += 16)
        *(vector_t *)(row + j) += *(const vector_t *)(delta + j);
    for (; j < width; j++)
        row[j] += delta[j];
}

ALWAYS_INLINE void gather(const raw_rows_t *rows, uint32_t width, size_t num_keys,
                          const uint64_t keys[], float values[])
{
    const raw_rows_t all      = *rows;
    const size_t     bytes    = width * sizeof(float);
    const size_t     distance = distance_of(bytes);

    for (size_t i = 0; i < distance && i < num_keys; i++)
        prefetch_row(row_of(&all, keys[i]), bytes);
    for (size_t i = 0; i < num_keys; i++) {
        if (i + distance < num_keys)
            prefetch_row(row_of(&all, keys[i + distance]), bytes);
        copy_row((char *)values + i * bytes, row_of(&all, keys[i]), bytes);
    }
}

ALWAYS_INLINE void scatter(const raw_rows_t *rows, uint32_t width, size_t num_keys,
                           const uint64_t keys[], const float deltas[])
{
    const raw_rows_t all      = *rows;
    const size_t     bytes    = width * sizeof(float);
    const size_t     distance = distance_of(bytes);

    for (size_t i = 0; i < distance && i < num_keys; i++)
        prefetch_row(row_of(&all, keys[i]), bytes);
    for (size_t i = 0; i < num_keys; i++) {
        if (i + distance < num_keys)
            prefetch_row(row_of(&all, keys[i + distance]), bytes);
        add_row((float *)row_of(&all, keys[i]), deltas + i * width, width);
    }
}

CLONES
void raw_gather(const raw_rows_t *rows, uint32_t width, size_t num_keys,
                const uint64_t keys[], float values[])
{
    if (width == 16)
        gather(rows, 16, num_keys, keys, values);
    else if (width == 100)
        gather(rows, 100, num_keys, keys, values);
    else
        gather(rows, width, num_keys, keys, values);
}

CLONES
void raw_scatter_add(const raw_rows_t *rows, uint32_t width, size_t num_keys,
                     const uint64_t keys[], const float deltas[])
{
    if (width == 16)
        scatter(rows, 16, num_keys, keys, deltas);
    else if (width == 100)
        scatter(rows, 100, num_keys, keys, deltas);
    else
        scatter(rows, width, num_keys, keys, deltas);
}
