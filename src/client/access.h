/** \file
 * What the access functions have in common.
 */
#ifndef TERN_CLIENT_ACCESS_H
#define TERN_CLIENT_ACCESS_H

#include "client/client.h"
#include "tern/access.h"

/** Arguments that are there, a caller that is a worker, scratch for `num_keys`. */
tern_status_t tern_access_check_call(const tern_table_t *table, size_t num_keys,
                                     const void *keys, const void *rows);

/** The same, and every key lies in the table; the error names the first that does not. */
tern_status_t tern_access_check(const tern_table_t *table, size_t num_keys,
                                const tern_key_t keys[], const void *rows);

/** A range inside the table, or empty. */
tern_status_t tern_access_check_range(const tern_table_t *table, tern_range_t range);

/** A pull of a range, cut at the borders of the servers, whatever the table's policy does with ranges. */
tern_status_t tern_range_pull_in_parts(tern_table_t *table, tern_range_t range,
                                       void *values, tern_request_t **request_p);

/** Hand a request over, or after an error wait for what it has sent and release it. */
tern_status_t tern_access_finish(tern_request_t *request, tern_status_t status,
                                 tern_request_t **request_p);

#endif
