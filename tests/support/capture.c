/** \file
 * The stream's descriptor is pointed at a temporary file, so that write(2) is caught as well as printf.
 */
#include "capture.h"

#include <stdlib.h>
#include <unistd.h>

static void stop_if(int has_failed, const char *what)
{
    if (!has_failed)
        return;
    perror(what);
    abort();
}

void capture_begin(capture_t *capture, FILE *stream)
{
    fflush(stream);
    capture->stream      = stream;
    capture->file        = tmpfile();
    capture->original_fd = dup(fileno(stream));
    stop_if(!capture->file || capture->original_fd < 0, "capture");
    stop_if(dup2(fileno(capture->file), fileno(stream)) < 0, "capture: dup2");
}

char *capture_end(capture_t *capture)
{
    long  num_bytes;
    char *text;

    fflush(capture->stream);
    stop_if(dup2(capture->original_fd, fileno(capture->stream)) < 0, "capture: dup2");
    close(capture->original_fd);
    fseek(capture->file, 0, SEEK_END);
    num_bytes = ftell(capture->file);
    rewind(capture->file);
    text = malloc((size_t)num_bytes + 1);
    stop_if(!text, "capture: malloc");
    text[fread(text, 1, (size_t)num_bytes, capture->file)] = '\0';
    fclose(capture->file);
    return text;
}
