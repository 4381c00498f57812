#include "runtime/topology.h"

#include <errno.h>
#include <hwloc.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* The machine, to be given to hwloc_topology_destroy(); NULL if hwloc cannot tell. */
static hwloc_topology_t look_at_machine(void)
{
    hwloc_topology_t topology;

    if (hwloc_topology_init(&topology) != 0)
        return NULL;
    if (hwloc_topology_load(topology) == 0)
        return topology;
    hwloc_topology_destroy(topology);
    return NULL;
}

static int count(hwloc_topology_t topology, hwloc_obj_type_t type)
{
    int n = hwloc_get_nbobjs_by_type(topology, type);

    return n < 1 ? 1 : n;
}

static void print_binding(hwloc_topology_t topology, char *text, size_t text_bytes)
{
    hwloc_bitmap_t cpus = hwloc_bitmap_alloc();

    if (cpus && hwloc_get_cpubind(topology, cpus, HWLOC_CPUBIND_PROCESS) == 0)
        hwloc_bitmap_list_snprintf(text, text_bytes, cpus);
    hwloc_bitmap_free(cpus);
}

void tern_topology_place(char *binding, size_t binding_bytes, int *num_cores,
                         int *num_domains)
{
    hwloc_topology_t topology = look_at_machine();

    snprintf(binding, binding_bytes, "?");
    *num_cores = *num_domains = 1;
    if (!topology)
        return;
    print_binding(topology, binding, binding_bytes);
    *num_cores   = count(topology, HWLOC_OBJ_CORE);
    *num_domains = count(topology, HWLOC_OBJ_NUMANODE);
    hwloc_topology_destroy(topology);
}

/* Bind to the domain of the cpu that the caller ran on last. */
static int bind_here(hwloc_topology_t topology, void *memory, size_t bytes)
{
    hwloc_bitmap_t cpus   = hwloc_bitmap_alloc();
    int            result = -1;

    if (cpus && hwloc_get_last_cpu_location(topology, cpus, HWLOC_CPUBIND_THREAD) == 0)
        result =
            hwloc_set_area_membind(topology, memory, bytes, cpus, HWLOC_MEMBIND_BIND, 0);
    hwloc_bitmap_free(cpus);
    return result;
}

void tern_topology_bind_memory(void *memory, size_t bytes)
{
    hwloc_topology_t topology = look_at_machine();

    if (!topology)
        return;
    if (bytes > 0 && count(topology, HWLOC_OBJ_NUMANODE) > 1 &&
        bind_here(topology, memory, bytes) != 0)
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_WARN,
                 "cannot bind %zu bytes to the NUMA domain of their server: %s", bytes,
                 strerror(errno));
    hwloc_topology_destroy(topology);
}

/* "2 cores" */
static int print_count(char *text, size_t text_bytes, int n, const char *noun)
{
    return snprintf(text, text_bytes, "%d %s%s", n, noun, n == 1 ? "" : "s");
}

void tern_topology_describe(char *text, size_t text_bytes)
{
    hwloc_topology_t topology = look_at_machine();
    char             cores[40], threads[40], domains[40];

    snprintf(text, text_bytes, "unknown");
    if (!topology)
        return;
    print_count(cores, sizeof cores, count(topology, HWLOC_OBJ_CORE), "core");
    print_count(threads, sizeof threads, count(topology, HWLOC_OBJ_PU),
                "hardware thread");
    print_count(domains, sizeof domains, count(topology, HWLOC_OBJ_NUMANODE),
                "NUMA domain");
    snprintf(text, text_bytes, "%s, %s, %s", cores, threads, domains);
    hwloc_topology_destroy(topology);
}

void tern_topology_library(char *text, size_t text_bytes)
{
    hwloc_topology_t topology = look_at_machine();
    const char      *version  = NULL;

    if (topology)
        version =
            hwloc_obj_get_info_by_name(hwloc_get_root_obj(topology), "hwlocVersion");
    snprintf(text, text_bytes, "%s", version ? version : "unknown");
    if (topology)
        hwloc_topology_destroy(topology);
}
