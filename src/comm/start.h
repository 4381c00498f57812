/** \file
 * Starting and ending MPI, where the program has not done so itself.
 */
#ifndef TERN_COMM_START_H
#define TERN_COMM_START_H

#include "tern/types.h"

/** MPI_THREAD_FUNNELED: one thread of each rank calls MPI. `started_p`: whether we did it. */
tern_status_t tern_mpi_start(bool *started_p);
void          tern_mpi_finish(void);

/** "Open MPI v4.1.4, ...": the first line of MPI's own description. */
void tern_mpi_describe(char *text, size_t text_bytes);

#endif
