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

#include "wire.h"

enum { CONNECT_MS = 3000, END_MS = 2000, FAILED = 125 };

static const int passed_on[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
                                SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};

static int complain(const char *problem)
{
    fprintf(stderr, "tern-shield: %s\n", problem);
    return FAILED;
}

/* ---- the connection to tern-run ---- */

static bool connect_within(int fd, const struct sockaddr_in *address, int timeout_ms)
{
    struct pollfd waited = {.fd = fd, .events = POLLOUT};
    int           error  = 0;
    socklen_t     length = sizeof error;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
        errno != EINPROGRESS)
        return false;
    if (poll(&waited, 1, timeout_ms) != 1)
        return false;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    fcntl(fd, F_SETFL, 0);
    return error == 0;
}

/* "10.0.0.1:4711" -> a connected socket, -1: nobody there. */
static int dial(char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char              *colon   = strchr(text, ':');
    int                fd;

    if (!colon)
        return -1;
    *colon = '\0';
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
        return -1;
    address.sin_port = htons((uint16_t)atoi(colon + 1));
    fd               = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect_within(fd, &address, CONNECT_MS))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static int dial_first(const char *addresses)
{
    char *list = strdup(addresses), *rest = list, *address;
    int   fd = -1;

    while (fd < 0 && list && (address = strsep(&rest, ",")))
        fd = dial(address);
    free(list);
    return fd;
}

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

static void pass_on(int signal_fd, pid_t child)
{
    struct signalfd_siginfo info;

    if (read(signal_fd, &info, sizeof info) == sizeof info && info.ssi_signo != SIGCHLD)
        kill(-child, (int)info.ssi_signo);
}

/* tern-run has closed its side, or is gone. */
static void end_program(pid_t child, int *num_requests)
{
    kill(-child, (*num_requests)++ == 0 ? SIGTERM : SIGKILL);
    kill(-child, SIGCONT);
}

/* Until the program ends; returns what waitpid() says of it. */
static int attend(pid_t child, int fd, int signal_fd, run_lines_t *lines)
{
    struct pollfd waited[]   = {{.fd = signal_fd, .events = POLLIN},
                                {.fd = fd, .events = POLLIN}};
    int           timeout_ms = -1, num_requests = 0, status;

    while (waitpid(child, &status, WNOHANG) != child) {
        int num_ready = poll(waited, 2, timeout_ms);

        if (num_ready < 0)
            continue;
        if (waited[0].revents)
            pass_on(signal_fd, child);
        if (waited[1].revents && !run_lines_receive(lines, fd)) {
            waited[1].fd = -1;
            timeout_ms   = END_MS;
            end_program(child, &num_requests);
        } else if (num_ready == 0) {
            end_program(child, &num_requests);
        }
    }
    return status;
}

/* An end that comes with that of mpirun, or its daemon, is not the program's own: then the connection just closes. */
static void report(int fd, int status, pid_t launcher)
{
    if (getppid() != launcher)
        return;
    if (WIFSIGNALED(status))
        run_line_send(fd, "signal %d", WTERMSIG(status));
    else
        run_line_send(fd, "exit %d", WEXITSTATUS(status));
}

static int run_program(char *program[], int fd, run_lines_t *lines, pid_t launcher)
{
    sigset_t caught, before;
    pid_t    child;
    int      signal_fd, status;

    sigemptyset(&caught);
    sigaddset(&caught, SIGCHLD);
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
        sigaddset(&caught, passed_on[i]);
    sigprocmask(SIG_BLOCK, &caught, &before);
    signal_fd = signalfd(-1, &caught, SFD_CLOEXEC);
    child     = start_program(program, &before);
    if (child < 0) {
        run_line_send(fd, "failed %d", -child);
        return 0;
    }
    status = attend(child, fd, signal_fd, lines);
    report(fd, status, launcher);
    return 0;
}

int main(int argc, char *argv[])
{
    const char *addresses = getenv(RUN_ADDRESSES), *token = getenv(RUN_TOKEN);
    const char *rank     = getenv("OMPI_COMM_WORLD_RANK");
    const char *size     = getenv("OMPI_COMM_WORLD_SIZE");
    pid_t       launcher = getppid();
    run_lines_t lines    = {.length = 0};
    int         fd;

    if (argc < 2 || !addresses || !token || !rank || !size)
        return complain("tern-run starts this program, under Open MPI's mpirun");
    /* When the daemon that started this host's ranks is gone, so is the job here. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    fd = dial_first(addresses);
    if (fd < 0) {
        fprintf(stderr, "tern-shield: rank %s cannot reach tern-run at %s\n", rank,
                addresses);
        return FAILED;
    }
    run_watch_connection(fd);
    say_hello(fd, token, rank, size);
    if (!take_settings(fd, &lines))
        return 0; /* the job ended before it began */
    return run_program(argv + 1, fd, &lines, launcher);
}
