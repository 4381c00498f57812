/** \file
 * What hwloc says agrees with what the kernel says.
 */
#include "runtime/topology.h"

#include "facts.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The first cpu that this process may run on. */
static int first_cpu(const cpu_set_t *cpus)
{
    int cpu = 0;

    while (!CPU_ISSET(cpu, cpus))
        cpu++;
    return cpu;
}

static void the_binding_is_the_kernels(void)
{
    char      binding[64], expected[64];
    int       num_cores, num_domains;
    cpu_set_t all, one;

    CU_ASSERT_FATAL(sched_getaffinity(0, sizeof all, &all) == 0);
    CPU_ZERO(&one);
    CPU_SET(first_cpu(&all), &one);
    snprintf(expected, sizeof expected, "%d", first_cpu(&all));
    CU_ASSERT_FATAL(sched_setaffinity(0, sizeof one, &one) == 0);
    tern_topology_place(binding, sizeof binding, &num_cores, &num_domains);
    sched_setaffinity(0, sizeof all, &all);
    CU_ASSERT_STRING_EQUAL(binding, expected);
}

static void cores_are_counted_whatever_the_binding(void)
{
    char      binding[64];
    int       cores_before, cores_bound, num_domains;
    cpu_set_t all, one;

    tern_topology_place(binding, sizeof binding, &cores_before, &num_domains);
    CU_ASSERT(cores_before >= 1 && cores_before <= sysconf(_SC_NPROCESSORS_CONF));
    CU_ASSERT(num_domains >= 1);
    CU_ASSERT_FATAL(sched_getaffinity(0, sizeof all, &all) == 0);
    CPU_ZERO(&one);
    CPU_SET(first_cpu(&all), &one);
    CU_ASSERT_FATAL(sched_setaffinity(0, sizeof one, &one) == 0);
    tern_topology_place(binding, sizeof binding, &cores_bound, &num_domains);
    sched_setaffinity(0, sizeof all, &all);
    CU_ASSERT_EQUAL(cores_bound, cores_before);
}

static void a_short_text_is_cut_not_overrun(void)
{
    char text[4] = {1, 1, 1, 1};

    tern_topology_describe(text, 3);
    CU_ASSERT(strlen(text) < 3);
    CU_ASSERT_EQUAL(text[3], 1);
}

static void bound_memory_can_be_used(void)
{
    size_t bytes = 1 << 20;
    char  *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CU_ASSERT_FATAL(memory != MAP_FAILED);
    tern_topology_bind_memory(memory, bytes);
    memset(memory, 7, bytes);
    CU_ASSERT_EQUAL(memory[bytes - 1], 7);
    munmap(memory, bytes);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(the_binding_is_the_kernels),
        FACT(cores_are_counted_whatever_the_binding),
        FACT(a_short_text_is_cut_not_overrun),
        FACT(bound_memory_can_be_used),
    };

    return facts_run("runtime/topology", facts, sizeof facts / sizeof facts[0]);
}
