/** \file
 * Window: memory of servers that other ranks read one-sidedly.
 *
 * Other folders see ranks and bytes, not MPI_Win. The window owns its passive epoch: opened when it is
 * created (MPI_Win_lock_all), closed when it is destroyed. A get is request-based and completes
 * by tests alone; nothing here flushes, so that nothing here can block.
 */
#ifndef TERN_COMM_WINDOW_H
#define TERN_COMM_WINDOW_H

#include <stddef.h>

#include "comm/wait.h"

/** A get has at most so many blocks. */
#define TERN_WINDOW_MAX_BLOCKS 1024u

typedef struct tern_window tern_window_t;

/** A get under way; nothing inside is for others. */
typedef struct tern_get {
    MPI_Request  request;
    MPI_Datatype blocks;
} tern_get_t;

/** Collective over the ranks: expose `bytes` at `memory`, nothing where that is NULL. All ranks get a window
 * or none does: then the status is an error, and `why` (may be NULL) says what MPI said, without a log
 * line, since who can do without a window asks too. */
tern_status_t tern_window_create(tern_waiter_t *waiter, void *memory, size_t bytes,
                                 char *why, size_t why_bytes, tern_window_t **window_p);

/** Collective over the ranks; every get must be complete. */
void tern_window_destroy(tern_window_t **window_p);

/** Give a window up without MPI_Win_free(), which waits for all: a get in it never completes. */
void tern_window_abandon(tern_window_t **window_p);

/** Start to read `num_blocks` blocks of `block_bytes` at `offsets` of `rank`'s memory into `to`, one after
 * the other. The bytes are there when tern_get_test() says so; until
 * then `to` must stay. */
tern_status_t tern_window_get(tern_window_t *window, int rank, uint32_t num_blocks,
                              const ptrdiff_t offsets[], uint32_t block_bytes, void *to,
                              tern_get_t *get);

/** Makes progress. TERN_IN_PROGRESS, or how it ended; then the get holds nothing any more. */
tern_status_t tern_get_test(tern_get_t *get);

#endif
