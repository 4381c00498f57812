/** \file
 * The lines of a part of a text file, see lines.h.
 */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static tern_status_t fail(lr_lines_t *lines, app_complaint_t *complaint)
{
    return app_complain(complaint, TERN_ERR_IO, "%s: %s", lines->path, strerror(errno));
}

/* Go to the first line that begins at `begin` or later: behind the next line end, from the byte before on. */
static tern_status_t seek_line(lr_lines_t *lines, size_t begin,
                               app_complaint_t *complaint)
{
    int c = 0;

    lines->next_begin = begin;
    if (begin == 0)
        return TERN_OK;
    if (fseeko(lines->file, (off_t)(begin - 1), SEEK_SET) != 0)
        return fail(lines, complaint);
    lines->next_begin = begin - 1;
    while (c != '\n' && (c = getc(lines->file)) != EOF)
        lines->next_begin++;
    return ferror(lines->file) ? fail(lines, complaint) : TERN_OK;
}

tern_status_t lr_lines_open(lr_lines_t *lines, const char *path, size_t part,
                            size_t num_parts, app_complaint_t *complaint)
{
    struct stat   about;
    tern_status_t status = TERN_OK;

    *lines = (lr_lines_t){.path = path, .file = fopen(path, "r")};
    if (lines->file == NULL)
        return fail(lines, complaint);
    if (fstat(fileno(lines->file), &about) != 0)
        status = fail(lines, complaint);
    else if (!S_ISREG(about.st_mode))
        status = app_complain(complaint, TERN_ERR_IO,
                              "%s: not a regular file, of which parts can be read", path);
    if (status == TERN_OK) {
        unsigned __int128 bytes = (unsigned __int128)about.st_size;

        lines->end = (size_t)(bytes * (part + 1) / num_parts);
        status     = seek_line(lines, (size_t)(bytes * part / num_parts), complaint);
    }
    if (status != TERN_OK)
        lr_lines_close(lines);
    return status;
}

tern_status_t lr_lines_next(lr_lines_t *lines, app_complaint_t *complaint)
{
    ssize_t length = 0;

    if (lines->next_begin >= lines->end)
        return TERN_DONE;
    lines->line_begin = lines->next_begin;
    length            = getline(&lines->text, &lines->text_bytes, lines->file);
    if (length < 0)
        return ferror(lines->file) ? fail(lines, complaint) : TERN_DONE;
    lines->next_begin += (size_t)length;
    if (strlen(lines->text) != (size_t)length)
        return app_complain(complaint, TERN_ERR_FORMAT,
                            "%s:%zu: the line contains a zero byte", lines->path,
                            lr_lines_number(lines));
    while (length > 0 &&
           (lines->text[length - 1] == '\n' || lines->text[length - 1] == '\r'))
        lines->text[--length] = '\0';
    return TERN_OK;
}

void lr_lines_close(lr_lines_t *lines)
{
    if (lines->file != NULL)
        fclose(lines->file);
    free(lines->text);
    lines->file = NULL;
    lines->text = NULL;
}

size_t lr_lines_number(lr_lines_t *lines)
{
    size_t number = 1;

    rewind(lines->file);
    for (size_t byte = 0; byte < lines->line_begin; byte++)
        number += getc(lines->file) == '\n';
    return number;
}
