/** \file
 * A process that never looks is watched: its death is noticed, its life is not disturbed.
 */
#include "comm/lifeline.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/timer.h"
#include "facts.h"

#define PATIENCE_NS 20000000000u

/* A child that says where it can be watched and then only exists, or takes the connection first. */
typedef struct child {
    pid_t                   pid;
    tern_lifeline_address_t address;
} child_t;

static void exist(int to_parent, bool takes)
{
    tern_lifeline_t         lifeline;
    tern_lifeline_address_t address;

    tern_lifeline_open(&lifeline, &address);
    (void)!write(to_parent, &address, sizeof address);
    while (takes && lifeline.watcher < 0)
        tern_lifeline_take(&lifeline);
    (void)!write(to_parent, "", 1);
    for (;;)
        pause();
}

static child_t begin_child(bool takes, int *from_child_p)
{
    child_t child;
    int     ends[2];

    CU_ASSERT_FATAL(pipe(ends) == 0);
    child.pid = fork();
    if (child.pid == 0)
        exist(ends[1], takes);
    close(ends[1]);
    CU_ASSERT_EQUAL(read(ends[0], &child.address, sizeof child.address),
                    (ssize_t)sizeof child.address);
    *from_child_p = ends[0];
    return child;
}

static void end_child(child_t *child)
{
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
}

static int wait_for_dead(tern_lifelines_t *lifelines)
{
    uint64_t end_ns = tern_timer_ns() + PATIENCE_NS;
    int      dead   = -1;

    while (dead < 0 && tern_timer_ns() < end_ns)
        dead = tern_lifelines_next_dead(lifelines);
    return dead;
}

/* True if nobody is found dead however often one looks. */
static bool all_live(tern_lifelines_t *lifelines)
{
    for (int i = 0; i < 2000; i++)
        if (tern_lifelines_next_dead(lifelines) >= 0)
            return false;
    return true;
}

static void watch_a_child(bool takes)
{
    tern_lifelines_t *lifelines = NULL;
    int               from_child;
    char              byte;
    child_t           child = begin_child(takes, &from_child);

    CU_ASSERT_EQUAL_FATAL(tern_lifelines_create(3, &lifelines), TERN_OK);
    tern_lifelines_watch(lifelines, 2, &child.address, true);
    CU_ASSERT(all_live(lifelines));
    CU_ASSERT_EQUAL(read(from_child, &byte, 1), 1);
    CU_ASSERT(all_live(lifelines));
    end_child(&child);
    CU_ASSERT_EQUAL(wait_for_dead(lifelines), 2);
    CU_ASSERT(all_live(lifelines)); /* it is told once */
    tern_lifelines_destroy(&lifelines);
    close(from_child);
}

static void a_death_is_noticed_by_the_connection(void)
{
    watch_a_child(true);
}

static void a_death_is_noticed_though_nobody_took_the_connection(void)
{
    watch_a_child(false);
}

static void the_death_of_a_neighbour_is_noticed(void)
{
    tern_lifelines_t *lifelines = NULL;
    int               from_child;
    child_t           child = begin_child(false, &from_child);

    CU_ASSERT_EQUAL_FATAL(tern_lifelines_create(1, &lifelines), TERN_OK);
    tern_lifelines_watch_process(lifelines, 0, child.pid);
    CU_ASSERT(all_live(lifelines));
    end_child(&child);
    CU_ASSERT_EQUAL(wait_for_dead(lifelines), 0);
    tern_lifelines_destroy(&lifelines);
    close(from_child);
}

static void where_nobody_listens_nobody_is_called_dead(void)
{
    tern_lifelines_t       *lifelines = NULL;
    tern_lifeline_t         lifeline;
    tern_lifeline_address_t address;

    tern_lifeline_open(&lifeline, &address);
    tern_lifeline_close(&lifeline);
    CU_ASSERT_EQUAL_FATAL(tern_lifelines_create(2, &lifelines), TERN_OK);
    tern_lifelines_watch(lifelines, 1, &address, true);
    tern_lifelines_watch(lifelines, 0, &(tern_lifeline_address_t){.num_hosts = 0}, false);
    CU_ASSERT(all_live(lifelines));
    tern_lifelines_destroy(&lifelines);
}

static void a_taken_connection_leaves_no_listener(void)
{
    tern_lifelines_t       *lifelines = NULL;
    tern_lifeline_t         lifeline;
    tern_lifeline_address_t address;
    struct pollfd           inbound = {.events = POLLIN};

    tern_lifeline_open(&lifeline, &address);
    CU_ASSERT_EQUAL_FATAL(tern_lifelines_create(1, &lifelines), TERN_OK);
    tern_lifelines_watch(lifelines, 0, &address, true);
    while (lifeline.watcher < 0)
        tern_lifeline_take(&lifeline);
    CU_ASSERT_EQUAL(lifeline.listener, -1);
    CU_ASSERT(all_live(lifelines));
    inbound.fd = lifeline.watcher; /* nothing to read, so that it wakes nobody */
    CU_ASSERT_EQUAL(poll(&inbound, 1, 0), 0);
    tern_lifeline_close(&lifeline);
    CU_ASSERT_EQUAL(wait_for_dead(lifelines), 0);
    tern_lifelines_destroy(&lifelines);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_death_is_noticed_by_the_connection),
        FACT(a_death_is_noticed_though_nobody_took_the_connection),
        FACT(the_death_of_a_neighbour_is_noticed),
        FACT(where_nobody_listens_nobody_is_called_dead),
        FACT(a_taken_connection_leaves_no_listener),
    };

    return facts_run("comm/lifeline", facts, sizeof facts / sizeof *facts);
}
