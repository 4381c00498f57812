/** \file
 * Private memory. Each block is preceded by 16 bytes that say whose it is and where malloc's block
 * begins. Large blocks start on a cache line, for vector loops; zeroed ones come from calloc, so that
 * pages that nobody touches cost nothing.
 */
#include "base/alloc.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LARGE_BYTES     1024u
#define SMALL_ALIGNMENT 16u
#define LARGE_ALIGNMENT 64u

typedef struct block_header {
    size_t   bytes;
    uint32_t offset; /* from malloc's block to the caller's */
    uint32_t module;
} block_header_t;

_Static_assert(sizeof(block_header_t) == 16, "keeps the caller's block aligned to 16");

static atomic_size_t num_held[TERN_LOG_NUM_FOLDERS];

static block_header_t *header_of(void *memory)
{
    return (block_header_t *)memory - 1;
}

static void *allocate(tern_log_folder_t module, size_t bytes, bool zeroed)
{
    size_t         alignment = bytes < LARGE_BYTES ? SMALL_ALIGNMENT : LARGE_ALIGNMENT;
    size_t         extra     = sizeof(block_header_t) + alignment - SMALL_ALIGNMENT;
    char          *block     = NULL;
    uintptr_t      start;
    block_header_t header;

    if (bytes <= PTRDIFF_MAX - extra) /* no object may be larger */
        block = zeroed ? calloc(1, bytes + extra) : malloc(bytes + extra);
    if (!block) {
        tern_log(module, TERN_LOG_ERROR, "out of memory: %zu bytes were asked for",
                 bytes);
        return NULL;
    }
    start  = ((uintptr_t)block + extra) & ~(uintptr_t)(alignment - 1);
    header = (block_header_t){bytes, (uint32_t)(start - (uintptr_t)block), module};
    memcpy(block + header.offset - sizeof(header), &header, sizeof(header));
    atomic_fetch_add_explicit(&num_held[module], 1, memory_order_relaxed);
    return block + header.offset;
}

void *tern_alloc(tern_log_folder_t module, size_t bytes)
{
    return allocate(module, bytes, false);
}

void *tern_alloc_zeroed(tern_log_folder_t module, size_t bytes)
{
    return allocate(module, bytes, true);
}

void *tern_realloc(tern_log_folder_t module, void *memory, size_t bytes)
{
    void *moved = allocate(module, bytes, false);

    if (!moved || !memory)
        return moved;
    memcpy(moved, memory,
           bytes < header_of(memory)->bytes ? bytes : header_of(memory)->bytes);
    tern_free(module, memory);
    return moved;
}

char *tern_strdup(tern_log_folder_t module, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char  *copy  = tern_alloc(module, bytes);

    return copy ? memcpy(copy, text, bytes) : NULL;
}

void tern_free(tern_log_folder_t module, void *memory)
{
    if (!memory)
        return;
    assert(header_of(memory)->module == module);
    atomic_fetch_sub_explicit(&num_held[module], 1, memory_order_relaxed);
    free((char *)memory - header_of(memory)->offset);
}

size_t tern_alloc_num_held(tern_log_folder_t module)
{
    return atomic_load_explicit(&num_held[module], memory_order_relaxed);
}

size_t tern_alloc_report(void)
{
    size_t total = 0;

    for (int module = 0; module < TERN_LOG_NUM_FOLDERS; module++) {
        size_t held = tern_alloc_num_held((tern_log_folder_t)module);

        if (held > 0)
            tern_log((tern_log_folder_t)module, TERN_LOG_WARN,
                     "%zu block%s of memory %s not given back", held,
                     held == 1 ? "" : "s", held == 1 ? "was" : "were");
        total += held;
    }
    return total;
}
