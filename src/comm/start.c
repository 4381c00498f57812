#include "comm/start.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "comm/group.h"

static tern_status_t check_level(int level)
{
    if (level >= MPI_THREAD_FUNNELED)
        return TERN_OK;
    tern_log(
        TERN_LOG_COMM, TERN_LOG_WARN,
        "MPI was started with MPI_THREAD_SINGLE: a program that starts threads must use "
        "MPI_THREAD_FUNNELED or higher");
    return TERN_OK;
}

tern_status_t tern_mpi_start(bool *started_p)
{
    int is_started = 0;
    int level      = MPI_THREAD_SINGLE;

    MPI_Initialized(&is_started);
    *started_p = !is_started;
    if (is_started) {
        MPI_Query_thread(&level);
        return check_level(level);
    }
    /* Ranks may outnumber cores: MPI's own waits, as in window creation, must give the core away. */
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    /* Debian's Open MPI forbids the component that makes windows over TCP (osc = ^ucx,pt2pt). Without
     * ucx, which over TCP fetches a batch block by block; whoever has its hardware says so. */
    setenv("OMPI_MCA_osc", "^ucx", 0);
    if (tern_mpi_check(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level),
                       "MPI_Init_thread") != TERN_OK)
        return TERN_ERR_MPI;
    return check_level(level);
}

void tern_mpi_finish(void)
{
    int is_finished = 0;

    MPI_Finalized(&is_finished);
    if (!is_finished)
        MPI_Finalize();
}

void tern_mpi_describe(char *text, size_t text_bytes)
{
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int  length = 0;

    MPI_Get_library_version(version, &length);
    version[strcspn(version, "\n")] = '\0';
    snprintf(text, text_bytes, "%s", version);
}
