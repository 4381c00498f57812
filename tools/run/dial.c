#include "dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 3000 };

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

int run_dial(const char *addresses)
{
    char *list = strdup(addresses), *rest = list, *address;
    int   fd = -1;

    while (fd < 0 && list && (address = strsep(&rest, ",")))
        fd = dial(address);
    free(list);
    return fd;
}
