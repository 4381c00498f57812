#include "wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int run_lines_receive(run_lines_t *lines, int fd)
{
    ssize_t received;

    lines->length -= lines->taken;
    memmove(lines->text, lines->text + lines->taken, lines->length);
    lines->taken = 0;
    if (lines->length == sizeof lines->text)
        return 0;
    do
        received =
            recv(fd, lines->text + lines->length, sizeof lines->text - lines->length, 0);
    while (received < 0 && errno == EINTR);
    if (received <= 0)
        return 0;
    lines->length += (size_t)received;
    return 1;
}

char *run_lines_next(run_lines_t *lines)
{
    char *line = lines->text + lines->taken;
    char *end  = memchr(line, '\n', lines->length - lines->taken);

    if (!end)
        return NULL;
    *end         = '\0';
    lines->taken = (size_t)(end - lines->text) + 1;
    return line;
}

void run_line_send(int fd, const char *format, ...)
{
    char    line[RUN_LINE_BYTES];
    va_list arguments;
    int     length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    line[length++] = '\n';
    for (int sent = 0; sent < length;) {
        ssize_t n = send(fd, line + sent, (size_t)(length - sent), MSG_NOSIGNAL);

        if (n < 0 && errno != EINTR)
            return;
        sent += n > 0 ? (int)n : 0;
    }
}

void run_watch_connection(int fd)
{
    int yes = 1, idle_seconds = 10, interval_seconds = 5, num_probes = 4;

    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_seconds,
               sizeof interval_seconds);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &num_probes, sizeof num_probes);
}
