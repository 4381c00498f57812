/** \file
 * The place of an address in its file is told by /proc/self/maps.
 */
#include "comm/remap.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>

static const uintptr_t large_page_bytes = 2u << 20;

/* Where in its file the page at `address` is. False: it is not a shared page. */
static bool find_in_file(uintptr_t address, uint64_t *offset_p)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char  line[512];
    bool  is_found = false;

    while (maps != NULL && !is_found && fgets(line, sizeof line, maps) != NULL) {
        uintptr_t first, end;
        uint64_t  offset;
        char      sharing;

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*3c%c %" SCNx64, &first, &end,
                   &sharing, &offset) != 4)
            continue;
        is_found  = address >= first && address < end && sharing == 's';
        *offset_p = offset + (address - first);
    }
    if (maps != NULL)
        fclose(maps);
    return is_found;
}

/* Address space for `bytes`, whole pages, that begins `shift` bytes behind a multiple of a large page. NULL: there is none. */
static void *reserve(size_t bytes, uintptr_t shift)
{
    size_t all = bytes + large_page_bytes;
    char  *memory =
        mmap(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    uintptr_t before;

    if (memory == MAP_FAILED)
        return NULL;
    before = (shift - (uintptr_t)memory) % large_page_bytes;
    if (before > 0)
        munmap(memory, before);
    munmap(memory + before + bytes, all - before - bytes);
    return memory + before;
}

void *tern_remap(void *memory, size_t bytes)
{
    void    *place, *alias;
    uint64_t offset;

    if (bytes < large_page_bytes || !find_in_file((uintptr_t)memory, &offset))
        return memory;
    place = reserve(bytes, offset % large_page_bytes);
    if (place == NULL)
        return memory;
    alias = mremap(memory, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    if (alias != MAP_FAILED)
        return alias;
    munmap(place, bytes);
    return memory;
}

void tern_remap_undo(void *alias, void *memory, size_t bytes)
{
    if (alias != memory)
        munmap(alias, bytes);
}
