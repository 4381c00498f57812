/** \file
 * The runtime: start, roles, the end.
 *
 * The life of a program:
 * \code
 * tern_options_t *options;  tern_options_create("my-program", "what it does", &options);
 * tern_options_parse(options, argc, argv);        // --help, TERN_* environment, --config FILE
 * tern_runtime_t *runtime;  tern_init(MPI_COMM_WORLD, options, &runtime);
 * tern_table_t *table;      tern_table_create(runtime, &desc, &table);
 * if (tern_is_worker(runtime))
 *     train(runtime, table);                      // pull, push, clock
 * tern_finalize(&runtime);                        // servers serve in here until all workers are done
 * \endcode
 * The rule for threads in one sentence: call Tern from the thread that called tern_init().
 */
#ifndef TERN_RUNTIME_H
#define TERN_RUNTIME_H

#include <mpi.h>

#include "tern/counters.h"
#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Start a runtime on a communicator.
 *
 * Blocking. Collective over `comm`, which is duplicated. Starts MPI (MPI_THREAD_FUNNELED) if the
 * caller has not; then tern_finalize() ends it. Several runtimes may coexist on different
 * communicators; a rank serves each of them while it is inside a call on it. One process alone holds all roles and needs no mpirun.
 *
 * Before MPI is started MPI_COMM_WORLD cannot be used in a call by the standard, but its constant
 * may be passed here.
 *
 * \param [in]  options    Parsed options; NULL: environment and defaults. Borrowed until tern_finalize().
 * \param [out] runtime_p  Unchanged on error.
 * \return  TERN_OK; TERN_ERR_USAGE (options that contradict each other or the number of ranks);
 *          TERN_ERR_MPI; TERN_ERR_NO_MEMORY. Every rank returns the same code. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_init(MPI_Comm comm, tern_options_t *options,
                                                   tern_runtime_t **runtime_p);

/** Answer requests until every worker has called tern_finalize(). Blocking; for ranks that are not
 * workers; workers return at once. tern_finalize() calls it, so that programs rarely need to. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_serve(tern_runtime_t *runtime);

/** End a runtime: complete the caller's requests, serve until every worker is done, print the
 * end-of-run table on the scheduler, free all tables. Ranks may arrive in any order.
 * Blocking. Collective over the ranks. NULL is accepted; the pointer is set to NULL in any case. */
TERN_API tern_status_t tern_finalize(tern_runtime_t **runtime_p);

/** Let the library answer others. Cheap when nothing is waiting. Only a rank that is server and
 * worker at once and computes for long outside Tern needs it. */
TERN_API void tern_progress(tern_runtime_t *runtime);

/** Ask all ranks to stop; tern_should_stop() becomes true everywhere, and clock and barrier waits
 * return TERN_ERR_STOPPED. SIGINT and SIGTERM do the same; a second signal ends the process. */
TERN_API void tern_stop(tern_runtime_t *runtime);
TERN_API bool tern_should_stop(const tern_runtime_t *runtime);

/** The signal that asked for the stop, 0 if none did. A program that stopped because of it exits with 128 + signal. */
TERN_API int tern_stop_signal(const tern_runtime_t *runtime);

/** Roles of the calling rank: a combination of tern_role_t. */
TERN_API unsigned tern_roles(const tern_runtime_t *runtime);
TERN_API bool     tern_is_worker(const tern_runtime_t *runtime);
TERN_API bool     tern_is_server(const tern_runtime_t *runtime);

TERN_API int tern_rank(
    const tern_runtime_t *runtime); /**< in the runtime's communicator */
TERN_API int tern_size(const tern_runtime_t *runtime);

/** Number of the calling worker, 0 <= n < tern_num_workers(); -1 if it is none. */
TERN_API int tern_worker(const tern_runtime_t *runtime);
TERN_API int tern_num_workers(const tern_runtime_t *runtime);
TERN_API int tern_num_servers(const tern_runtime_t *runtime);
TERN_API int tern_num_nodes(const tern_runtime_t *runtime);

TERN_API void tern_get_counters(const tern_runtime_t *runtime, tern_counters_t *counters);

/** Seconds since tern_init(), monotonic. */
TERN_API double tern_seconds(const tern_runtime_t *runtime);

#ifdef __cplusplus
}
#endif
#endif
