/** \file
 * The lines of a part of a text file.
 *
 * A file is cut into parts of equal bytes; a line belongs to the part in which it begins, so that all parts
 * together have every line once, however many there are. Numbers of lines are counted only for complaints.
 */
#ifndef LR_LINES_H
#define LR_LINES_H

#include "complaint.h"

#include <stdio.h>

typedef struct lr_lines {
    const char *path;
    FILE       *file;
    size_t      end;        /* lines that begin before it belong to the part */
    size_t      line_begin; /* of the current line, in bytes */
    size_t      next_begin;
    char       *text; /* of the current line, without its end */
    size_t      text_bytes;
} lr_lines_t;

/* \return  TERN_OK; TERN_ERR_IO. */
tern_status_t lr_lines_open(lr_lines_t *lines, const char *path, size_t part,
                            size_t num_parts, app_complaint_t *complaint);

/* \return  TERN_OK; TERN_DONE at the end of the part; TERN_ERR_IO; TERN_ERR_FORMAT: a zero byte. */
tern_status_t lr_lines_next(lr_lines_t *lines, app_complaint_t *complaint);
void          lr_lines_close(lr_lines_t *lines);

/* Number of the current line in the file, from 1 on: reads all lines before it. */
size_t lr_lines_number(lr_lines_t *lines);

#endif
