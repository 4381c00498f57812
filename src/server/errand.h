/** \file
 * Errand: a request, or the part of one that has come to this server, where rows move. Its keys may be here, on
 * their way here or elsewhere; each is answered from where its row is found, straight to the client.
 */
#ifndef TERN_SERVER_ERRAND_H
#define TERN_SERVER_ERRAND_H

#include "server/request.h"

typedef struct tern_errand {
    tern_route_t      route;
    tern_table_t     *table;
    uint32_t          num_keys;
    const tern_key_t *keys;      /* [num_keys] */
    const uint32_t   *positions; /* [num_keys] in the request; NULL: 0, 1, 2, ... */
    const char       *rows;      /* [num_keys] where its kind carries them; or bodies */
} tern_errand_t;

static inline uint32_t tern_errand_position(const tern_errand_t *errand, uint32_t i)
{
    return errand->positions != NULL ? errand->positions[i] : i;
}

/** All its keys, as numbers: `which` [num_keys]. */
static inline void tern_errand_list_all(const tern_errand_t *errand, uint32_t which[])
{
    for (uint32_t i = 0; i < errand->num_keys; i++)
        which[i] = i;
}

/** A request as it came from its client; `is_repeat`: it has been served before. */
tern_errand_t tern_errand_of(const tern_server_t         *server,
                             const tern_server_request_t *request, bool is_repeat);

/** Decode a forward or a transfer, whose rows have `row_bytes`. Keys and positions go to the server's scratch.
 * TERN_ERR_ARG: malformed, logged. TERN_ERR_NO_MEMORY. */
tern_status_t tern_errand_decode(tern_server_t *server, const tern_message_t *message,
                                 tern_errand_t *errand);

/** Send keys which[0], which[1], ... [num] of an errand on to another server. */
void tern_errand_forward(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                         const uint32_t which[], uint32_t to_server);

/** A message of `kind` that carries `num_keys` keys of an errand and room for `rows_bytes` behind them, or as its tail;
 * *rows_p is where. NULL when memory is exhausted. */
tern_buffer_t *tern_errand_compose(tern_server_t *server, const tern_errand_t *errand,
                                   tern_message_kind_t kind, uint32_t num_keys,
                                   const tern_key_t keys[], const uint32_t positions[],
                                   size_t rows_bytes, char **rows_p);

/** Send what tern_errand_compose() made. */
void tern_errand_post(tern_server_t *server, tern_buffer_t *message, uint32_t to_server);

#endif
