/** \file
 * One benchmark run: what the user chose, a table, stocks of keys, and what a case yields.
 *
 * Words: a *call* is one tern_pull() or the like of `batch` keys; a *side* of a case is what makes
 * calls, Tern or its yardstick; a *slice* is a number of calls, the same for every worker that measures.
 */
#ifndef TERN_BENCH_BENCH_H
#define TERN_BENCH_BENCH_H

#include "bare.h"
#include "keys.h"
#include "raw.h"
#include "sizes.h"
#include "tern/tern.h"

/* Where the keys of a case lie. */
typedef enum bench_place { BENCH_LOCAL, BENCH_REMOTE, BENCH_NUM_PLACES } bench_place_t;

typedef struct bench {
    /* settings */
    const char *chosen; /* a case, or "all" */
    sizes_t     widths, batches;
    uint64_t    num_rows, seed;
    size_t      inflight;    /* requests of a remote case under way */
    int         num_servers; /* that hold the rows of the remote cases */
    const char *dist;
    double      skew, seconds; /* seconds per line */
    bool        is_paged, as_json;

    /* the job */
    tern_runtime_t *runtime;
    bare_t         *bare;
    const char
        *obstacles[BENCH_NUM_PLACES]; /* why cases cannot run here; NULL: they can */

    /* the width that is measured now */
    tern_table_t    *table;
    uint32_t         width, num_tables;
    size_t           batch;
    raw_rows_t       rows; /* the longest run that the node of this worker owns */
    key_stock_t      local_keys, remote_keys;
    float           *values;   /* [inflight][batch][width] */
    tern_request_t **requests; /* [inflight] */
    double          *samples;  /* [BENCH_MAX_SAMPLES] seconds of single calls */
} bench_t;

enum { BENCH_MAX_SAMPLES = 1 << 17 };

/* Make `num_calls` calls. Every worker calls it; those that do not measure answer or do nothing. */
typedef tern_status_t bench_side_fn(bench_t *bench, size_t num_calls);

typedef struct bench_case {
    const char    *name;
    bench_place_t  place;
    bench_side_fn *side;
    bench_side_fn *yardstick; /* NULL: it is one itself */
    bool           is_single; /* one key a call */
    bool is_latency; /* its sides leave the time of each call in bench->samples */
} bench_case_t;

/* What one side reached. */
typedef struct bench_speed {
    int    num_workers;       /* that measured */
    double calls_per_s;       /* of all of them together */
    double median_us, p99_us; /* of a call; latency cases only */
} bench_speed_t;

typedef struct bench_result {
    bench_speed_t tern, yardstick; /* medians over the rounds */
    double        ratio; /* the median; of times for latency cases, else of rates */
    double        messages_per_call, bytes_sent_per_call, bytes_received_per_call;
} bench_result_t;

extern const bench_case_t bench_cases[];
extern const size_t       bench_num_cases;

/* settings.c */
tern_status_t bench_configure(bench_t *bench, const tern_options_t *options);

/* prepare.c: collective over all ranks. */
tern_status_t bench_set_width(bench_t *bench, uint32_t width);
tern_status_t bench_close(bench_t *bench);

/* measure.c: collective over the workers, who all get the result. */
tern_status_t bench_measure(bench_t *bench, const bench_case_t *chosen,
                            bench_result_t *result_p);

/* print.c: for worker 0. */
void bench_print_heading(const bench_t *bench, const bench_case_t *chosen);
void bench_print_line(const bench_t *bench, const bench_case_t *chosen,
                      const bench_result_t *result);

#endif
