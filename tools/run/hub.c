#include "hub.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- addresses ---- */

/* "eth0" in "eth0,eth1" */
static bool is_in_list(const char *name, const char *list)
{
    size_t length = strlen(name);

    for (; *list; list += strcspn(list, ","), list += *list == ',')
        if (strcspn(list, ",") == length && strncmp(name, list, length) == 0)
            return true;
    return false;
}

static bool is_wanted(const struct ifaddrs *entry, const char *interface)
{
    if (!entry->ifa_addr || entry->ifa_addr->sa_family != AF_INET ||
        !(entry->ifa_flags & IFF_UP))
        return false;
    return interface ? is_in_list(entry->ifa_name, interface)
                     : !(entry->ifa_flags & IFF_LOOPBACK);
}

/* "10.0.0.1:4711,10.1.0.1:4711": where shields may reach us. The loopback is for machines without a network. */
static bool list_addresses(char *text, size_t text_bytes, unsigned port,
                           const char *interface)
{
    struct ifaddrs *list   = NULL;
    size_t          length = 0;

    if (getifaddrs(&list) != 0)
        return false;
    for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
        char                      address[INET_ADDRSTRLEN];
        const struct sockaddr_in *internet = (const void *)entry->ifa_addr;

        if (!is_wanted(entry, interface) || length + sizeof address + 8 > text_bytes)
            continue;
        inet_ntop(AF_INET, &internet->sin_addr, address, sizeof address);
        length += (size_t)snprintf(text + length, text_bytes - length, "%s%s:%u",
                                   length ? "," : "", address, port);
    }
    freeifaddrs(list);
    if (length == 0 && !interface)
        length = (size_t)snprintf(text, text_bytes, "127.0.0.1:%u", port);
    return length > 0;
}

static bool make_token(char token[RUN_TOKEN_BYTES])
{
    unsigned char bytes[(RUN_TOKEN_BYTES - 1) / 2];

    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static bool start_listening(run_hub_t *hub, unsigned *port_p)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t          length  = sizeof address;

    hub->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (hub->listener < 0 ||
        bind(hub->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(hub->listener, SOMAXCONN) != 0 ||
        getsockname(hub->listener, (struct sockaddr *)&address, &length) != 0)
        return false;
    *port_p = ntohs(address.sin_port);
    return true;
}

bool run_hub_open(run_hub_t *hub, const char *interface)
{
    char     addresses[RUN_LINE_BYTES];
    unsigned port;

    *hub        = (run_hub_t){.listener = -1};
    hub->waited = calloc(2, sizeof *hub->waited);
    if (!hub->waited || !make_token(hub->token) || !start_listening(hub, &port)) {
        fprintf(stderr, "tern-run: cannot listen: %s\n", strerror(errno));
        return false;
    }
    if (!list_addresses(addresses, sizeof addresses, port, interface)) {
        fprintf(stderr, "tern-run: this host has no IPv4 address on interface %s\n",
                interface ? interface : "any");
        return false;
    }
    setenv(RUN_ADDRESSES, addresses, 1);
    setenv(RUN_TOKEN, hub->token, 1);
    return true;
}

void run_hub_close(run_hub_t *hub)
{
    for (size_t i = 0; i < hub->num_connections; i++)
        if (hub->connections[i].fd >= 0)
            close(hub->connections[i].fd);
    if (hub->listener >= 0)
        close(hub->listener);
    free(hub->connections);
    free(hub->waited);
}

/* ---- news ---- */

static void drop(run_connection_t *connection, run_job_t *job)
{
    close(connection->fd);
    connection->fd = -1;
    if (connection->rank >= 0)
        run_job_note(job, connection->rank, RUN_LOST, 0);
}

static void take(run_hub_t *hub, int fd)
{
    size_t            n = hub->num_connections;
    run_connection_t *connections =
        realloc(hub->connections, (n + 1) * sizeof *connections);
    struct pollfd *waited = NULL;

    if (connections) {
        hub->connections = connections;
        waited           = realloc(hub->waited, (n + 3) * sizeof *waited);
    }
    if (!waited) {
        close(fd);
        return;
    }
    hub->waited    = waited;
    connections[n] = (run_connection_t){.fd = fd, .rank = -1};
    hub->num_connections++;
    run_watch_connection(fd);
}

/* False: a stranger, or somebody who is here already. */
static bool hear_hello(const run_hub_t *hub, run_connection_t *connection, run_job_t *job,
                       const char *line)
{
    char       token[RUN_TOKEN_BYTES];
    run_rank_t who = {.fate = RUN_PRESENT};
    int        rank, size;

    if (sscanf(line, "hello %32s %d %d %63s %63s %63s", token, &rank, &size, who.host,
               who.interface, who.pml) != 6 ||
        strcmp(token, hub->token) != 0 || !run_job_enter(job, rank, size, &who))
        return false;
    connection->rank = rank;
    return true;
}

/* A remote shell has failed: if its host was in use, the loss is known from its shields. */
static bool hear_session(const run_hub_t *hub, const run_connection_t *connection,
                         const run_job_t *job, const char *line)
{
    char token[RUN_TOKEN_BYTES];

    if (sscanf(line, "session %32s", token) == 1 && strcmp(token, hub->token) == 0 &&
        run_job_is_complete(job))
        run_line_send(connection->fd, "started");
    return false;
}

static bool hear(const run_hub_t *hub, run_connection_t *connection, run_job_t *job,
                 const char *line)
{
    int number;

    if (strncmp(line, "session ", 8) == 0)
        return hear_session(hub, connection, job, line);
    if (connection->rank < 0)
        return hear_hello(hub, connection, job, line);
    if (sscanf(line, "exit %d", &number) == 1)
        run_job_note(job, connection->rank, RUN_EXITED, number);
    else if (sscanf(line, "signal %d", &number) == 1)
        run_job_note(job, connection->rank, RUN_KILLED, number);
    else if (sscanf(line, "failed %d", &number) == 1)
        run_job_note(job, connection->rank, RUN_FAILED, number);
    return true;
}

static void listen_to(const run_hub_t *hub, run_connection_t *connection, run_job_t *job)
{
    bool  is_welcome = run_lines_receive(&connection->lines, connection->fd);
    char *line;

    while (is_welcome && (line = run_lines_next(&connection->lines)))
        is_welcome = hear(hub, connection, job, line);
    if (!is_welcome)
        drop(connection, job);
}

void run_hub_wait(run_hub_t *hub, run_job_t *job, int also_fd, int timeout_ms)
{
    size_t n = hub->num_connections;
    int    fd;

    hub->waited[0] = (struct pollfd){.fd = also_fd, .events = POLLIN};
    hub->waited[1] = (struct pollfd){.fd = hub->listener, .events = POLLIN};
    for (size_t i = 0; i < n; i++)
        hub->waited[2 + i] =
            (struct pollfd){.fd = hub->connections[i].fd, .events = POLLIN};
    if (poll(hub->waited, n + 2, timeout_ms) <= 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (hub->waited[2 + i].revents)
            listen_to(hub, &hub->connections[i], job);
    if (hub->waited[1].revents)
        while ((fd = accept4(hub->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
            take(hub, fd);
}

size_t run_hub_num_open(const run_hub_t *hub)
{
    size_t num_open = 0;

    for (size_t i = 0; i < hub->num_connections; i++)
        num_open += hub->connections[i].fd >= 0;
    return num_open;
}

/* ---- orders ---- */

void run_hub_start(run_hub_t *hub, const run_job_t *job, const run_transport_t *transport)
{
    for (size_t i = 0; i < hub->num_connections; i++) {
        const run_connection_t *connection = &hub->connections[i];

        if (connection->fd < 0 || connection->rank < 0)
            continue;
        run_transport_send(transport, job->settings, &job->ranks[connection->rank],
                           connection->fd);
        run_line_send(connection->fd, "start");
    }
}

void run_hub_end(run_hub_t *hub)
{
    for (size_t i = 0; i < hub->num_connections; i++)
        if (hub->connections[i].fd >= 0)
            shutdown(hub->connections[i].fd, SHUT_WR);
}
