/** \file
 * What workers and servers say to each other about the rows of sparse tables, as arguments and answers of functions.
 */
#ifndef TERN_TABLE_SCAN_H
#define TERN_TABLE_SCAN_H

#include "tern/sparse.h"

/** Names of the functions. Their own begin so; a program's should not. */
#define TERN_SCAN_COUNT "tern.count" /* no arguments; answer: uint64_t */
#define TERN_SCAN_KEYS  "tern.scan" /* tern_scan_args_t; tern_scan_head_t, keys, values */
#define TERN_SCAN_EVICT "tern.evict" /* tern_evict_args_t; tern_evicted_t */

typedef struct tern_scan_args {
    uint64_t max_keys;
    uint64_t wants_values;
} tern_scan_args_t;

typedef struct tern_scan_head {
    uint64_t num_keys;
    uint64_t is_end; /* there are no more in the range */
} tern_scan_head_t;

typedef struct tern_evict_args {
    tern_eviction_t what;
    uint64_t        now; /* clock of the worker */
} tern_evict_args_t;

#endif
