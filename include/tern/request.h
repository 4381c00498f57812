/** \file
 * Requests: completion of nonblocking operations.
 *
 * An operation that completes at once, as every operation on rows of the caller's node does, sets its
 * request to NULL; tern_wait() and tern_test() accept that and return TERN_OK.
 */
#ifndef TERN_REQUEST_H
#define TERN_REQUEST_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Wait for an operation, release its request and set it to NULL, also on error.
 *
 * Blocking. A stall report is logged after TERN_STALL_SECONDS, naming the servers that have not
 * answered.
 *
 * \return  TERN_OK or the operation's own error. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_wait(tern_request_t **request_p);

/** Look whether an operation has completed; if so release it as tern_wait() does.
 * Nonblocking. \return TERN_IN_PROGRESS, else as tern_wait(). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_test(tern_request_t **request_p);

/** Wait for several operations; each request is released and set to NULL.
 *
 * \param [in,out] requests  [num_requests]; NULL entries count as complete.
 * \param [out]    statuses  [num_requests], or NULL.
 * \return  TERN_OK if every operation succeeded, else the first error in order. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_wait_all(size_t          num_requests,
                                                       tern_request_t *requests[],
                                                       tern_status_t   statuses[]);

#ifdef __cplusplus
}
#endif
#endif
