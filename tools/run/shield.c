/** \file
 * tern-shield: stands between mpirun and one rank, so that the rank's death does not end the job.
 *
 *     mpirun ... tern-shield PROGRAM [ARGUMENTS]
 *
 * tern-run starts it. It runs the program, passes signals on, tells tern-run how the program ended and leaves with 0
 * in any case: what the job's status is, tern-run decides. It never outlives its program, nor the program it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dial.h"
#include "session.h"
#include "wire.h"

enum { END_MS = 2000, FAILED = 125 };

/* Comes when mpirun, or its daemon on this host, ends; a signal that means nothing to anybody else. */
#define LAUNCHER_GONE SIGRTMIN

static const int passed_on[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
                                SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};

static int complain(const char *problem)
{
    fprintf(stderr, "tern-shield: %s\n", problem);
    return FAILED;
}

/* ---- the connection to tern-run ---- */

/* The network interface that the connection uses here: the one to which its local address belongs. */
static void find_interface(int fd, char name[RUN_NAME_BYTES])
{
    struct sockaddr_in local;
    socklen_t          length = sizeof local;
    struct ifaddrs    *list   = NULL;

    strcpy(name, "-");
    if (getsockname(fd, (struct sockaddr *)&local, &length) != 0 ||
        getifaddrs(&list) != 0)
        return;
    for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
        const struct sockaddr_in *address = (const void *)entry->ifa_addr;

        if (address && address->sin_family == AF_INET &&
            address->sin_addr.s_addr == local.sin_addr.s_addr)
            snprintf(name, RUN_NAME_BYTES, "%s", entry->ifa_name);
    }
    freeifaddrs(list);
}

static void say_hello(int fd, const char *token, const char *rank, const char *size)
{
    const char *pml                       = getenv("OMPI_MCA_pml");
    char        host[RUN_NAME_BYTES]      = "-";
    char        interface[RUN_NAME_BYTES] = "-";

    gethostname(host, sizeof host - 1);
    find_interface(fd, interface);
    run_line_send(fd, "hello %s %s %s %s %s %s", token, rank, size, host, interface,
                  pml && *pml ? pml : "-");
}

/* "NAME=VALUE" into the environment. */
static void set_variable(char *assignment, bool overwrites)
{
    char *equals = strchr(assignment, '=');

    if (!equals)
        return;
    *equals = '\0';
    setenv(assignment, equals + 1, overwrites);
}

/* Follow tern-run until it says start; false if it closes the connection instead. */
static bool take_settings(int fd, run_lines_t *lines)
{
    char *line;

    while (run_lines_receive(lines, fd))
        while ((line = run_lines_next(lines))) {
            if (strcmp(line, "start") == 0)
                return true;
            if (strncmp(line, "set ", 4) == 0)
                set_variable(line + 4, true);
            else if (strncmp(line, "default ", 8) == 0)
                set_variable(line + 8, false);
        }
    return false;
}

/* ---- the program ---- */

static void become(char *program[], const sigset_t *mask, int failure_fd)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    unsetenv(RUN_ADDRESSES);
    unsetenv(RUN_TOKEN);
    setenv(RUN_SHIELDED, "1", 1);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(program[0], program);
    if (write(failure_fd, &errno, sizeof errno) < 0)
        _exit(FAILED);
    _exit(FAILED);
}

/* Start it in a group of its own: mpirun signals the shield's whole group, and a program must not get a signal
 * twice. The pipe closes at a successful exec, and else brings the cause. \return the process, or -errno. */
static pid_t start_program(char *program[], const sigset_t *mask)
{
    int   failure[2], cause = 0;
    pid_t child;

    if (pipe2(failure, O_CLOEXEC) != 0)
        return -errno;
    child = fork();
    if (child < 0)
        return -errno;
    if (child == 0)
        become(program, mask, failure[1]);
    setpgid(child, child);
    close(failure[1]);
    if (read(failure[0], &cause, sizeof cause) != sizeof cause)
        cause = 0;
    close(failure[0]);
    return cause ? -cause : child;
}

typedef struct guard {
    pid_t       child;
    int         fd; /* to tern-run */
    int         signal_fd;
    run_lines_t lines;
    int         timeout_ms; /* -1 until the program is asked to end */
    bool        is_orphan;  /* mpirun or its daemon is gone */
} guard_t;

/* Ask the program, and its children, to end; the second time there is no choice. */
static void end_program(guard_t *guard)
{
    kill(-guard->child, guard->timeout_ms < 0 ? SIGTERM : SIGKILL);
    kill(-guard->child, SIGCONT);
    guard->timeout_ms = END_MS;
}

static void take_signal(guard_t *guard)
{
    struct signalfd_siginfo info;

    if (read(guard->signal_fd, &info, sizeof info) != sizeof info ||
        info.ssi_signo == SIGCHLD)
        return;
    if ((int)info.ssi_signo == LAUNCHER_GONE) {
        guard->is_orphan = true;
        end_program(guard);
    } else {
        kill(-guard->child, (int)info.ssi_signo);
    }
}

/* Until the program ends; returns what waitpid() says of it. */
static int attend(guard_t *guard)
{
    struct pollfd waited[] = {{.fd = guard->signal_fd, .events = POLLIN},
                              {.fd = guard->fd, .events = POLLIN}};
    int           status;

    while (waitpid(guard->child, &status, WNOHANG) != guard->child) {
        int num_ready = poll(waited, 2, guard->timeout_ms);

        if (num_ready == 0)
            end_program(guard);
        if (num_ready <= 0)
            continue;
        if (waited[0].revents)
            take_signal(guard);
        if (waited[1].revents && !run_lines_receive(&guard->lines, guard->fd)) {
            waited[1].fd = -1; /* tern-run has closed its side, or is gone */
            end_program(guard);
        }
    }
    return status;
}

/* An end that comes with mpirun's is not the program's own: then the connection just closes. */
static void report(const guard_t *guard, int status)
{
    if (guard->is_orphan)
        return;
    if (WIFSIGNALED(status))
        run_line_send(guard->fd, "signal %d", WTERMSIG(status));
    else
        run_line_send(guard->fd, "exit %d", WEXITSTATUS(status));
}

static void run_program(guard_t *guard, char *program[])
{
    sigset_t caught, before;

    sigemptyset(&caught);
    sigaddset(&caught, SIGCHLD);
    sigaddset(&caught, LAUNCHER_GONE);
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
        sigaddset(&caught, passed_on[i]);
    sigprocmask(SIG_BLOCK, &caught, &before);
    guard->signal_fd = signalfd(-1, &caught, SFD_CLOEXEC);
    guard->child     = start_program(program, &before);
    if (guard->child < 0)
        run_line_send(guard->fd, "failed %d", -guard->child);
    else
        report(guard, attend(guard));
}

int main(int argc, char *argv[])
{
    const char *addresses = getenv(RUN_ADDRESSES), *token = getenv(RUN_TOKEN);
    const char *rank  = getenv("OMPI_COMM_WORLD_RANK");
    const char *size  = getenv("OMPI_COMM_WORLD_SIZE");
    guard_t     guard = {.timeout_ms = -1};

    if (argc > 2 && strcmp(argv[1], RUN_SESSION) == 0)
        return run_session(argv + 2);
    if (argc < 2 || !addresses || !token || !rank || !size)
        return complain("tern-run starts this program, under Open MPI's mpirun");
    prctl(PR_SET_PDEATHSIG, LAUNCHER_GONE);
    guard.fd = run_dial(addresses);
    if (guard.fd < 0) {
        fprintf(stderr, "tern-shield: rank %s cannot reach tern-run at %s\n", rank,
                addresses);
        return FAILED;
    }
    run_watch_connection(guard.fd);
    say_hello(guard.fd, token, rank, size);
    if (take_settings(guard.fd, &guard.lines)) /* else the job ended before it began */
        run_program(&guard, argv + 1);
    return 0;
}
