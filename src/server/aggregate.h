/** \file
 * Aggregation (policy `aggregate`): pushes are collected (collector.h) and applied step by step, the update rule once for
 * each row with the sum; pulls wait here (parked.h) until enough steps are applied for them, so that bounded
 * delay takes no round trip of its own.
 *
 * Source: Li et al., OSDI 2014, sections 3.4 to 3.6 (consistency, aggregation) and 4.1 (vector clocks).
 */
#ifndef TERN_SERVER_AGGREGATE_H
#define TERN_SERVER_AGGREGATE_H

#include "server/request.h"

typedef struct tern_aggregates tern_aggregates_t;

/** Registers its poll. */
tern_status_t tern_aggregates_create(tern_server_t      *server,
                                     tern_aggregates_t **aggregates_p);
void          tern_aggregates_destroy(tern_aggregates_t **aggregates_p);

/** A request for rows of such a table. `is_applied`: it has been served before. */
void tern_aggregates_serve(tern_aggregates_t           *aggregates,
                           const tern_server_request_t *request, bool is_applied);

/** A worker has ended a step, or has left. */
void tern_aggregates_end_step(tern_aggregates_t           *aggregates,
                              const tern_message_header_t *header);

#endif
