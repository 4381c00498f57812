/** \file
 * Server functions: the program's own code, run by the servers on their rows.
 *
 * What would cost a pull and a push of every row costs a message a server: counting and norms, scans, thresholds,
 * resetting a set of rows. A function is known by name; tern_call() runs it once on each server that has
 * keys of a range, and brings back what each of them answered.
 *
 * \code
 * static tern_verdict_t add_square(const tern_row_view_t *row, void *context)
 * {
 *     *(double *)context += (double)((float *)row->value)[0] * ((float *)row->value)[0];
 *     return TERN_ROW_UNCHANGED;
 * }
 *
 * static tern_status_t squares(tern_invocation_t *invocation, void *context)
 * {
 *     double sum = 0;
 *
 *     (void)context;
 *     tern_invocation_visit(invocation, tern_invocation_range(invocation), add_square, &sum);
 *     return tern_invocation_answer(invocation, &sum, sizeof sum);
 * }
 *
 * tern_function_register(runtime, &(tern_function_t){.name = "squares", .run = squares});
 * tern_table_create(runtime, &desc, &table);
 * ...
 * tern_call(table, tern_table_keys(table), "squares", NULL, 0, &reply, NULL);
 * for (uint32_t i = 0; i < tern_reply_num_servers(reply); i++)
 *     sum += *(const double *)tern_reply_bytes(reply, i, NULL);
 * tern_reply_destroy(&reply);
 * \endcode
 * Source: Li et al., OSDI 2014, section 3.3 (user-defined functions on the server). Ours differs: they are
 * called by name over a range, beside the update rules (tern/update.h), which run at each push.
 */
#ifndef TERN_FUNCTION_H
#define TERN_FUNCTION_H

#include "tern/sync.h"
#include "tern/types.h"
#include "tern/update.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name of a function, largest arguments of a call, and largest answer of one server. */
#define TERN_FUNCTION_NAME_BYTES ((size_t)63)
#define TERN_CALL_ARGS_BYTES     ((size_t)16 << 20)
#define TERN_CALL_ANSWER_BYTES   ((size_t)1 << 30)

/** \name On servers */
/**@{*/

/** One run of a function on one server; valid while the function runs. */
typedef struct tern_invocation tern_invocation_t;

/** A function. Runs on the thread that called tern_init(), while its rank is in a call of Tern; other requests of the
 * server wait meanwhile. It must not call Tern, but for tern_invocation_...() and tern_table_...() of what it is given.
 *
 * \return TERN_OK; an error becomes the status of the call's request, and the answer is dropped. What the function
 *         has changed by then stays changed. */
typedef tern_status_t tern_function_fn(tern_invocation_t *invocation, void *context);

typedef struct tern_function {
    const char       *name; /**< 1 to TERN_FUNCTION_NAME_BYTES bytes; must not begin with "tern." */
    tern_function_fn *run;
    void *context; /**< passed on; borrowed until tern_finalize(), as is `name` */
} tern_function_t;

/** Make a function known by name. Not collective, but every rank must register the same functions before the
 * first table is created that they are called on.
 *
 * \return TERN_OK; TERN_ERR_ARG (no name, too long a name, a name of the library's own, no function, name taken);
 * TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_function_register(tern_runtime_t *runtime, const tern_function_t *function);

/** The table that the function was called on. */
TERN_API tern_table_t *tern_invocation_table(const tern_invocation_t *invocation);

/** The part of the called range that this server may have rows of. */
TERN_API tern_range_t tern_invocation_range(const tern_invocation_t *invocation);

/** The bytes that were passed, aligned to 16; their number goes to *bytes_p, unless that is NULL. */
TERN_API const void *tern_invocation_args(const tern_invocation_t *invocation,
                                          size_t                  *bytes_p);

/** Number of the calling worker, and of the server that runs the function. */
TERN_API int tern_invocation_worker(const tern_invocation_t *invocation);
TERN_API int tern_invocation_server(const tern_invocation_t *invocation);

/** What this server has counted so far (tern/sync.h); zero for tables of other policies than `aggregate`. Sum up the servers' by
 * tern_staleness_add(). */
TERN_API tern_staleness_t tern_invocation_staleness(const tern_invocation_t *invocation);

/** What a visitor did to its row. */
typedef enum tern_verdict {
    TERN_ROW_UNCHANGED = 0,
    TERN_ROW_CHANGED   = 1, /**< value or state was written */
} tern_verdict_t;

/** One row, latched. Runs as an update rule does: it must not call Tern, block, or keep pointers; it may read and
 * write value and state in place, and must say so by its verdict. */
typedef tern_verdict_t tern_visit_fn(const tern_row_view_t *row, void *context);

/** Visit the rows of `range` that exist on this server, in the order of their keys, each once.
 * Others read and change rows meanwhile, between two visits of this one. Keys outside tern_invocation_range() are
 * passed over. Rows that are on their way between servers are nobody's for that time.
 *
 * \return the number of rows visited. */
TERN_API uint64_t tern_invocation_visit(tern_invocation_t *invocation, tern_range_t range,
                                        tern_visit_fn *visit, void *context);

/** Append to the answer of this server. `bytes` are copied.
 *
 * \return TERN_OK; TERN_ERR_NO_MEMORY (memory, or TERN_CALL_ANSWER_BYTES, is exhausted). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_invocation_answer(
    tern_invocation_t *invocation, const void *bytes, size_t num_bytes);
/**@}*/

/** \name On workers */
/**@{*/

/** What the servers answered to one call. */
typedef struct tern_reply tern_reply_t;

/** Run a function once on each server that may have rows of `range`.
 *
 * Nonblocking, not collective, workers only. A request of the same stream as pulls and pushes: what this worker
 * pushed before to a server has been applied there when the function runs, where rows do not move; where they do, or
 * have replicas, wait for the pushes (and, with replicas, for the clock). Exactly once on each server, whatever
 * messages are lost or repeated. Where a server is on the caller's node, it is asked by message all the same.
 * tern_clock() waits for calls under way as it waits for pushes. On tables of policy `aggregate` a call waits at its server, as a pull
 * does, until the steps are applied that the caller must see.
 *
 * \param [in]  table      Any policy.
 * \param [in]  range      Inside the table's keys. Empty: no server is asked.
 * \param [in]  name       Of a registered function. Copied.
 * \param [in]  args       [args_bytes], at most TERN_CALL_ARGS_BYTES; the same for every server. Copied.
 * \param [out] reply_p    The answers, complete when the request is; freed by the caller with
 *                         tern_reply_destroy(), also when the request fails. NULL: answers are dropped as they come.
 *                         Unchanged on error.
 * \param [out] request_p  Complete it with tern_wait(). NULL: wait here.
 *
 * \return TERN_OK; TERN_ERR_ARG (a range outside the table, no name, too large arguments; nothing was called);
 *         TERN_ERR_NO_MEMORY. From tern_wait(), or here if there is no request_p: TERN_ERR_ARG (the servers do
 *         not know the function; they log it) or the function's own error; if several failed, one of theirs.
 *         With reply_p and without request_p, *reply_p is set also where the function failed, so that
 *         tern_reply_status() can be asked; else it is unchanged. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_call(tern_table_t *table,
                                                   tern_range_t range, const char *name,
                                                   const void *args, size_t args_bytes,
                                                   tern_reply_t   **reply_p,
                                                   tern_request_t **request_p);

/** Servers that were asked, in the order of their numbers; `i` below counts them. */
TERN_API uint32_t tern_reply_num_servers(const tern_reply_t *reply);

/** Number of server i, 0 <= n < tern_num_servers(). */
TERN_API int tern_reply_server(const tern_reply_t *reply, uint32_t i);

/** What the function returned on server i; TERN_IN_PROGRESS before its answer has come. */
TERN_API tern_status_t tern_reply_status(const tern_reply_t *reply, uint32_t i);

/** The answer of server i, aligned to 16; its length goes to *bytes_p, unless that is NULL.
 * NULL where it is empty, failed or has not come. Valid until tern_reply_destroy(). */
TERN_API const void *tern_reply_bytes(const tern_reply_t *reply, uint32_t i,
                                      size_t *bytes_p);

/** Free the answers and set the pointer to NULL; NULL is accepted. Of a request that is not complete the answers are
 * dropped as they come. */
TERN_API void tern_reply_destroy(tern_reply_t **reply_p);
/**@}*/

#ifdef __cplusplus
}
#endif
#endif
