/** \file
 * What a training looked like over time.
 */
#ifndef W2V_HISTORY_H
#define W2V_HISTORY_H

#include <stddef.h>

typedef struct w2v_record {
    double epoch;
    double seconds; /* of training since the start, evaluations left out */
    double loss;    /* mean over targets */
    double rate;    /* words per second in this epoch */
    double auc;     /* on the pairs for validation; NAN if they were not looked at */
} w2v_record_t;

/* Zero-initialise it. */
typedef struct w2v_history {
    w2v_record_t *records; /* [num] */
    size_t        num;
} w2v_history_t;

void w2v_history_append(w2v_history_t *history, w2v_record_t record);
void w2v_history_fini(w2v_history_t *history);

#endif
