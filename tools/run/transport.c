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

/* NULL: Open MPI's choice. `*is_missing_p`: UCX would have been used. */
static const char *choose_pml(const run_job_t *job, bool spans_hosts, bool *is_missing_p)
{
    const run_choice_t choice = job->settings->transport;
    const char        *users  = job->ranks[0].pml;

    *is_missing_p = false;
    if (choice == RUN_OB1)
        return "ob1";
    if (choice == RUN_AUTO && strcmp(users, "-") != 0)
        return users;
    if (choice == RUN_AUTO && !spans_hosts)
        return NULL;
    *is_missing_p = !has_ucx();
    return *is_missing_p ? NULL : "ucx";
}

bool run_transport_choose(run_transport_t *transport, const run_job_t *job)
{
    bool spans_hosts = run_job_num_hosts(job) > 1;
    bool is_missing;

    transport->pml  = choose_pml(job, spans_hosts, &is_missing);
    transport->path = spans_hosts ? "tcp" : "shared memory";
    transport->risk = NULL;
    if (is_missing && job->settings->transport == RUN_UCX) {
        fprintf(stderr,
                "tern-run: --transport ucx: this Open MPI has no UCX (ompi_info)\n");
        return false;
    }
    if (is_missing)
        transport->risk = "this Open MPI has no UCX";
    else if (spans_hosts && strcmp(transport->pml, "ucx") != 0)
        transport->risk = "only UCX is known to survive";
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
