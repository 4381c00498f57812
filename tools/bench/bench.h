/** \file
 * What is measured: the cases, the job that measures them, and what a case yields.
 *
 * Words: a *call* is one tern_pull() or the like of `batch` keys; a *side* of a case is what makes
 * calls, Tern or its yardstick; a *slice* is a number of calls, the same for every worker that measures.
 */
#ifndef TERN_BENCH_BENCH_H
#define TERN_BENCH_BENCH_H

#include "bare.h"
#include "keys.h"
#include "raw.h"
#include "settings.h"
#include "tables.h"

/* Where the other side of a call is. */
typedef enum bench_place {
    BENCH_LOCAL,   /* in the memory of the worker's node */
    BENCH_REMOTE,  /* on servers of other nodes */
    BENCH_WORKERS, /* all workers, who act together */
    BENCH_NUM_PLACES
} bench_place_t;

typedef struct bench {
    const settings_t *settings;

    /* the job */
    tern_runtime_t *runtime;
    const char     *rung; /* by which pulls reach other nodes: "window" or "message" */
    bare_t         *bare;
    const char     *obstacles[BENCH_NUM_PLACES]; /* why cases cannot run here, or NULL */
    bool            has_told[BENCH_NUM_PLACES];  /* the obstacle */
    tables_t        tables;

    /* what is measured now */
    const char    *sweep; /* what the suite varies; NULL outside the suite */
    bench_table_t *table;
    size_t         batch;
    size_t         num_measuring; /* the first of the workers that could */
    double         skew;          /* negative: uniform keys */

    key_stock_t      local_keys, remote_keys, sparse_keys;
    key_walk_t       walk;     /* over the keys of the remote cases */
    tern_key_t      *keys;     /* [batch] */
    float           *values;   /* [inflight][batch][width] */
    float           *deltas;   /* [batch][width] */
    tern_request_t **requests; /* [inflight] */
    double          *samples;  /* [BENCH_MAX_SAMPLES] seconds of single calls */
} bench_t;

enum { BENCH_MAX_SAMPLES = 1 << 17 };

/* A message so long that its bytes alone count. */
enum { BENCH_LONG_MESSAGE = 1 << 18 };

/* Make `num_calls` calls. */
typedef tern_status_t bench_side_fn(bench_t *bench, size_t num_calls);

typedef struct bench_case {
    const char    *name;
    bench_place_t  place;
    bench_side_fn *side;
    bench_side_fn *yardstick; /* NULL: it is one itself */
    bool           is_single; /* one key a call */
    bool is_latency;   /* its sides leave the time of each call in bench->samples */
    bool has_rungs;    /* pulls; all else goes by message */
    bool has_no_bytes; /* its calls carry no rows */
    bool is_joint; /* every worker is in `side`, whoever measures; only samples count */
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
    double        messages_per_call, gets_per_call; /* sent; one-sided */
    double        bytes_sent_per_call, bytes_received_per_call;
} bench_result_t;

/* cases.c; bench_case() returns NULL for a name that is none. */
extern const bench_case_t bench_cases[];
extern const size_t       bench_num_cases;
const bench_case_t       *bench_case(const char *name);

/* measure.c: collective over the workers, who all get the result. */
tern_status_t bench_measure(bench_t *bench, const bench_case_t *chosen,
                            bench_result_t *result_p);

#endif
