/** \file
 * Worker groups: how `--groups` splits the workers.
 */
#ifndef TERN_RUNTIME_WORKER_GROUPS_H
#define TERN_RUNTIME_WORKER_GROUPS_H

#include "tern/types.h"

/** Read `text`, sizes separated by commas, which must add up to `num_workers`; NULL or "" is one group of all. They go
 * to `sizes` [num_workers], their number to *num_groups_p. TERN_ERR_USAGE, logged. */
tern_status_t tern_worker_groups_parse(const char *text, int num_workers, int sizes[],
                                       int *num_groups_p);

#endif
