/** \file
 * Numbers as people read them: "1.20 M", "3.4 MiB", "02:13".
 */
#ifndef TERN_RUNTIME_UNITS_H
#define TERN_RUNTIME_UNITS_H

#include <stddef.h>

#define TERN_UNITS_BYTES 32

/* Each writes to `text` [TERN_UNITS_BYTES] and returns it. */
const char *tern_units_count(double count, char text[]);
const char *tern_units_bytes(double num_bytes, char text[]);
const char *tern_units_clock(double seconds, char text[]); /* mm:ss or h:mm:ss */

#endif
