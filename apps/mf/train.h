/** \file
 * A training: epochs, learning rates, judgement, and when to stop.
 */
#ifndef MF_TRAIN_H
#define MF_TRAIN_H

#include "usage.h"
#include "worker.h"

/* An epoch in numbers of all workers. */
typedef struct mf_record {
    int    epoch;
    double seconds;       /* of training until its end, judgement left out */
    double epoch_seconds; /* of this epoch */
    double num_updates;
    double rate;       /* of learning */
    double train_rmse; /* each rating before its update */
    double valid_rmse; /* NAN if it was not judged */
} mf_record_t;

typedef struct mf_training {
    mf_record_t *records; /* [num_records] */
    size_t       num_records, capacity;
    double       test_rmse;
    double
        target_seconds; /* of training until the target was reached; NAN if it was not */
    double       compute_seconds; /* in kernel and padding, summed over workers */
    mf_traffic_t traffic; /* of workers that send columns themselves, summed over them */
    app_usage_t  usage;   /* of the parameter server, summed over workers */
} mf_training_t;

/* All workers call it, with `report` on the one that speaks; the numbers are the same on all. */
tern_status_t mf_train(mf_worker_t *worker, tern_report_t *report,
                       mf_training_t *training);
void          mf_training_fini(mf_training_t *training);

/* Time one more epoch at the rate of the rule, nothing else. */
tern_status_t mf_train_epoch(mf_worker_t *worker, double *seconds_p);

/* Median of the seconds of an epoch, or what an epoch would take if only parts of epochs were run. */
double mf_training_epoch_seconds(const mf_training_t *training, double num_ratings);
bool   mf_training_is_sample(const mf_training_t *training, double num_ratings);

double mf_median(size_t num, const double numbers[]);

#endif
