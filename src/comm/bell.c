#include "comm/bell.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ADDRESS_BYTES (offsetof(struct sockaddr_un, sun_path) + TERN_BELL_NAME_BYTES)

int tern_bell_open(char name[TERN_BELL_NAME_BYTES])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t          bytes   = sizeof address;
    int                fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    /* An address of the family alone asks the kernel for a name. */
    if (bind(fd, (struct sockaddr *)&address, sizeof address.sun_family) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &bytes) != 0 ||
        bytes != ADDRESS_BYTES) {
        close(fd);
        return -1;
    }
    memcpy(name, address.sun_path, TERN_BELL_NAME_BYTES);
    return fd;
}

void tern_bell_ring(int bell, const char name[TERN_BELL_NAME_BYTES])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    memcpy(address.sun_path, name, TERN_BELL_NAME_BYTES);
    /* A full queue has rings enough; a sleeper that has gone needs none. */
    (void)!sendto(bell, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
                  ADDRESS_BYTES);
}

void tern_bell_silence(int bell)
{
    char byte;

    while (recv(bell, &byte, 1, MSG_DONTWAIT) >= 0)
        ;
}
