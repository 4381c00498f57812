/** \file
 * tern-run: start a program on several ranks so that the job outlives the loss of some of them.
 *
 *     $ tern-run -n 4 --hostfile hosts ./train --epochs 5
 *     tern-run: 4 ranks on 2 hosts, transport ucx/tcp, survivable: yes (shielded ranks)
 *
 * It starts mpirun, which starts a shield (shield.c) for each rank. The shields connect to tern-run; when all have come
 * it chooses the transport (transport.c) and lets the programs begin. Each shield tells how its program ended, and
 * these reports make the exit status (job.c), whatever mpirun thinks of the job.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hub.h"
#include "job.h"
#include "launch.h"
#include "settings.h"
#include "transport.h"

/* How a run comes to its end. Each stage but the first has a time limit, after which the next begins. */
typedef enum stage {
    RUNNING,
    ENDING, /* all ranks have reported: mpirun should leave by itself */
    ASKED,  /* mpirun was told to end */
    FORCED, /* mpirun was killed */
    LEFT    /* mpirun has ended; last words of shields may be under way */
} stage_t;

enum { ASKED_SECONDS = 5, LEFT_SECONDS = 5 };

typedef struct run {
    run_job_t job;
    run_hub_t hub;
    pid_t     mpirun;
    int       signal_fd;
    int       interruption; /* the signal that ended tern-run, 0: none */
    bool      has_started;  /* the programs */
    stage_t   stage;
    double    deadline; /* of the stage */
} run_t;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void enter(run_t *run, stage_t stage, double seconds)
{
    run->stage    = stage;
    run->deadline = now() + seconds;
}

/* End mpirun and, by the other way, all programs. */
static void ask(run_t *run, int signal_number)
{
    run->job.is_ending = true;
    kill(run->mpirun, signal_number);
    run_hub_end(&run->hub);
    enter(run, ASKED, ASKED_SECONDS);
}

static void force(run_t *run)
{
    kill(run->mpirun, SIGKILL);
    enter(run, FORCED, ASKED_SECONDS);
}

/* ---- signals ---- */

static void reap(run_t *run)
{
    int status;

    if (waitpid(run->mpirun, &status, WNOHANG) != run->mpirun)
        return;
    run_hub_wait(&run->hub, &run->job, -1, 0); /* what shields said before */
    run_job_note_mpirun(&run->job, status);
    if (run->job.is_ending)
        run_hub_end(&run->hub);
    enter(run, LEFT, LEFT_SECONDS);
}

/* A terminal signals its whole foreground group, so mpirun has such a signal already. */
static void pass_on(run_t *run, const struct signalfd_siginfo *info)
{
    int number = (int)info->ssi_signo;

    run->job.is_ending = true;
    run->interruption  = number;
    if (info->ssi_code != SI_KERNEL)
        kill(run->mpirun, number);
    if (run->stage == RUNNING)
        enter(run, ASKED, run->job.settings->grace_seconds + ASKED_SECONDS);
}

static void take_signals(run_t *run)
{
    struct signalfd_siginfo info;

    while (read(run->signal_fd, &info, sizeof info) == sizeof info)
        if (info.ssi_signo == SIGCHLD)
            reap(run);
        else if (run->stage != LEFT)
            pass_on(run, &info);
}

/* ---- the run ---- */

static void start_programs(run_t *run)
{
    run_transport_t transport;

    run->has_started = true;
    if (run_transport_choose(&transport, &run->job)) {
        run_transport_print(&transport, &run->job);
        run_hub_start(&run->hub, &run->job, &transport);
    } else {
        run->job.code = RUN_NO_VERDICT;
    }
}

/* mpirun does not end by itself once it has lost a daemon or a shield; what its other daemons still have to print
 * arrives within a second. */
static double grace_seconds(const run_t *run)
{
    int grace = run->job.settings->grace_seconds;

    return run->job.num_lost > 0 && grace > 1 ? 1 : grace;
}

/* What follows from the news. */
static void advance(run_t *run)
{
    if (run->stage == RUNNING && !run->has_started && run_job_is_complete(&run->job))
        start_programs(run);
    if (run->stage == RUNNING && run_job_has_failed(&run->job))
        ask(run, SIGTERM);
    else if (run->stage == RUNNING && run_job_is_over(&run->job))
        enter(run, ENDING, grace_seconds(run));
    if (run->stage == RUNNING || now() < run->deadline)
        return;
    if (run->stage == ENDING)
        ask(run, SIGTERM);
    else if (run->stage == ASKED)
        force(run);
}

static bool is_finished(const run_t *run)
{
    bool is_late = now() >= run->deadline;

    return (run->stage == LEFT && (run_hub_num_open(&run->hub) == 0 || is_late)) ||
           (run->stage == FORCED && is_late);
}

static void conduct(run_t *run)
{
    while (!is_finished(run)) {
        double left = run->stage == RUNNING ? -1 : run->deadline - now();

        run_hub_wait(&run->hub, &run->job, run->signal_fd,
                     run->stage == RUNNING ? -1
                     : left > 0            ? (int)(left * 1e3) + 1
                                           : 0);
        take_signals(run);
        advance(run);
    }
}

static int finish(const run_t *run)
{
    return run->interruption ? RUN_BY_SIGNAL + run->interruption
                             : run_job_verdict(&run->job);
}

static int run_program(const run_settings_t *settings)
{
    static const int handled[] = {SIGCHLD, SIGHUP, SIGINT, SIGTERM};
    run_t            run       = {.mpirun = -1};
    const char      *interface = settings->interface;
    sigset_t         caught, before;
    int              code = RUN_NO_VERDICT;

    sigemptyset(&caught);
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        sigaddset(&caught, handled[i]);
    sigprocmask(SIG_BLOCK, &caught, &before);
    run.signal_fd = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
    run_job_init(&run.job, settings);
    if (run_hub_open(&run.hub, interface ? interface : run_transport_user_interface()))
        run.mpirun = run_launch(settings, &before);
    if (run.mpirun > 0) {
        conduct(&run);
        code = finish(&run);
    }
    run_hub_close(&run.hub);
    run_job_fini(&run.job);
    return code;
}

int main(int argc, char *argv[])
{
    run_settings_t settings;
    run_parsed_t   parsed = run_settings_parse(&settings, argc, argv);
    int            code   = parsed == RUN_REFUSED ? 2 : 0;

    if (parsed == RUN_PARSED)
        code = run_program(&settings);
    run_settings_free(&settings);
    return code;
}
