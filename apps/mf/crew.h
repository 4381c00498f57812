/** \file
 * The workers of a training: ranks of the runtime, or threads of this process.
 */
#ifndef MF_CREW_H
#define MF_CREW_H

#include "tern/tern.h"

typedef struct mf_crew mf_crew_t;

typedef struct mf_crew_ops {
    /* a round ended: wait until all that others may need of it is visible */
    tern_status_t (*clock)(mf_crew_t *crew);
    tern_status_t (*barrier)(mf_crew_t *crew);
    tern_status_t (*sum)(mf_crew_t *crew, size_t num, double values[]);
    /* every worker comes here, whatever happened to it before; as app_team_agree() */
    tern_status_t (*agree)(mf_crew_t *crew, tern_status_t status);
    /* let others be served; TERN_ERR_STOPPED if the job is to stop */
    tern_status_t (*attend)(mf_crew_t *crew);
} mf_crew_ops_t;

/* First member of each kind. */
struct mf_crew {
    const mf_crew_ops_t *ops;
    size_t               worker, num_workers;
    tern_runtime_t      *runtime; /* its caller's thread alone may use it */
};

/* The workers of the runtime. */
mf_crew_t mf_crew_of_ranks(tern_runtime_t *runtime);

/* The same where columns are handed from worker to worker: rounds need no clock. */
mf_crew_t mf_crew_of_passers(tern_runtime_t *runtime);

/* Threads of this process; sums have at most `max_sum` values, or 64. */
typedef struct mf_threads mf_threads_t;

mf_threads_t *mf_threads_create(tern_runtime_t *runtime, size_t num_threads,
                                size_t max_sum);
void          mf_threads_destroy(mf_threads_t **threads_p);

/* Run `work` on every thread, the caller's being worker 0; returns the first error. */
typedef tern_status_t mf_work_fn(mf_crew_t *crew, void *context);
tern_status_t mf_threads_run(mf_threads_t *threads, mf_work_fn *work, void *context);

#endif
