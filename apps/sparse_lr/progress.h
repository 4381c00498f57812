/** \file
 * What a pass of a batch solver came to, agreed on by all workers without a barrier.
 *
 * Workers push their part of the numbers to a row of a table, the pass's; once the step in which the last of them
 * did so is applied, all read the same sums and so take the same decision.
 */
#ifndef LR_PROGRESS_H
#define LR_PROGRESS_H

#include "tern/tern.h"

/* The columns of a row; SERVERS and later are pushed by one worker. */
typedef enum lr_column {
    LR_LOSS,            /* sum over the examples */
    LR_COMPUTE_SECONDS, /* of all workers, so far */
    LR_WAIT_SECONDS,
    LR_WORKER_SENT, /* bytes so far */
    LR_WORKER_RECEIVED,
    LR_PUSH_KEYS, /* bytes of messages about weights, if they have filters: keys and rows of the calls, */
    LR_PUSH_ROWS,
    LR_PUSH_WIRE, /* ... and what was sent for them */
    LR_PULL_KEYS,
    LR_PULL_WIRE,
    LR_ANSWER_ROWS,
    LR_ANSWER_WIRE,
    LR_SERVER_SENT,
    LR_SERVER_RECEIVED,
    LR_SUM_ABS, /* of weights */
    LR_NONZEROS,
    LR_FILTERED,
    LR_FEATURES,
    LR_VIOLATION,
    LR_THRESHOLD, /* of the KKT filter, from the next pass on */
    LR_SECONDS,   /* since training began */
    LR_DELAY,     /* tau, from the next pass on */
    LR_NUM_COLUMNS,
} lr_column_t;

/* A pass. */
typedef struct lr_record {
    size_t pass;
    double iterations; /* blocks so far */
    double objective;
    double columns[LR_NUM_COLUMNS];
} lr_record_t;

/* Zero-initialise it. */
typedef struct lr_records {
    lr_record_t *items;
    size_t       num, capacity;
} lr_records_t;

/* How a training went, on this worker. Zero-initialise it. */
typedef struct lr_outcome {
    lr_records_t records;
    double       compute_seconds, wait_seconds;
    size_t       num_iterations;
    size_t       num_blocks, delay; /* of the solvers that have blocks */
} lr_outcome_t;

void lr_records_add(lr_records_t *records, const lr_record_t *record);
void lr_records_fini(lr_records_t *records);

/* Share of their time that workers waited between two records; `before` NULL: since the beginning. */
double lr_record_idle_share(const lr_record_t *record, const lr_record_t *before);

/* The table, for at most `num_passes` passes. */
tern_status_t lr_progress_create(tern_runtime_t *runtime, size_t num_passes,
                                 bool is_ordered, tern_table_t **table_p);

/* Write a line per record to `path`. \return TERN_ERR_IO, said to stderr. */
tern_status_t lr_history_write(const char *path, const lr_records_t *records);

#endif
