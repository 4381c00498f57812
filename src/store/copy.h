/** \file
 * Copying rows that others may be writing.
 *
 * The word before and after a copy decides whether it counts, so the copy itself may be plain: wide
 * vector moves. To the thread sanitizer that is a race, which it is by the letter of C; in its build,
 * and only there, rows are copied by atomic words (and fences, which it does not know, are replaced by
 * acquiring loads and releasing stores).
 */
#ifndef TERN_STORE_COPY_H
#define TERN_STORE_COPY_H

#include <stdint.h>
#include <string.h>

#define TERN_ALWAYS_INLINE static inline __attribute__((always_inline))

/* The two ends overlap instead of a loop over the tail: [0, size) and [bytes - size, bytes). */
#define TERN_COPY_ENDS(size)                                                             \
    do {                                                                                 \
        memcpy(to, from, size);                                                          \
        memcpy(to + bytes - (size), from + bytes - (size), size);                        \
    } while (0)

/* A copy of 4 bytes or more whose sizes the compiler knows, so that it becomes vector moves. */
TERN_ALWAYS_INLINE void tern_copy_row(char *to, const char *from, uint32_t bytes)
{
    if (bytes >= 64) {
        for (uint32_t at = 0; at + 64 < bytes; at += 64)
            memcpy(to + at, from + at, 64);
        memcpy(to + bytes - 64, from + bytes - 64, 64);
    } else if (bytes >= 32) {
        TERN_COPY_ENDS(32);
    } else if (bytes >= 16) {
        TERN_COPY_ENDS(16);
    } else if (bytes >= 8) {
        TERN_COPY_ENDS(8);
    } else {
        TERN_COPY_ENDS(4);
    }
}

#undef TERN_COPY_ENDS

#ifdef __SANITIZE_THREAD__

/* Rows are multiples of 4 bytes. */
static inline void tern_copy_from_row(void *to, const void *row, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes / 4; i++) {
        uint32_t word = __atomic_load_n((const uint32_t *)row + i, __ATOMIC_ACQUIRE);

        memcpy((char *)to + 4 * (size_t)i, &word, 4);
    }
}

static inline void tern_copy_to_row(void *row, const void *from, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes / 4; i++) {
        uint32_t word;

        memcpy(&word, (const char *)from + 4 * (size_t)i, 4);
        __atomic_store_n((uint32_t *)row + i, word, __ATOMIC_RELEASE);
    }
}

static inline void tern_zero_row(void *row, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes / 4; i++)
        __atomic_store_n((uint32_t *)row + i, 0, __ATOMIC_RELEASE);
}

#else

TERN_ALWAYS_INLINE void tern_copy_from_row(void *to, const void *row, uint32_t bytes)
{
    tern_copy_row(to, row, bytes);
}

TERN_ALWAYS_INLINE void tern_copy_to_row(void *row, const void *from, uint32_t bytes)
{
    tern_copy_row(row, from, bytes);
}

static inline void tern_zero_row(void *row, uint32_t bytes)
{
    memset(row, 0, bytes);
}

#endif
#endif
