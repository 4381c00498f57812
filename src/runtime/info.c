/** \file
 * Facts about this build and this machine. Each fact is one line of the list at the end and one
 * function that writes its value.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "tern/info.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "checkpoint/library.h"
#include "comm/start.h"
#include "comm/transport.h"
#include "runtime/topology.h"

typedef void describe_fn(char *text, size_t text_bytes);

const char *tern_version(void)
{
    return PACKAGE_VERSION;
}

/* ---- build ---- */

static void describe_version(char *text, size_t text_bytes)
{
    snprintf(text, text_bytes, "%s", PACKAGE_VERSION);
}

static void describe_configure(char *text, size_t text_bytes)
{
    snprintf(text, text_bytes, "%s", TERN_CONFIGURE_LINE);
}

static void describe_compiler(char *text, size_t text_bytes)
{
    snprintf(text, text_bytes, "%s", __VERSION__);
}

static void describe_cblas(char *text, size_t text_bytes)
{
#ifdef TERN_HAVE_CBLAS
    snprintf(text, text_bytes, "found by configure");
#else
    snprintf(text, text_bytes, "none: applications use their own loops");
#endif
}

static void describe_clones(char *text, size_t text_bytes)
{
#ifdef TERN_HAVE_TARGET_CLONES
    const char *best = __builtin_cpu_supports("avx512f") ? "AVX-512"
                       : __builtin_cpu_supports("avx2")  ? "AVX2"
                                                         : "baseline";

    snprintf(text, text_bytes, "AVX-512, AVX2, baseline; this processor runs %s", best);
#else
    snprintf(text, text_bytes, "none: hot loops use what the compiler flags allow");
#endif
}

/* ---- how rows are reached ---- */

static void describe_memory_rung(char *text, size_t text_bytes)
{
    snprintf(text, text_bytes, "loads and stores in the node's shared memory");
}

static void describe_window_rung(char *text, size_t text_bytes)
{
    snprintf(text, text_bytes, "none in this version");
}

static void describe_message_rung(char *text, size_t text_bytes)
{
    snprintf(text, text_bytes, "one MPI message per server and call");
}

/* ---- limits ---- */

static void describe_main_memory(char *text, size_t text_bytes)
{
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);

    snprintf(text, text_bytes, "%.2f GiB", bytes / (1 << 30));
}

static void describe_shared_memory(char *text, size_t text_bytes)
{
    struct statvfs shm;
    double         gib;

    if (statvfs("/dev/shm", &shm) != 0) {
        snprintf(text, text_bytes, "/dev/shm is missing: nodes of one rank only");
        return;
    }
    gib = (double)shm.f_frsize / (1 << 30);
    snprintf(text, text_bytes, "/dev/shm has %.2f GiB, %.2f free",
             (double)shm.f_blocks * gib, (double)shm.f_bavail * gib);
}

static void describe_locked_memory(char *text, size_t text_bytes)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        snprintf(text, text_bytes, "unlimited");
    else
        snprintf(text, text_bytes, "%.0f MiB", (double)limit.rlim_cur / (1 << 20));
}

/* The kernel marks its choice by brackets: "always [never]". */
static void describe_huge_pages(char *text, size_t text_bytes)
{
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "r");
    char  line[200], choice[50];

    snprintf(text, text_bytes, "unknown");
    if (!file)
        return;
    if (fgets(line, sizeof line, file) && strchr(line, '[') &&
        sscanf(strchr(line, '['), "[%49[^]]", choice) == 1)
        snprintf(text, text_bytes, "%s for shared memory", choice);
    fclose(file);
}

/* ---- this process ---- */

static void describe_binding(char *text, size_t text_bytes)
{
    int num_cores, num_domains;

    tern_topology_place(text, text_bytes, &num_cores, &num_domains);
}

static const struct {
    const char  *name;
    describe_fn *describe;
} facts[] = {
    {"tern", describe_version},
    {"mpi", tern_mpi_describe},
    {"hwloc", tern_topology_library},
    {"hdf5", tern_checkpoint_library},
    {"compiler", describe_compiler},
    {"configure", describe_configure},
    {"cblas", describe_cblas},
    {"clones", describe_clones},
    {"rung memory", describe_memory_rung},
    {"rung window", describe_window_rung},
    {"rung message", describe_message_rung},
    {"transport", tern_transport_offer},
    {"memory", describe_main_memory},
    {"shared memory", describe_shared_memory},
    {"locked memory", describe_locked_memory},
    {"huge pages", describe_huge_pages},
    {"machine", tern_topology_describe},
    {"binding", describe_binding},
};

void tern_info_visit(tern_info_visit_fn *visit, void *context)
{
    char value[2000];

    for (size_t i = 0; visit && i < sizeof facts / sizeof facts[0]; i++) {
        facts[i].describe(value, sizeof value);
        visit(facts[i].name, value, context);
    }
}
