/** \file
 * Private memory of the application, see memory.h.
 */
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(size_t num, size_t item_bytes)
{
    fprintf(stderr, "out of memory: %zu items of %zu bytes\n", num, item_bytes);
    abort();
}

void *app_alloc(size_t num, size_t item_bytes)
{
    void  *memory = NULL;
    size_t bytes  = 0;

    if (__builtin_mul_overflow(num, item_bytes, &bytes) ||
        posix_memalign(&memory, APP_ALIGNMENT, bytes > 0 ? bytes : 1) != 0)
        give_up(num, item_bytes);
    return memset(memory, 0, bytes);
}

void *app_resize(void *memory, size_t num, size_t item_bytes)
{
    void *resized = reallocarray(memory, num, item_bytes);

    if (resized == NULL && num > 0 && item_bytes > 0)
        give_up(num, item_bytes);
    return resized;
}
