/** \file
 * A file that is whole or not there, see whole_file.h.
 */
#include "whole_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

tern_status_t w2v_whole_file_open(w2v_whole_file_t *file, const char *path,
                                  app_complaint_t *complaint)
{
    file->path = path;
    snprintf(file->temporary, sizeof(file->temporary), "%s.%ld.tmp", path,
             (long)getpid());
    file->stream = fopen(file->temporary, "w");
    if (file->stream == NULL)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", file->temporary,
                            strerror(errno));
    return TERN_OK;
}

tern_status_t w2v_whole_file_close(w2v_whole_file_t *file, app_complaint_t *complaint)
{
    bool is_written = !ferror(file->stream) && fflush(file->stream) == 0 &&
                      fsync(fileno(file->stream)) == 0;

    is_written = fclose(file->stream) == 0 && is_written;
    if (is_written && rename(file->temporary, file->path) == 0)
        return TERN_OK;
    app_complain(complaint, TERN_ERR_IO, "%s: %s", file->path, strerror(errno));
    unlink(file->temporary);
    return TERN_ERR_IO;
}
