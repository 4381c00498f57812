/** \file
 * Dense tables beside MPI_Allreduce of the same bytes on the same ranks.
 */
#ifndef TERN_BENCH_DENSE_H
#define TERN_BENCH_DENSE_H

#include "settings.h"

/* Everything, from tern_init() to the last line. */
tern_status_t dense_run(const settings_t *settings, tern_options_t *options);

#endif
