/** \file
 * Which HDF5 this is.
 */
#ifndef TERN_CHECKPOINT_LIBRARY_H
#define TERN_CHECKPOINT_LIBRARY_H

#include <stddef.h>

/* "1.10.8" or, if the library is not the one Tern was compiled with, "1.10.8 (compiled with 1.10.4)". */
void tern_checkpoint_library(char *text, size_t text_bytes);

#endif
