/** \file
 * A rank that is alone on its node maps private pages: they may be large, and MPI does not promise that
 * its own are zeroed. Otherwise one window over the node, whose parts are mapped once more so that they may be large, too
 * (remap.h). The passive epoch is opened once (MPI_Win_lock_all) and closed at the end; between, ranks use plain
 * loads, stores and C11 atomics, which the unified memory model of MPI-3 allows.
 */
#include "comm/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>

#include "base/alloc.h"
#include "comm/remap.h"

/* What MPI needs beside the parts. */
#define SLACK_BYTES 65536u

static void *aligned(void *memory)
{
    uintptr_t address = (uintptr_t)memory;

    return (void *)((address + TERN_PAGE_BYTES - 1) & ~(uintptr_t)(TERN_PAGE_BYTES - 1));
}

/* MPI finds out only while it allocates that the file system is too small, and then on one rank, while
 * the others wait for that one inside MPI. So the node's first rank looks before and tells all. */
static tern_status_t check_space(const tern_group_t *group, size_t bytes)
{
    uint64_t       asked = bytes + TERN_PAGE_BYTES, total = 0;
    int            fits = 1;
    struct statvfs shm;

    if (MPI_Reduce(&asked, &total, 1, MPI_UINT64_T, MPI_SUM, 0, group->node_comm) !=
        MPI_SUCCESS)
        return TERN_ERR_MPI;
    if (group->node_rank == 0 && statvfs("/dev/shm", &shm) == 0) {
        uint64_t free_bytes = (uint64_t)shm.f_bavail * shm.f_frsize;

        fits = total + SLACK_BYTES <= free_bytes;
        if (!fits)
            tern_log(TERN_LOG_COMM, TERN_LOG_ERROR,
                     "this node needs %llu bytes of shared memory, and /dev/shm has %llu "
                     "left: make it "
                     "larger (mount -o remount,size=... /dev/shm), or use more nodes",
                     (unsigned long long)total, (unsigned long long)free_bytes);
    }
    if (MPI_Bcast(&fits, 1, MPI_INT, 0, group->node_comm) != MPI_SUCCESS)
        return TERN_ERR_MPI;
    return fits ? TERN_OK : TERN_ERR_NO_MEMORY;
}

/* Whole pages, and one more because MPI's may begin anywhere in theirs. */
static tern_status_t allocate_window(tern_group_t *group, size_t bytes, MPI_Win *win_p)
{
    size_t   pages = (bytes + TERN_PAGE_BYTES - 1) / TERN_PAGE_BYTES;
    MPI_Aint asked = (MPI_Aint)(bytes == 0 ? 0 : (pages + 1) * TERN_PAGE_BYTES);
    MPI_Info info;
    void    *base = NULL;
    int      code;

    /* Each part on pages of its own, so that it can be bound to its server's NUMA domain. */
    MPI_Info_create(&info);
    MPI_Info_set(info, "alloc_shared_noncontig", "true");
    code = MPI_Win_allocate_shared(asked, 1, info, group->node_comm, &base, win_p);
    MPI_Info_free(&info);
    if (code != MPI_SUCCESS) {
        tern_log(TERN_LOG_COMM, TERN_LOG_ERROR,
                 "MPI refused a shared window in which this rank asked for %zu bytes; "
                 "is /dev/shm large enough?",
                 bytes);
        return TERN_ERR_NO_MEMORY;
    }
    MPI_Win_set_errhandler(*win_p, MPI_ERRORS_RETURN);
    return tern_mpi_check(MPI_Win_lock_all(MPI_MODE_NOCHECK, *win_p), "MPI_Win_lock_all");
}

static tern_status_t query_parts(tern_shared_t *shared)
{
    for (int r = 0; r < shared->num_parts; r++) {
        MPI_Aint      bytes = 0;
        int           unit  = 1;
        void         *base  = NULL;
        tern_status_t status;

        status =
            tern_mpi_check(MPI_Win_shared_query(shared->win, r, &bytes, &unit, &base),
                           "MPI_Win_shared_query");
        if (status != TERN_OK)
            return status;
        if (bytes == 0)
            continue;
        shared->mapped[r] = aligned(base);
        shared->bytes[r]  = (size_t)bytes - TERN_PAGE_BYTES;
        shared->parts[r]  = tern_remap(shared->mapped[r], shared->bytes[r]);
    }
    return TERN_OK;
}

static tern_status_t map_window(tern_shared_t *shared, tern_group_t *group, size_t bytes)
{
    tern_status_t status = check_space(group, bytes);

    if (status == TERN_OK)
        status = allocate_window(group, bytes, &shared->win);
    return status == TERN_OK ? query_parts(shared) : status;
}

static tern_status_t map_private(tern_shared_t *shared, size_t bytes)
{
    void *memory = NULL;

    if (bytes > 0)
        memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        tern_log(TERN_LOG_COMM, TERN_LOG_ERROR, "cannot map %zu bytes: %s", bytes,
                 strerror(errno));
        return TERN_ERR_NO_MEMORY;
    }
    shared->parts[0] = memory;
    shared->bytes[0] = bytes;
    return TERN_OK;
}

tern_status_t tern_shared_create(tern_group_t *group, size_t bytes,
                                 tern_shared_t **shared_p)
{
    tern_shared_t *shared = tern_alloc_zeroed(TERN_LOG_COMM, sizeof *shared);
    size_t         n      = (size_t)group->node_size;
    tern_status_t  status = TERN_ERR_NO_MEMORY;

    if (shared == NULL)
        return status;
    shared->win       = MPI_WIN_NULL;
    shared->num_parts = group->node_size;
    shared->parts     = tern_alloc_zeroed(TERN_LOG_COMM, n * sizeof *shared->parts);
    shared->bytes     = tern_alloc_zeroed(TERN_LOG_COMM, n * sizeof *shared->bytes);
    shared->mapped    = tern_alloc_zeroed(TERN_LOG_COMM, n * sizeof *shared->mapped);
    if (shared->parts != NULL && shared->bytes != NULL && shared->mapped != NULL)
        status = group->node_size == 1 ? map_private(shared, bytes)
                                       : map_window(shared, group, bytes);
    if (status != TERN_OK) {
        tern_shared_destroy(&shared);
        return status;
    }
    *shared_p = shared;
    return TERN_OK;
}

void tern_shared_destroy(tern_shared_t **shared_p)
{
    tern_shared_t *shared = *shared_p;

    if (shared == NULL)
        return;
    if (shared->win != MPI_WIN_NULL) {
        for (int r = 0; r < shared->num_parts; r++)
            tern_remap_undo(shared->parts[r], shared->mapped[r], shared->bytes[r]);
        MPI_Win_unlock_all(shared->win);
        MPI_Win_free(&shared->win);
    } else if (shared->parts != NULL && shared->parts[0] != NULL) {
        munmap(shared->parts[0], shared->bytes[0]);
    }
    tern_free(TERN_LOG_COMM, shared->mapped);
    tern_free(TERN_LOG_COMM, shared->bytes);
    tern_free(TERN_LOG_COMM, shared->parts);
    tern_free(TERN_LOG_COMM, shared);
    *shared_p = NULL;
}
