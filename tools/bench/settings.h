/** \file
 * What the user chose.
 */
#ifndef TERN_BENCH_SETTINGS_H
#define TERN_BENCH_SETTINGS_H

#include "sizes.h"
#include "tern/options.h"

enum { SETTINGS_MAX_BATCH = 1 << 20 };

typedef struct settings {
    const char *chosen; /* a case, or "all" */
    sizes_t     widths, batches;
    sizes_t     workers; /* that measure at a time; 0: all that can */
    uint64_t    num_rows, seed;
    size_t      inflight;    /* calls of a remote case under way */
    const char *rung;        /* for pulls; NULL: as --pull says */
    int         num_servers; /* that hold the rows of the remote cases */
    double      skew;        /* negative: uniform keys */
    double      seconds;     /* per line */
    bool        is_paged, as_json;
    bool        moves_rows; /* in some case */
    bool        has_sparse; /* likewise: rows of any 64-bit keys */
    bool        is_dense;   /* dense tables instead */
    const char *out;        /* the suite's folder; NULL: no suite */
    bool        is_quick;   /* a short suite */
} settings_t;

/* Add the program's options. */
tern_status_t settings_declare(tern_options_t *options);
tern_status_t settings_read(settings_t *settings, const tern_options_t *options);

#endif
