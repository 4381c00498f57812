/** \file
 * How long to sleep. A message from this node rings the doorbell, so that only messages from other
 * nodes, and MPI requests that need us to go on, limit the sleep: short ones first, longer ones when
 * nothing has come for a while.
 */
#include "comm/wait.h"

#include <sched.h>

#include "base/log.h"
#include "base/signals.h"
#include "base/timer.h"

#define SPIN_LOOKS      64
#define YIELD_LOOKS     256
#define SHORT_SLEEP_NS  50000u
#define MIDDLE_SLEEP_NS 1000000u
#define LONG_SLEEP_NS   20000000u
#define SHORT_SLEEPS    2000 /* about a tenth of a second of silence */

typedef struct patience {
    unsigned looks;
    uint64_t started_ns, next_report_ns;
} patience_t;

static inline void cpu_relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

void tern_waiter_check_signals(tern_waiter_t *waiter)
{
    int signal_number = tern_signals_stop();

    if (signal_number != 0)
        tern_node_request_stop(tern_mailbox_node(waiter->mailbox), signal_number);
    if (tern_signals_take_dump() && waiter->dump != NULL)
        waiter->dump(waiter->dump_context);
}

/* True if what we wait for may come without a ring, or needs our calls to come at all. */
static bool must_look_often(const tern_waiter_t *waiter, const tern_wait_for_t *what)
{
    return what->needs_mpi || tern_mailbox_num_pending(waiter->mailbox) > 0 ||
           (what->sleep == NULL && tern_mailbox_has_remote_peers(waiter->mailbox));
}

/* 0: do not sleep yet. */
static uint64_t sleep_ns(const tern_waiter_t *waiter, const tern_wait_for_t *what,
                         unsigned looks)
{
    unsigned first = SPIN_LOOKS + YIELD_LOOKS;

    if (waiter->mode == TERN_WAIT_SPIN || waiter->mode == TERN_WAIT_YIELD)
        return 0;
    if (waiter->mode == TERN_WAIT_SLEEP)
        first = 0;
    else if (waiter->is_crowded)
        first = 8;
    if (looks < first)
        return 0;
    if (!must_look_often(waiter, what))
        return LONG_SLEEP_NS;
    return looks < first + SHORT_SLEEPS ? SHORT_SLEEP_NS : MIDDLE_SLEEP_NS;
}

/* No longer than until the next message that an emulated link holds is due. */
static uint64_t until_due_ns(const tern_waiter_t *waiter, uint64_t timeout_ns)
{
    uint64_t due_ns = tern_mailbox_next_due_ns(waiter->mailbox), now_ns;

    if (due_ns == UINT64_MAX)
        return timeout_ns;
    now_ns = tern_timer_ns();
    if (due_ns <= now_ns)
        return 1;
    return due_ns - now_ns < timeout_ns ? due_ns - now_ns : timeout_ns;
}

/* Sleep, unless something came between the announcement and the last look. */
static void sleep_on(tern_waiter_t *waiter, const tern_wait_for_t *what,
                     uint64_t timeout_ns)
{
    tern_node_t *node = tern_mailbox_node(waiter->mailbox);

    if (what->sleep != NULL && !must_look_often(waiter, what)) {
        what->sleep(what->context, timeout_ns);
        return;
    }
    tern_node_announce_sleep(node);
    if (tern_mailbox_progress(waiter->mailbox) || what->is_done(what->context) ||
        tern_signals_stop() != 0)
        tern_node_withdraw(node);
    else
        tern_node_sleep(node, timeout_ns);
}

static void pause_a_little(tern_waiter_t *waiter, const tern_wait_for_t *what,
                           unsigned looks)
{
    uint64_t timeout_ns = sleep_ns(waiter, what, looks);

    if (timeout_ns > 0)
        sleep_on(waiter, what, until_due_ns(waiter, timeout_ns));
    else if (waiter->mode == TERN_WAIT_SPIN ||
             (waiter->mode == TERN_WAIT_AUTO && !waiter->is_crowded &&
              looks < SPIN_LOOKS))
        cpu_relax();
    else
        sched_yield();
}

static void report_stall(const tern_wait_for_t *what, patience_t *patience)
{
    uint64_t now_ns = tern_timer_ns();
    char     text[512];

    if (now_ns < patience->next_report_ns)
        return;
    if (what->describe != NULL) {
        what->describe(what->context, text, sizeof text);
        tern_log(TERN_LOG_COMM, TERN_LOG_WARN, "has waited %.0f s for %s",
                 (double)(now_ns - patience->started_ns) * 1e-9, text);
    }
    patience->next_report_ns = now_ns + 2 * (now_ns - patience->started_ns);
}

void tern_waiter_wait(tern_waiter_t *waiter, const tern_wait_for_t *what)
{
    patience_t patience = {.looks = 0};

    while (!what->is_done(what->context)) {
        if (tern_mailbox_progress(waiter->mailbox)) {
            patience.looks = 0;
            continue;
        }
        tern_waiter_check_signals(waiter);
        if (patience.started_ns == 0) {
            patience.started_ns     = tern_timer_ns();
            patience.next_report_ns = patience.started_ns + waiter->stall_ns;
        } else if (patience.looks % 64 == 0 ||
                   sleep_ns(waiter, what, patience.looks) > 0) {
            report_stall(what, &patience);
        }
        pause_a_little(waiter, what, patience.looks);
        if (patience.looks < UINT32_MAX)
            patience.looks++;
    }
}
