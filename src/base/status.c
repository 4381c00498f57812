/** \file
 * Statuses in words, and as exit codes of a process.
 */
#include "tern/types.h"

const char *tern_status_string(tern_status_t status)
{
    switch (status) {
    case TERN_OK:
        return "success";
    case TERN_IN_PROGRESS:
        return "the request has not completed";
    case TERN_DONE:
        return "nothing more to do";
    case TERN_ERR_ARG:
        return "an argument breaks the function's contract";
    case TERN_ERR_NO_MEMORY:
        return "memory is exhausted";
    case TERN_ERR_PEER_LOST:
        return "a server left and no replica took over";
    case TERN_ERR_USAGE:
        return "an option is unknown or its value is bad";
    case TERN_ERR_IO:
        return "a file could not be read or written";
    case TERN_ERR_FORMAT:
        return "a file's content is malformed";
    case TERN_ERR_MPI:
        return "MPI reported an error";
    case TERN_ERR_STOPPED:
        return "the job was asked to stop";
    case TERN_ERR_REMOTE:
        return "another rank failed";
    case TERN_ERR_UNSUPPORTED:
        return "this build or machine cannot do it";
    }
    return "unknown status";
}

int tern_status_exit_code(tern_status_t status)
{
    switch (status) {
    case TERN_OK:
    case TERN_DONE:
        return 0;
    case TERN_ERR_USAGE:
        return 2;
    default:
        return 1;
    }
}
