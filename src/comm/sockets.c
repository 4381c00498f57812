/** \file
 * Two sets in the kernel: `inbound` holds for as long as there is something to read; `room` remembers that a full
 * socket got space, even between MPI's attempt to write and our sleep, and says so once. Closed sockets leave
 * both by themselves.
 */
#include "comm/sockets.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/timer.h"
#include "comm/bell.h"

#define SEARCH_NS          1000000000u /* between searches, if no descriptor seems new */
#define MAX_FRUITLESS      256u
#define BELL_ONLY_NS       100000000u
#define BELL_ONLY_SLEEP_NS 50000u
#define UNSURE_SLEEP_NS    1000000u
#define TRUST_AT_FIRST     8
#define TRUST_ENOUGH       4
#define TRUST_MOST         16
#define TRUST_LOST         4 /* by each message that was not announced */

static bool has_option(int fd, int option, int wanted)
{
    int       value = -1;
    socklen_t bytes = sizeof value;

    return getsockopt(fd, SOL_SOCKET, option, &value, &bytes) == 0 && value == wanted;
}

static bool is_tcp(int fd)
{
    return has_option(fd, SO_TYPE, SOCK_STREAM) &&
           (has_option(fd, SO_DOMAIN, AF_INET) || has_option(fd, SO_DOMAIN, AF_INET6));
}

/* A new descriptor takes the lowest free number, so that a change of it tells of most. */
static int lowest_free_descriptor(const tern_sockets_t *sockets)
{
    int fd = fcntl(sockets->bell, F_DUPFD_CLOEXEC, 0);

    if (fd >= 0)
        close(fd);
    return fd;
}

/* Those that are in the sets already stay as they are. */
static void add(tern_sockets_t *sockets, int fd)
{
    struct epoll_event readable = {.events = EPOLLIN};
    struct epoll_event writable = {.events = EPOLLOUT | EPOLLET};

    if (epoll_ctl(sockets->inbound, EPOLL_CTL_ADD, fd, &readable) == 0)
        epoll_ctl(sockets->room, EPOLL_CTL_ADD, fd, &writable);
}

static void search(tern_sockets_t *sockets)
{
    DIR           *descriptors = opendir("/proc/self/fd");
    struct dirent *entry;

    if (descriptors == NULL)
        return;
    while ((entry = readdir(descriptors)) != NULL) {
        int fd =
            atoi(entry->d_name); /* "." and ".." are 0, which is tested like any other */

        if (is_tcp(fd))
            add(sockets, fd);
    }
    closedir(descriptors);
}

static void search_if_changed(tern_sockets_t *sockets, uint64_t now_ns)
{
    int lowest_free = lowest_free_descriptor(sockets);

    if (lowest_free == sockets->lowest_free && now_ns < sockets->searched_ns + SEARCH_NS)
        return;
    search(sockets);
    sockets->lowest_free = lowest_free;
    sockets->searched_ns = now_ns;
}

bool tern_sockets_init(tern_sockets_t *sockets, int bell)
{
    *sockets = (tern_sockets_t){
        .bell = bell, .lowest_free = -1, .trust = TRUST_AT_FIRST, .room = -1};
    sockets->inbound = epoll_create1(EPOLL_CLOEXEC);
    if (sockets->inbound >= 0)
        sockets->room = epoll_create1(EPOLL_CLOEXEC);
    if (bell >= 0 && sockets->room >= 0)
        return true;
    tern_sockets_fini(sockets);
    return false;
}

void tern_sockets_fini(tern_sockets_t *sockets)
{
    if (sockets->inbound >= 0)
        close(sockets->inbound);
    if (sockets->room >= 0)
        close(sockets->room);
    sockets->inbound = sockets->room = -1;
}

static void forget_room(const tern_sockets_t *sockets)
{
    struct epoll_event events[16];

    while (epoll_wait(sockets->room, events, 16, 0) == 16)
        ;
}

tern_wake_t tern_sockets_sleep(tern_sockets_t *sockets, bool is_sending,
                               uint64_t timeout_ns)
{
    enum { BELL, INBOUND, ROOM };
    uint64_t        now_ns    = tern_timer_ns();
    bool            bell_only = now_ns < sockets->bell_only_until_ns;
    struct pollfd   polls[]   = {[BELL]    = {sockets->bell, POLLIN, 0},
                                 [INBOUND] = {sockets->inbound, POLLIN, 0},
                                 [ROOM]    = {sockets->room, POLLIN, 0}};
    struct timespec timeout;

    search_if_changed(sockets, now_ns);
    if (bell_only && timeout_ns > BELL_ONLY_SLEEP_NS)
        timeout_ns = BELL_ONLY_SLEEP_NS;
    if (sockets->num_fruitless > 0 && timeout_ns > UNSURE_SLEEP_NS)
        timeout_ns =
            UNSURE_SLEEP_NS; /* MPI may be taking a socket that is not known yet */
    sockets->has_slept_long = timeout_ns >= UNSURE_SLEEP_NS;
    timeout                 = (struct timespec){(time_t)(timeout_ns / 1000000000u),
                                                (long)(timeout_ns % 1000000000u)};
    if (ppoll(polls, bell_only ? 1 : is_sending ? 3 : 2, &timeout, NULL) <= 0)
        return TERN_WAKE_TIME;
    if (polls[ROOM].revents != 0)
        forget_room(sockets);
    if (polls[BELL].revents != 0)
        tern_bell_silence(sockets->bell);
    return polls[INBOUND].revents != 0 || polls[ROOM].revents != 0 ? TERN_WAKE_SOCKET
                                                                   : TERN_WAKE_RING;
}

/* A socket that stays readable though MPI finds nothing in it must not keep the rank awake. */
static void count_fruitless(tern_sockets_t *sockets)
{
    if (++sockets->num_fruitless < MAX_FRUITLESS)
        return;
    sockets->num_fruitless      = 0;
    sockets->bell_only_until_ns = tern_timer_ns() + BELL_ONLY_NS;
}

void tern_sockets_learn(tern_sockets_t *sockets, tern_wake_t wake, bool has_message)
{
    if (has_message || wake == TERN_WAKE_TIME)
        sockets->num_fruitless = 0;
    else if (wake == TERN_WAKE_SOCKET)
        count_fruitless(sockets);
    if (!has_message || tern_timer_ns() < sockets->bell_only_until_ns)
        return;
    if (wake == TERN_WAKE_SOCKET && sockets->trust < TRUST_MOST)
        sockets->trust++;
    else if (wake == TERN_WAKE_TIME && sockets->has_slept_long)
        sockets->trust = sockets->trust > TRUST_LOST ? sockets->trust - TRUST_LOST : 0;
}

bool tern_sockets_are_trusted(const tern_sockets_t *sockets)
{
    return sockets->trust >= TRUST_ENOUGH;
}
