#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Open MPI's own tool knows whether its UCX component can be loaded here. */
static bool has_ucx(void)
{
    FILE *facts = popen("ompi_info --parsable 2>/dev/null", "r");
    char  line[RUN_LINE_BYTES];
    bool  has = false;

    while (facts && fgets(line, sizeof line, facts))
        has = has || strncmp(line, "mca:pml:ucx:version", 19) == 0;
    if (facts)
        pclose(facts);
    return has;
}

const char *run_transport_user_interface(void)
{
    const char *names = getenv("OMPI_MCA_btl_tcp_if_include");

    return names && *names && !strchr(names, '/') ? names : NULL;
}

/* NULL: what Open MPI chooses, for want of UCX if the job spans hosts. */
static const char *choose_pml(const run_job_t *job, bool spans_hosts)
{
    const run_choice_t choice = job->settings->transport;
    const char        *users  = job->ranks[0].pml;

    if (choice == RUN_OB1)
        return "ob1";
    if (choice == RUN_AUTO && strcmp(users, "-") != 0)
        return users;
    if (choice == RUN_AUTO && !spans_hosts)
        return NULL;
    return has_ucx() ? "ucx" : NULL;
}

/* Where the user has told UCX which networks to take, TCP must be among them. */
static bool leaves_tcp_out(void)
{
    const char *networks = getenv("UCX_TLS");

    return networks && !strstr(networks, "tcp");
}

/* Why losses may not be survived between hosts; NULL: they are. */
static const char *find_risk(const char *pml)
{
    if (!pml)
        return "this Open MPI has no UCX";
    if (strcmp(pml, "ucx") != 0)
        return "only UCX is known to survive";
    return leaves_tcp_out() ? "losses have been tried over TCP only" : NULL;
}

static const char *find_path(const char *pml, bool spans_hosts)
{
    if (!spans_hosts)
        return "shared memory";
    return pml && strcmp(pml, "ucx") == 0 && leaves_tcp_out() ? "UCX_TLS" : "tcp";
}

bool run_transport_choose(run_transport_t *transport, const run_job_t *job)
{
    bool spans_hosts = run_job_num_hosts(job) > 1;

    transport->pml  = choose_pml(job, spans_hosts);
    transport->risk = spans_hosts ? find_risk(transport->pml) : NULL;
    transport->path = find_path(transport->pml, spans_hosts);
    if (job->settings->transport == RUN_UCX && !transport->pml) {
        fprintf(stderr,
                "tern-run: --transport ucx: this Open MPI has no UCX (ompi_info)\n");
        return false;
    }
    return true;
}

void run_transport_print(const run_transport_t *transport, const run_job_t *job)
{
    int num_hosts = run_job_num_hosts(job);

    fprintf(stderr,
            "tern-run: %d rank%s on %d host%s, transport %s%s%s, survivable: ", job->size,
            job->size == 1 ? "" : "s", num_hosts, num_hosts == 1 ? "" : "s",
            transport->pml ? transport->pml : "", transport->pml ? "/" : "",
            transport->path);
    if (transport->risk)
        fprintf(stderr, "no (%s; a lost rank may block the others)\n", transport->risk);
    else
        fprintf(stderr, "yes (shielded ranks)\n");
}

/* UCX is told to use TCP and shared memory; by itself it looks for InfiniBand first, and Open MPI would not
 * choose it without. */
static void send_ucx(const char *interface, int fd)
{
    run_line_send(fd, "default OMPI_MCA_osc=ucx,sm");
    run_line_send(fd, "default OMPI_MCA_opal_common_ucx_tls=any");
    run_line_send(fd, "default OMPI_MCA_opal_common_ucx_devices=any");
    run_line_send(fd, "default UCX_TLS=tcp,self,sysv,posix,cma");
    if (interface)
        run_line_send(fd, "default UCX_NET_DEVICES=%s", interface);
}

void run_transport_send(const run_transport_t *transport, const run_settings_t *settings,
                        const run_rank_t *rank, int fd)
{
    const char *interface = settings->interface;

    if (interface)
        run_line_send(fd, "set OMPI_MCA_btl_tcp_if_include=%s", interface);
    else
        interface = run_transport_user_interface();
    if (!interface && strcmp(rank->interface, "-") != 0)
        interface = rank->interface;
    if (transport->pml)
        run_line_send(fd, "set OMPI_MCA_pml=%s", transport->pml);
    if (transport->pml && strcmp(transport->pml, "ucx") == 0)
        send_ucx(interface, fd);
}
