/** \file
 * A worker's epochs: it follows its plan, opens what a tile needs, and updates.
 */
#ifndef MF_TRAINER_H
#define MF_TRAINER_H

#include "crew.h"
#include "kernel.h"
#include "plan.h"
#include "side.h"
#include "travel.h"

/* What a worker trains; all borrowed. */
typedef struct mf_bench {
    mf_crew_t       *crew;
    const mf_plan_t *plan;
    mf_side_t       *rows, *columns;
    mf_travel_t     *travel;
} mf_bench_t;

typedef struct mf_pace {
    double pad_us; /* processor time added to each update */
    double sample; /* share of each round's ratings that is trained on */
    /* columns are borrowed, and nothing leaves the node meanwhile: not for long */
    bool is_lent;
    /* vectors of a round's next tile are expected while this one is worked on */
    bool looks_ahead;
} mf_pace_t;

typedef struct mf_trainer mf_trainer_t;

mf_trainer_t *mf_trainer_create(const mf_bench_t *bench, const mf_pace_t *pace);
void          mf_trainer_destroy(mf_trainer_t **trainer_p);

typedef struct mf_epoch {
    double square_error; /* sum over the updates, each before it was made */
    double num_updates;
    double compute_seconds; /* in kernel and padding */
} mf_epoch_t;

/* Called now and then by the worker. */
typedef void mf_progress_fn(double num_updates, double square_error, void *context);

/* One pass over the worker's ratings; those that are left at `deadline` (mf_now(); 0: none) are left out.
 * The epoch's numbers are this worker's. */
tern_status_t mf_trainer_run(mf_trainer_t *trainer, const mf_rule_t *rule,
                             double deadline, mf_progress_fn *progress, void *context,
                             mf_epoch_t *epoch);

/* Processor seconds of an update, padding included, on private copies of some of the worker's vectors. */
double mf_trainer_update_seconds(const mf_trainer_t *trainer, const mf_rule_t *rule);

/* CLOCK_MONOTONIC. */
double mf_now(void);

#endif
