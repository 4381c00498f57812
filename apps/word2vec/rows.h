/** \file
 * Rows of parameters as training sees them. There are two kinds: rows of a table of the parameter server, and rows of an
 * array of this process (`--no-server`); everything above this seam is the same.
 */
#ifndef W2V_ROWS_H
#define W2V_ROWS_H

#include "lease.h"

typedef struct w2v_rows w2v_rows_t;

/* A batch needs rows of two kinds at the same time, and rows that are lent cannot move to other nodes. So that nobody
 * waits for others who wait for him, nothing waits while rows are lent: not to get further rows, not to push. */
typedef struct w2v_rows_ops {
    /* The keys of a lease are known: start fetching what is not on this node. */
    tern_status_t (*fetch)(w2v_rows_t *rows, w2v_lease_t *lease);
    /* Wait for what is being fetched, or pushed. */
    tern_status_t (*settle)(w2v_rows_t *rows, w2v_lease_t *lease);
    /* Wait until no earlier operation of this worker on rows to be lent is under way: lend() would wait for it. */
    tern_status_t (*await_own)(w2v_rows_t *rows, w2v_lease_t *lease);
    /* From now until give_back(), also after an error, values[i] is the row of keys[i], to be read and written.
     * TERN_IN_PROGRESS: rows have left meanwhile; give all back, fetch_missing(), settle(), and try again. */
    tern_status_t (*lend)(w2v_rows_t *rows, w2v_lease_t *lease);
    void (*give_back)(w2v_rows_t *rows, w2v_lease_t *lease);
    tern_status_t (*fetch_missing)(w2v_rows_t *rows, w2v_lease_t *lease);
    /* After give_back(): what was changed in copies goes to its place. It may be on its way until settle(), or the
     * next fetch() of this lease. */
    tern_status_t (*push)(w2v_rows_t *rows, w2v_lease_t *lease);
    /* These rows will be wanted while the worker's clock is in [first_clock, end_clock). Sets the request if
     * somebody may want to wait for them. */
    tern_status_t (*announce)(w2v_rows_t *rows, size_t num_keys, const tern_key_t keys[],
                              uint64_t first_clock, uint64_t end_clock,
                              tern_request_t **request_p);
    /* a copy of all rows of `range` */
    tern_status_t (*read_range)(w2v_rows_t *rows, tern_range_t range, float values[]);
    void (*destroy)(w2v_rows_t *rows);
} w2v_rows_ops_t;

/* First member of each kind. */
struct w2v_rows {
    const w2v_rows_ops_t *ops;
    size_t                width;
    size_t                num_rows;
};

typedef enum w2v_access {
    W2V_ACCESS_BORROW = 0, /* in place where a row is on this node, else in a copy */
    W2V_ACCESS_COPY   = 1, /* in a copy always */
} w2v_access_t;

/* How rows of a table are accessed. */
typedef struct w2v_manner {
    w2v_access_t access;
    bool         is_push_async; /* pushes complete while later batches are trained on */
    bool has_intents; /* rows are announced by tern_intent(), else by tern_localize() */
} w2v_manner_t;

w2v_rows_t *w2v_rows_on_server(tern_runtime_t *runtime, tern_table_t *table,
                               w2v_manner_t manner);

/* An array; uniform in [-init_bound, init_bound). Threads may share it. */
w2v_rows_t *w2v_rows_in_process(size_t num_rows, size_t width, double init_bound,
                                uint64_t seed);

void w2v_rows_destroy(w2v_rows_t **rows_p);

#endif
