#include "comm/lifeline.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"

/* --- addresses --- */

/* Those of this host that others may reach; returns how many. */
static uint16_t list_hosts(uint32_t hosts[TERN_LIFELINE_ADDRESSES])
{
    struct ifaddrs *list = NULL;
    uint16_t        num  = 0;

    if (getifaddrs(&list) != 0)
        return 0;
    for (struct ifaddrs *i = list; i != NULL && num < TERN_LIFELINE_ADDRESSES;
         i                 = i->ifa_next)
        if (i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_INET &&
            (i->ifa_flags & (IFF_UP | IFF_LOOPBACK)) == IFF_UP)
            hosts[num++] = ((struct sockaddr_in *)i->ifa_addr)->sin_addr.s_addr;
    freeifaddrs(list);
    return num;
}

static int open_socket(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void close_descriptor(int *fd_p)
{
    if (*fd_p >= 0)
        close(*fd_p);
    *fd_p = -1;
}

/* --- the watched --- */

void tern_lifeline_open(tern_lifeline_t *lifeline, tern_lifeline_address_t *address)
{
    struct sockaddr_in own   = {.sin_family = AF_INET};
    socklen_t          bytes = sizeof own;

    *address  = (tern_lifeline_address_t){.num_hosts = 0};
    *lifeline = (tern_lifeline_t){.listener = open_socket(), .watcher = -1};
    if (lifeline->listener < 0 ||
        bind(lifeline->listener, (struct sockaddr *)&own, sizeof own) != 0 ||
        listen(lifeline->listener, 1) != 0 ||
        getsockname(lifeline->listener, (struct sockaddr *)&own, &bytes) != 0) {
        tern_lifeline_close(lifeline);
        return;
    }
    address->port      = own.sin_port;
    address->num_hosts = list_hosts(address->hosts);
}

void tern_lifeline_close(tern_lifeline_t *lifeline)
{
    close_descriptor(&lifeline->listener);
    close_descriptor(&lifeline->watcher);
}

void tern_lifeline_take(tern_lifeline_t *lifeline)
{
    if (lifeline->listener < 0)
        return;
    lifeline->watcher = accept4(lifeline->listener, NULL, NULL, SOCK_CLOEXEC);
    if (lifeline->watcher >= 0)
        close_descriptor(&lifeline->listener);
}

/* --- the watcher --- */

typedef struct watched {
    int                     fd; /* pidfd or connection; -1: not watched */
    bool                    is_connecting;
    uint16_t                next_host; /* of the address, to be tried */
    tern_lifeline_address_t address;
} watched_t;

struct tern_lifelines {
    int       events; /* epoll: what is ready has died, or is connected */
    int       num_watched;
    watched_t watched[];
};

tern_status_t tern_lifelines_create(int num_watched, tern_lifelines_t **lifelines_p)
{
    tern_lifelines_t *lifelines = tern_alloc_zeroed(
        TERN_LOG_COMM,
        sizeof *lifelines + (size_t)num_watched * sizeof lifelines->watched[0]);

    if (lifelines == NULL)
        return TERN_ERR_NO_MEMORY;
    lifelines->num_watched = num_watched;
    for (int w = 0; w < num_watched; w++)
        lifelines->watched[w].fd = -1;
    lifelines->events = epoll_create1(EPOLL_CLOEXEC);
    if (lifelines->events < 0)
        tern_log(TERN_LOG_COMM, TERN_LOG_WARN, "the death of ranks goes unnoticed: %s",
                 strerror(errno));
    *lifelines_p = lifelines;
    return TERN_OK;
}

void tern_lifelines_destroy(tern_lifelines_t **lifelines_p)
{
    tern_lifelines_t *lifelines = *lifelines_p;

    if (lifelines == NULL)
        return;
    for (int w = 0; w < lifelines->num_watched; w++)
        close_descriptor(&lifelines->watched[w].fd);
    close_descriptor(&lifelines->events);
    tern_free(TERN_LOG_COMM, lifelines);
    *lifelines_p = NULL;
}

/* False: it cannot be waited for, and is closed. */
static bool wait_for(tern_lifelines_t *lifelines, int watched, uint32_t events)
{
    watched_t         *one   = &lifelines->watched[watched];
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t)watched};

    if (one->fd >= 0 && epoll_ctl(lifelines->events, EPOLL_CTL_ADD, one->fd, &event) == 0)
        return true;
    close_descriptor(&one->fd);
    return false;
}

void tern_lifelines_watch_process(tern_lifelines_t *lifelines, int watched, pid_t pid)
{
    watched_t *one = &lifelines->watched[watched];

    if (one->fd >= 0)
        return;
    one->fd            = (int)syscall(SYS_pidfd_open, pid, 0);
    one->is_connecting = false;
    if (!wait_for(lifelines, watched, EPOLLIN))
        tern_log(TERN_LOG_COMM, TERN_LOG_WARN,
                 "cannot watch process %ld: %s; its death will go unnoticed", (long)pid,
                 strerror(errno));
}

/* An address that is also one of this host, as those of bridges are, leads to this host. */
static bool is_own(uint32_t host)
{
    uint32_t own[TERN_LIFELINE_ADDRESSES];
    uint16_t num = list_hosts(own);

    while (num > 0)
        if (own[--num] == host)
            return true;
    return false;
}

static void begin_connection(tern_lifelines_t *lifelines, int watched, uint32_t host)
{
    watched_t         *one = &lifelines->watched[watched];
    struct sockaddr_in to  = {
         .sin_family = AF_INET, .sin_port = one->address.port, .sin_addr.s_addr = host};
    int num_tries = 2; /* of the kernel, within seven seconds */

    one->fd = open_socket();
    if (one->fd < 0)
        return;
    setsockopt(one->fd, IPPROTO_TCP, TCP_SYNCNT, &num_tries, sizeof num_tries);
    one->is_connecting = true;
    if (connect(one->fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS)
        wait_for(lifelines, watched, EPOLLOUT);
    else
        close_descriptor(&one->fd);
}

static void try_next_host(tern_lifelines_t *lifelines, int watched)
{
    watched_t *one = &lifelines->watched[watched];

    while (one->fd < 0 && one->next_host < one->address.num_hosts)
        begin_connection(lifelines, watched, one->address.hosts[one->next_host++]);
    if (one->fd < 0)
        tern_log(TERN_LOG_COMM, TERN_LOG_DEBUG,
                 "no connection by which the death of watched %d would be noticed",
                 watched);
}

void tern_lifelines_watch(tern_lifelines_t *lifelines, int watched,
                          const tern_lifeline_address_t *address, bool is_on_this_host)
{
    watched_t *one = &lifelines->watched[watched];
    uint16_t   num = address->num_hosts;

    if (one->fd >= 0)
        return;
    one->address   = (tern_lifeline_address_t){.port = address->port};
    one->next_host = 0;
    if (is_on_this_host && num > 0) {
        one->address.hosts[one->address.num_hosts++] = htonl(INADDR_LOOPBACK);
        num                                          = 0;
    }
    for (uint16_t h = 0; h < num && h < TERN_LIFELINE_ADDRESSES; h++)
        if (!is_own(address->hosts[h]))
            one->address.hosts[one->address.num_hosts++] = address->hosts[h];
    try_next_host(lifelines, watched);
}

static bool is_connected(int fd)
{
    int       error = 0;
    socklen_t bytes = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) == 0 && error == 0;
}

static void set(int fd, int level, int option, int value)
{
    setsockopt(fd, level, option, &value, sizeof value);
}

/* Nothing is ever sent, so that what comes is an end. */
static void hold(tern_lifelines_t *lifelines, int watched)
{
    watched_t *one = &lifelines->watched[watched];

    set(one->fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(one->fd, IPPROTO_TCP, TCP_KEEPIDLE,
        TERN_LIFELINE_SILENCE_SECONDS - TERN_LIFELINE_PROBES);
    set(one->fd, IPPROTO_TCP, TCP_KEEPINTVL, 1);
    set(one->fd, IPPROTO_TCP, TCP_KEEPCNT, TERN_LIFELINE_PROBES);
    one->is_connecting = false;
    epoll_ctl(lifelines->events, EPOLL_CTL_DEL, one->fd, NULL);
    wait_for(lifelines, watched, EPOLLIN);
}

int tern_lifelines_next_dead(tern_lifelines_t *lifelines)
{
    struct epoll_event event;

    while (epoll_wait(lifelines->events, &event, 1, 0) == 1) {
        int        watched = (int)event.data.u32;
        watched_t *one     = &lifelines->watched[watched];

        if (one->is_connecting && is_connected(one->fd)) {
            hold(lifelines, watched);
            continue;
        }
        close_descriptor(&one->fd);
        if (!one->is_connecting)
            return watched;
        try_next_host(lifelines, watched);
    }
    return -1;
}
