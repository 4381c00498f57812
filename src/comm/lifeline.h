/** \file
 * Lifeline: learning at once that another rank has died, without any help of it.
 *
 * A rank may compute for minutes without calling the library, so signs of life that it sends itself would need a thread. The
 * kernel gives them for nothing. A neighbour's process is watched by a pidfd. On another node the watched listens on a
 * socket, and the watcher connects: the kernel of the watched completes the connection, answers probes while the process
 * computes, and ends the connection with the process. A host that answers no probe for TERN_LIFELINE_SILENCE_SECONDS
 * counts as dead, too. A process that is stopped is not dead.
 *
 * Addresses are those of IPv4. Where none can be reached nobody is ever found dead.
 */
#ifndef TERN_COMM_LIFELINE_H
#define TERN_COMM_LIFELINE_H

#include <sys/types.h>

#include "tern/types.h"

/* A probe each second, after two seconds of silence. */
#define TERN_LIFELINE_PROBES          5
#define TERN_LIFELINE_SILENCE_SECONDS (2 + TERN_LIFELINE_PROBES)

enum { TERN_LIFELINE_ADDRESSES = 7 };

/** Where a rank can be watched; travels. Numbers are in the order of the network. */
typedef struct tern_lifeline_address {
    uint16_t port;
    uint16_t num_hosts;
    uint32_t hosts[TERN_LIFELINE_ADDRESSES];
} tern_lifeline_address_t;

/** \name The watched */
/**@{*/
typedef struct tern_lifeline {
    int listener; /* -1: not needed, or no more */
    int watcher;  /* its connection; -1: none yet */
} tern_lifeline_t;

/** Without sockets the address has no hosts. */
void tern_lifeline_open(tern_lifeline_t *lifeline, tern_lifeline_address_t *address);
void tern_lifeline_close(tern_lifeline_t *lifeline);

/** Take the connection, if it has come: until then the listener disturbs who sleeps on sockets. */
void tern_lifeline_take(tern_lifeline_t *lifeline);
/**@}*/

/** \name The watcher */
/**@{*/
typedef struct tern_lifelines tern_lifelines_t;

/** For the watched 0 to num_watched - 1. */
tern_status_t tern_lifelines_create(int num_watched, tern_lifelines_t **lifelines_p);
void          tern_lifelines_destroy(tern_lifelines_t **lifelines_p);

/** Begin to watch number `watched`, unless it is watched: a process of this node, or one behind an address. */
void tern_lifelines_watch_process(tern_lifelines_t *lifelines, int watched, pid_t pid);
void tern_lifelines_watch(tern_lifelines_t *lifelines, int watched,
                          const tern_lifeline_address_t *address, bool is_on_this_host);

/** One that has died and was not told of before; -1: none. A system call. */
int tern_lifelines_next_dead(tern_lifelines_t *lifelines);
/**@}*/

#endif
