/** \file
 * Backing shared memory with pages, ahead of use.
 */
#ifndef TERN_STORE_PAGES_H
#define TERN_STORE_PAGES_H

#include "tern/types.h"

/* Back [start, start + bytes) with zeroed or existing pages; both page-aligned. Zero or an errno.
 *
 * An access to a page that the file system cannot back is SIGBUS; asking for it beforehand (Linux 5.14)
 * is an error code. Older kernels answer EINVAL: then the pages come with the first touch, and the
 * ledger alone keeps them within what there is. Large pages are asked for where they fit. */
int tern_pages_populate(void *start, size_t bytes);

/* The same for an area that grows: its first `old_bytes` are backed, now `new_bytes` are. Pages that were small for
 * want of their other part become large ones when that comes. */
int tern_pages_extend(void *area, size_t old_bytes, size_t new_bytes);

/* Bytes of a page. */
size_t tern_pages_bytes(void);

/* `bytes` rounded up to whole pages. */
static inline size_t tern_pages_round(size_t bytes)
{
    size_t page = tern_pages_bytes();

    return (bytes + page - 1) / page * page;
}

#endif
