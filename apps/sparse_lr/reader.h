/** \file
 * Reading a part of a file of examples.
 */
#ifndef LR_READER_H
#define LR_READER_H

#include "formats.h"

/* What is read, and how. */
typedef struct lr_source {
    const char        *path;
    const lr_format_t *format;
    int                hash_bits; /* 1 to 64, of keys that are hashes */
} lr_source_t;

/* Add the examples of part number `part`: lines that begin in its bytes. A part may have none.
 * \return  TERN_OK; TERN_ERR_IO, TERN_ERR_FORMAT: the complaint names file and line. */
tern_status_t lr_read_part(const lr_source_t *source, size_t part, size_t num_parts,
                           lr_examples_t *examples, app_complaint_t *complaint);

#endif
