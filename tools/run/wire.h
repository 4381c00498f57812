/** \file
 * What tern-run and its shields say to each other: lines of text over TCP.
 *
 *     shield                                           tern-run
 *     hello TOKEN RANK SIZE HOST INTERFACE PML   ->
 *                                                <-    set NAME=VALUE        for the rank's environment
 *                                                <-    default NAME=VALUE    unless the user has set it
 *                                                <-    start                 when all ranks are here
 *     exit CODE | signal NUMBER | failed ERRNO   ->
 *
 *     session TOKEN                              ->          from session.c
 *                                                <-    started                if the programs have
 *
 * A connection that ends before the last word means that the rank is lost, with its shield or its host. When tern-run
 * closes its side, or is gone, the shield ends its program. The token keeps strangers out: tern-run gives it to mpirun
 * in the environment, which mpirun spreads by its own connections.
 */
#ifndef RUN_WIRE_H
#define RUN_WIRE_H

#include <stddef.h>

/* Environment of a shield. The library knows the prefix TERN_RUN_, and that none of these is an option. */
#define RUN_ADDRESSES                                                                    \
    "TERN_RUN_ADDRESSES" /* "10.0.0.1:4711,10.1.0.1:4711": the first that answers */
#define RUN_TOKEN "TERN_RUN_TOKEN"

/* First argument of a shield that stands before a remote shell rather than a rank. */
#define RUN_SESSION "--session"

/* Environment of a rank, which the library reads: a shield stands between it and mpirun. */
#define RUN_SHIELDED "TERN_RUN_SHIELDED"

enum {
    RUN_TOKEN_BYTES = 33, /* 32 hexadecimal digits */
    RUN_NAME_BYTES  = 64,
    RUN_LINE_BYTES  = 512
};

/** Lines as they arrive; a longer one is an error of the peer. */
typedef struct run_lines {
    char   text[RUN_LINE_BYTES];
    size_t length; /* received */
    size_t taken;  /* of these, returned as lines */
} run_lines_t;

/** Receive what is there. \return 1; 0: the peer has closed, or broke the rules; call only when readable. */
int run_lines_receive(run_lines_t *lines, int fd);

/** The next complete line without its end, NULL: none yet. Valid until the next receive. */
char *run_lines_next(run_lines_t *lines);

/** Send a line; its end is added. A peer that is gone is noticed when receiving. */
void run_line_send(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** End the connection within about half a minute when the other host is silent, as after a power failure. */
void run_watch_connection(int fd);

#endif
