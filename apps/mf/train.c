/** \file
 * A training, see train.h. What decides is summed over the workers first, so that all decide alike.
 */
#include "train.h"

#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The bold driver (Battiti, Complex Systems 1989; Gemulla et al., KDD 2011). */
static const double bold_faster = 1.05, bold_slower = 0.5;

typedef struct course {
    mf_worker_t         *worker;
    const mf_settings_t *settings;
    mf_training_t       *training;
    tern_report_t       *report; /* NULL: another worker speaks */
    double               rate, last_error, seconds;
    double               epoch_updates; /* of all workers, if all ratings are met */
    bool                 is_over;
} course_t;

/* Sums of an epoch over the workers. */
enum { SUM_ERROR, SUM_UPDATES, SUM_COMPUTE, SUM_STOPS, NUM_SUMS };

static void tell_progress(double num_updates, double square_error, void *context)
{
    const course_t *course = context;
    double          done   = num_updates * (double)course->worker->crew->num_workers;

    tern_report_progress(course->report,
                         (double)course->training->num_records * course->epoch_updates +
                             done,
                         sqrt(square_error / num_updates));
}

/* Whose counters count: nobody's without a parameter server. */
static app_team_t served_team(const course_t *course)
{
    const mf_factors_t *factors = course->worker->factors;

    return factors->engine == MF_ENGINE_SERVER ? app_team_of(factors->runtime)
                                               : app_team_alone();
}

/* Train for an epoch and add up what the workers did. */
static tern_status_t run_epoch(course_t *course, double sums[], double *seconds_p)
{
    mf_worker_t    *worker = course->worker;
    mf_crew_t      *crew   = worker->crew;
    app_team_t      served = served_team(course);
    mf_epoch_t      epoch;
    double          deadline = 0, start;
    mf_progress_fn *progress = course->report != NULL ? tell_progress : NULL;
    tern_status_t   status   = crew->ops->barrier(crew);

    app_usage_resume(&course->training->usage, &served);
    start = mf_now();
    if (course->settings->max_seconds > 0)
        deadline = start + course->settings->max_seconds - course->seconds;
    if (status == TERN_OK)
        status = mf_worker_run(worker, deadline, progress, course, &epoch);
    if (status == TERN_OK)
        status = crew->ops->barrier(crew);
    *seconds_p = mf_now() - start;
    status     = crew->ops->agree(crew, status);
    if (status != TERN_OK)
        return status;
    app_usage_pause(&course->training->usage, &served);
    sums[SUM_ERROR]   = epoch.square_error;
    sums[SUM_UPDATES] = epoch.num_updates;
    sums[SUM_COMPUTE] = epoch.compute_seconds;
    sums[SUM_STOPS]   = crew->runtime != NULL && tern_should_stop(crew->runtime);
    return crew->ops->sum(crew, NUM_SUMS, sums);
}

/* Worker 0's clock counts. */
static tern_status_t agree_on_seconds(mf_crew_t *crew, double *seconds_p)
{
    if (crew->worker != 0)
        *seconds_p = 0;
    return crew->ops->sum(crew, 1, seconds_p);
}

static bool is_judged(const course_t *course, int epoch)
{
    const mf_settings_t *settings = course->settings;

    if (course->worker->num_ratings[MF_VALID] == 0)
        return false;
    return course->is_over ||
           (settings->eval_every > 0 && epoch % settings->eval_every == 0);
}

static void choose_rate(course_t *course, double error)
{
    if (!course->settings->is_bold)
        course->rate *= course->settings->decay;
    else if (course->last_error > 0)
        course->rate *= error < course->last_error ? bold_faster : bold_slower;
    course->last_error = error;
}

static void tell_epoch(const course_t *course, const mf_record_t *record)
{
    const tern_field_t fields[] = {
        {"train_seconds", record->seconds, NULL},
        {"learning_rate", record->rate, NULL},
        {"valid_rmse", record->valid_rmse, NULL},
    };

    if (course->report != NULL)
        tern_report_epoch(course->report, record->epoch, record->epoch_seconds,
                          record->train_rmse, record->num_updates / record->epoch_seconds,
                          isnan(record->valid_rmse) ? 2 : 3, fields);
}

static tern_status_t judge(course_t *course, mf_record_t *record)
{
    tern_status_t status = mf_worker_settle(course->worker);

    if (status == TERN_OK)
        status = mf_worker_judge(course->worker, MF_VALID, &record->valid_rmse);
    if (status == TERN_OK && record->valid_rmse <= course->settings->target_rmse) {
        course->training->target_seconds = record->seconds;
        course->is_over                  = true;
    }
    return status;
}

static void append(mf_training_t *training, mf_record_t record)
{
    if (training->num_records == training->capacity) {
        training->capacity = training->capacity * 2 + 16;
        training->records =
            app_resize(training->records, training->capacity, sizeof(mf_record_t));
    }
    training->records[training->num_records++] = record;
}

static tern_status_t take_epoch(course_t *course, int epoch)
{
    const mf_settings_t *settings = course->settings;
    mf_record_t   record = {.epoch = epoch, .rate = course->rate, .valid_rmse = NAN};
    double        sums[NUM_SUMS];
    tern_status_t status;

    course->worker->rule.rate = (float)course->rate;
    status                    = run_epoch(course, sums, &record.epoch_seconds);
    if (status == TERN_OK)
        status = agree_on_seconds(course->worker->crew, &record.epoch_seconds);
    if (status != TERN_OK)
        return status;
    course->seconds += record.epoch_seconds;
    course->training->compute_seconds += sums[SUM_COMPUTE];
    record.seconds     = course->seconds;
    record.num_updates = sums[SUM_UPDATES];
    record.train_rmse  = sqrt(sums[SUM_ERROR] / sums[SUM_UPDATES]);
    course->is_over =
        epoch == settings->num_epochs || sums[SUM_STOPS] > 0 ||
        (settings->max_seconds > 0 && course->seconds >= settings->max_seconds);
    if (is_judged(course, epoch))
        status = judge(course, &record);
    if (status != TERN_OK)
        return status;
    append(course->training, record);
    tell_epoch(course, &record);
    choose_rate(course, sums[SUM_ERROR] / sums[SUM_UPDATES]);
    return sums[SUM_STOPS] > 0 ? TERN_ERR_STOPPED : TERN_OK;
}

static tern_status_t add_up_traffic(const mf_worker_t *worker, mf_traffic_t *traffic)
{
    mf_traffic_t  own     = mf_ring_traffic(worker->factors->ring);
    double        sums[2] = {own.messages, own.bytes};
    tern_status_t status  = worker->crew->ops->sum(worker->crew, 2, sums);

    *traffic = (mf_traffic_t){sums[0], sums[1]};
    return status;
}

/* What only the end can tell. */
static tern_status_t conclude(course_t *course)
{
    mf_worker_t   *worker   = course->worker;
    mf_training_t *training = course->training;
    app_team_t     served   = served_team(course);
    tern_status_t  status   = mf_worker_settle(worker);

    if (status == TERN_OK && worker->num_ratings[MF_TEST] > 0)
        status = mf_worker_judge(worker, MF_TEST, &training->test_rmse);
    if (status == TERN_OK)
        status = app_usage_sum(&training->usage, &served);
    if (status == TERN_OK && worker->factors->engine == MF_ENGINE_HAND)
        status = add_up_traffic(worker, &training->traffic);
    return status;
}

tern_status_t mf_train(mf_worker_t *worker, tern_report_t *report,
                       mf_training_t *training)
{
    const mf_settings_t *settings = worker->settings;
    course_t             course   = {.worker        = worker,
                                     .settings      = settings,
                                     .training      = training,
                                     .report        = report,
                                     .rate          = settings->rate,
                                     .epoch_updates = worker->num_ratings[MF_TRAIN],
                                     .is_over       = settings->num_epochs == 0};
    tern_status_t        status   = TERN_OK;

    *training = (mf_training_t){
        .test_rmse      = NAN,
        .target_seconds = NAN,
    };
    for (int epoch = 1; status == TERN_OK && !course.is_over; epoch++)
        status = take_epoch(&course, epoch);
    return status == TERN_OK ? conclude(&course) : status;
}

void mf_training_fini(mf_training_t *training)
{
    free(training->records);
    *training = (mf_training_t){0};
}

tern_status_t mf_train_epoch(mf_worker_t *worker, double *seconds_p)
{
    mf_crew_t    *crew = worker->crew;
    mf_epoch_t    epoch;
    tern_status_t status = crew->ops->barrier(crew);
    double        start  = mf_now();

    if (status == TERN_OK)
        status = mf_worker_run(worker, 0, NULL, NULL, &epoch);
    if (status == TERN_OK)
        status = crew->ops->barrier(crew);
    *seconds_p = mf_now() - start;
    return status;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double mf_median(size_t num, const double numbers[])
{
    double *sorted = APP_NEW(double, num);
    double  median = NAN;

    if (num > 0) {
        memcpy(sorted, numbers, num * sizeof(double));
        qsort(sorted, num, sizeof(double), compare_numbers);
        median = (sorted[(num - 1) / 2] + sorted[num / 2]) / 2;
    }
    free(sorted);
    return median;
}

bool mf_training_is_sample(const mf_training_t *training, double num_ratings)
{
    for (size_t i = 0; i < training->num_records; i++)
        if (training->records[i].num_updates < num_ratings)
            return true;
    return false;
}

double mf_training_epoch_seconds(const mf_training_t *training, double num_ratings)
{
    double *seconds = APP_NEW(double, training->num_records);
    double  median;

    for (size_t i = 0; i < training->num_records; i++) {
        const mf_record_t *record = &training->records[i];

        seconds[i] = record->epoch_seconds * num_ratings / record->num_updates;
    }
    median = mf_median(training->num_records, seconds);
    free(seconds);
    return median;
}
