#include "plain.h"

#include <string.h>
#include <sys/mman.h>

#include "tern/random.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Keys ahead, so that as many lines are on their way as a core can wait for. */
enum { KEYS_AHEAD = 32, LARGE_PAGE = 2 << 20 };

bool plain_init(plain_t *plain, uint64_t num_keys, uint32_t width)
{
    uint64_t capacity = 64;

    while (capacity < 2 * num_keys)
        capacity *= 2;
    *plain       = (plain_t){.mask   = capacity - 1,
                             .width  = width,
                             .stride = (sizeof(uint64_t) + width * sizeof(float) + 7) / 8 * 8};
    plain->bytes = (capacity * plain->stride + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    plain->entries = mmap(NULL, plain->bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (plain->entries == MAP_FAILED) {
        plain->entries = NULL;
        return false;
    }
    (void)madvise(plain->entries, plain->bytes, MADV_HUGEPAGE);
    return true;
}

void plain_fini(plain_t *plain)
{
    if (plain->entries != NULL)
        munmap(plain->entries, plain->bytes);
    plain->entries = NULL;
}

ALWAYS_INLINE char *entry_at(const plain_t *plain, size_t stride, uint64_t at)
{
    return plain->entries + (at & plain->mask) * stride;
}

/* The entry of a key, or the free one where it would be. */
ALWAYS_INLINE char *find(const plain_t *plain, size_t stride, uint64_t key)
{
    uint64_t at    = tern_random_mix(key);
    char    *entry = entry_at(plain, stride, at);

    while (*(const uint64_t *)entry != key && *(const uint64_t *)entry != 0)
        entry = entry_at(plain, stride, ++at);
    return entry;
}

ALWAYS_INLINE void prefetch(const plain_t *plain, size_t stride, uint64_t key)
{
    const char *entry = entry_at(plain, stride, tern_random_mix(key));

    for (size_t at = 0; at < stride; at += 64)
        __builtin_prefetch(entry + at, 0, 2);
    __builtin_prefetch(entry + stride - 1, 0, 2);
}

/* Where the first entry, which has come, is of another key, begin to fetch the one behind it. */
ALWAYS_INLINE void prefetch_next(const plain_t *plain, size_t stride, uint64_t key)
{
    uint64_t    at    = tern_random_mix(key);
    uint64_t    first = *(const uint64_t *)entry_at(plain, stride, at);
    const char *entry = entry_at(plain, stride, at + (first != key));

    __builtin_prefetch(entry, 0, 2);
    __builtin_prefetch(entry + stride - 1, 0, 2);
}

void plain_enter(plain_t *plain, uint64_t key)
{
    char  *entry  = find(plain, plain->stride, key);
    float *values = (float *)(entry + sizeof key);

    if (*(uint64_t *)entry == key)
        return;
    *(uint64_t *)entry = key;
    for (uint32_t j = 0; j < plain->width; j++)
        values[j] = 1;
}

ALWAYS_INLINE void pull(const plain_t *plain, uint32_t width, size_t num_keys,
                        const uint64_t keys[], float values[])
{
    const plain_t all    = *plain;
    const size_t  stride = (sizeof(uint64_t) + width * sizeof(float) + 7) / 8 * 8;

    for (size_t i = 0; i < KEYS_AHEAD && i < num_keys; i++)
        prefetch(&all, stride, keys[i]);
    for (size_t i = 0; i < num_keys; i++) {
        if (i + KEYS_AHEAD < num_keys)
            prefetch(&all, stride, keys[i + KEYS_AHEAD]);
        if (i + KEYS_AHEAD / 2 < num_keys)
            prefetch_next(&all, stride, keys[i + KEYS_AHEAD / 2]);
        memcpy(values + i * width, find(&all, stride, keys[i]) + sizeof(uint64_t),
               width * sizeof(float));
    }
}

ALWAYS_INLINE void push(const plain_t *plain, uint32_t width, size_t num_keys,
                        const uint64_t keys[], const float deltas[])
{
    const plain_t all    = *plain;
    const size_t  stride = (sizeof(uint64_t) + width * sizeof(float) + 7) / 8 * 8;

    for (size_t i = 0; i < KEYS_AHEAD && i < num_keys; i++)
        prefetch(&all, stride, keys[i]);
    for (size_t i = 0; i < num_keys; i++) {
        float *values;

        if (i + KEYS_AHEAD < num_keys)
            prefetch(&all, stride, keys[i + KEYS_AHEAD]);
        if (i + KEYS_AHEAD / 2 < num_keys)
            prefetch_next(&all, stride, keys[i + KEYS_AHEAD / 2]);
        values = (float *)(find(&all, stride, keys[i]) + sizeof(uint64_t));
        for (uint32_t j = 0; j < width; j++)
            values[j] += deltas[i * width + j];
    }
}

/* Widths by which the store is judged are known to the compiler. */
void plain_pull(const plain_t *plain, size_t num_keys, const uint64_t keys[],
                float values[])
{
    if (plain->width == 1)
        pull(plain, 1, num_keys, keys, values);
    else if (plain->width == 8)
        pull(plain, 8, num_keys, keys, values);
    else if (plain->width == 16)
        pull(plain, 16, num_keys, keys, values);
    else
        pull(plain, plain->width, num_keys, keys, values);
}

void plain_push(plain_t *plain, size_t num_keys, const uint64_t keys[],
                const float deltas[])
{
    if (plain->width == 1)
        push(plain, 1, num_keys, keys, deltas);
    else if (plain->width == 8)
        push(plain, 8, num_keys, keys, deltas);
    else if (plain->width == 16)
        push(plain, 16, num_keys, keys, deltas);
    else
        push(plain, plain->width, num_keys, keys, deltas);
}
