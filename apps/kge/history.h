/** \file
 * What a training looked like over time.
 */
#ifndef KGE_HISTORY_H
#define KGE_HISTORY_H

#include "metrics.h"

#include <stddef.h>

typedef struct kge_record {
    int           epoch;
    double        seconds; /* of training since the start, evaluations left out */
    double        loss;    /* mean over triples */
    double        rate;    /* triples per second in this epoch */
    kge_metrics_t valid;   /* means; num_queries is 0 if the epoch was not evaluated */
} kge_record_t;

/* Zero-initialise it. */
typedef struct kge_history {
    kge_record_t *records; /* [num] */
    size_t        num, capacity;
} kge_history_t;

/* Triples per second of the middle epoch; 0 if there is none. */
double kge_history_median_rate(const kge_history_t *history);

void kge_history_append(kge_history_t *history, kge_record_t record);
void kge_history_fini(kge_history_t *history);

#endif
