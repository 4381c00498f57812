/** \file
 * What a piece of code writes to standard output or standard error, as a string.
 */
#ifndef TERN_TESTS_CAPTURE_H
#define TERN_TESTS_CAPTURE_H

#include <stdio.h>

typedef struct capture {
    FILE *stream; /* stdout or stderr */
    FILE *file;   /* where its bytes go meanwhile */
    int   original_fd;
} capture_t;

/* From here on the bytes of `stream` are collected. Captures of different streams may nest. */
void capture_begin(capture_t *capture, FILE *stream);

/* The bytes that came, to be freed by the caller. */
char *capture_end(capture_t *capture);

#endif
