/** \file
 * A batch of rows is one MPI_Rget with an indexed type: where MPI emulates one-sided access by messages
 * (Open MPI's osc/pt2pt over TCP) the whole batch is then one message each way. One get a row costs a
 * message each there, 7.8 us a row instead of 0.15.
 *
 * Memory of a node's shared window is exposed again by MPI_Win_create(): its rows are changed by
 * plain stores of every rank of the node, which the unified memory model of MPI-3 makes visible to
 * gets. Without that model there is no window.
 */
#include "comm/window.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>

#include "base/alloc.h"
#include "comm/collective.h"

struct tern_window {
    MPI_Win  win; /* MPI_WIN_NULL: not created */
    MPI_Aint offsets[TERN_WINDOW_MAX_BLOCKS];
};

static void tell_why(int code, const char *call, char *why, size_t why_bytes)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int  length                     = 0;

    MPI_Error_string(code, text, &length);
    if (why != NULL)
        snprintf(why, why_bytes, "%s: %s", call, text);
}

static bool is_unified(MPI_Win win)
{
    int *model    = NULL;
    int  is_there = 0;

    MPI_Win_get_attr(win, MPI_WIN_MODEL, &model, &is_there);
    return is_there && *model == MPI_WIN_UNIFIED;
}

/* The caller's part of the creation. An error leaves `win` as far as it came. */
static tern_status_t open_window(const tern_group_t *group, void *memory, size_t bytes,
                                 MPI_Win *win_p, char *why, size_t why_bytes)
{
    int code = MPI_Win_create(bytes > 0 ? memory : NULL, (MPI_Aint)bytes, 1,
                              MPI_INFO_NULL, group->comm, win_p);

    if (code != MPI_SUCCESS) {
        *win_p = MPI_WIN_NULL;
        tell_why(code, "MPI_Win_create", why, why_bytes);
        return TERN_ERR_MPI;
    }
    MPI_Win_set_errhandler(*win_p, MPI_ERRORS_RETURN);
    if (!is_unified(*win_p)) {
        if (why != NULL)
            snprintf(why, why_bytes, "the memory model of windows is not unified");
        return TERN_ERR_MPI;
    }
    code = MPI_Win_lock_all(MPI_MODE_NOCHECK, *win_p);
    if (code == MPI_SUCCESS)
        return TERN_OK;
    tell_why(code, "MPI_Win_lock_all", why, why_bytes);
    return TERN_ERR_MPI;
}

tern_status_t tern_window_create(tern_waiter_t *waiter, void *memory, size_t bytes,
                                 char *why, size_t why_bytes, tern_window_t **window_p)
{
    const tern_group_t *group  = tern_mailbox_group(waiter->mailbox);
    tern_window_t      *window = tern_alloc_zeroed(TERN_LOG_COMM, sizeof *window);
    tern_status_t       status = window == NULL ? TERN_ERR_NO_MEMORY : TERN_OK;

    if (why != NULL)
        snprintf(why, why_bytes, "another rank was refused");
    status = tern_collective_agree(waiter, status, "creating a window");
    if (status == TERN_OK) {
        window->win = MPI_WIN_NULL;
        status      = open_window(group, memory, bytes, &window->win, why, why_bytes);
        status      = tern_collective_agree(waiter, status, "opening a window");
    }
    if (status != TERN_OK) {
        tern_window_abandon(&window); /* some ranks may have none to free */
        return status;
    }
    *window_p = window;
    return TERN_OK;
}

void tern_window_destroy(tern_window_t **window_p)
{
    tern_window_t *window = *window_p;

    if (window == NULL)
        return;
    MPI_Win_unlock_all(window->win);
    MPI_Win_free(&window->win);
    tern_free(TERN_LOG_COMM, window);
    *window_p = NULL;
}

void tern_window_abandon(tern_window_t **window_p)
{
    tern_free(TERN_LOG_COMM, *window_p);
    *window_p = NULL;
}

/* Neighbouring blocks need no joining: MPI does that, or sends their list, which is short. */
static int describe_blocks(tern_window_t *window, uint32_t num_blocks,
                           const ptrdiff_t offsets[], uint32_t block_bytes,
                           MPI_Datatype *blocks_p)
{
    int code;

    for (uint32_t i = 0; i < num_blocks; i++)
        window->offsets[i] = (MPI_Aint)offsets[i];
    code = MPI_Type_create_hindexed_block((int)num_blocks, (int)block_bytes,
                                          window->offsets, MPI_BYTE, blocks_p);
    return code == MPI_SUCCESS ? MPI_Type_commit(blocks_p) : code;
}

tern_status_t tern_window_get(tern_window_t *window, int rank, uint32_t num_blocks,
                              const ptrdiff_t offsets[], uint32_t block_bytes, void *to,
                              tern_get_t *get)
{
    size_t bytes = (size_t)num_blocks * block_bytes;
    int    code;

    assert(num_blocks >= 1 && num_blocks <= TERN_WINDOW_MAX_BLOCKS);
    assert(bytes <= INT_MAX);

    *get = (tern_get_t){MPI_REQUEST_NULL, MPI_DATATYPE_NULL};
    if (num_blocks == 1) {
        code = MPI_Rget(to, (int)bytes, MPI_BYTE, rank, (MPI_Aint)offsets[0], (int)bytes,
                        MPI_BYTE, window->win, &get->request);
        return tern_mpi_check(code, "MPI_Rget");
    }
    code = describe_blocks(window, num_blocks, offsets, block_bytes, &get->blocks);
    if (code == MPI_SUCCESS)
        code = MPI_Rget(to, (int)bytes, MPI_BYTE, rank, 0, 1, get->blocks, window->win,
                        &get->request);
    if (code != MPI_SUCCESS && get->blocks != MPI_DATATYPE_NULL)
        MPI_Type_free(&get->blocks);
    return tern_mpi_check(code, "MPI_Rget");
}

tern_status_t tern_get_test(tern_get_t *get)
{
    int done = 0;
    int code = MPI_Test(&get->request, &done, MPI_STATUS_IGNORE);

    if (code == MPI_SUCCESS && !done)
        return TERN_IN_PROGRESS;
    if (get->blocks != MPI_DATATYPE_NULL)
        MPI_Type_free(&get->blocks);
    return tern_mpi_check(code, "MPI_Rget");
}
