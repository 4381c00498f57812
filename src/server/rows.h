/** \file
 * The rows of a request, read and changed in slices. Between two slices MPI may go on: it empties the sockets of who
 * sends to us and fills those of who waits, which would both stand still while a long request is worked on.
 */
#ifndef TERN_SERVER_ROWS_H
#define TERN_SERVER_ROWS_H

#include "server/request.h"

/** Read the rows of positions [run.begin, run.end) to `rows`. Returns how many are not here; their positions
 * from run.begin are in server->missing. */
size_t tern_server_read_rows(tern_server_t *server, const tern_server_request_t *request,
                             tern_run_t run, char *rows);

/** Push to or set all rows of the request. Returns and lists what is not here in the same way. */
size_t tern_server_change_rows(tern_server_t               *server,
                               const tern_server_request_t *request);

/** Push `rows` [num_keys] to rows of a table, in slices likewise; returns how many are not here and cannot come. */
size_t tern_server_push_sums(tern_server_t *server, tern_table_t *table, size_t num_keys,
                             const tern_key_t keys[], const char *rows);

#endif
