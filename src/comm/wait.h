/** \file
 * Waiting: the one routine through which every rank waits.
 *
 * Between two looks it makes progress; with nothing to do it spins a little, yields, then sleeps on its
 * doorbell and, where peers are on other hosts, on its sockets. Ranks may outnumber cores, so the default gives the core away early. A wait that lasts is
 * reported: who waits, for whom, for what.
 */
#ifndef TERN_COMM_WAIT_H
#define TERN_COMM_WAIT_H

#include "comm/mailbox.h"
#include "comm/sockets.h"

typedef enum tern_wait_mode {
    TERN_WAIT_AUTO,  /* spin, yield, sleep */
    TERN_WAIT_SPIN,  /* never give the core away: dedicated nodes */
    TERN_WAIT_YIELD, /* sched_yield between looks */
    TERN_WAIT_SLEEP, /* sleep at once */
} tern_wait_mode_t;

/** True when the wait is over. */
typedef bool tern_wait_done_fn(void *context);

/** One line about what is waited for and whom: "push 17 of table entity to server rank 1 (256 keys)". */
typedef void tern_wait_describe_fn(void *context, char *text, size_t text_bytes);

/** Sleep for at most `timeout_ns` on a futex that the event itself wakes, instead of on the doorbell.
 * Only for a rank to which nobody sends a message meanwhile. */
typedef void tern_wait_sleep_fn(void *context, uint64_t timeout_ns);

typedef struct tern_wait_for {
    tern_wait_done_fn     *is_done;
    tern_wait_describe_fn *describe; /* NULL: this rank serves, its waiting is no stall */
    tern_wait_sleep_fn    *sleep;
    void                  *context;
    bool needs_mpi; /* an MPI request outside the mailbox is waited for */
} tern_wait_for_t;

typedef struct tern_waiter {
    tern_mailbox_t  *mailbox;
    tern_wait_mode_t mode;
    bool             is_crowded;  /* more ranks than cores on this node: do not spin */
    uint64_t         stall_ns;    /* between reports */
    bool             has_sockets; /* peers are on other hosts, which it may hear */
    tern_sockets_t   sockets;
    bool             uses_windows; /* one-sided gets may come or be answered */
    /* Lists everything outstanding, on SIGUSR2. */
    void (*dump)(void *context);
    void *dump_context;
} tern_waiter_t;

/** Fill in the rest of a waiter whose other fields are set. Makes the timers of this thread exact. */
void tern_waiter_init(tern_waiter_t *waiter);
void tern_waiter_fini(tern_waiter_t *waiter);

/** Return when `what` is done. */
void tern_waiter_wait(tern_waiter_t *waiter, const tern_wait_for_t *what);

/** Look at the signal flags: pass a stop on to the node, answer SIGUSR2. */
void tern_waiter_check_signals(tern_waiter_t *waiter);

#endif
