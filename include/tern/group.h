/** \file
 * Worker groups: several applications, or several parts of one, on the same servers.
 *
 * `--groups 2,2` splits the workers, in the order of their numbers, into groups of these sizes; without it there is one
 * group of all. A program looks at tern_group() to see what it is to do. Each group goes its own way: tern_clock(),
 * tern_barrier() and tern_sum() count its workers only, and one that ends early holds nobody up. Creating tables,
 * tern_agree(), tern_max() and tern_finalize() stay collective over all ranks.
 *
 * A table is shared by all groups, or belongs to one (tern_table_desc_t.group), in which case the others cannot
 * access it. Tables never share rows: the same key in two tables is two rows. Groups that share a table see each other's pushes
 * as soon as these are applied; the bound of a shared table counts, for each worker, the clocks of its own group.
 *
 * Source: Li et al., OSDI 2014, section 4 (a server group that runs more than one algorithm; namespaces).
 */
#ifndef TERN_GROUP_H
#define TERN_GROUP_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** tern_table_desc_t.group: a table that all groups may access, and one that only group `number` may. */
#define TERN_GROUP_ALL 0
static inline uint32_t tern_group_only(int number)
{
    return (uint32_t)number + 1;
}

/** Number of the calling worker's group, 0 <= g < tern_num_groups(); -1 if the rank is no worker. */
TERN_API int tern_group(const tern_runtime_t *runtime);
TERN_API int tern_num_groups(const tern_runtime_t *runtime);

/** Number of the calling worker within its group, 0 <= n < tern_group_num_workers(); -1 if the rank is no worker. */
TERN_API int tern_group_worker(const tern_runtime_t *runtime);

/** Workers of group `number`; 0 if there is no such group. */
TERN_API int tern_group_num_workers(const tern_runtime_t *runtime, int number);

#ifdef __cplusplus
}
#endif
#endif
