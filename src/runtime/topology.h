/** \file
 * Where this process runs: cores and NUMA domains, from hwloc.
 *
 * Each call looks at the machine anew (about 10 ms): all belong to start-up and table creation.
 */
#ifndef TERN_RUNTIME_TOPOLOGY_H
#define TERN_RUNTIME_TOPOLOGY_H

#include <stddef.h>

/* `binding`: the cpus that this process may run on now, as a list: "0-3,8".
 * `num_cores`, `num_domains`: cores and NUMA domains of the host that jobs may use, whatever this
 * process is bound to. Where hwloc knows nothing: "?", 1 and 1. */
void tern_topology_place(char *binding, size_t binding_bytes, int *num_cores,
                         int *num_domains);

/* Take the pages of a shared mapping that nobody has touched yet from the NUMA domain that the caller
 * runs in. Does nothing where there is one domain; a refusal is logged and costs speed only. */
void tern_topology_bind_memory(void *memory, size_t bytes);

/* "2 cores, 4 hardware threads, 1 NUMA domain". */
void tern_topology_describe(char *text, size_t text_bytes);

/* Version of the hwloc library, "2.9.0". */
void tern_topology_library(char *text, size_t text_bytes);

#endif
