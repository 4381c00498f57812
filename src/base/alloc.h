/** \file
 * Private memory, counted per module, so that finalize can say what was not given back.
 */
#ifndef TERN_BASE_ALLOC_H
#define TERN_BASE_ALLOC_H

#include "base/log.h"

/* NULL when memory is exhausted (logged); zero bytes give a valid pointer. Aligned to 16 bytes. */
void *tern_alloc(tern_log_folder_t module, size_t bytes);
void *tern_alloc_zeroed(tern_log_folder_t module, size_t bytes);
void *tern_realloc(tern_log_folder_t module, void *memory,
                   size_t bytes); /* module as allocated */
char *tern_strdup(tern_log_folder_t module, const char *text);
void  tern_free(tern_log_folder_t module, void *memory); /* NULL is accepted */

/* Blocks that a module still holds. */
size_t tern_alloc_num_held(tern_log_folder_t module);

/* Warn about every module that still holds memory; returns the number of blocks. */
size_t tern_alloc_report(void);

#endif
