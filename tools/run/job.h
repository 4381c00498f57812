/** \file
 * Job: what is known of each rank, and the verdict that follows from it.
 *
 * The run has succeeded if at least one rank survived, all survivors exited with 0 and no rank crashed. A rank
 * that is killed or lost is named, and the others go on. A rank that crashes or exits with another code ends the job, as
 * under mpirun; what happens to the others from then on is no news.
 */
#ifndef RUN_JOB_H
#define RUN_JOB_H

#include <stdbool.h>

#include "settings.h"
#include "wire.h"

enum { RUN_NO_VERDICT = 125, RUN_NOT_STARTED = 127, RUN_BY_SIGNAL = 128 };

typedef enum run_fate {
    RUN_AWAITED, /* its shield has not come yet */
    RUN_PRESENT, /* its shield is there */
    RUN_EXITED,  /* with a code */
    RUN_KILLED,  /* by a signal */
    RUN_FAILED,  /* to start, with an errno */
    RUN_LOST     /* without a word */
} run_fate_t;

typedef struct run_rank {
    run_fate_t fate;
    int        number; /* code, signal or errno */
    char       host[RUN_NAME_BYTES];
    char interface[RUN_NAME_BYTES]; /* by which its host reaches tern-run; "-": unknown */
    char pml[RUN_NAME_BYTES];       /* the user's own choice of transport; "-": none */
} run_rank_t;

typedef struct run_job {
    const run_settings_t *settings;
    run_rank_t           *ranks; /* [size]; NULL until the first shield has come */
    int                   size;
    int                   num_here, num_ended, num_lost;
    int                   code;      /* of the first failure, 0: none so far */
    int                   loss_code; /* that of the first loss, should nobody survive */
    bool                  is_ending; /* by tern-run */
} run_job_t;

void run_job_init(run_job_t *job, const run_settings_t *settings);
void run_job_fini(run_job_t *job);

/** A shield says who it is. False if that cannot be: another size, a rank that is taken. */
bool run_job_enter(run_job_t *job, int rank, int size, const run_rank_t *who);

/** Its last word, or that there was none. Names whatever is not exit code 0. */
void run_job_note(run_job_t *job, int rank, run_fate_t fate, int number);

/** mpirun has ended by itself with the status that waitpid() gave. */
void run_job_note_mpirun(run_job_t *job, int status);

bool run_job_is_complete(const run_job_t *job); /* all ranks have come */
bool run_job_is_over(const run_job_t *job);     /* all ranks have ended */
bool run_job_has_failed(const run_job_t *job);  /* and should be ended */
int  run_job_num_hosts(const run_job_t *job);

/** tern-run's exit status; says why if it is not 0, and who is missing if it is. */
int run_job_verdict(const run_job_t *job);

#endif
