#include "comm/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comm/bell.h"
#include "facts.h"

#define LONG_NS  60000000000u /* what ends a sleep that must not last */
#define SHORT_NS 1000000u

/* A connection over loopback, made before the sockets are first looked for. */
typedef struct wire {
    int            listener, near, far, bell;
    char           bell_name[TERN_BELL_NAME_BYTES];
    bool           is_open;
    tern_sockets_t sockets;
} wire_t;

static bool connect_wire(wire_t *wire)
{
    struct sockaddr_in address = {.sin_family      = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t          bytes   = sizeof address;

    wire->listener = socket(AF_INET, SOCK_STREAM, 0);
    wire->far      = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(wire->listener, (struct sockaddr *)&address, bytes) != 0 ||
        listen(wire->listener, 1) != 0 ||
        getsockname(wire->listener, (struct sockaddr *)&address, &bytes) != 0 ||
        connect(wire->far, (struct sockaddr *)&address, bytes) != 0)
        return false;
    wire->near = accept(wire->listener, NULL, NULL);
    return wire->near >= 0;
}

static wire_t wire_open(void)
{
    wire_t wire = {.near = -1};

    wire.bell    = tern_bell_open(wire.bell_name);
    wire.is_open = connect_wire(&wire) && tern_sockets_init(&wire.sockets, wire.bell);
    if (!wire.is_open)
        facts_skip("no connection over loopback");
    return wire;
}

static void wire_close(wire_t *wire)
{
    if (wire->is_open)
        tern_sockets_fini(&wire->sockets);
    close(wire->listener);
    close(wire->near);
    close(wire->far);
    close(wire->bell);
}

static void send_byte(int fd)
{
    CU_ASSERT_EQUAL(send(fd, "x", 1, 0), 1);
}

static void receive_byte(int fd)
{
    char byte;

    CU_ASSERT_EQUAL(recv(fd, &byte, 1, 0), 1);
}

static void a_byte_on_a_socket_ends_the_sleep(void)
{
    wire_t wire = wire_open();

    if (wire.is_open) {
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, SHORT_NS),
                        TERN_WAKE_TIME);
        send_byte(wire.far);
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, LONG_NS),
                        TERN_WAKE_SOCKET);
        receive_byte(wire.near);
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, SHORT_NS),
                        TERN_WAKE_TIME);
    }
    wire_close(&wire);
}

static void a_socket_that_is_opened_later_is_found(void)
{
    wire_t wire = wire_open(), later = {.near = -1};

    if (wire.is_open) {
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, SHORT_NS),
                        TERN_WAKE_TIME);
        CU_ASSERT(connect_wire(&later));
        send_byte(later.far);
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, LONG_NS),
                        TERN_WAKE_SOCKET);
        close(later.near);
        close(later.far);
        close(later.listener);
        /* closed ones are forgotten */
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, SHORT_NS),
                        TERN_WAKE_TIME);
    }
    wire_close(&wire);
}

static void a_ring_ends_the_sleep_and_is_forgotten(void)
{
    wire_t wire = wire_open();

    if (wire.is_open) {
        tern_bell_ring(wire.bell, wire.bell_name);
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, LONG_NS),
                        TERN_WAKE_RING);
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, SHORT_NS),
                        TERN_WAKE_TIME);
    }
    wire_close(&wire);
}

static void pipes_and_local_sockets_do_not_end_the_sleep(void)
{
    wire_t wire = wire_open();
    int    ends[2], pair[2];

    CU_ASSERT_EQUAL(pipe(ends), 0);
    CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CU_ASSERT_EQUAL(write(ends[1], "x", 1), 1);
    send_byte(pair[1]);
    if (wire.is_open)
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, SHORT_NS),
                        TERN_WAKE_TIME);
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(pair[i]);
    }
    wire_close(&wire);
}

/* Fill the connection until nothing more fits. */
static void fill(int fd)
{
    static const char bytes[65536];

    while (send(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        ;
}

/* A process that holds the far end, since in ours it would be one more socket with something to read. It
 * reads nothing until it is told to, then all. */
static pid_t start_reader(wire_t *wire, int *tell_p)
{
    int   ends[2];
    pid_t child;

    CU_ASSERT_EQUAL(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        static char bytes[65536];

        close(wire->near);
        close(ends[1]);
        while (read(ends[0], bytes, 1) < 0)
            ;
        while (recv(wire->far, bytes, sizeof bytes, 0) > 0)
            ;
        _exit(0);
    }
    close(ends[0]);
    close(wire->far);
    wire->far = -1;
    *tell_p   = ends[1];
    return child;
}

static void space_in_a_full_socket_ends_the_sleep_of_a_sender(void)
{
    wire_t wire = wire_open();

    if (wire.is_open) {
        int   tell;
        pid_t reader = start_reader(&wire, &tell);

        do /* the kernel moves bytes on while we fill */
            fill(wire.near);
        while (tern_sockets_sleep(&wire.sockets, true, 20 * SHORT_NS) != TERN_WAKE_TIME);
        CU_ASSERT_EQUAL(write(tell, "x", 1), 1);
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, true, LONG_NS),
                        TERN_WAKE_SOCKET);
        while (tern_sockets_sleep(&wire.sockets, true, 20 * SHORT_NS) != TERN_WAKE_TIME)
            ; /* told once for each time that it was full */
        shutdown(wire.near, SHUT_WR);
        waitpid(reader, NULL, 0);
        close(tell);
    }
    wire_close(&wire);
}

static void space_does_not_end_the_sleep_of_others(void)
{
    wire_t wire = wire_open();

    if (wire.is_open)
        CU_ASSERT_EQUAL(tern_sockets_sleep(&wire.sockets, false, SHORT_NS),
                        TERN_WAKE_TIME);
    wire_close(&wire);
}

static void a_socket_that_nobody_reads_does_not_keep_us_awake(void)
{
    wire_t   wire        = wire_open();
    unsigned num_by_time = 0;

    if (wire.is_open) {
        send_byte(wire.far);
        for (int i = 0; i < 1000; i++) {
            tern_wake_t wake = tern_sockets_sleep(&wire.sockets, false, SHORT_NS);

            tern_sockets_learn(&wire.sockets, wake, false);
            num_by_time += wake == TERN_WAKE_TIME;
        }
        CU_ASSERT(num_by_time > 0);
    }
    wire_close(&wire);
}

static void trust_follows_what_announces_messages(void)
{
    wire_t wire = wire_open();

    if (wire.is_open) {
        CU_ASSERT(tern_sockets_are_trusted(&wire.sockets));
        for (int i = 0; i < 100;
             i++) { /* what comes in a short sleep may have come before it */
            tern_sockets_sleep(&wire.sockets, false, SHORT_NS / 100);
            tern_sockets_learn(&wire.sockets, TERN_WAKE_TIME, true);
        }
        CU_ASSERT(tern_sockets_are_trusted(&wire.sockets));
        tern_sockets_sleep(&wire.sockets, false, SHORT_NS);
        for (int i = 0; i < 3; i++)
            tern_sockets_learn(&wire.sockets, TERN_WAKE_TIME, true);
        CU_ASSERT(!tern_sockets_are_trusted(&wire.sockets));
        for (int i = 0; i < 10; i++)
            tern_sockets_learn(&wire.sockets, TERN_WAKE_SOCKET, true);
        CU_ASSERT(tern_sockets_are_trusted(&wire.sockets));
        for (int i = 0; i < 1000;
             i++) { /* silence and neighbours say nothing about sockets */
            tern_sockets_learn(&wire.sockets, TERN_WAKE_TIME, false);
            tern_sockets_learn(&wire.sockets, TERN_WAKE_RING, true);
        }
        CU_ASSERT(tern_sockets_are_trusted(&wire.sockets));
    }
    wire_close(&wire);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(a_byte_on_a_socket_ends_the_sleep),
        FACT(a_socket_that_is_opened_later_is_found),
        FACT(a_ring_ends_the_sleep_and_is_forgotten),
        FACT(pipes_and_local_sockets_do_not_end_the_sleep),
        FACT(space_in_a_full_socket_ends_the_sleep_of_a_sender),
        FACT(space_does_not_end_the_sleep_of_others),
        FACT(a_socket_that_nobody_reads_does_not_keep_us_awake),
        FACT(trust_follows_what_announces_messages),
    };

    return facts_run("comm/sockets", facts, sizeof facts / sizeof *facts);
}
