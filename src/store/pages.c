/** \file
 * Populating by madvise(). Random access to rows misses the TLB at every row with small pages, so
 * large ones are worth asking for twice: before the pages exist (kernels whose shared memory takes
 * the advice) and after (collapsing works whatever the setting, but only for whole large pages at
 * aligned addresses). Both are wishes; a refusal changes nothing but speed.
 */
#include "store/pages.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* Missing in the headers of some systems whose kernels know them. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static const size_t large_page_bytes = 2u << 20;

size_t tern_pages_bytes(void)
{
    static size_t bytes;

    if (bytes == 0)
        bytes = (size_t)sysconf(_SC_PAGESIZE);
    return bytes;
}

static int populate(void *start, size_t bytes)
{
    while (madvise(start, bytes, MADV_POPULATE_WRITE) != 0) {
        if (errno == EINVAL)
            return 0;
        if (errno != EAGAIN && errno != EINTR)
            return errno;
    }
    return 0;
}

/* The large pages that end in [old_end, new_end) and lie in the area as a whole. */
static void enlarge(char *area, char *old_end, char *new_end)
{
    uintptr_t mask  = large_page_bytes - 1;
    char     *first = (char *)((uintptr_t)old_end & ~mask);
    char     *end   = (char *)((uintptr_t)new_end & ~mask);

    if (first < area)
        first = (char *)(((uintptr_t)area + mask) & ~mask);
    if (first < end)
        (void)madvise(first, (size_t)(end - first), MADV_COLLAPSE);
}

int tern_pages_extend(void *area, size_t old_bytes, size_t new_bytes)
{
    char *old_end = (char *)area + old_bytes, *new_end = (char *)area + new_bytes;
    int   error   = 0;

    if (old_end == new_end)
        return 0;
    (void)madvise(old_end, new_bytes - old_bytes, MADV_HUGEPAGE);
    error = populate(old_end, new_bytes - old_bytes);
    if (error == 0)
        enlarge(area, old_end, new_end);
    return error;
}

int tern_pages_populate(void *start, size_t bytes)
{
    bool is_large = bytes >= large_page_bytes;
    int  error;

    if (bytes == 0)
        return 0;
    if (is_large)
        (void)madvise(start, bytes, MADV_HUGEPAGE);
    error = populate(start, bytes);
    if (error == 0 && is_large)
        (void)madvise(start, bytes, MADV_COLLAPSE);
    return error;
}
