/** \file
 * Fetches: pulls of rows of other nodes by one-sided gets, the rung between node memory and messages.
 *
 * A fetch reads a batch of rows of one server. Each row is validated by key and seal (store/seal.h) where
 * it lands and copied to the user's array if it is good. Rows that were torn or are another key's are
 * fetched once more; what fails again, and rows that are unsealed, are asked by message. So the
 * answer is the same as that of a message, and the user's request cannot tell them apart.
 *
 * A rank reads its own writes: a get may overtake a push, so while a server has not acknowledged all of
 * this rank's pushes and sets, pulls go to it by message, which keeps the order.
 */
#ifndef TERN_CLIENT_FETCH_H
#define TERN_CLIENT_FETCH_H

#include "client/client.h"
#include "comm/window.h"

typedef struct tern_fetcher tern_fetcher_t;

/** For a client that exists; registers its poll. */
tern_status_t tern_fetcher_create(tern_client_t *client, tern_fetcher_t **fetcher_p);

/** No fetch may be under way. */
void tern_fetcher_destroy(tern_fetcher_t **fetcher_p);

/** Start to fetch what can be fetched of the keys at `positions` [*num_positions_p]; the others are left
 * there, in order, for tern_issue_keys(). `keys` is the user's, borrowed until completion. */
tern_status_t tern_fetch_keys(tern_request_t *request, size_t *num_positions_p,
                              uint32_t positions[], const tern_key_t keys[]);

/** True if emulated links hold fetches that are complete for MPI: nothing announces when they are due. */
bool tern_fetch_is_held(const tern_client_t *client);

/** The oldest fetch under way of `request`, NULL: of any, for stall reports; empty if there is none. */
void tern_fetch_describe(const tern_client_t *client, const tern_request_t *request,
                         char *text, size_t text_bytes);

#endif
