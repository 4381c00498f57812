/** \file
 * Holders by pidfd: readable exactly when the process has ended, zombie or not.
 */
#include "store/holder.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"

enum { UNWATCHED = -1, GONE = -2 };

static int open_pidfd(pid_t pid, uint32_t holder)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);

    if (fd >= 0)
        return fd;
    if (errno == ESRCH)
        return GONE;
    tern_log(TERN_LOG_STORE, TERN_LOG_WARN,
             "cannot watch holder %u (process %d): %s; a latch it leaves behind stays",
             holder, (int)pid, strerror(errno));
    return UNWATCHED;
}

tern_status_t tern_holders_init(tern_holders_t *holders, uint32_t num_holders,
                                const pid_t pids[], uint32_t self)
{
    assert(self >= 1 && self <= num_holders);

    holders->pidfds = tern_alloc(TERN_LOG_STORE,
                                 (num_holders + (size_t)1) * sizeof(holders->pidfds[0]));
    if (holders->pidfds == NULL)
        return TERN_ERR_NO_MEMORY;
    holders->num_holders = num_holders;
    holders->self        = self;
    holders->pidfds[0]   = UNWATCHED; /* nobody has number 0 */
    for (uint32_t holder = 1; holder <= num_holders; holder++)
        holders->pidfds[holder] =
            holder == self ? UNWATCHED : open_pidfd(pids[holder - 1], holder);
    return TERN_OK;
}

void tern_holders_fini(tern_holders_t *holders)
{
    for (uint32_t holder = 1; holders->pidfds != NULL && holder <= holders->num_holders;
         holder++)
        if (holders->pidfds[holder] >= 0)
            close(holders->pidfds[holder]);
    tern_free(TERN_LOG_STORE, holders->pidfds);
    memset(holders, 0, sizeof(*holders));
}

bool tern_holders_is_dead(const tern_holders_t *holders, uint32_t holder)
{
    struct pollfd watch = {.events = POLLIN};

    if (holder < 1 || holder > holders->num_holders)
        return false;
    watch.fd = holders->pidfds[holder];
    if (watch.fd < 0)
        return watch.fd == GONE;
    return poll(&watch, 1, 0) == 1 && (watch.revents & POLLIN) != 0;
}
