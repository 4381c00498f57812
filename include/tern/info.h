/** \file
 * What this build and this machine can do.
 */
#ifndef TERN_INFO_H
#define TERN_INFO_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the library, "1.2.3". */
TERN_API const char *tern_version(void);

/** Facts about build and machine, in a fixed order: versions (tern, mpi, hwloc, hdf5), the
 * configure line, optional libraries, transports and rungs, shared-memory limits, cores. Callable before
 * MPI is started; then facts that need MPI are left out.
 * \param [in] visit  Called once per fact; the strings live during the call. */
typedef void  tern_info_visit_fn(const char *name, const char *value, void *context);
TERN_API void tern_info_visit(tern_info_visit_fn *visit, void *context);

/** What was probed when the runtime started: how pulls of rows of other nodes go, and what one-sided
 * gets and messages took between two nodes. In a fixed order; not collective. */
TERN_API void tern_info_probe(const tern_runtime_t *runtime, tern_info_visit_fn *visit,
                              void *context);

#ifdef __cplusplus
}
#endif
#endif
