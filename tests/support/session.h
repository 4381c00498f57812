/** \file
 * A runtime for the length of one fact, on MPI_COMM_WORLD, silent, with options of the fact's choice.
 */
#ifndef TERN_TESTS_SESSION_H
#define TERN_TESTS_SESSION_H

#include "tern/tern.h"

typedef struct session {
    tern_options_t *options;
    tern_runtime_t *runtime; /* NULL if tern_init() refused; `status` says why */
    tern_status_t   status;
} session_t;

/* `settings` is a list of names and values, ended by NULL: {"resend-ms", "20", NULL}; NULL: none. */
session_t session_begin(const char *const settings[]);
session_t session_begin_on(MPI_Comm comm, const char *const settings[]);
void      session_end(session_t *session);

/* A value of `roles`: every rank of MPI_COMM_WORLD serves and works. Valid until the next call. */
const char *session_all_roles(void);

/* A table of float32 that adds, asynchronous, keys [0, num_keys); NULL if it was refused. */
tern_table_t *session_table(session_t *session, const char *name, uint64_t num_keys,
                            uint32_t width);

/* Workers: push +1 to every key of a table of width 1, `num_rounds` times with all calls under way at once. When all
 * workers have, the sums are exact; they are, too, when it returns. */
void session_count(session_t *session, tern_table_t *table, size_t num_rounds);

/* Pull one key of width 1 and wait. */
float session_value(tern_table_t *table, tern_key_t key);

#endif
