/** \file
 * What carries messages, and whether survivors can go on talking over it after a loss.
 *
 * Open MPI's own TCP transport (ob1) aborts or blocks survivors if messages to the dead rank are under way; UCX over
 * TCP does not, and neither does shared memory (tests/mpi/known_faults measures it). So a job that spans hosts uses
 * UCX if it is there. What the user has set in the environment or by --mca wins.
 */
#ifndef RUN_TRANSPORT_H
#define RUN_TRANSPORT_H

#include "job.h"

typedef struct run_transport {
    const char *pml;  /* Open MPI's component for messages; NULL: whatever it chooses */
    const char *path; /* "tcp", "shared memory" */
    const char *risk; /* why losses may not be survived; NULL: they are */
} run_transport_t;

/** Choose for a complete job. False, with a message, if --transport asks for what is not there. */
bool run_transport_choose(run_transport_t *transport, const run_job_t *job);

/** The line that opens a run. */
void run_transport_print(const run_transport_t *transport, const run_job_t *job);

/** Settings for the environment of a rank whose shield is connected by `fd`. */
void run_transport_send(const run_transport_t *transport, const run_settings_t *settings,
                        const run_rank_t *rank, int fd);

/** The value of OMPI_MCA_btl_tcp_if_include if it is a list of names, else NULL. */
const char *run_transport_user_interface(void);

#endif
