/** \file
 * Holders of latches: the ranks of a node, by number 1..n, watched by pidfd.
 *
 * `kill(pid, 0)` succeeds on a zombie and pids are reused; a pidfd becomes readable exactly when its
 * process has ended. A rank opens the pidfds of its neighbours at start.
 */
#ifndef TERN_STORE_HOLDER_H
#define TERN_STORE_HOLDER_H

#include <sys/types.h>

#include "tern/types.h"

typedef struct tern_holders {
    uint32_t num_holders;
    uint32_t self;   /* 1 <= self <= num_holders */
    int     *pidfds; /* [num_holders + 1]; -1: cannot be watched, -2: ended before init */
} tern_holders_t;

/* `pids` [num_holders]: pids[i] belongs to holder i + 1. */
tern_status_t tern_holders_init(tern_holders_t *holders, uint32_t num_holders,
                                const pid_t pids[], uint32_t self);
void          tern_holders_fini(tern_holders_t *holders);

/* True only if the holder's process is known to have ended. A system call: for waits only. */
bool tern_holders_is_dead(const tern_holders_t *holders, uint32_t holder);

#endif
