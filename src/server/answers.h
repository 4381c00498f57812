/** \file
 * Answers that are given key by key, gathered into one reply for each request.
 */
#ifndef TERN_SERVER_ANSWERS_H
#define TERN_SERVER_ANSWERS_H

#include "comm/mailbox.h"
#include "table/table.h"

typedef struct tern_answers tern_answers_t;

tern_status_t tern_answers_create(tern_mailbox_t *mailbox, uint64_t epoch,
                                  size_t tail_bytes, tern_answers_t **answers_p);
void          tern_answers_destroy(tern_answers_t **answers_p);

/** The request of `route` is done at `position`; where it brings rows, that is `row`. */
void tern_answers_add(tern_answers_t *answers, const tern_route_t *route,
                      const tern_table_t *table, uint32_t position, const char *row);

/** Send all that have been gathered. */
void tern_answers_flush(tern_answers_t *answers);

/** One reply at once: `positions` [num], and where the request brings rows these, in `rows`, a buffer whose reference is
 * taken over; else NULL. */
void tern_answers_send(tern_answers_t *answers, const tern_route_t *route,
                       const tern_table_t *table, uint32_t num,
                       const uint32_t positions[], tern_buffer_t *rows);

/** What is asked cannot be done. */
void tern_answers_fail(tern_answers_t *answers, const tern_route_t *route,
                       const tern_table_t *table, tern_status_t status);

#endif
