/** \file
 * Hub: the connections of all shields to tern-run.
 */
#ifndef RUN_HUB_H
#define RUN_HUB_H

#include <poll.h>

#include "job.h"
#include "transport.h"

typedef struct run_connection {
    int         fd;   /* -1: closed */
    int         rank; /* -1: has not said who it is */
    run_lines_t lines;
} run_connection_t;

typedef struct run_hub {
    char              token[RUN_TOKEN_BYTES];
    int               listener;
    size_t            num_connections;
    run_connection_t *connections; /* [num_connections] */
    struct pollfd    *waited;      /* [num_connections + 2] */
} run_hub_t;

/** Listen, and put address and token into the environment, where shields will find them. `interface`
 * narrows the addresses, unless it is NULL. False, with a message, if that is not possible. */
bool run_hub_open(run_hub_t *hub, const char *interface);
void run_hub_close(run_hub_t *hub);

/** Wait for news, at most `timeout_ms` (-1: as long as it takes) or until `also_fd` is readable; tell the job. */
void run_hub_wait(run_hub_t *hub, run_job_t *job, int also_fd, int timeout_ms);

/** All ranks have come: tell their shields to start the programs. */
void run_hub_start(run_hub_t *hub, const run_job_t *job,
                   const run_transport_t *transport);

/** How many shields are still connected. */
size_t run_hub_num_open(const run_hub_t *hub);

/** Tell the shields to end the programs; their last words are still heard. */
void run_hub_end(run_hub_t *hub);

#endif
