/** \file
 * How long to sleep: it depends on who would wake us. A message from this node rings the doorbell, one from
 * another host is announced by a socket. Only what nobody announces (an MPI request that needs our calls to go on,
 * other kinds of network, a host that is split into nodes) asks for short sleeps between looks.
 */
#include "comm/wait.h"

#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "base/signals.h"
#include "base/timer.h"

#define SPIN_LOOKS     64
#define YIELD_LOOKS    256
#define TIMER_SLACK_NS 1000 /* else a sleep of 50 us takes twice as long */

/* The longest sleeps, by who would end them. */
#define RUNG_SLEEP_NS      20000000u
#define ANNOUNCED_SLEEP_NS 5000000u
#define SENDING_SLEEP_NS   1000000u
#define LOOKING_SLEEP_NS   50000u
#define PATIENT_SLEEP_NS   1000000u
#define LOOKING_SLEEPS     2000 /* about a tenth of a second */

/* How we are told that something has come. */
typedef enum news {
    BY_LOOKING, /* not at all */
    BY_RING,
    BY_SOCKET, /* or ring */
    BY_FUTEX   /* the one of what is waited for */
} news_t;

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

/* Ranks that share our host but not our node, as --node-ranks makes them: their messages come through
 * memory, and they cannot ring. */
static bool has_near_strangers(const tern_group_t *group)
{
    for (int r = 0; r < group->size; r++)
        if (!tern_group_is_neighbour(group, r) &&
            strcmp(group->members[r].host, group->members[group->rank].host) == 0)
            return true;
    return false;
}

void tern_waiter_init(tern_waiter_t *waiter)
{
    const tern_group_t *group = tern_mailbox_group(waiter->mailbox);

    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
    waiter->has_sockets =
        group->num_nodes > 1 && !has_near_strangers(group) &&
        tern_sockets_init(&waiter->sockets, tern_mailbox_node(waiter->mailbox)->bell);
}

void tern_waiter_fini(tern_waiter_t *waiter)
{
    if (waiter->has_sockets)
        tern_sockets_fini(&waiter->sockets);
    waiter->has_sockets = false;
}

static bool hears_sockets(const tern_waiter_t *waiter)
{
    return waiter->has_sockets && tern_sockets_are_trusted(&waiter->sockets);
}

static news_t how_news_come(const tern_waiter_t *waiter, const tern_wait_for_t *what)
{
    const tern_mailbox_t *mailbox = waiter->mailbox;

    if (what->needs_mpi || tern_mailbox_has_near_pending(mailbox))
        return BY_LOOKING;
    if (what->sleep != NULL && tern_mailbox_num_pending(mailbox) == 0)
        return BY_FUTEX;
    if (!tern_mailbox_has_remote_peers(mailbox))
        return BY_RING;
    return hears_sockets(waiter) ? BY_SOCKET : BY_LOOKING;
}

/* Who only looks must look often for the sake of others: peers that want an answer and cannot announce
 * themselves. For its own sake it may get tired, and in a crowd, where each look takes the core from
 * somebody. */
static uint64_t looking_sleep_ns(const tern_waiter_t *waiter, const tern_wait_for_t *what,
                                 unsigned sleeps)
{
    bool is_for_others = !what->needs_mpi && !waiter->is_crowded &&
                         !hears_sockets(waiter) &&
                         tern_mailbox_has_remote_peers(waiter->mailbox);

    return sleeps < LOOKING_SLEEPS || is_for_others ? LOOKING_SLEEP_NS : PATIENT_SLEEP_NS;
}

static unsigned looks_before_sleep(const tern_waiter_t *waiter)
{
    switch (waiter->mode) {
    case TERN_WAIT_SPIN:
    case TERN_WAIT_YIELD:
        return UINT_MAX;
    case TERN_WAIT_SLEEP:
        return 0;
    default: /* in a crowd the peer that we wait for may need this very core */
        return waiter->is_crowded ? 0 : SPIN_LOOKS + YIELD_LOOKS;
    }
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

/* What MPI reads in the very last look nobody sees before the sleep has ended. That is likely only right after
 * something was sent, so that the first sleeps are short. */
static uint64_t announced_sleep_ns(const tern_waiter_t *waiter, unsigned sleeps)
{
    uint64_t longest_ns = tern_mailbox_num_pending(waiter->mailbox) > 0
                              ? SENDING_SLEEP_NS
                              : ANNOUNCED_SLEEP_NS;
    uint64_t first_ns   = (uint64_t)LOOKING_SLEEP_NS << (sleeps < 8 ? sleeps : 8);

    return first_ns < longest_ns ? first_ns : longest_ns;
}

static uint64_t sleep_ns(const tern_waiter_t *waiter, const tern_wait_for_t *what,
                         news_t news, unsigned sleeps)
{
    switch (news) {
    case BY_LOOKING:
        return until_due_ns(waiter, looking_sleep_ns(waiter, what, sleeps));
    case BY_SOCKET:
        return until_due_ns(waiter, announced_sleep_ns(waiter, sleeps));
    default:
        return until_due_ns(waiter, RUNG_SLEEP_NS);
    }
}

/* MPI looks at what it has and only then reads its sockets: what it has read is seen by the second look. */
static bool look_twice(tern_mailbox_t *mailbox)
{
    return tern_mailbox_progress(mailbox) || tern_mailbox_progress(mailbox);
}

/* The last look between the announcement of a sleep and the sleep. */
static bool something_came(tern_waiter_t *waiter, const tern_wait_for_t *what)
{
    return look_twice(waiter->mailbox) || what->is_done(what->context) ||
           tern_signals_stop() != 0;
}

static bool sleep_on_doorbell(tern_waiter_t *waiter, const tern_wait_for_t *what,
                              uint64_t timeout_ns)
{
    tern_node_t *node = tern_mailbox_node(waiter->mailbox);
    bool         did_something;

    tern_node_announce(node, TERN_ASLEEP);
    did_something = something_came(waiter, what);
    if (!did_something)
        tern_node_sleep(node, timeout_ns);
    tern_node_withdraw(node);
    return did_something;
}

static bool sleep_on_sockets(tern_waiter_t *waiter, const tern_wait_for_t *what,
                             uint64_t timeout_ns)
{
    tern_mailbox_t *mailbox = waiter->mailbox;
    tern_node_t    *node    = tern_mailbox_node(mailbox);
    tern_wake_t     wake    = TERN_WAKE_RING;
    uint64_t        num_before;
    bool            did_something, is_get;

    tern_node_announce(node, TERN_ASLEEP_ON_BELL);
    did_something = something_came(waiter, what);
    if (!did_something)
        wake = tern_sockets_sleep(&waiter->sockets, tern_mailbox_num_pending(mailbox) > 0,
                                  timeout_ns);
    tern_node_withdraw(node);
    if (did_something)
        return true;
    num_before    = tern_mailbox_num_from_afar(mailbox);
    did_something = look_twice(mailbox);
    /* One-sided gets come by the same sockets, and MPI tells nobody that it has served them. */
    is_get = waiter->uses_windows && wake == TERN_WAKE_SOCKET;
    tern_sockets_learn(&waiter->sockets, wake,
                       is_get || tern_mailbox_num_from_afar(mailbox) != num_before);
    return did_something || is_get;
}

/* True if something was done meanwhile. */
static bool take_a_nap(tern_waiter_t *waiter, const tern_wait_for_t *what,
                       unsigned sleeps)
{
    news_t   news       = how_news_come(waiter, what);
    uint64_t timeout_ns = sleep_ns(waiter, what, news, sleeps);

    if (news == BY_FUTEX) {
        what->sleep(what->context, timeout_ns);
        return false;
    }
    return waiter->has_sockets ? sleep_on_sockets(waiter, what, timeout_ns)
                               : sleep_on_doorbell(waiter, what, timeout_ns);
}

/* True if something was done meanwhile. */
static bool pause_a_little(tern_waiter_t *waiter, const tern_wait_for_t *what,
                           unsigned looks)
{
    unsigned first = looks_before_sleep(waiter);

    if (looks >= first)
        return take_a_nap(waiter, what, looks - first);
    if (waiter->mode == TERN_WAIT_SPIN ||
        (waiter->mode == TERN_WAIT_AUTO && looks < SPIN_LOOKS))
        cpu_relax();
    else
        sched_yield();
    return false;
}

static void begin_patience(const tern_waiter_t *waiter, patience_t *patience)
{
    patience->started_ns     = tern_timer_ns();
    patience->next_report_ns = patience->started_ns + waiter->stall_ns;
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
    bool       did_something;

    while (!what->is_done(what->context)) {
        did_something = tern_mailbox_progress(waiter->mailbox);
        if (!did_something) {
            tern_waiter_check_signals(waiter);
            if (patience.started_ns == 0)
                begin_patience(waiter, &patience);
            else if (patience.looks % 64 == 0 ||
                     patience.looks >= looks_before_sleep(waiter))
                report_stall(what, &patience);
            did_something = pause_a_little(waiter, what, patience.looks);
        }
        if (did_something)
            patience.looks = 0;
        else if (patience.looks < UINT_MAX - 1)
            patience.looks++;
    }
}
