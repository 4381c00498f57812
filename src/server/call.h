/** \file
 * Call: runs a function on this server's rows, once for each call, and answers with what it says.
 */
#ifndef TERN_SERVER_CALL_H
#define TERN_SERVER_CALL_H

#include "server/functions.h"
#include "server/server.h"

typedef struct tern_calls tern_calls_t;

tern_status_t tern_calls_create(tern_server_t *server, const tern_functions_t *functions,
                                tern_calls_t **calls_p);
void          tern_calls_destroy(tern_calls_t **calls_p);

/** A call whose turn it is; `is_repeat`: it has been here before. */
void tern_calls_serve(tern_calls_t *calls, const tern_message_t *message, bool is_repeat);

#endif
