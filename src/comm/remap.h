/** \file
 * Remap: shared pages mapped once more, where they may be large.
 *
 * Random access to rows misses the translation buffer at every row unless pages are large, and shared ones are only where
 * address and place in the file agree in their offset from a whole large page. Who mapped the file, MPI for example, did not
 * mind; the same pages at another address can (mremap() of no bytes, Linux).
 */
#ifndef TERN_COMM_REMAP_H
#define TERN_COMM_REMAP_H

#include <stddef.h>

/** The pages of [memory, memory + bytes), of one shared mapping of a file, at a second address; `memory` itself where the
 * system cannot, or they are fewer than a large page. Both are whole pages. */
void *tern_remap(void *memory, size_t bytes);

/** `alias` is what tern_remap() returned. */
void tern_remap_undo(void *alias, void *memory, size_t bytes);

#endif
