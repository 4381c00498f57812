/* Links the groups of a virtual cluster: an Ethernet switch whose ports are far apart.
 *
 *   wanlink SETTINGS TAP TAP...
 *
 * Each group of hosts has one port, a TAP device. A frame that comes in waits for its port's uplink, which
 * carries so many bits a second, travels for the delay, and leaves by the port behind which its receiver
 * was last heard (by all others, if it was not). Frames that would wait for the uplink for more than
 * 200 ms are dropped, as by a full router; so is a share of all frames, chosen by a generator with a fixed
 * seed. Frames of one port never overtake each other.
 *
 * SETTINGS is a file (absolute path) with one line, "DELAY_MS RATE_MBIT LOSS_PERMILLE"; rate 0 is no limit.
 * The program returns once the link works and goes on in the background. SIGHUP makes it read the settings
 * again, SIGTERM ends it.
 *
 * It runs in user space because netem, the kernel's own delay, is a module that many machines do not have.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_PORTS    = 64,
    MAX_STATIONS = 1024,
    MAC_BYTES    = 6,
    HEADER_BYTES = 14,      /* of an Ethernet frame: receiver, sender, type */
    FRAME_BYTES  = 65536,   /* the largest frame that a TAP device gives */
    READ_BURST   = 64,      /* frames of one port before the others have their turn */
    QUEUE_BYTES  = 1 << 28, /* a port's frames under way; beyond that they are dropped */
};

static const uint64_t second_ns      = 1000000000;
static const uint64_t uplink_wait_ns = 200000000;

typedef struct frame {
    struct frame *next;
    uint64_t      due_ns; /* when it leaves */
    size_t        bytes;
    unsigned char data[];
} frame_t;

typedef struct port {
    frame_t *first, *last;   /* frames that will leave here, in order */
    size_t   queued_bytes;   /* their sum */
    uint64_t last_due_ns;    /* of the newest of them, also when it has left */
    uint64_t uplink_free_ns; /* when the uplink has sent what came in here */
    int      fd;
    bool     is_full; /* the device takes nothing now: wait for POLLOUT */
} port_t;

/* Which port leads to the owner of a MAC address. A scan is as fast as a hash for a few dozen hosts. */
typedef struct station {
    unsigned char mac[MAC_BYTES];
    int           port;
} station_t;

typedef struct settings {
    double delay_ms, rate_mbit, loss_permille;
} settings_t;

typedef struct wan {
    port_t      ports[MAX_PORTS];
    int         num_ports;
    station_t   stations[MAX_STATIONS];
    int         num_stations;
    settings_t  settings;
    uint64_t    random; /* state of the generator that chooses the lost frames */
    const char *settings_file;
} wan_t;

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * second_ns + (uint64_t)t.tv_nsec;
}

static bool read_settings(wan_t *wan)
{
    settings_t s;
    FILE      *file = fopen(wan->settings_file, "r");
    bool       is_good;

    if (file == NULL)
        return false;
    is_good =
        fscanf(file, "%lf %lf %lf", &s.delay_ms, &s.rate_mbit, &s.loss_permille) == 3 &&
        s.delay_ms >= 0 && s.rate_mbit >= 0 && s.loss_permille >= 0;
    fclose(file);
    if (is_good)
        wan->settings = s;
    return is_good;
}

static bool open_port(port_t *port, const char *device)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};

    strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    port->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return port->fd >= 0 && ioctl(port->fd, TUNSETIFF, &request) == 0;
}

/* -1: never heard. */
static int find_station(const wan_t *wan, const unsigned char mac[])
{
    for (int i = 0; i < wan->num_stations; i++)
        if (memcmp(wan->stations[i].mac, mac, MAC_BYTES) == 0)
            return i;
    return -1;
}

static void learn_station(wan_t *wan, const unsigned char mac[], int port)
{
    int i = find_station(wan, mac);

    if (i < 0 && wan->num_stations < MAX_STATIONS) {
        i = wan->num_stations++;
        memcpy(wan->stations[i].mac, mac, MAC_BYTES);
    }
    if (i >= 0)
        wan->stations[i].port = port;
}

/* A xorshift generator (Marsaglia 2003): the same frames are lost in every run. */
static bool is_lost(wan_t *wan)
{
    wan->random ^= wan->random << 13;
    wan->random ^= wan->random >> 7;
    wan->random ^= wan->random << 17;
    return (double)(wan->random % 1000000) < wan->settings.loss_permille * 1000;
}

static void enqueue(port_t *port, uint64_t due_ns, const unsigned char data[],
                    size_t bytes)
{
    frame_t *frame;

    if (port->queued_bytes + bytes > QUEUE_BYTES)
        return;
    frame = malloc(sizeof *frame + bytes);
    if (frame == NULL)
        return; /* a lost frame, which networks have */
    if (due_ns < port->last_due_ns)
        due_ns = port->last_due_ns; /* the delay was shortened: still no overtaking */
    port->last_due_ns = due_ns;
    frame->next       = NULL;
    frame->due_ns     = due_ns;
    frame->bytes      = bytes;
    memcpy(frame->data, data, bytes);
    if (port->first == NULL)
        port->first = frame;
    else
        port->last->next = frame;
    port->last = frame;
    port->queued_bytes += bytes;
}

/* A frame has come in at port `from`: say when it arrives and where. */
static void accept_frame(wan_t *wan, int from, const unsigned char data[], size_t bytes)
{
    port_t  *source = &wan->ports[from];
    uint64_t now    = now_ns();
    bool     to_all = (data[0] & 1) != 0; /* broadcast or multicast */
    int      station;

    learn_station(wan, data + MAC_BYTES, from);
    station = to_all ? -1 : find_station(wan, data);
    if (station >= 0 && wan->stations[station].port == from)
        return; /* the receiver is in the sender's group */
    if (source->uplink_free_ns < now)
        source->uplink_free_ns = now;
    if (is_lost(wan) || source->uplink_free_ns - now > uplink_wait_ns)
        return;
    if (wan->settings.rate_mbit > 0)
        source->uplink_free_ns +=
            (uint64_t)((double)bytes * 8000 / wan->settings.rate_mbit);

    for (int to = 0; to < wan->num_ports; to++)
        if (to != from && (station < 0 || wan->stations[station].port == to))
            enqueue(&wan->ports[to],
                    source->uplink_free_ns + (uint64_t)(wan->settings.delay_ms * 1e6),
                    data, bytes);
}

static void receive_frames(wan_t *wan, int from)
{
    static unsigned char data[FRAME_BYTES];

    for (int i = 0; i < READ_BURST; i++) {
        ssize_t bytes = read(wan->ports[from].fd, data, sizeof data);

        if (bytes < HEADER_BYTES)
            return;
        accept_frame(wan, from, data, (size_t)bytes);
    }
}

/* Send what is due. A device that is down refuses frames; those are lost, as on a cut cable. */
static void deliver_frames(port_t *port, uint64_t now)
{
    while (port->first != NULL && port->first->due_ns <= now) {
        frame_t *frame = port->first;

        port->is_full = write(port->fd, frame->data, frame->bytes) < 0 && errno == EAGAIN;
        if (port->is_full)
            return;
        port->first = frame->next;
        port->queued_bytes -= frame->bytes;
        free(frame);
    }
}

/* Deliver at every port; returns how long there is nothing to do unless a frame comes. */
static struct timespec deliver_all(wan_t *wan)
{
    uint64_t now  = now_ns();
    uint64_t wait = second_ns;

    for (int i = 0; i < wan->num_ports; i++) {
        port_t *port = &wan->ports[i];

        deliver_frames(port, now);
        if (port->first != NULL && !port->is_full && port->first->due_ns - now < wait)
            wait = port->first->due_ns - now;
    }
    return (struct timespec){(time_t)(wait / second_ns), (long)(wait % second_ns)};
}

/* Returns false on SIGTERM. Signals come before frames, so that new settings hold for all later frames. */
static bool take_signals(wan_t *wan, int signals)
{
    struct signalfd_siginfo info;

    while (read(signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGTERM)
            return false;
        read_settings(wan); /* unreadable: the old ones hold */
    }
    return true;
}

static void carry_frames(wan_t *wan, int signals)
{
    struct pollfd polls[MAX_PORTS + 1];

    while (take_signals(wan, signals)) {
        struct timespec wait = deliver_all(wan);

        for (int i = 0; i < wan->num_ports; i++)
            polls[i] = (struct pollfd){.fd     = wan->ports[i].fd,
                                       .events = wan->ports[i].is_full ? POLLIN | POLLOUT
                                                                       : POLLIN};
        polls[wan->num_ports] = (struct pollfd){.fd = signals, .events = POLLIN};
        if (ppoll(polls, (nfds_t)wan->num_ports + 1, &wait, NULL) <= 0 ||
            polls[wan->num_ports].revents != 0)
            continue;
        for (int i = 0; i < wan->num_ports; i++)
            if (polls[i].revents & POLLIN)
                receive_frames(wan, i);
    }
}

static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int complain(const char *what)
{
    fprintf(stderr, "wanlink: %s: %s\n", what, strerror(errno));
    return 1;
}

int main(int argc, char *argv[])
{
    static wan_t wan = {.random = 0x9e3779b97f4a7c15};
    int          signals;

    if (argc < 4 || argc - 2 > MAX_PORTS) {
        fputs("usage: wanlink SETTINGS TAP TAP...\n", stderr);
        return 2;
    }
    wan.settings_file = argv[1];
    if (!read_settings(&wan)) {
        fprintf(stderr, "wanlink: %s: expected DELAY_MS RATE_MBIT LOSS_PERMILLE\n",
                argv[1]);
        return 1;
    }
    for (int i = 2; i < argc; i++)
        if (!open_port(&wan.ports[wan.num_ports++], argv[i]))
            return complain(argv[i]);

    signals = open_signals(); /* before going on in the background: none is missed */
    if (signals < 0)
        return complain("signalfd");
    if (daemon(0, 0) != 0)
        return complain("daemon");
    prctl(PR_SET_TIMERSLACK, 1UL); /* else the kernel adds up to 50 us to every delay */
    carry_frames(&wan, signals);
    return 0;
}
