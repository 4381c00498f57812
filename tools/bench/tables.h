/** \file
 * The tables of a run, one per width, and where their rows lie.
 */
#ifndef TERN_BENCH_TABLES_H
#define TERN_BENCH_TABLES_H

#include "plain.h"
#include "raw.h"
#include "settings.h"
#include "tern/tern.h"

typedef struct bench_table {
    uint32_t      width;
    tern_table_t *table;
    tern_table_t *moving; /* the same under policy relocate; NULL: no case needs it */
    tern_table_t *sparse; /* of as many keys, spread over 64 bits; NULL likewise */
    plain_t       plain;  /* its yardstick */
    raw_rows_t    rows;   /* the longest run that the node of this worker owns */
} bench_table_t;

typedef struct tables {
    size_t        num;
    bench_table_t list[SIZES_MAX];
} tables_t;

/* The table of a width, created if it is the first time. Collective over all ranks. */
tern_status_t tables_find(tables_t *tables, tern_runtime_t *runtime,
                          const settings_t *settings, uint32_t width,
                          bench_table_t **table_p);

void tables_fini(tables_t *tables);

#endif
