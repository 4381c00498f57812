/** \file
 * A file that is whole or not there: written under a temporary name in its folder, synced, renamed.
 */
#ifndef W2V_WHOLE_FILE_H
#define W2V_WHOLE_FILE_H

#include "complaint.h"

#include <stdio.h>

typedef struct w2v_whole_file {
    FILE       *stream; /* to write to; its errors are found by the closing */
    const char *path;   /* borrowed */
    char        temporary[4096];
} w2v_whole_file_t;

/* TERN_ERR_IO: the complaint names the file. */
tern_status_t w2v_whole_file_open(w2v_whole_file_t *file, const char *path,
                                  app_complaint_t *complaint);

/* Sync and rename; on error remove what was written. */
tern_status_t w2v_whole_file_close(w2v_whole_file_t *file, app_complaint_t *complaint);

#endif
