/** \file
 * Sockets: the process's own TCP sockets, to sleep on.
 *
 * MPI has no call that sleeps until a message comes. But what comes from another host over TCP, whatever the
 * transport on top, makes a socket of this process readable first: so a rank that has nothing to do finds
 * those sockets among its descriptors and sleeps until one of them has something. Rejected: short sleeps
 * between looks, which cost a twentieth of a core and still answer late.
 *
 * Sockets come and go inside MPI. They are looked for again when the lowest free descriptor has changed, and now
 * and then. Every sleep has an end, and whether sockets do announce messages is learnt: where messages keep
 * coming without (another kind of network), the sockets lose their trust, and the rank looks often instead.
 */
#ifndef TERN_COMM_SOCKETS_H
#define TERN_COMM_SOCKETS_H

#include "tern/types.h"

/** What ended a sleep. */
typedef enum tern_wake { TERN_WAKE_TIME, TERN_WAKE_RING, TERN_WAKE_SOCKET } tern_wake_t;

typedef struct tern_sockets {
    int      bell;        /* borrowed */
    int      inbound;     /* epoll: something to read */
    int      room;        /* epoll, edges only: there is space to write again */
    int      lowest_free; /* descriptor, at the last search */
    uint64_t searched_ns;
    bool     has_slept_long; /* so that what came meanwhile should have been announced */
    int      trust; /* rises with messages announced, falls with those that were not */
    unsigned num_fruitless;      /* wakes by a socket in a row that brought no message */
    uint64_t bell_only_until_ns; /* after too many of these */
} tern_sockets_t;

/** False, and nothing to undo, if the system has no descriptors to give. `bell` wakes, too. */
bool tern_sockets_init(tern_sockets_t *sockets, int bell);
void tern_sockets_fini(tern_sockets_t *sockets);

/** Sleep until something can be read or, if `is_sending`, written where it could not be before; until the
 * bell rings; or for `timeout_ns`. */
tern_wake_t tern_sockets_sleep(tern_sockets_t *sockets, bool is_sending,
                               uint64_t timeout_ns);

/** Whether a message had come by the look after a sleep that ended so. */
void tern_sockets_learn(tern_sockets_t *sockets, tern_wake_t wake, bool has_message);

/** True while it is safe to sleep long: messages are announced. */
bool tern_sockets_are_trusted(const tern_sockets_t *sockets);

#endif
