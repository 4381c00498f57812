/** \file
 * Private memory of the application: zeroed, aligned to cache lines. An application that runs out of
 * private memory cannot go on, so these functions say so and abort instead of returning NULL.
 */
#ifndef APP_MEMORY_H
#define APP_MEMORY_H

#include <stddef.h>

#define APP_ALIGNMENT 64

/* Room for `num` zeroed items of `item_bytes`; free() releases it. */
void *app_alloc(size_t num, size_t item_bytes);

/* As realloc() for `num` items; what is new is not zeroed, and nothing is aligned. */
void *app_resize(void *memory, size_t num, size_t item_bytes);

#define APP_NEW(type, num) ((type *)app_alloc((num), sizeof(type)))

#endif
