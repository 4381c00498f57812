/** \file
 * Private memory of the application: zeroed, aligned to cache lines. An application that runs out of
 * private memory cannot go on, so these functions say so and abort instead of returning NULL.
 */
#ifndef KGE_MEMORY_H
#define KGE_MEMORY_H

#include <stddef.h>

#define KGE_ALIGNMENT 64

/* Room for `num` zeroed items of `item_bytes`; free() releases it. */
void *kge_alloc(size_t num, size_t item_bytes);

/* As realloc() for `num` items; what is new is not zeroed, and nothing is aligned. */
void *kge_resize(void *memory, size_t num, size_t item_bytes);

#define KGE_NEW(type, num) ((type *)kge_alloc((num), sizeof(type)))

#endif
