/** \file
 * Shared memory of a node: one MPI window to which each rank of the node contributes a part.
 *
 * Other folders see bytes, not MPI_Win. Parts are aligned by us to pages: MPI gives bases of 8, 16 and
 * 36 modulo 64.
 */
#ifndef TERN_COMM_SHARED_H
#define TERN_COMM_SHARED_H

#include "comm/group.h"

#define TERN_PAGE_BYTES 4096u

typedef struct tern_shared {
    MPI_Win win; /* MPI_WIN_NULL on a node of one rank */
    int     num_parts;
    void  **parts;  /* [num_parts] by node rank; NULL where a rank gave nothing */
    void  **mapped; /* [num_parts] by MPI, whose pages the parts are */
    size_t *bytes; /* [num_parts] */
} tern_shared_t;

/** Collective over the node. `bytes` is the caller's part, zero is legal. The memory is zeroed and
 * untouched: pages appear when they are first used. TERN_ERR_NO_MEMORY (logged) if MPI refuses. */
tern_status_t tern_shared_create(tern_group_t *group, size_t bytes,
                                 tern_shared_t **shared_p);

/** Collective over the node. */
void tern_shared_destroy(tern_shared_t **shared_p);

#endif
